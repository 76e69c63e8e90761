"""Kill -9 of any program at any moment loses no tap, doubles none, and opens nothing that was not granted first.

The truth is the bench's own record: which cards went into which field, and which coils were energised when.
"""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo.driver import School, SchoolFailed, wait_until

pause = threading.Event().wait
"""A kill's moment is drawn, not waited for: this is the only use of time in here that is no condition."""

Json = dict[str, Any]
QUEUED_AT_MOST = 4
CABINETS = {"short": 6, "long": 12}
"""So many that no lock reaches its duty limit, which would delay pulses beyond the end of the lane."""


@pytest.fixture
def fresh_school(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[School]:
    lane = "long" if request.node.get_closest_marker("long") else "short"
    with School.start(tmp_path / "school", "--cabinets", str(CABINETS[lane])) as school:
        yield school


@dataclass
class Truth:
    """What the bench saw, gathered while it happens since a history keeps only the last 500 changes."""

    pulses: dict[str, dict[int, int]] = field(default_factory=dict)
    """Device -> {monotonic ns of the coil going on: slot}."""
    cabinet_kills: dict[str, list[int]] = field(default_factory=dict)

    def gather(self, school: School, devices: list[str]) -> None:
        for device in devices:
            for change in school.bench(f"/devices/{device}/history")["history"]:
                if change["what"] == "coil_on":
                    self.pulses.setdefault(device, {})[change["at_ns"]] = change["slot"]


@dataclass
class Lane:
    """One run of taps with kills among them."""

    school: School
    seed: int
    taps: int
    kills: int
    done: Counter[str] = field(default_factory=Counter)
    truth: Truth = field(default_factory=Truth)

    def run(self) -> None:
        draw = random.Random(self.seed)
        devices = self.school.ready["devices"]
        badges = {d: [b for b in self.school.ready["badges"] if b["person"] and d in b["points"]] for d in devices}
        devices = [d for d in devices if badges[d]]
        kill_after = sorted(draw.sample(range(2, self.taps), self.kills))
        # Which kills come soon after a card is drawn, how many is not: most of them, in every lane.
        soon = [number % 4 != 3 for number in range(self.kills)]
        draw.shuffle(soon)
        for number in range(self.taps):
            device = draw.choice(devices)
            badge = draw.choice(badges[device])
            button = None if device == "kitchen" else draw.choice(["put_in", "take_out"])
            try:
                self.school.tap(device, badge["uid"], button, hold_ms=400)
                self.done["taps"] += 1
            except SchoolFailed:
                self.done["card could not be put in"] += 1
            if kill_after and kill_after[0] == number:
                kill_after.pop(0)
                self.kill_something(draw, device, soon=soon.pop())
            else:
                pause(draw.uniform(0.05, 0.25))
            if number % 20 == 0:
                self.truth.gather(self.school, devices)
        self.settle(devices)

    def kill_something(self, draw: random.Random, device: str, *, soon: bool) -> None:
        pause(draw.uniform(0, 0.1) if soon else draw.uniform(0.1, 2))
        name = draw.choice(["cabinet", "cabinet", "link", "ingest", "mosquitto"])
        running = [p for p in self.school.bench()["programs"] if p["name"] == name and p["pid"]]
        mine = [p for p in running if p["device"] in (None, device)]
        if not mine:
            self.done[f"{name} was not running"] += 1
            return
        try:
            os.kill(mine[0]["pid"], signal.SIGKILL)
        except ProcessLookupError:
            return
        self.done[f"killed {name}"] += 1
        self.done["kills within 100 ms of a card" if soon else "kills later"] += 1

    def settle(self, devices: list[str]) -> None:
        """Wait until nothing moves and everything is at central: the last fault was at most 60 s ago."""

        def drained() -> bool:
            self.truth.gather(self.school, devices)
            return all(
                d["online"] and d["outbox_depth"] == 0
                for d in self.school.api("devices")["items"]
                if d["id"] in devices
            )

        def still() -> bool:
            before = [d["releases"] for d in self.school.bench()["devices"]]
            pause(3.0)  # a lock at its duty limit still has pulses to come, 2.4 s apart
            return before == [d["releases"] for d in self.school.bench()["devices"]] and drained()

        wait_until(still, within_s=60, what="every event at central within 60 s of the last fault", every_s=0.5)
        self.truth.gather(self.school, devices)


def number_of(event: Json) -> tuple[str, str, int]:
    device, epoch, sequence = event["id"].split("/")
    return device, epoch, int(sequence)


def check(lane: Lane) -> None:
    """Hold central's log against the bench's record."""
    events = list(lane.school.events())
    assert len({e["id"] for e in events}) == len(events), "an event arrived twice"
    sequences: dict[tuple[str, str], list[int]] = {}
    for event in events:
        device, epoch, sequence = number_of(event)
        sequences.setdefault((device, epoch), []).append(sequence)
    for (device, epoch), numbers in sequences.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), f"a gap in {device}/{epoch}"
        assert numbers == sorted(numbers), f"{device}/{epoch} was committed out of order"
    for device, pulses in lane.truth.pulses.items():
        counted = lane.school.device(device)["releases"]
        assert len(pulses) == sum(counted.values()), f"{device}: the gathered history misses a pulse"
        granted = Counter(
            e["slot"] for e in events if e["type"] == "tap.granted.v1" and e["id"].startswith(device + "/")
        )
        pulsed = Counter(pulses.values())
        for slot, count in pulsed.items():
            assert count <= granted[slot], f"{device} slot {slot}: {count} pulses, {granted[slot]} grants"
        killed = sum(1 for e in events if e["type"] == "device.started.v1" and e["id"].startswith(device + "/")) - 1
        for slot, count in granted.items():
            if slot is not None:
                # A kill takes the pulse that was on its way, and those that the duty limit had put into the queue.
                assert count - pulsed[slot] <= killed * QUEUED_AT_MOST, (
                    f"{device} slot {slot}: {count} grants, {pulsed[slot]} pulses"
                )
        said = sum(1 for e in events if e["type"] == "lock.energised.v1" and e["id"].startswith(device + "/"))
        assert len(pulses) - killed <= said <= len(pulses), f"{device}: {len(pulses)} pulses, {said} lock.energised"


def run_lane(school: School, seed: int, taps: int, kills: int) -> None:
    print(f"kill lane: seed {seed}, {taps} taps, {kills} kills")
    lane = Lane(school, seed, taps, kills)
    lane.run()
    print(dict(lane.done))
    check(lane)
    assert lane.done["kills within 100 ms of a card"] >= lane.done["kills later"]


def test_a_short_lane_of_kills_loses_and_doubles_nothing(fresh_school: School) -> None:
    run_lane(fresh_school, int(os.environ.get("PHONEKEEP_SEED", random.randrange(10**6))), taps=120, kills=8)


@pytest.mark.long
def test_forty_kills_over_five_thousand_taps_lose_and_double_nothing(fresh_school: School) -> None:
    run_lane(fresh_school, int(os.environ.get("PHONEKEEP_SEED", random.randrange(10**6))), taps=5000, kills=60)
