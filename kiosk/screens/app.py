"""The reception's face with a window (kiosk/reception/face.py): opened before the program is built, run beside it."""

import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from kiosk.reception.face import Face
from kiosk.reception.flow.screen import Screen
from kiosk.screens.errors import FontsMissing
from kiosk.screens.faces import FACES
from kiosk.screens.memory import give_back_large_pieces
from kiosk.screens.panel import DEFAULT_PANEL, Panel, panel_named

FRAMES = 30
"""Pictures a second: enough for a finger, little for a Pi."""


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
    prepare_kivy(profile, windowed)
    from kiosk.screens.window import WindowFace  # Kivy reads its environment when it is imported

    return WindowFace(profile, shown=shown)


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
        ("kivy", "log_level", "warning"),
        ("postproc", "double_tap_time", 0),
        ("postproc", "triple_tap_time", 0),
    ):
        Config.set(section, name, str(value))
