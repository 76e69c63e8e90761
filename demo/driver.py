"""A hand for the bench: starts a whole school, presses, taps, pulls cables, and asks the office what it heard.

Tests, benchmarks and newcomers drive the school through this and through nothing else.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

Json = dict[str, Any]


DEBOUNCED_S = 0.06
"""A press is told 30 ms after its edge, as a debounced contact is; a hand needs longer to reach the reader."""


LISTENS_WITHIN_S = 15.0
TAKEN_AWAY_S = 0.6
"""So long a reader looks for a card that left before it believes it."""


class SchoolFailed(Exception):
    """The demo did not come up, or a condition waited for did not come true; the message says which."""


def wait_until(true: Callable[[], Any], *, within_s: float, what: str, every_s: float = 0.02) -> Any:
    """Ask again and again until the answer is true, and return it; raise SchoolFailed after `within_s` seconds."""
    end = time.monotonic() + within_s
    while True:
        answer = true()
        if answer:
            return answer
        if time.monotonic() > end:
            raise SchoolFailed(f"{what}: not within {within_s} s")
        time.sleep(every_s)


@dataclass
class School:
    """A running demo, by the addresses in its ready file."""

    process: subprocess.Popen[bytes]
    ready: Json
    directory: Path
    log: Path
    cursor: str | None = field(default=None)
    field_empty: dict[str, float] = field(default_factory=dict)
    """When a device's reader has seen the last card leave, in seconds of the monotonic clock."""

    @classmethod
    def start(cls, directory: Path, *arguments: str, within_s: float = 90, reception: bool = False) -> "School":
        """Start `phonekeep-demo` with its data under `directory` and wait for its ready file.

        `reception`: with the reception's screen, which takes some seconds more; a school that cannot have it fails.
        """
        directory.mkdir(parents=True, exist_ok=True)
        ready_file = directory / "ready.json"
        ready_file.unlink(missing_ok=True)
        log = directory / "demo.log"
        command = [sys.executable, "-m", "demo.main", "--no-window", "--port", "0"]
        command += ["--data", str(directory / "data"), "--ready-file", str(ready_file), *arguments]
        command += [] if reception else ["--no-reception"]
        with log.open("ab") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)

        def ready() -> bool:
            if process.poll() is not None:
                raise SchoolFailed(f"the demo ended with {process.returncode}:\n{log.read_text()[-4000:]}")
            return ready_file.exists()

        try:
            wait_until(ready, within_s=within_s, what=f"the demo's ready file (log: {log})")
        except SchoolFailed:
            process.terminate()
            raise
        school = cls(process, json.loads(ready_file.read_text()), directory, log)
        if reception and "reception" not in school.ready["devices"]:
            school.stop()
            raise SchoolFailed(f"the demo went without the reception:\n{log.read_text()[-4000:]}")
        return school

    def stop(self, within_s: float = 20) -> None:
        """End the demo and everything it started."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(within_s)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def bench(self, path: str = "", body: Json | None = None) -> Json:
        """GET, or with a body POST, `/api/bench` + path."""
        return call(f"{self.ready['bench'].rstrip('/')}/api/bench{path}", body)

    def api(self, path: str) -> Json:
        """GET `/api/v1/` + path with the sample headteacher's token."""
        return call(f"{self.ready['web'].rstrip('/')}/api/v1/{path}", token=self.ready["api_token"])

    def put(self, path: str, body: Json) -> Json:
        """PUT `/api/v1/` + path over what is there now."""
        url = f"{self.ready['web'].rstrip('/')}/api/v1/{path}"
        etag = etag_of(url, self.ready["api_token"])
        return call(url, body, token=self.ready["api_token"], method="PUT", if_match=etag)

    def device(self, device: str) -> Json:
        """What the bench sees of one device."""
        for one in self.bench()["devices"]:
            if one["id"] == device:
                return dict(one)
        raise SchoolFailed(f"the bench has no device {device}")

    def on(self, device: str, what: str, **body: Any) -> Json:
        """Do one thing to a device: badge, door, button, network, power, reader, relay, disk, snapshot."""
        return self.bench(f"/devices/{device}/{what}", body)

    def tap(self, device: str, uid: str, button: str | None = None, hold_ms: int = 200) -> None:
        """Press a button, if one is named, then hold a badge to the reader: as the figures are taken.

        The card before is taken away first: one that comes back within some looks of the reader never left it.
        """
        time.sleep(max(0.0, self.field_empty.get(device, 0.0) - time.monotonic()))
        if button is not None:
            self.on(device, "button", name=button, hold_ms=250)
            time.sleep(DEBOUNCED_S)
        self.on(device, "badge", uid=uid, hold_ms=hold_ms)
        self.field_empty[device] = time.monotonic() + hold_ms / 1000 + TAKEN_AWAY_S

    def events(self, after: str | None = None, **filters: str) -> Iterator[Json]:
        """Every event after a cursor in the order central committed it; leaves the newest cursor in `cursor`."""
        query = "".join(f"&{key}={value}" for key, value in filters.items())
        while True:
            page = self.api("events?limit=500" + (f"&after={after}" if after else "") + query)
            yield from page["items"]
            after = self.cursor = page["next"]
            if not page["items"]:
                return

    def wait_event(self, event_type: str, count: int = 1, within_s: float = 10, **match: Any) -> list[Json]:
        """Wait until at least `count` events of a type whose fields equal `match` have arrived."""

        def found() -> list[Json]:
            these = [e for e in self.events(kind=event_type) if all(e[k] == v for k, v in match.items())]
            return these if len(these) >= count else []

        return list(wait_until(found, within_s=within_s, what=f"{count} x {event_type} with {match}", every_s=0.1))

    def keep_machine_time(self) -> None:
        """Set the school's clock to the machine's, so that times of events and of the machine may be subtracted."""
        self.bench("/clock", {"now": datetime.now(ZoneInfo("Europe/London")).isoformat()})

    def program(self, name: str, device: str | None = None) -> int:
        """The process id of a program that the demo started."""
        for one in self.bench()["programs"]:
            if one["name"] == name and one["device"] == device and one["pid"]:
                return int(one["pid"])
        raise SchoolFailed(f"no program {name} of {device} runs")

    def kill(self, name: str, device: str | None = None) -> None:
        """End a program with SIGKILL; the demo starts it again, as systemd would."""
        os.kill(self.program(name, device), signal.SIGKILL)

    def badge_of(self, point: str, nth: int = 0) -> Json:
        """The nth sample badge that is somebody's at a point."""
        return dict([b for b in self.ready["badges"] if b["person"] and point in b["points"]][nth])


