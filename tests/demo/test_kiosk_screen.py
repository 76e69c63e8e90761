"""The reception's screen without one: pictures, keys, and what is said where something is missing."""

import asyncio
import struct
import zlib
from pathlib import Path

import pytest

from demo.errors import SetUpFailed
from demo.kiosk.display import Display
from demo.kiosk.glass import Picture, find_window
from demo.kiosk.hand import runs
from demo.kiosk.png import encode_png

PANEL = "800x480"


def pixels_of(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and the rows of a PNG that has one IDAT and no filters."""
    width, height = struct.unpack(">II", png[16:24])
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    return width, height, zlib.decompress(data)


def test_a_picture_is_written_pixel_by_pixel() -> None:
    red, green, blue, white = b"\x00\x00\xff\x00", b"\x00\xff\x00\xff", b"\xff\x00\x00\x00", b"\xff" * 4
    width, height, rows = pixels_of(encode_png(Picture(2, 2, red + green + blue + white)))
    assert (width, height) == (2, 2)
    assert rows == b"\0" + b"\xff\0\0" + b"\0\xff\0" + b"\0" + b"\0\0\xff" + b"\xff\xff\xff"


def test_a_display_that_is_not_there_shows_no_window() -> None:
    assert find_window(":65432", 1) is None


def test_what_is_missing_for_the_screen_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetUpFailed, match="xvfb"):
        asyncio.run(Display(PANEL, window=False).open())


def test_letters_are_typed_and_backspaces_erase_in_the_order_they_came() -> None:
    typed = [(keys[0], keys[3:]) for keys in runs("Sia\b\bân -x")]
    assert typed == [
        *(("type", ["--", "Sia"]), ("key", ["BackSpace", "BackSpace"])),
        *(("type", ["--", "â"]), ("type", ["--", "n -x"])),
    ]
