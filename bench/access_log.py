"""A page of the access log among a million events: any filter, any depth, over HTTP, the audit row included."""

import http.client
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from admin_web.queries.handles import handle_of
from bench.figure import Figure, spread
from bench.million_events import PASSWORD, PEOPLE, POINTS, SIGN_IN, make_school
from demo.ports import choose_port

EVENTS = int(os.environ.get("PHONEKEEP_BENCH_EVENTS", "1000000"))
PAGES, SEED, REACH_MS = 600, 20261124, 50.0
CONTENT = "application/x-www-form-urlencoded"


def take() -> list[Figure]:
    """Ask for pages in random order from a process that has just been started, the file being in the page cache."""
    with tempfile.TemporaryDirectory(prefix="phonekeep-bench-") as directory:
        data = Path(directory) / "central"
        make_school(data, EVENTS, SEED)
        asked = list(questions(data / "central.db", Random(SEED)))[:PAGES]
        (data / "central.db").read_bytes()
        with served(data) as port:
            browser = Browser(port)
            samples = [browser.time_ms(path) for path in asked]
    numbers: dict[str, object] = dict(spread(samples))
    numbers["events"] = EVENTS
    numbers["slowest"] = [
        [round(taken, 1), path] for taken, path in sorted(zip(samples, asked, strict=True), reverse=True)[:5]
    ]
    p95 = float(str(numbers["p95"]))
    measured = f"p95 {p95:.1f} ms (median {numbers['median']:.1f}, max {numbers['max']:.1f})"
    name = f"access log page at {EVENTS:,} events"
    return [Figure(name, f"p95 <= {REACH_MS:.0f} ms", measured, p95 <= REACH_MS, numbers)]


def questions(file: Path, random: Random) -> Iterator[str]:
    """Every filter with all, few and no hits, at the newest, in the depth and at the end, in random order."""
    connection = sqlite3.connect(file)
    first, last = connection.execute(
        "SELECT min(event_id), max(event_id) FROM log_row WHERE kind = 'put_in'"
    ).fetchone()
    places = [
        "{}.{}".format(*connection.execute("SELECT time, event_id FROM log_row WHERE event_id >= ?", (id,)).fetchone())
        for id in sorted(random.sample(range(first, last), 6))
    ]
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400 * 365))
    connection.close()
    people = ["", *(handle_of(f"person-{number}") for number in (0, 1, PEOPLE - 1))]
    points = ["", *(f"room-{number}" for number in (0, 5, POINTS - 1))]
    kinds = ["", "put_in", "put_in_repeated", "device", "refused"]
    depths = [{}, {"end": "1"}, *({"before": place} for place in places), {"after": places[0]}, {"after": places[-1]}]
    every = [
        {"person": person, "point": point, "kind": kind, "refused": refused, "day": when, **depth}
        for person, point, kind, refused, when, depth in product(people, points, kinds, ["", "1"], ["", day], depths)
    ]
    for parts in random.sample(every, len(every)):
        yield "/log?" + urlencode({name: value for name, value in parts.items() if value})


@contextmanager
def served(data: Path) -> Iterator[int]:
    """Run phonekeep-web on the data, on a free port of loopback."""
    port = choose_port()
    (data / "central.toml").write_text(
        f'site = "ashgrove"\n[web]\nbind = "127.0.0.1"\nport = {port}\nhttp_on_loopback = true\n'
    )
    code = "from admin_web.web.main import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code, "--data", str(data)])
    try:
        end = time.monotonic() + 30
        while True:
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
                break
            except OSError:
                if time.monotonic() > end or process.poll() is not None:
                    raise
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


class Browser:
    """One signed-in connection that is kept open, as a browser keeps it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        origin = f"http://127.0.0.1:{port}"
        body = urlencode({"sign_in": SIGN_IN, "password": PASSWORD, "next": "/"})
        headers = {"Content-Type": CONTENT, "Origin": origin, "Sec-Fetch-Site": "same-origin"}
        self._connection.request("POST", "/sign-in", body, headers)
        answer = self._connection.getresponse()
        answer.read()
        self._cookie = str(answer.getheader("Set-Cookie")).split(";")[0]

    def time_ms(self, path: str) -> float:
        """Ask for a page and tell how long it took, until its last byte."""
        begun = time.perf_counter()
        self._connection.request("GET", path, headers={"Cookie": self._cookie})
        answer = self._connection.getresponse()
        answer.read()
        taken = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status}")
        return taken
