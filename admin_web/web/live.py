"""The live feed: one Server-Sent Events stream a browser, which says how far things are and never what they are.

Pages then ask for their own rows by their own filter, so that each look is checked and written down (flow 1, step 10).
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import StreamingResponse

from admin_web.errors import DatabaseUnavailable
from admin_web.services.sessions import SignedIn, find_session
from admin_web.web.changes import Seen
from admin_web.web.office import Office
from admin_web.web.visitors import COOKIE, EVERYONE_SIGNED_IN, TheOffice

BEAT_S = 10.0
"""How often an idle stream says that it is alive, and looks whether the session still is."""

router = APIRouter()


@router.get("/live")
async def live(
    request: Request,
    office: TheOffice,
    _: Annotated[SignedIn, Depends(EVERYONE_SIGNED_IN)],
) -> StreamingResponse:
    """Stream `seen` with the newest event's id whenever something was committed, `beat` in between, `ended` at last."""
    return StreamingResponse(
        _stream(office, request.cookies[COOKIE]),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(office: Office, token: str) -> AsyncIterator[str]:
    known: Seen | None = None
    async with office.changes.page():
        while not office.changes.closed:
            seen = await office.changes.wait(known, BEAT_S)
            if seen is None:
                if not await asyncio.to_thread(_is_signed_in, office, token):
                    yield _event("ended", {})
                    return
                yield _event("beat", {})
                continue
            known = seen
            yield _event("seen", {"event": seen.event, "status": seen.status})


def _is_signed_in(office: Office, token: str) -> bool:
    try:
        with office.database.read() as session:
            return find_session(session, token, machine_now=office.machine_now()) is not None
    except DatabaseUnavailable:  # the page is told by its own next question
        return True


def _event(name: str, data: dict[str, object]) -> str:
    """Write one event (HTML standard, 9.2.5)."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
