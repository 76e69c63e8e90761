"""A finger on the glass and a keyboard beside it, by xdotool: events of the X server like any other."""

import asyncio
import os
import re
import shutil
from collections.abc import Iterator

from demo.errors import NotNow
from demo.kiosk.glass import Shown

DONE_WITHIN_S = 20.0
"""Beyond the time that the keys themselves take."""
KEY_EVERY_MS = 25
LENT_KEY_EVERY_MS = 500
"""A letter that no key of this keyboard has is lent one for the moment; the kiosk has to read it before that ends."""
ERASE = "\b"
RUNS = re.compile("\b+|[^\b\x00-\x7f]+|[^\b\x80-\U0010ffff]+")
"""Erasures, letters beyond ASCII, and the others."""


async def tap(display: str, shown: Shown, x: float, y: float, hold_ms: int, *, borrowed: bool) -> None:
    """Press a point of the window, as fractions of it, for so long. Raises NotNow.

    `borrowed`: the pointer is somebody's own, and is put back to where it was.
    """
    at = [str(min(size - 1, int(part * size))) for part, size in ((x, shown.width), (y, shown.height))]
    window = str(shown.window)
    before, after = ["windowraise", window] if borrowed else [], list[str]()
    if borrowed:
        was = dict(pair.split(":") for pair in (await _ask(display, "getmouselocation")).split())
        after = ["mousemove", was["x"], was["y"]]
    press = ["mousemove", "--window", window, *at, "mousedown", "1", "sleep", f"{hold_ms / 1000:.3f}", "mouseup", "1"]
    await _ask(display, *before, *press, *after, within_s=DONE_WITHIN_S + hold_ms / 1000)


async def write(display: str, shown: Shown, text: str) -> None:
    """Press the keys of a text one after the other; a backspace in it erases. Raises NotNow."""
    focus = ["windowfocus", "--sync", str(shown.window)]
    for keys in runs(text):
        await _ask(display, *focus, *keys, within_s=DONE_WITHIN_S + len(text) * LENT_KEY_EVERY_MS / 1000)


def runs(text: str) -> Iterator[list[str]]:
    """Texts and erasures, each as xdotool takes it: what follows `type` and `key` is all theirs."""
    for run in RUNS.findall(text):
        if run.startswith(ERASE):
            yield ["key", "--delay", str(KEY_EVERY_MS), *["BackSpace"] * len(run)]
        else:
            yield ["type", "--delay", str(KEY_EVERY_MS if run.isascii() else LENT_KEY_EVERY_MS), "--", run]


async def _ask(display: str, *words: str, within_s: float = DONE_WITHIN_S) -> str:
    if shutil.which("xdotool") is None:
        raise NotNow("xdotool is not installed, so there is no hand.", what_to_do="Run `make demo`, which installs it.")
    process = await asyncio.create_subprocess_exec(
        "xdotool",
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "DISPLAY": display},
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), within_s)
    except TimeoutError:
        process.kill()
        await process.wait()
    if process.returncode != 0:
        raise NotNow("The window went away under the hand.", what_to_do="Ask again in a second.")
    return said.decode()