def call(
    url: str,
    body: Json | None = None,
    *,
    token: str | None = None,
    method: str | None = None,
    if_match: str | None = None,
) -> Json:
    """One JSON request; an error answer is raised with its text, since it says what to do."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if if_match:
        headers["If-Match"] = if_match
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, headers, method=method or ("POST" if data is not None else "GET"))
    try:
        with _open(request) as answer:
            text = answer.read()
            return dict(json.loads(text)) if text else {}
    except HTTPError as error:
        raise SchoolFailed(f"{request.method} {url}: {error.code} {error.read().decode()[:500]}") from None


def _open(request: Request) -> Any:
    """Send a request; a program that is just being started again gets a moment to listen."""
    end = time.monotonic() + LISTENS_WITHIN_S
    while True:
        try:
            return urlopen(request, timeout=30)
        except HTTPError:
            raise
        except URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > end:
                raise SchoolFailed(f"{request.method} {request.full_url}: {error.reason}") from None
            time.sleep(0.1)


def etag_of(url: str, token: str) -> str | None:
    """The ETag of what stands at a URL, or None when nothing does."""
    request = Request(url, headers={"Authorization": f"Bearer {token}"})
    try:
        with urlopen(request, timeout=30) as answer:
            etag: str | None = answer.headers.get("ETag")
            return etag
    except HTTPError as error:
        if error.code == 404:
            return None
        raise SchoolFailed(f"GET {url}: {error.code}") from None


def start_temporary(*arguments: str, reception: bool = False) -> School:
    """Start a school whose data lie in a new temporary directory."""
    return School.start(Path(tempfile.mkdtemp(prefix="phonekeep-")), *arguments, reception=reception)
