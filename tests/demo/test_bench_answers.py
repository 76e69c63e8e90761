"""What the bench answers to calls that cannot be right, and to pages of other sites; nothing has to run for that."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from demo.bench.app import build_app
from demo.bench.page import BenchPage
from demo.central import Central
from demo.clock import SchoolClock
from demo.devices import Device
from demo.fittings import cabinet_fitting, reception_fitting
from demo.kiosk.display import DEFAULT_PANEL, Display
from demo.kiosk.kiosk import Kiosk
from demo.office import OfficeView
from demo.places import Places
from demo.running import RunningSchool
from demo.school import load_school


async def no_link() -> None:
    return None


def a_school(places: Places, *, reception: bool) -> RunningSchool:
    told = load_school(3)
    clock = SchoolClock(places.simulation / "clock.json")
    devices = [Device(cabinet_fitting(cabinet), told.site, places, clock, 1) for cabinet in told.cabinets]
    kiosk = None
    if reception:
        fitting = reception_fitting("reception", "Reception", DEFAULT_PANEL)
        devices.append(Device(fitting, told.site, places, clock, 1))
        kiosk = Kiosk(Display(DEFAULT_PANEL, window=False), devices[-1].program)
    office = OfficeView("http://127.0.0.1:1", "none")
    return RunningSchool(told, clock, Central(places, 1), tuple(devices), office, kiosk)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    opened = Places(tmp_path)
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def school(places: Places) -> RunningSchool:
    return a_school(places, reception=True)


@pytest.fixture
def bench(school: RunningSchool) -> TestClient:
    app = build_app(school, BenchPage("http://127.0.0.1:1", no_link, school.school.badges()))
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("devices/owls/badge", {"uid": "04a1b2c3d4e580"}, 404, None),
        ("devices/robins/badge", {}, 422, "uid"),
        ("devices/robins/badge", {"uid": "04a1b2c3d4e580", "uids": []}, 422, "uid"),
        ("devices/robins/badge", {"uid": "04a1b2"}, 422, "uid"),
        ("devices/robins/badge", {"uid": 4}, 422, "uid"),
        ("devices/robins/badge", {"uids": []}, 422, "uids"),
        ("devices/robins/badge", {"uids": ["9c41d07e", "9C41D07E"]}, 422, "uids"),
        ("devices/robins/badge", {"uid": "9c41d07e", "hold_ms": 0}, 422, "hold_ms"),
        ("devices/robins/badge", {"uid": "9c41d07e", "hold": 3}, 422, "hold"),
        ("devices/robins/door", {"slot": 2, "open": True}, 422, "slot"),
        ("devices/kitchen/door", {"open": True}, 422, "slot"),
        ("devices/kitchen/door", {"slot": 1, "open": "yes"}, 422, "open"),
        ("devices/robins/button", {"name": "open_all"}, 422, "name"),
        ("devices/kitchen/button", {"name": "put_in"}, 404, None),
        ("devices/robins/network", {}, 422, "up"),
        ("devices/robins/power", {"on": 1}, 422, "on"),
        ("devices/robins/reader", {"fault": "angry"}, 422, "fault"),
        ("devices/robins/reader", {}, 422, "fault"),
        ("devices/robins/relay", {"slot": 1, "fault": "stuck"}, 422, "fault"),
        ("devices/robins/disk", {"fault": "wet"}, 422, "fault"),
        ("devices/robins/snapshot", {"save": "a", "restore": "a"}, 422, "save"),
        ("devices/robins/snapshot", {"save": "../../etc"}, 422, "save"),
        ("devices/robins/snapshot", {"restore": "never"}, 404, "restore"),
        ("central/snapshot", {"restore": "never"}, 404, "restore"),
        ("broker", {"up": "no"}, 422, "up"),
        ("ingest", {}, 422, "up"),
        ("clock", {"now": "tomorrow"}, 422, "now"),
        ("clock", {}, 422, "now"),
        ("clock", [], 422, None),
        ("nothing", {}, 404, None),
        ("devices/reception/door", {"slot": 1, "open": True}, 404, None),
        ("devices/reception/relay", {"slot": 1, "fault": "jammed"}, 404, None),
        ("devices/reception/button", {"name": "put_in"}, 404, None),
        ("devices/reception/reader", {"fault": "angry"}, 422, "fault"),
        ("kiosk/tap", {"x": 0.5}, 422, "y"),
        ("kiosk/tap", {"x": 0.5, "y": 1.01}, 422, "y"),
        ("kiosk/tap", {"x": -0.1, "y": 0}, 422, "x"),
        ("kiosk/tap", {"x": "0.5", "y": 0.5}, 422, "x"),
        ("kiosk/tap", {"x": True, "y": 0.5}, 422, "x"),
        ("kiosk/tap", {"x": 0.5, "y": 0.5, "z": 1}, 422, "z"),
        ("kiosk/tap", {"x": 0.5, "y": 0.5, "hold_ms": 0}, 422, "hold_ms"),
        ("kiosk/type", {}, 422, "text"),
        ("kiosk/type", {"text": ""}, 422, "text"),
        ("kiosk/type", {"text": "a\nb"}, 422, "text"),
        ("kiosk/type", {"text": "a" * 201}, 422, "text"),
        ("kiosk/type", {"text": "a" * 10_000}, 422, "text"),
        ("kiosk/type", {"text": "Zoe \U0001f44b\U0001f3fd"}, 409, None),
        ("kiosk/tap", {"x": 0.5, "y": 0.5}, 409, None),
        ("kiosk/type", {"text": "Siân"}, 409, None),
    ],
)
def test_a_call_that_cannot_be_right_says_what_to_do(
    bench: TestClient, path: str, body: Any, status: int, field: str | None
) -> None:
    answer = bench.post(f"/api/bench/{path}", json=body)
    assert answer.status_code == status
    told = answer.json()
    assert told["field"] == field
    assert told["error"]
    assert told["what_to_do"]


@pytest.mark.parametrize(
    ("call", "raw", "field"),
    [("type", b'{"text": "half an emoji \\ud83d"}', "text"), ("tap", b'{"x": NaN, "y": 0.5}', "x")],
)
def test_what_json_lets_through_and_no_finger_does_is_refused(
    bench: TestClient, call: str, raw: bytes, field: str
) -> None:
    answer = bench.post(f"/api/bench/kiosk/{call}", content=raw)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_body_that_is_no_json_is_answered_too(bench: TestClient) -> None:
    answer = bench.post("/api/bench/clock", content=b"\xff{")
    assert (answer.status_code, answer.json()["error"]) == (422, "The body is not a JSON object.")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "kiosk.png", None), ("POST", "kiosk/tap", {"x": 0, "y": 1}), ("POST", "kiosk/type", {"text": "a"})],
)
def test_a_screen_that_is_not_there_or_dark_says_what_to_do(
    places: Places, bench: TestClient, method: str, path: str, body: Any
) -> None:
    dark = bench.request(method, f"/api/bench/{path}", json=body)
    assert dark.status_code == 409
    assert "power" in dark.json()["what_to_do"]
    without = a_school(places, reception=False)
    page = BenchPage("http://127.0.0.1:1", no_link, without.school.badges())
    answer = TestClient(build_app(without, page), base_url="http://127.0.0.1").request(
        method, f"/api/bench/{path}", json=body
    )
    assert answer.status_code == 404
    assert "--no-reception" in answer.json()["what_to_do"]


def test_the_clock_and_the_cable_obey(bench: TestClient, school: RunningSchool) -> None:
    answer = bench.post("/api/bench/clock", json={"now": "2026-11-24T10:40:00"})
    assert answer.json()["now"].startswith("2026-11-24T10:40:0")
    assert bench.post("/api/bench/devices/wrens/network", json={"up": False}).status_code == 200
    assert bench.post("/api/bench/devices/reception/network", json={"up": False}).status_code == 200
    assert not school.devices["reception"].relay.up
    assert not school.devices["wrens"].relay.up
    assert school.devices["robins"].relay.up


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://elsewhere.example"}, {"Host": "elsewhere.example"}, {"Origin": "null"}]
)
def test_another_sites_page_cannot_drive_the_bench(
    bench: TestClient, school: RunningSchool, headers: dict[str, str]
) -> None:
    answer = bench.post("/api/bench/devices/wrens/network", json={"up": False}, headers=headers)
    assert answer.status_code == 403
    assert school.devices["wrens"].relay.up


@pytest.mark.parametrize("path", ["/", "/static/bench.js", "/static/missing.css", "/api/bench/page"])
def test_every_answer_forbids_requests_to_other_hosts(bench: TestClient, path: str) -> None:
    assert "default-src 'none'" in bench.get(path).headers["content-security-policy"]


def test_the_page_names_no_other_host() -> None:
    static = Path(__file__).parents[2] / "demo" / "static"
    for file in static.iterdir():
        words = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in words, file


def test_every_call_is_in_the_document_and_every_call_of_the_document_exists(bench: TestClient) -> None:
    text = (Path(__file__).parents[2] / "docs" / "bench.md").read_text("utf-8")
    told = set(re.findall(r"^\| `(GET|POST) (/api/bench\S*)`", text, re.M))
    served = {
        (method.upper(), path)
        for path, methods in bench.get("/api/bench/openapi.json").json()["paths"].items()
        for method in methods
    }
    assert told == served
