"""`phonekeep-cabinet`: the program that opens a door, and has no network."""

import gc
import signal
import sys
from collections.abc import Sequence

from kiosk.arguments import parse, run_program
from kiosk.config import load_config

SWITCH_INTERVAL_S = 0.001
"""How long the socket's thread may keep Python to itself while a tap waits (the default is 5 ms)."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until SIGTERM; exit 1 with one sentence when something must be mended first."""
    asked = parse("phonekeep-cabinet", "Badge, decision, lock: the cabinet's program.", arguments)

    def run() -> None:
        from kiosk.cabinet.wiring import build_cabinet  # after the command line: a wrong option answers at once

        sys.setswitchinterval(SWITCH_INTERVAL_S)
        program = build_cabinet(load_config(asked.config), asked.keys, asked.simulate)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: program.stop())
        gc.collect()
        gc.freeze()  # what was imported is not looked through again while somebody waits at the door
        program.run()

    sys.exit(run_program(run))


if __name__ == "__main__":
    main()
