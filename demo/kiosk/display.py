"""Where the reception's window opens: on the display of whoever runs the demo, or on one that nobody sees."""

import asyncio
import importlib.util
import os
import shutil
from collections.abc import Mapping

from demo.errors import SetUpFailed
from demo.kiosk import glass
from demo.programs import DIES_WITH_THE_DEMO

READY_WITHIN_S = 20.0
PANELS = ("800x480", "1024x600", "1280x800", "1280x720", "720x1280")
"""The panels that phonekeep-reception knows; docs/reception.md."""
DEFAULT_PANEL = "1280x800"


class Display:
    """A display to open the window on."""

    def __init__(self, panel: str, *, window: bool) -> None:
        self.panel = panel
        self.name = os.environ.get("DISPLAY", "") if window else ""
        self.is_own = not self.name
        """Whether it is an Xvfb of the demo's own: no window anybody sees."""
        self._server: asyncio.subprocess.Process | None = None

    async def open(self) -> None:
        """Start the display where it is the demo's own. Raises SetUpFailed."""
        lacks = self._missing()
        if lacks:
            raise SetUpFailed(f"Not installed: {', '.join(lacks)}. `make demo` installs it.")
        if self.is_own:
            await self._start()

    @property
    def environment(self) -> Mapping[str, str]:
        """For the program that opens its window there."""
        shown = {"DISPLAY": self.name, "SDL_VIDEODRIVER": "x11"}
        # On its own display nothing is drawn by a graphics card nor heard by anybody.
        return {**shown, "SDL_AUDIODRIVER": "dummy", "LIBGL_ALWAYS_SOFTWARE": "1"} if self.is_own else shown

    async def close(self) -> None:
        """Switch a display of the demo's own off."""
        server, self._server = self._server, None
        if server is not None and server.returncode is None:
            server.terminate()
            await server.wait()

    def _missing(self) -> list[str]:
        """What is not installed of what the window needs, as names a person can look for."""
        lacks = [] if glass.is_there() else ["libX11 (libx11-6)"]
        if importlib.util.find_spec("kivy") is None:
            lacks.append("Kivy (a Python package)")
        if self.is_own and shutil.which("Xvfb") is None:
            lacks.append("Xvfb (xvfb)")
        return lacks

    async def _start(self) -> None:
        words = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{self.panel}x24", "-nolisten", "tcp", "-noreset"]
        server = await asyncio.create_subprocess_exec(
            *DIES_WITH_THE_DEMO,
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            process_group=0,
        )
        self._server = server
        assert server.stdout is not None
        try:
            # Xvfb tells its number once it answers.
            number = await asyncio.wait_for(server.stdout.readline(), READY_WITHIN_S)
        except TimeoutError:
            number = b""
        if not number.strip():
            await self.close()
            raise SetUpFailed("Xvfb does not start.")
        self.name = f":{number.decode().strip()}"
