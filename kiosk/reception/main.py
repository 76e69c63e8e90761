"""`phonekeep-reception`: the touchscreen at the door. It has no network."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.arguments import run_program
from kiosk.config import load_config
from kiosk.reception.face import Face


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until SIGTERM; exit 1 with one sentence when something must be mended first."""
    asked = _parse(arguments)

    def run() -> None:
        from kiosk.reception.wiring import build_reception  # after the command line: a wrong option answers at once

        config = load_config(asked.config)
        panel = asked.panel or (None if config.screen is None else config.screen.panel)
        face = _open_face(panel, asked.windowed, asked.no_screen)
        program = build_reception(config, asked.keys, asked.simulate, face)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: program.stop())
        face.run(program)

    sys.exit(run_program(run))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("phonekeep-reception", description="Visitors read the rules and sign in.")
    parser.add_argument("--config", type=Path, required=True, help="the device's configuration file")
    parser.add_argument("--keys", type=Path, help="the directory of this program's keys, instead of [paths] keys")
    parser.add_argument("--simulate", type=Path, metavar="DIR", help="simulated hardware and school time under DIR")
    parser.add_argument("--panel", metavar="WIDTHxHEIGHT", help="another panel than [screen] panel")
    parser.add_argument("--windowed", action="store_true", help="a window in place of the whole screen")
    parser.add_argument("--no-screen", action="store_true", help="no window: pages and fingers as lines of text")
    return parser.parse_args(arguments)


def _open_face(panel: str | None, windowed: bool, no_screen: bool) -> Face:
    if no_screen:
        from kiosk.reception.headless import Headless

        return Headless(sys.stdin, sys.stdout)
    from kiosk.screens.app import open_face  # Kivy opens its window when it is imported

    return open_face(panel, windowed)


if __name__ == "__main__":
    main()
