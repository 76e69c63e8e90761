"""What breaks in a school, one after the other: nothing is lost, nothing doubled, nothing refused for ever."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from broker.session import Connected, Disconnected, Published, Session, SessionConfig
from broker.topics import Channel, topic
from demo.driver import School, wait_until

AMARA, BILAL, JOANNE = "04a1b2c3d4e580", "9c41d07e", "04a1b2ffeedd81"


KINDS = ("cabinet", "reception")
pause = threading.Event().wait
"""Time between two taps of one hand; nothing is waited for."""


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with School.start(tmp_path_factory.mktemp("faults")) as started:
        started.bench("/clock", {"now": "2026-11-24T08:41:00"})
        yield started


def released(school: School, device: str) -> int:
    return sum(school.device(device)["releases"].values())


def tap_and_open(school: School, device: str, uid: str, button: str | None) -> None:
    before = released(school, device)
    school.tap(device, uid, button)
    wait_until(lambda: released(school, device) == before + 1, within_s=12, what=f"{device} opens")


def all_heard(school: School, within_s: float = 60) -> None:
    """Wait until central has acknowledged everything that the devices have written, as their own disks say.

    The status that the office knows may be older than the last tap.
    """
    wait_until(
        lambda: (
            all(unacknowledged(file) == 0 for file in databases(school))
            and all(d["online"] for d in school.api("devices")["items"])
        ),
        within_s=within_s,
        what="every event of every device acknowledged, and every device online",
        every_s=0.2,
    )


def databases(school: School) -> list[Path]:
    """Where the devices keep their events."""
    names = {d["id"] for d in school.api("devices")["items"]}
    files = [file for file in (school.directory / "data" / "devices").glob("*/*/*.db") if file.stem in KINDS]
    assert {file.parents[1].name for file in files} == names
    return files


def unacknowledged(database: Path) -> int | None:
    """How many events central has not acknowledged; None while the disk cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM outbox_event WHERE archived_at IS NULL").fetchone()
    except sqlite3.Error:
        return None
    return int(count)


def granted(school: School, point: str) -> list[dict[str, Any]]:
    return list(school.events(kind="tap.granted", point=point))


def started(school: School, device: str) -> int:
    return len(list(school.events(kind="device.started", point=device)))


def health(school: School, device: str) -> dict[str, str]:
    item = next(d for d in school.api("devices")["items"] if d["id"] == device)
    return {one["part"]: one["state"] for one in item["health"]}


def exceptions(school: School) -> list[tuple[str, str | None]]:
    database = school.directory / "data" / "central" / "central.db"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return list(connection.execute("SELECT kind, device FROM exception"))


def unbroken(school: School) -> None:
    """Every event once, every epoch without a gap."""
    found: dict[tuple[str, str], list[int]] = {}
    for event in school.events():
        device, epoch, sequence = event["id"].split("/")
        found.setdefault((device, epoch), []).append(int(sequence))
    for place, numbers in found.items():
        assert numbers == list(range(1, len(numbers) + 1)), place


def test_a_day_without_the_broker_arrives_once_afterwards(school: School) -> None:
    all_heard(school)
    before = {point: len(granted(school, point)) for point in ("robins", "wrens")}
    school.bench("/broker", {"up": False})
    for hour, button in ((9, "put_in"), (12, "take_out"), (13, "put_in"), (16, "take_out")):
        school.bench("/clock", {"now": f"2026-11-24T{hour:02}:{'05' if button == 'put_in' else '20'}:00"})
        tap_and_open(school, "robins", AMARA, button)
        tap_and_open(school, "wrens", JOANNE, button)
    school.bench("/clock", {"now": "2026-11-25T08:41:00"})
    tap_and_open(school, "robins", AMARA, "put_in")
    school.bench("/broker", {"up": True})
    # The office counts a device as connected for some seconds after its broker went: what arrives is what tells.
    wait_until(
        lambda: (
            len(granted(school, "robins")) >= before["robins"] + 5
            and len(granted(school, "wrens")) >= before["wrens"] + 4
        ),
        within_s=60,
        what="the day's taps at central",
        every_s=0.2,
    )
    all_heard(school)
    assert len(granted(school, "robins")) == before["robins"] + 5
    assert len(granted(school, "wrens")) == before["wrens"] + 4
    unbroken(school)


