"""A finger that knows when the page has turned: presses through XTest, and hears the window name its next page."""

import ctypes
import select
import time
from ctypes import c_int, c_long, c_uint, c_ulong, c_void_p
from typing import Any

from demo.kiosk.glass import TITLE, find_window, library, read_property

PROPERTY_CHANGES = 1 << 22
EVENT_BYTES = 192
"""An XEvent is a union of 24 longs."""
WITHIN_S = 10.0


class Touch:
    """A finger on the window of one program; `close` takes it away."""

    def __init__(self, display: str, pid: int) -> None:
        x11, test = library(), ctypes.CDLL("libXtst.so.6")
        assert x11 is not None, "libX11 is not there"
        x11.XSelectInput.argtypes = (c_void_p, c_ulong, c_long)
        x11.XNextEvent.argtypes = (c_void_p, c_void_p)
        for name in ("XFlush", "XPending", "XConnectionNumber"):
            getattr(x11, name).argtypes = (c_void_p,)
        test.XTestFakeMotionEvent.argtypes = (c_void_p, c_int, c_int, c_int, c_ulong)
        test.XTestFakeButtonEvent.argtypes = (c_void_p, c_uint, c_int, c_ulong)
        shown = find_window(display, pid)
        assert shown is not None, "the window is not there"
        self._x11, self._test, self._window = x11, test, shown.window
        self._display = x11.XOpenDisplay(display.encode())
        assert self._display, "the display is not there"
        x11.XSelectInput(self._display, self._window, PROPERTY_CHANGES)
        x11.XFlush(self._display)

    def press(self, x: float, y: float, hold_s: float) -> float:
        """Put the finger down at a pixel and take it away; the moment it left, by the monotonic clock."""
        self._test.XTestFakeMotionEvent(self._display, -1, round(x), round(y), 0)
        self._test.XTestFakeButtonEvent(self._display, 1, 1, 0)
        self._x11.XFlush(self._display)
        time.sleep(hold_s)  # how long a finger rests
        left = time.monotonic()
        self._test.XTestFakeButtonEvent(self._display, 1, 0, 0)
        self._x11.XFlush(self._display)
        return left

    def turned(self, page: str) -> float:
        """Wait until the window names this page, after its first picture; when, by the monotonic clock."""
        end = time.monotonic() + WITHIN_S
        while self._named() != page:
            left = end - time.monotonic()
            assert left > 0, f"the page {page} did not come: {self._named()} is shown"
            if not self._x11.XPending(self._display):
                select.select([self._x11.XConnectionNumber(self._display)], [], [], left)
            self._drain()
        return time.monotonic()

    def close(self) -> None:
        """Take the finger away."""
        self._x11.XCloseDisplay(self._display)

    def _drain(self) -> None:
        event: Any = ctypes.create_string_buffer(EVENT_BYTES)
        while self._x11.XPending(self._display):
            self._x11.XNextEvent(self._display, event)

    def _named(self) -> str:
        title = read_property(self._x11, self._display, self._window, b"WM_NAME").decode("latin-1")
        return title.removeprefix(f"{TITLE}: ")
