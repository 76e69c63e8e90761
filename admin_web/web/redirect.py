"""Plain http on port 80 answers one thing: the same address over https."""

import asyncio
import logging

log = logging.getLogger(__name__)

_READ_WITHIN_S = 5.0


async def serve_redirects(bind: str, port: int) -> None:
    """Answer on a port until cancelled; a port that cannot be had is logged, since https works without it."""
    try:
        server = await asyncio.start_server(_answer, bind, port)
    except OSError as problem:
        log.warning("plain http on port %d does not redirect: %s", port, problem.strerror)
        return
    async with server:
        await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        async with asyncio.timeout(_READ_WITHIN_S):
            head = await reader.readuntil(b"\r\n\r\n")
        writer.write(redirect_for(head))
        await writer.drain()
    except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as problem:
        log.debug("a plain http request was not readable: %s", type(problem).__name__)
    finally:
        writer.close()


def redirect_for(head: bytes) -> bytes:
    """Make the answer to a request's head: 308 to https, or 400 where it names no host (RFC 9110, 15.4.9)."""
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    host = next((line[5:].strip() for line in lines[1:] if line.lower().startswith("host:")), "")
    name = host if host.startswith("[") else host.rpartition(":")[0] or host
    if len(words) != 3 or not words[1].startswith("/") or not name or any(c in name for c in '<>"/\\ '):
        return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    where = f"https://{name}{words[1]}".encode("latin-1")
    return (
        b"HTTP/1.1 308 Permanent Redirect\r\nLocation: " + where + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
