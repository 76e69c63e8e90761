"""Takes the figures one after another, prints them as a table and writes them to bench/results.json."""

import argparse
import importlib
import json
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path

from bench.figure import Figure

FIGURES = (
    "empty_poll",
    "coil",
    "commit",
    "decision",
    "row_visible",
    "edit_obeyed",
    "withdraw",
    "ingest",
    "drain",
    "access_log",
    "idle",
    "reception",
)
RESULTS = Path(__file__).with_name("results.json")


def take(name: str) -> list[Figure]:
    """Take the figures of one file."""
    print(f"... {name}", file=sys.stderr, flush=True)
    figures: list[Figure] = importlib.import_module(f"bench.{name}").take()
    return figures


def table(figures: list[Figure]) -> str:
    """The figures as text: figure, reach, measured, whether reached."""
    rows = [("figure", "reach", "measured", "")]
    rows += [(one.name, one.reach, one.measured, "reached" if one.reached else "NOT REACHED") for one in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def main() -> int:
    """Take all figures, or those named; the exit code says whether every one was reached."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="figure", help=f"some of: {', '.join(FIGURES)}")
    wanted = parser.parse_args().names or FIGURES
    unknown = sorted(set(wanted) - set(FIGURES))
    if unknown:
        parser.error(f"there is no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    begun = time.monotonic()
    figures = [figure for name in wanted for figure in take(name)]
    print(table(figures))
    if len(wanted) == len(FIGURES):
        machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.release()}
        seconds = round(time.monotonic() - begun)
        results = {"machine": machine, "seconds": seconds, "figures": [asdict(one) for one in figures]}
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
