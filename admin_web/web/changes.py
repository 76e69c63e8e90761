"""Notices what was committed by anybody, once for all open pages, and wakes those that wait (flow 1, step 10)."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from admin_web.database.engine import Database
from admin_web.errors import DatabaseUnavailable
from admin_web.queries.api_events import last_event_id
from admin_web.queries.cabinets import status_mark

EVERY_S = 0.05
"""How often `data_version` is asked while a page is open: 10 us each."""
AFTER_FAILURE_S = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """How far things have got: the newest event's id, and a mark of what devices last said."""

    event: int
    status: str


class Changes:
    """One poll of the database shared by every open page; it rests while no page is open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen = Seen(0, "")
        self._version: str | None = None
        self._pages = 0
        self._moved = asyncio.Condition()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Tell whether the program is about to end."""
        return self._closed

    async def run(self) -> None:
        """Poll until cancelled; a database that is away is asked again a second later."""
        while not self._closed:
            async with self._moved:
                await self._moved.wait_for(lambda: self._pages > 0 or self._closed)
            try:
                seen = await asyncio.to_thread(self._look)
            except DatabaseUnavailable as problem:
                log.warning("live pages wait: %s", problem)
                await asyncio.sleep(AFTER_FAILURE_S)
                continue
            if seen != self._seen:
                async with self._moved:
                    self._seen = seen
                    self._moved.notify_all()
            await asyncio.sleep(EVERY_S)

    async def close(self) -> None:
        """Let every waiting page go."""
        async with self._moved:
            self._closed = True
            self._moved.notify_all()

    @contextlib.asynccontextmanager
    async def page(self) -> AsyncIterator[None]:
        """Count an open page, for which the poll runs."""
        async with self._moved:
            self._pages += 1
            self._moved.notify_all()
        try:
            yield
        finally:
            self._pages -= 1

    async def wait(self, known: Seen | None, within_s: float) -> Seen | None:
        """Wait until something differs from what a page knows; None when nothing did in time."""
        try:
            async with asyncio.timeout(within_s), self._moved:
                await self._moved.wait_for(lambda: self._closed or (self._version is not None and self._seen != known))
        except TimeoutError:
            return None
        return None if self._closed else self._seen

    def _look(self) -> Seen:
        """Read how far things are, if anybody committed anything since the last look. Runs in a thread."""
        version = self._database.data_version()
        if version == self._version:
            return self._seen
        with self._database.read() as session:
            seen = Seen(last_event_id(session), status_mark(session))
        self._version = version
        return seen
