"""The reception's real program in a real window at 1280 x 800, by a finger: how soon, how quick, how large, how steady.

A start is from the process to the first page on the glass. A page change is from the finger's leaving the glass until
the window names the next page, which it does in the tick after that page's first picture. Eight hours of a school day
are played with the waits between visitors skipped on the school's clock (bench/school_day.py). Memory is VmRSS; how
much it grows counts from the time that every page and every language has been seen.
"""

import tempfile
from pathlib import Path

from bench.figure import Figure, spread
from bench.idle import resident_mb
from bench.reception_window import Screen, a_display
from bench.school_day import BEGINS, HOURS, SchoolDay

STARTS = 3


def take() -> list[Figure]:
    """Some starts, then a whole day."""
    with tempfile.TemporaryDirectory(prefix="pk-") as directory, a_display() as display:
        screen = Screen(Path(directory), display, BEGINS)
        try:
            starts = []
            for number in range(STARTS):
                starts.append(screen.start())
                if number < STARTS - 1:
                    screen.stop()
            known: list[float] = []
            day = SchoolDay(screen)
            day.begin()
            day.run(lambda: known.append(resident_mb(screen.pid)))
            now, failures = resident_mb(screen.pid), screen.failures
            screen.stop()
        finally:
            screen.close()
    slowest, turns, growth = max(starts), spread(screen.turns), (now / known[0] - 1) * 100
    turned = f"p95 {turns['p95']:.0f} ms (median {turns['median']:.0f})"
    grown = f"{growth:.1f} % to {now:.0f} MB, {failures} exceptions, {screen.pages} pages"
    return [
        Figure("reception, start to the first page", "<= 3 s", f"{slowest:.2f} s", slowest <= 3, {"s": starts}),
        Figure("reception, press -> next page", "p95 <= 100 ms", turned, turns["p95"] <= 100, turns),
        Figure("reception process, memory", "<= 190 MB RSS", f"{now:.0f} MB", now <= 190, {"mb": now}),
        Figure(
            f"reception, {HOURS} school hours, growth",
            "<= 5 %, no exception",
            grown,
            growth <= 5 and failures == 0,
            {"known_mb": known[0], "mb": now, "exceptions": failures, "pages": screen.pages, **day.counts},
        ),
    ]
