"""The reception's face with a window (kiosk/reception/face.py): opened before the program is built, run beside it."""

import logging
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from kiosk.reception.face import Face
from kiosk.reception.flow.screen import Screen
from kiosk.screens.errors import FontsMissing
from kiosk.screens.faces import FACES
from kiosk.screens.memory import give_back_large_pieces
from kiosk.screens.panel import DEFAULT_PANEL, Panel, panel_named

FRAMES = 30
"""Pictures a second: enough for a finger, little for a Pi."""
UNHEARD = ("probesysfs", "mtdev", "hidinput", "linuxwacom", "tuio", "leapfinger")
"""Kivy's ways past SDL to read a touchscreen. SDL makes a mouse of a finger, and Kivy drops SDL's touches on Linux."""


def open_face(panel: str | None, windowed: bool, *, shown: Callable[[Screen], None] | None = None) -> Face:
    """A window for a panel, not yet opened; `shown` is called once a page has reached the glass.

    Raises: UnknownPanel, FontsMissing.
    """
    profile = DEFAULT_PANEL if panel is None else panel_named(panel)
    missing = [face.name for face in FACES.values() if not (face.file(False).exists() and face.file(True).exists())]
    if missing:
        raise FontsMissing(
            f"The fonts of the reception screen are not there ({', '.join(missing)}). Run `make`, which makes them "
            "from Debian's fonts-sil-andika and fonts-noto-core."
        )
    give_back_large_pieces()
    with _left_out():
        prepare_kivy(profile, windowed)
        from kiosk.screens.window import WindowFace  # Kivy reads its environment when it is imported

    return WindowFace(profile, shown=shown)


@contextmanager
def _left_out() -> Iterator[None]:
    """While Kivy is imported, empty modules in the place of what it would load and never use here.

    A provider whose library is missing (libmtdev) would log a traceback at every start; asyncio is for `async_run`, and
    costs 3 MB with the network's modules that it brings.
    """
    for name in UNHEARD:
        sys.modules.setdefault(f"kivy.input.providers.{name}", ModuleType(name))
    stands_in = None if "asyncio" in sys.modules else _NoLoop("asyncio")
    if stands_in is not None:
        sys.modules["asyncio"] = stands_in
    try:
        yield
    finally:
        if stands_in is not None:
            del sys.modules["asyncio"]


class _NoLoop(ModuleType):
    """What Kivy's clock takes from asyncio when it is made."""

    Event = threading.Event
    wait_for = None


def prepare_kivy(panel: Panel, windowed: bool) -> None:
    """Set Kivy up before anything of it is imported: no files of its own, one input, 30 pictures a second."""
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_FILELOG="1",
        KIVY_NO_CONFIG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_NO_ENV_CONFIG="1",
        KIVY_WINDOW="sdl2",
    )
    os.environ.setdefault("KIVY_HOME", str(Path(tempfile.gettempdir()) / f"phonekeep-kivy-{os.getuid()}"))
    logging.getLogger("kivy").setLevel(logging.WARNING)
    from kivy.config import Config

    for name in Config.options("input"):
        # A Pi has several providers that hear the same finger; each touch would count twice.
        Config.remove_option("input", name)
    Config.set("input", "mouse", "mouse,disable_multitouch")
    for section, name, value in (
        ("graphics", "width", panel.width),
        ("graphics", "height", panel.height),
        ("graphics", "fullscreen", "0" if windowed else "auto"),
        ("graphics", "borderless", "0"),
        ("graphics", "resizable", "1" if windowed else "0"),
        ("graphics", "show_cursor", "1" if windowed else "0"),
        ("graphics", "maxfps", FRAMES),
        ("graphics", "multisamples", 0),
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "keyboard_mode", "systemandmulti"),
        # A page that the program's thread has made is drawn at once, not in the next of the 30 pictures.
        ("kivy", "kivy_clock", "interrupt"),
        ("kivy", "log_level", "warning"),
        ("postproc", "double_tap_time", 0),
        ("postproc", "triple_tap_time", 0),
    ):
        Config.set(section, name, str(value))
