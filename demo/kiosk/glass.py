"""Looks at the reception's window through libX11: where it is, which page it shows, and its picture.

Each look opens the display and closes it again, so that a display that goes away takes nothing of the demo with it.
"""

import ctypes
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_ubyte, c_uint, c_ulong, c_void_p
from dataclasses import dataclass
from typing import Any

TITLE = "Phonekeep reception"
"""What the window is called; after a colon follows the page, never what is on it."""
DEEPEST = 4
"""A window manager puts frames of its own around a window."""
LONGEST_TITLE = 256
ANY_TYPE, VIEWABLE, ALL_PLANES, Z_PIXMAP = 0, 2, 0xFFFFFFFF, 2
GO_ON = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)(lambda _display, _error: 0)


class XImage(ctypes.Structure):
    """The beginning of Xlib's XImage, as far as it is read here (X11/Xlib.h)."""

    _fields_ = (
        ("width", c_int),
        ("height", c_int),
        ("xoffset", c_int),
        ("format", c_int),
        ("data", c_void_p),
        ("byte_order", c_int),
        ("bitmap_unit", c_int),
        ("bitmap_bit_order", c_int),
        ("bitmap_pad", c_int),
        ("depth", c_int),
        ("bytes_per_line", c_int),
        ("bits_per_pixel", c_int),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """The window as it stands on its display."""

    window: int
    page: str | None
    """The page on the glass; None before the first."""
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Four bytes a pixel: blue, green, red and one that means nothing."""

    width: int
    height: int
    pixels: bytes


def find_window(display: str, pid: int) -> Shown | None:
    """Find the window of the program `pid` on a display; None while it has none, or there is no display."""
    with _opened(display) as (x11, opened):
        return None if opened is None else _find(x11, opened, pid)


def take_picture(display: str, pid: int) -> Picture | None:
    """What the window of `pid` shows; None while there is none, or where part of it lies beside the display."""
    with _opened(display) as (x11, opened):
        shown = None if opened is None else _find(x11, opened, pid)
        if shown is None:
            return None
        taken = x11.XGetImage(opened, shown.window, 0, 0, shown.width, shown.height, ALL_PLANES, Z_PIXMAP)
        if not taken:
            return None
        image = taken.contents
        try:
            if image.bits_per_pixel != 32 or image.byte_order != 0:
                return None
            raw = ctypes.string_at(image.data, image.bytes_per_line * image.height)
            width = 4 * image.width
            if image.bytes_per_line != width:
                rows = range(0, len(raw), image.bytes_per_line)
                raw = b"".join(raw[row : row + width] for row in rows)
            return Picture(image.width, image.height, raw)
        finally:
            x11.XDestroyImage(taken)


def is_there() -> bool:
    """Whether libX11 is installed."""
    return library() is not None


@functools.cache
def library() -> Any:
    """libX11 with the signatures of what is called; None where it is not installed."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    x11.XOpenDisplay.restype = c_void_p
    x11.XOpenDisplay.argtypes = (c_char_p,)
    x11.XDefaultRootWindow.restype = c_ulong
    x11.XInternAtom.restype = c_ulong
    x11.XInternAtom.argtypes = (c_void_p, c_char_p, c_int)
    x11.XGetImage.restype = POINTER(XImage)
    x11.XGetImage.argtypes = (c_void_p, c_ulong, c_int, c_int, c_uint, c_uint, c_ulong, c_int)
    for name in ("XDefaultRootWindow", "XCloseDisplay", "XFree", "XDestroyImage"):
        getattr(x11, name).argtypes = (POINTER(XImage),) if name == "XDestroyImage" else (c_void_p,)
    x11.XQueryTree.argtypes = (c_void_p, c_ulong, *(POINTER(c_ulong),) * 2, POINTER(POINTER(c_ulong)), POINTER(c_uint))
    x11.XGetGeometry.argtypes = (
        *(c_void_p, c_ulong, POINTER(c_ulong), POINTER(c_int), POINTER(c_int)),
        *(POINTER(c_uint),) * 4,
    )
    x11.XTranslateCoordinates.argtypes = (
        *(c_void_p, c_ulong, c_ulong, c_int, c_int, POINTER(c_int), POINTER(c_int)),
        POINTER(c_ulong),
    )
    x11.XGetWindowProperty.argtypes = (
        *(c_void_p, c_ulong, c_ulong, c_long, c_long, c_int, c_ulong, POINTER(c_ulong), POINTER(c_int)),
        *(POINTER(c_ulong), POINTER(c_ulong), POINTER(POINTER(c_ubyte))),
    )
    # Xlib's own handler ends the process; a window that has just gone is nothing to end for.
    x11.XSetErrorHandler(GO_ON)
    return x11


@contextmanager
def _opened(display: str) -> Iterator[tuple[Any, int | None]]:
    x11 = library()
    opened = None if x11 is None else x11.XOpenDisplay(display.encode())
    try:
        yield x11, opened
    finally:
        if opened is not None:
            x11.XCloseDisplay(opened)


def _find(x11: Any, display: int, pid: int) -> Shown | None:
    root = x11.XDefaultRootWindow(display)
    level = [root]
    for _ in range(DEEPEST):
        level = [child for window in level for child in _children(x11, display, window)]
        for window in level:
            title = read_property(x11, display, window, b"WM_NAME").decode("latin-1")
            if title.startswith(TITLE) and _owner(x11, display, window) == pid:
                return _shown(x11, display, root, window, title)
    return None


def _shown(x11: Any, display: int, root: int, window: int, title: str) -> Shown | None:
    unused, x, y = c_ulong(), c_int(), c_int()
    width, height, border, depth = c_uint(), c_uint(), c_uint(), c_uint()
    if not x11.XGetGeometry(
        *(display, window, byref(unused), byref(x), byref(y)),
        *(byref(width), byref(height), byref(border), byref(depth)),
    ):
        return None
    x11.XTranslateCoordinates(display, window, root, 0, 0, byref(x), byref(y), byref(unused))
    page = title.removeprefix(TITLE).removeprefix(":").strip()
    return Shown(window, page or None, x.value, y.value, width.value, height.value)


def _children(x11: Any, display: int, window: int) -> list[int]:
    unused, found, count = c_ulong(), POINTER(c_ulong)(), c_uint()
    if not x11.XQueryTree(display, window, byref(unused), byref(unused), byref(found), byref(count)):
        return []
    windows = list(found[: count.value])
    if found:
        x11.XFree(found)
    return windows


def _owner(x11: Any, display: int, window: int) -> int:
    """The process that the window says it belongs to."""
    return int.from_bytes(read_property(x11, display, window, b"_NET_WM_PID")[:4], "little")


def read_property(x11: Any, display: int, window: int, name: bytes) -> bytes:
    """Read a property of a window; empty where it has none."""
    atom = x11.XInternAtom(display, name, 0)
    kind, form, count, left, data = c_ulong(), c_int(), c_ulong(), c_ulong(), POINTER(c_ubyte)()
    x11.XGetWindowProperty(
        *(display, window, atom, 0, LONGEST_TITLE // 4, 0, ANY_TYPE),
        *(byref(kind), byref(form), byref(count), byref(left), byref(data)),
    )
    if not data:
        return b""
    # Xlib hands items of 32 bits out as longs.
    size = {8: 1, 16: 2, 32: ctypes.sizeof(c_long)}.get(form.value, 0)
    told = ctypes.string_at(data, count.value * size)
    x11.XFree(data)
    return told
