"""The kiosk of the bench: what its screen shows, and hands on it."""

import asyncio
import zlib
from typing import Any

from demo.errors import NotHere, NotNow
from demo.kiosk import hand
from demo.kiosk.display import Display
from demo.kiosk.glass import Picture, Shown, find_window, take_picture
from demo.kiosk.png import encode_png
from demo.programs import Program

STARTS_AT_MOST = 3


class Kiosk:
    """The screen of the reception, while its program runs."""

    def __init__(self, display: Display, program: Program) -> None:
        self.display = display
        self._program = program
        self._looking = asyncio.Lock()
        """Xlib is asked by one thread at a time."""
        self._hand = asyncio.Lock()

    @property
    def is_ready(self) -> bool:
        """Whether the first page has reached the glass since the program was last started."""
        return self._program.is_ready

    @property
    def why_not(self) -> str | None:
        """What the program said last, once it was started in vain so often that it will not mend itself."""
        return None if self.is_ready or self._program.starts <= STARTS_AT_MOST else self._program.last_lines

    async def state(self) -> dict[str, Any]:
        """What the bench shows of the screen without taking its picture."""
        shown = await self._shown()
        return {"panel": self.display.panel, "page": None if shown is None else shown.page}

    async def serial(self) -> int | None:
        """A number that changes with the picture; None while there is none."""
        picture = await self._take()
        return None if picture is None else zlib.crc32(picture.pixels)

    async def picture(self) -> bytes:
        """What is on the glass, as PNG. Raises NotNow."""
        picture = await self._take()
        if picture is None:
            raise self._not_now()
        return await asyncio.to_thread(encode_png, picture)

    async def tap(self, x: float, y: float, hold_ms: int) -> None:
        """A finger, at fractions of the screen. Raises NotNow."""
        async with self._hand:
            await hand.tap(self.display.name, await self._require(), x, y, hold_ms, borrowed=not self.display.is_own)

    async def write(self, text: str) -> None:
        """A keyboard. Raises NotNow."""
        async with self._hand:
            await hand.write(self.display.name, await self._require(), text)

    async def _require(self) -> Shown:
        shown = await self._shown()
        if shown is None or not self.is_ready:
            raise self._not_now()
        return shown

    async def _shown(self) -> Shown | None:
        pid = self._program.pid
        if pid is None or not self.display.name:
            return None
        async with self._looking:
            return await asyncio.to_thread(find_window, self.display.name, pid)

    async def _take(self) -> Picture | None:
        pid = self._program.pid
        if pid is None or not self.is_ready:
            return None
        async with self._looking:
            return await asyncio.to_thread(take_picture, self.display.name, pid)

    def _not_now(self) -> NotNow:
        if not self._program.wanted:
            return NotNow(
                "The reception has no power, so its screen is dark.",
                what_to_do='Give it back with POST /api/bench/devices/reception/power {"on": true}.',
            )
        if not self.is_ready:
            return NotNow("The reception's screen is starting.", what_to_do="Ask again in a second.")
        return NotNow(
            "The reception's window cannot be seen.",
            what_to_do="Let it stand on the screen as a whole, neither minimised nor half beside it.",
        )


def no_kiosk() -> NotHere:
    """The answer of a school without a reception."""
    return NotHere(
        "This school has no reception screen.",
        what_to_do="Start the demo without --no-reception; it says so when something is missing for the screen.",
    )
