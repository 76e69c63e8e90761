"""Every fault that the bench can make, on a running school, and that it is undone by a second call."""

import json
import os
import signal
from pathlib import Path

from demo.driver import School, wait_until

AMARA, BILAL, JOANNE, SIAN = "04a1b2c3d4e580", "9c41d07e", "04a1b2ffeedd81", "b37a10e4"

HOLD_MS = 600
"""Long enough to be read on a machine that has much else to do."""


def office_sees(school: School, device: str) -> dict[str, object]:
    return next(dict(one) for one in school.api("devices")["items"] if one["id"] == device)


def releases(school: School, device: str) -> int:
    return int(school.device(device)["releases"]["1"])


def wait_for_release(school: School, device: str, count: int) -> None:
    wait_until(lambda: releases(school, device) >= count, within_s=10, what=f"pulse {count} at {device}")
    assert releases(school, device) == count


def test_power_off_ends_the_programs_and_power_on_without_a_network_leaves_the_clock_untrusted(school: School) -> None:
    school.on("robins", "network", up=False)
    school.on("robins", "power", on=False)
    dark = school.device("robins")
    assert (dark["powered"], dark["network"]) == (False, False)
    assert [one["pid"] for one in programs(school, "robins", ("cabinet", "link"))] == [None, None]
    before = releases(school, "robins")
    school.tap("robins", AMARA, "put_in", hold_ms=HOLD_MS)
    school.on("robins", "power", on=True)
    wait_until(
        lambda: all(one["pid"] for one in programs(school, "robins", ("cabinet", "link"))), within_s=5, what="both"
    )
    assert releases(school, "robins") == before, "a card at a dead reader is no tap"
    clock = json.loads((school.directory / "data" / "simulation" / "clock.json").read_text())
    assert "robins" not in clock["synced"]
    school.on("robins", "network", up=True)
    clock = json.loads((school.directory / "data" / "simulation" / "clock.json").read_text())
    assert "robins" in clock["synced"]
    wait_until(lambda: office_sees(school, "robins")["clock"] == "synced", within_s=60, what="robins is heard again")


def programs(school: School, device: str | None, names: tuple[str, ...]) -> list[dict[str, object]]:
    return [one for one in school.bench()["programs"] if one["device"] == device and one["name"] in names]


def test_an_unplugged_reader_is_a_fault_that_the_office_sees_until_it_is_mended(school: School) -> None:
    def health() -> dict[str, str]:
        return {part["part"]: part["state"] for part in school.device("wrens")["health"]}

    school.on("wrens", "reader", fault="unplugged")
    wait_until(lambda: "fault" in health().values(), within_s=20, what="a fault at wrens")
    assert school.device("wrens")["lamps"]["red"] == "slow"
    school.on("wrens", "reader", fault=None)
    wait_until(lambda: "fault" not in health().values(), within_s=20, what="no fault at wrens")


def test_a_full_disk_opens_no_lock_and_a_mended_one_does(school: School) -> None:
    answer = school.on("wrens", "disk", fault="full")
    assert answer["how"] == "RLIMIT_FSIZE"
    before = releases(school, "wrens")
    taps = len(list(school.events(kind="tap", point="wrens")))
    school.tap("wrens", JOANNE, "put_in", hold_ms=HOLD_MS)
    wait_until(
        lambda: school.device("wrens")["lamps"]["red"] != "off", within_s=10, what="the fault lamp instead of the lock"
    )
    assert releases(school, "wrens") == before
    school.on("wrens", "disk", fault=None)
    wait_until(lambda: school.device("wrens")["lamps"]["red"] == "off", within_s=60, what="the fault lamp goes out")
    school.tap("wrens", SIAN, "put_in", hold_ms=HOLD_MS)
    wait_for_release(school, "wrens", before + 1)
    school.wait_event(
        "tap.granted.v1", within_s=30, point="wrens", person={"id": "sian-pritchard", "name": "Siân Pritchard"}
    )
    assert len(list(school.events(kind="tap", point="wrens"))) == taps + 1


def test_without_broker_or_ingest_taps_go_on_and_arrive_afterwards(school: School) -> None:
    heard = len(list(school.events(kind="tap.granted", point="robins")))
    for path, name in (("/broker", "mosquitto"), ("/ingest", "ingest")):
        school.bench(path, {"up": False})
        assert [one["pid"] for one in programs(school, None, (name,))] == [None]
        before = releases(school, "robins")
        school.tap("robins", BILAL, "put_in", hold_ms=HOLD_MS)
        wait_for_release(school, "robins", before + 1)
        school.bench(path, {"up": True})
        heard += 1
        school.wait_event("tap.granted.v1", count=heard, within_s=60, point="robins")


def test_storage_put_back_brings_the_programs_back_and_the_office_says_so(school: School) -> None:
    starts = len(list(school.events(kind="device.started", point="kitchen")))
    school.on("kitchen", "snapshot", save="before")
    school.wait_event("device.started.v1", count=starts + 1, within_s=30, point="kitchen")
    taps = len(list(school.events(kind="tap", point="kitchen")))
    school.on("kitchen", "badge", uid="e2087bc5", hold_ms=HOLD_MS)
    school.wait_event("tap", count=taps + 1, within_s=30, point="kitchen")
    school.on("kitchen", "snapshot", restore="before")
    wait_until(
        lambda: all(one["pid"] for one in programs(school, "kitchen", ("cabinet", "link"))), within_s=5, what="both"
    )
    school.wait_event("device.started.v1", count=starts + 2, within_s=60, point="kitchen")
    # The store went back, so whether this is PUT IN or TAKE OUT may have changed; that it is heard must not.
    school.on("kitchen", "badge", uid="0477aa19c04b81", hold_ms=HOLD_MS)
    school.wait_event("tap", count=taps + 2, within_s=60, point="kitchen")


def test_centrals_storage_put_back_loses_no_tap(school: School) -> None:
    school.bench("/central/snapshot", {"save": "yesterday"})
    wait_until(lambda: _answers(school), within_s=30, what="the office answers again")
    school.tap("robins", AMARA, "put_in", hold_ms=HOLD_MS)
    taps = len(school.wait_event("tap.granted.v1", within_s=60, point="robins"))
    school.bench("/central/snapshot", {"restore": "yesterday"})
    wait_until(lambda: _answers(school), within_s=30, what="the office answers again")
    school.wait_event("tap.granted.v1", count=taps, within_s=90, point="robins")


def _answers(school: School) -> bool:
    try:
        return bool(school.api("devices")["items"])
    except OSError:
        return False


def test_a_kept_school_goes_on_where_it_was_and_nothing_outlives_the_demo(tmp_path: Path) -> None:
    with School.start(tmp_path / "school") as first:
        first.bench("/clock", {"now": "2027-01-12T09:15:00"})
        link = first.ready["owner_link"]
        assert link
        old_token = first.ready["api_token"]
        pids = [one["pid"] for one in first.bench()["programs"]]
        assert all(pids)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    with School.start(tmp_path / "school", "--cabinets", "4") as second:
        assert second.bench()["now"].startswith("2027-01-12T09:")
        assert second.ready["owner_link"] == link
        assert second.ready["api_token"] != old_token
        assert len(second.ready["devices"]) == 4
        pids = [one["pid"] for one in second.bench()["programs"]]
        os.kill(second.process.pid, signal.SIGKILL)
        wait_until(
            lambda: not [pid for pid in pids if Path(f"/proc/{pid}/exe").exists()], within_s=5, what="nothing is left"
        )
