"""`python -m hardware.simulator`: one device's hardware as a process, for the demo, the bench and tests."""

import argparse
import logging
import signal
import sys
from pathlib import Path
from random import Random

from hardware.simulator import profiles
from hardware.simulator.clock import LeapingClock, RealClock
from hardware.simulator.server import Server
from hardware.simulator.world import World


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m hardware.simulator", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="where to listen (at most 107 bytes long)")
    kinds = ("one_door", "bank", "reception")
    parser.add_argument("--profile", choices=kinds, default="one_door", help="what is wired")
    parser.add_argument("--buttons", action="store_true", help="one_door: with PUT IN and TAKE OUT")
    parser.add_argument("--slots", type=int, default=6, help="bank: number of lockers")
    parser.add_argument("--real-time", action="store_true", help="SPI and air time are really waited for")
    parser.add_argument("--seed", type=int, default=0, help="for disturbances and made-up UIDs")
    asked = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="simulator: %(message)s")
    try:
        if asked.profile == "reception":
            wiring = profiles.reception()
        else:
            wiring = profiles.one_door(asked.buttons) if asked.profile == "one_door" else profiles.bank(asked.slots)
    except ValueError as fault:
        parser.error(f"{fault}.")
    world = World(RealClock() if asked.real_time else LeapingClock(), wiring, Random(asked.seed))
    server = Server(world, asked.socket)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    try:
        server.run()
    except OSError as fault:
        print(f"The simulator cannot listen at {asked.socket}: {fault}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