@pytest.mark.parametrize("fault", ["full", "read_only"])
def test_a_disk_that_takes_nothing_opens_nothing_and_recovers_by_itself(school: School, fault: str) -> None:
    school.bench("/clock", {"now": "2026-11-25T12:10:00"})
    heard, opened = len(granted(school, "robins")), released(school, "robins")
    tap_and_open(school, "robins", AMARA, "put_in")
    all_heard(school)
    before = released(school, "robins")
    answer = school.on("robins", "disk", fault=fault)
    print(f"disk {fault}: {answer}")
    for button in ("take_out", "put_in") * 3:
        school.tap("robins", BILAL, button)
        pause(0.4)
    pause(1)
    opened_meanwhile = released(school, "robins") - before
    lamp = school.device("robins")["lamps"]["red"]
    school.on("robins", "disk", fault=None)
    wait_until(
        lambda: health(school, "robins").get("storage") == "ok", within_s=30, what="storage is well again", every_s=0.2
    )
    tap_and_open(school, "robins", BILAL, "put_in")
    # Whatever opened was committed first: a reserve lets some taps through on a full disk, none on a read-only one.
    pulses = released(school, "robins") - opened
    wait_until(
        lambda: len(granted(school, "robins")) - heard >= pulses, within_s=60, what="every tap that opened is heard"
    )
    all_heard(school)
    assert len(granted(school, "robins")) - heard == pulses
    if fault == "read_only":
        assert opened_meanwhile == 0
        assert lamp == "slow"
    unbroken(school)


def test_a_clock_that_jumps_stops_nobody(school: School) -> None:
    school.bench("/clock", {"now": "2026-11-26T10:35:00"})
    tap_and_open(school, "robins", AMARA, "put_in")
    for jump in ("2026-11-23T10:35:00", "2031-11-24T10:35:00", "2026-11-26T10:36:00"):
        school.bench("/clock", {"now": jump})
        tap_and_open(school, "robins", AMARA, "put_in")
        wait_until(lambda: window_is_right(school), within_s=15, what=f"rules around {jump} obeyed by all", every_s=0.2)
        tap_and_open(school, "robins", AMARA, "take_out")
    all_heard(school)
    taps = granted(school, "robins")[-6:]
    assert [tap["reason"] for tap in taps][-1] == "break"
    # A year's jump must not make the way back untrusted: nothing is judged by a poisoned floor.
    school.bench("/clock", {"now": "2026-11-26T11:00:00"})
    wait_until(lambda: window_is_right(school), within_s=15, what="rules of today obeyed", every_s=0.2)
    tap_and_open(school, "robins", AMARA, "put_in")
    before = released(school, "robins")
    school.tap("robins", AMARA, "take_out")
    school.wait_event("tap.refused.v1", point="robins", reason="restricted")
    assert released(school, "robins") == before
    unbroken(school)


def window_is_right(school: School) -> bool:
    database = school.directory / "data" / "central" / "central.db"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        (generation, number), *_ = connection.execute("SELECT generation, number FROM current_revision")
        rows = list(connection.execute("SELECT window_first FROM published_bundle"))
    today = school.bench()["now"][:10]
    current = f"{generation}.{number}"
    applied = [d["rules_applied"] for d in school.api("devices")["items"]]
    yesterday = {str(row[0]) for row in rows}
    return all(one == current for one in applied) and all(day < today for day in yesterday) and len(yesterday) == 1


def test_a_cabinet_put_back_an_hour_is_noted_and_goes_on(school: School) -> None:
    school.bench("/clock", {"now": "2026-11-26T12:05:00"})
    all_heard(school)
    starts = started(school, "wrens")
    school.on("wrens", "snapshot", save="before")
    wait_until(lambda: started(school, "wrens") == starts + 1, within_s=30, what="the cabinet is up again")
    tap_and_open(school, "wrens", JOANNE, "put_in")
    school.wait_event("tap.granted.v1", point="wrens")
    all_heard(school)
    heard = len(granted(school, "wrens"))
    starts = started(school, "wrens")
    school.on("wrens", "snapshot", restore="before")
    wait_until(lambda: started(school, "wrens") == starts + 1, within_s=30, what="the cabinet is up again")
    wait_until(
        lambda: ("storage_went_back", "wrens") in exceptions(school), within_s=30, what="storage went back is said"
    )
    tap_and_open(school, "wrens", JOANNE, "put_in")
    all_heard(school)
    assert len(granted(school, "wrens")) == heard + 1
    assert ("altered", "wrens") not in exceptions(school)
    unbroken(school)


