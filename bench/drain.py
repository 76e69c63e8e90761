"""Twelve cabinets held three days of events each while ingest was away: how long until central has every one.

The events are written into each cabinet's own database by the product's outbox while the cabinet is off; then it is
switched on again, its link connects, and ingest starts. Counted from the start of ingest's own epoch, which comes
before its announcement, to the moment the last cabinet says that nothing waits any more.
"""

import sqlite3
import time
from random import Random

from bench.authored import EVENTS_A_TAP, open_outbox, write_taps
from bench.figure import Figure
from bench.ingest import start_of_bench
from demo.driver import School, start_temporary, wait_until

CABINETS, EVENTS_EACH, SEED = 12, 1000, 20261124


def fill(school: School, device: str, random: Random) -> int:
    """Write a cabinet's three days while it is off; the number of events."""
    home = school.directory / "data" / "devices" / device
    people = [b["person"] for b in school.ready["badges"] if b["person"] and device in b["points"]] or ["nobody"]
    school.on(device, "power", on=False)
    keys = home / "keys" / "cabinet"
    outbox = open_outbox(home / "cabinet" / "cabinet.db", keys)
    outbox.open_epoch(start_of_bench())
    written = write_taps(outbox, keys, people, EVENTS_EACH // EVENTS_A_TAP, random)
    outbox._connection.close()
    school.on(device, "power", on=True)
    return written


def take() -> list[Figure]:
    """Ingest off, cabinets filled and connected, ingest on."""
    random = Random(SEED)
    with start_temporary("--cabinets", str(CABINETS)) as school:
        school.keep_machine_time()
        school.bench("/ingest", {"up": False})
        written = sum(fill(school, device, random) for device in school.ready["devices"])
        central = school.directory / "data" / "central" / "central.db"

        def ask(text: str) -> tuple[int, ...]:
            with sqlite3.connect(f"file:{central}?mode=ro", uri=True) as connection:
                return tuple(connection.execute(text).fetchone())

        wait_until(lambda: all(d["powered"] for d in school.bench()["devices"]), within_s=20, what="cabinets on")
        time.sleep(5)  # every link has connected by now; while ingest is away nothing says so
        (before,) = ask("SELECT count(*) FROM event WHERE device != 'central'")
        school.bench("/ingest", {"up": True})
        wait_until(
            lambda: (
                ask("SELECT count(*) FROM event WHERE device != 'central'")[0] >= before + written
                and all(d["outbox_depth"] == 0 for d in school.api("devices")["items"])
            ),
            within_s=60,
            what=f"{written} events at central",
            every_s=0.05,
        )
        ended_ms = time.time() * 1000
        (begun_ms,) = ask(
            "SELECT committed_at FROM event WHERE device = 'central' AND type = 'log.epoch_started.v1' ORDER BY id DESC"
        )
    seconds = (ended_ms - begun_ms) / 1000
    numbers = {"events": written, "cabinets": CABINETS, "seconds": round(seconds, 2)}
    measured = f"{seconds:.1f} s for {written:,} events"
    return [Figure("a three-day outage of 12 cabinets drains", "<= 5 s", measured, seconds <= 5, numbers)]
