"""The outermost layer: the same security headers on every answer, and no change asked for by another site.

Wraps the whole application, so that 404, 500 and static files carry them as well (design: CSP, CSRF, no-store).
"""

import json
import logging
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin_web.errors import BodyTooLong

log = logging.getLogger(__name__)

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # no-referrer would turn the Origin of our own forms into "null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API = "/api/"
MOST_BODY_BYTES = 1024 * 1024
MOST_DRAINED_BYTES = 64 * MOST_BODY_BYTES
"""A file up to this is let in and thrown away, so that the page itself can say at the field that it is too large."""
FILE_TOO_LARGE = "phonekeep.file_too_large"
"""Key of a request's scope: its form was thrown away, and is empty."""


class Guarded:
    """An application behind the headers, the same-origin check and a limit on what may be sent to it."""

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        self._app = app
        self._tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message))
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] not in SAFE_METHODS and not scope["path"].startswith(API) and not is_same_origin(scope):
            await _refuse(
                send_guarded, 403, "This came from another site, so nothing was done. Open the page here and try again."
            )
            return
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY_BYTES:
            if _is_file(scope, headers, length):
                await _throw_away(receive)
                await self._app(_without_body(scope), _limited(_nothing), send_guarded)
                return
            await _refuse_length(send_guarded, as_json=scope["path"].startswith(API))
            return
        await self._app(scope, _limited(receive), send_guarded)

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        headers.setdefault("Cache-Control", "no-store")
        if self._tls:
            headers["Strict-Transport-Security"] = "max-age=31536000"


def is_same_origin(scope: Scope) -> bool:
    """Tell whether a change is asked for by our own page: Sec-Fetch-Site says so, and Origin does where it is sent.

    A program without either header is refused: browsers of the last years send both (Fetch Metadata, Fetch 3.1).
    """
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    if site is not None and site != "same-origin":
        return False
    return origin is None or origin == f"{scope['scheme']}://{headers.get('host', '')}"


def _is_file(scope: Scope, headers: Headers, length: str) -> bool:
    """Tell whether this is a page's form with a file that is too large, yet small enough to be thrown away."""
    form = headers.get("content-type", "").startswith("multipart/form-data")
    return form and not scope["path"].startswith(API) and length.isdecimal() and int(length) <= MOST_DRAINED_BYTES


async def _throw_away(receive: Receive) -> None:
    """Read a body to its end: a browser that is answered while it still sends shows no answer (RFC 9112, 9.3)."""
    while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
        pass


def _without_body(scope: Scope) -> Scope:
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"content-length", b"content-type")]
    return {**scope, "headers": kept, FILE_TOO_LARGE: True}


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _limited(receive: Receive) -> Receive:
    """Cut off a body that turns out longer than it may be (a chunked one says no length beforehand)."""
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > MOST_BODY_BYTES:
                log.warning("a request longer than %d bytes was cut off", MOST_BODY_BYTES)
                return {"type": "http.disconnect"}
        return message

    return receive_limited


async def _refuse_length(send: Send, *, as_json: bool) -> None:
    problem = BodyTooLong()
    if not as_json:
        await _refuse(send, problem.status, str(problem))
        return
    body = {"error": problem.error, "field": None, "what_to_do": problem.what_to_do}
    await _refuse(send, problem.status, json.dumps(body), b"application/json")


async def _refuse(send: Send, status: int, text: str, kind: bytes = b"text/plain; charset=utf-8") -> None:
    body = text.encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