def test_central_put_back_to_yesterday_is_filled_up_again(school: School) -> None:
    all_heard(school)
    school.bench("/central/snapshot", {"save": "yesterday"})
    tap_and_open(school, "robins", AMARA, "put_in")
    tap_and_open(school, "wrens", JOANNE, "take_out")
    all_heard(school)
    ids = {event["id"] for event in school.events() if not event["id"].startswith("central/")}
    school.bench("/central/snapshot", {"restore": "yesterday"})

    def filled() -> bool:
        return ids <= {event["id"] for event in school.events()}

    wait_until(filled, within_s=90, what="every event that had been acknowledged is back", every_s=0.5)
    all_heard(school)
    tap_and_open(school, "robins", BILAL, "put_in")
    school.wait_event("tap.granted.v1", point="robins", person={"id": "bilal-hussain", "name": "Bilal Hussain"})
    wait_until(lambda: window_is_right(school), within_s=30, what="new rules obeyed by all", every_s=0.2)


def test_garbage_on_a_topic_is_kept_apart_and_stops_nothing(school: School) -> None:
    link = school.directory / "data" / "devices" / "kitchen" / "keys" / "link"
    school.on("kitchen", "power", on=False)
    broker = json.loads((school.directory / "data" / "school.json").read_text())["broker_port"]
    config = SessionConfig(
        "127.0.0.1", broker, "kitchen", link / "ca.pem", link / "device.pem", link / "device.key", clean_start=True
    )
    where = str(topic(school.ready["site"], "kitchen", Channel.EVENTS))

    def publish(payload: bytes) -> str:
        session = Session(config)
        session.start()
        try:
            while not isinstance(session.inbox.get(timeout=20), Connected):
                pass
            session.publish(where, payload)
            while True:
                answer = session.inbox.get(timeout=20)
                if isinstance(answer, Published):
                    return "taken"
                if isinstance(answer, Disconnected):
                    return "cut off"
        finally:
            session.stop()

    assert publish(b"\x00garbage" * 20_000) == "taken"
    assert publish(b"{" * 2_000_000) == "cut off"
    wait_until(lambda: ("quarantined", "kitchen") in exceptions(school), within_s=15, what="the quarantine is said")
    tap_and_open(school, "robins", AMARA, "put_in")
    school.on("kitchen", "power", on=True)
    all_heard(school)


def test_no_uid_stands_in_any_file(school: School) -> None:
    all_heard(school)
    wanted: dict[bytes, str] = {}
    for badge in school.ready["badges"]:
        raw = bytes.fromhex(badge["uid"])
        for name, form in (("raw", raw), ("reversed", raw[::-1])):
            for hashed in (
                form,
                hashlib.sha256(form).digest(),
                hashlib.sha1(form).digest(),
                hashlib.md5(form).digest(),
            ):
                if len(hashed) > 4:  # four bytes stand somewhere by chance
                    wanted[hashed] = f"{name} {badge['uid']}"
                wanted[hashed.hex().encode()] = f"{name} {badge['uid']} in hex"
                wanted[hashed.hex().upper().encode()] = f"{name} {badge['uid']} in hex"
    looked = 0
    for file in files(school.directory / "data"):
        content = file.read_bytes()
        looked += 1
        for form, whose in wanted.items():
            assert form not in content, f"{whose} stands in {file.name}"
    assert looked > 20


def files(directory: Path, skip: Callable[[Path], bool] = lambda path: path.name == "import.json") -> list[Path]:
    """Everything the programs wrote; not what a hand typed in to set the school up."""
    return [path for path in sorted(directory.rglob("*")) if path.is_file() and not skip(path)]
