"""The command line that both programs share, parsed without typer: the cabinet's memory is counted."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.errors import KioskError


def parse(program: str, sentence: str, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read `--config`, `--keys`, `--simulate`."""
    parser = argparse.ArgumentParser(program, description=sentence)
    parser.add_argument("--config", type=Path, required=True, help="the device's configuration file")
    parser.add_argument("--keys", type=Path, help="the directory of this program's keys, instead of [paths] keys")
    parser.add_argument("--simulate", type=Path, metavar="DIR", help="simulated hardware and school time under DIR")
    return parser.parse_args(arguments)


def run_program(run: Callable[[], None]) -> int:
    """Run a program with logs on stderr; an error a person can mend is one line, never a traceback."""
    logging.basicConfig(
        level=os.environ.get("PHONEKEEP_LOG", "INFO"),
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(message)s" if sys.stderr.isatty() else "%(levelname)s %(message)s",
    )
    try:
        run()
    except KioskError as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
