"""`phonekeep-link`: the program with a network and without hardware."""

import signal
import sys
from collections.abc import Sequence

from kiosk.arguments import parse, run_program
from kiosk.config import load_config


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until SIGTERM; exit 1 with one sentence when something must be mended first."""
    asked = parse("phonekeep-link", "Carries events to central and rules to the cabinet.", arguments)

    def run() -> None:
        from kiosk.link.wiring import build_link  # after the command line: a wrong option answers at once

        link = build_link(load_config(asked.config), asked.keys)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: link.stop())
        link.run()

    sys.exit(run_program(run))


if __name__ == "__main__":
    main()
