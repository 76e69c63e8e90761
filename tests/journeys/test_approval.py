"""Clause 16 with everything real: refused, amber, a senior leader's badge, open; with the network down as well."""

import threading
from collections.abc import Iterator

import pytest

from demo.driver import School, wait_until

AMARA, BILAL, RUTH, STRANGER = "04a1b2c3d4e580", "9c41d07e", "04f03c8be59a82", "7d1ef3a8"
"""Ruth is the headteacher: her badge is at Robins for its role only."""

HOLD_MS = 600
"""Long enough to be read on a machine that has much else to do."""

pause = threading.Event().wait
"""Time between two taps of one hand: within 2 s they are one."""


LESSONS = {"date": "2026-11-24", "from": "08:50", "until": "12:00", "name": "Lessons", "breaks": []}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The sample school, with lessons at Robins all Tuesday morning."""
    with School.start(tmp_path_factory.mktemp("approval")) as started:
        started.bench("/clock", {"now": "2026-11-24T08:41:00"})
        started.put("points/robins/restricted", {"blocks": [LESSONS]})
        started.wait_event("rules.applied.v1", count=2, within_s=20, point="robins")
        yield started


def released(school: School) -> int:
    return int(school.device("robins")["releases"]["1"])


def wait_for_amber(school: School, rhythm: str) -> None:
    wait_until(lambda: school.device("robins")["lamps"]["amber"] == rhythm, within_s=8, what=f"amber is {rhythm}")


def ask(school: School, uid: str) -> None:
    """Put a phone in before lessons, and be refused it in one."""
    before = released(school)
    school.bench("/clock", {"now": "2026-11-24T08:41:00"})
    school.tap("robins", uid, "put_in", hold_ms=HOLD_MS)
    wait_until(lambda: released(school) == before + 1, within_s=8, what="the phone goes in")
    school.bench("/clock", {"now": "2026-11-24T11:00:00"})
    pause(2.5)
    school.tap("robins", uid, "take_out", hold_ms=HOLD_MS)
    wait_for_amber(school, "slow")
    assert released(school) == before + 1


def come(school: School, uid: str, opens: int) -> None:
    """Let somebody else tap, and see whether the door opens."""
    before = released(school)
    pause(2.5)
    school.tap("robins", uid, hold_ms=HOLD_MS)
    if opens:
        wait_until(lambda: released(school) == before + opens, within_s=8, what="the lock opens")
    else:
        pause(1.0)
        assert released(school) == before


def test_a_senior_leaders_badge_opens_what_was_refused_and_the_office_hears_who(school: School) -> None:
    ask(school, AMARA)
    come(school, STRANGER, opens=0)
    school.bench("/clock", {"now": "2026-11-24T11:20:00"})  # a clock that is moved ends no waiting
    come(school, RUTH, opens=1)
    wait_for_amber(school, "steady")
    granted = school.wait_event("tap.granted.v1", point="robins", reason="approval")[-1]
    assert (granted["clause"], granted["person"]["id"]) == ("16", "amara-osei")
    asked = school.wait_event("approval.asked.v1", point="robins")[-1]
    assert asked["sentence"] == "Amara Osei asked for a senior leader at Robins."
    assert school.wait_event("approval.given.v1", point="robins")[-1]["person"]["id"] == "amara-osei"


def test_the_same_with_the_network_down(school: School) -> None:
    school.on("robins", "network", up=False)
    heard = len(list(school.events(kind="approval.given.v1", point="robins")))
    ask(school, BILAL)
    come(school, AMARA, opens=0)
    come(school, RUTH, opens=1)
    assert len(list(school.events(kind="approval.given.v1", point="robins"))) == heard
    school.on("robins", "network", up=True)
    given = school.wait_event("approval.given.v1", count=heard + 1, within_s=60, point="robins")[-1]
    assert given["person"]["id"] == "bilal-hussain"


def test_a_restart_forgets_who_waited_and_nothing_opens(school: School) -> None:
    ask(school, AMARA)
    old = school.program("cabinet", "robins")
    school.kill("cabinet", "robins")

    def is_back() -> bool:
        programs = school.bench()["programs"]
        return any((p["name"], p["device"]) == ("cabinet", "robins") and p["pid"] not in (None, old) for p in programs)

    wait_until(is_back, within_s=10, what="the cabinet's program is back")
    wait_for_amber(school, "steady")  # Bilal's phone is still out
    come(school, RUTH, opens=0)
