"""The whole path with everything real: a badge and a button at a cabinet, and what the office's API says of it."""

from collections import Counter

from demo.driver import School, wait_until

AMARA, JOANNE, GRACE = "04a1b2c3d4e580", "04a1b2ffeedd81", "e2087bc5"

HOLD_MS = 600
"""Long enough to be read on a machine that has much else to do."""


def test_a_tap_opens_the_cabinet_and_the_office_hears_who_declared_what(school: School) -> None:
    school.bench("/clock", {"now": "2026-11-24T08:41:00"})
    before = school.device("robins")["releases"]["1"]
    school.tap("robins", AMARA, "put_in", hold_ms=HOLD_MS)
    granted = school.wait_event("tap.granted.v1", point="robins")[-1]
    assert granted["person"] == {"id": "amara-osei", "name": "Amara Osei"}
    assert (granted["reason"], granted["clause"], granted["slot"]) == ("put_in", "7", 1)
    assert granted["time"].startswith("2026-11-24T08:41:0")
    assert granted["sentence"]
    assert school.device("robins")["releases"]["1"] == before + 1
    declared = school.wait_event("phone.declared.v1", point="robins")[-1]
    assert declared["person"]["id"] == "amara-osei"


def wait_until_calm(school: School, device: str) -> None:
    """A card that follows another at once counts as held up together with it, so the last pulse has to be over."""

    def calm() -> bool:
        seen = Counter(change["what"] for change in school.bench(f"/devices/{device}/history")["history"])
        return seen["card_in"] == seen["card_out"] and seen["coil_on"] == seen["coil_off"]

    wait_until(calm, within_s=5, what=f"no card and no pulse at {device}")


def test_a_badge_whose_number_begins_alike_opens_its_own_door_only(school: School) -> None:
    wait_until_calm(school, "robins")
    before = school.device("robins")["releases"]["1"]
    school.tap("robins", JOANNE, "put_in", hold_ms=HOLD_MS)
    refused = school.wait_event("tap.refused.v1", point="robins", reason="badge_not_known_here")[-1]
    assert refused["slot"] is None
    assert school.device("robins")["releases"]["1"] == before
    school.tap("wrens", JOANNE, "put_in", hold_ms=HOLD_MS)
    school.wait_event("tap.granted.v1", point="wrens")


def test_a_locker_bank_opens_the_slot_of_the_badge(school: School) -> None:
    school.tap("kitchen", GRACE, hold_ms=HOLD_MS)
    assert school.wait_event("tap.granted.v1", point="kitchen")[-1]["slot"] == 1
    wait_until(
        lambda: school.device("kitchen")["releases"] == {"1": 1, "2": 0, "3": 0, "4": 0, "5": 0, "6": 0},
        within_s=5,
        what="one pulse at slot 1 and none elsewhere",
    )


def test_in_lessons_a_phone_stays_in_and_the_next_time_is_said(school: School) -> None:
    school.bench("/clock", {"now": "2026-11-24T11:00:00"})
    before = school.device("robins")["releases"]["1"]
    school.tap("robins", AMARA, "take_out", hold_ms=HOLD_MS)
    refused = school.wait_event("tap.refused.v1", point="robins", reason="restricted")[-1]
    assert (refused["clause"], refused["person"]["id"]) == ("12", "amara-osei")
    assert "12:00" in refused["sentence"] or "12:00" in str(refused)
    assert school.device("robins")["releases"]["1"] == before
    # The same badge within 2 s is the same tap; the refusal's lamp goes out after 3 s.
    wait_until(lambda: school.device("robins")["lamps"]["red"] == "off", within_s=10, what="the red lamp goes out")
    school.bench("/clock", {"now": "2026-11-24T12:01:00"})
    school.tap("robins", AMARA, "take_out", hold_ms=HOLD_MS)
    wait_until(lambda: school.device("robins")["releases"]["1"] == before + 1, within_s=5, what="the lock opens")


def test_a_tap_without_a_network_opens_too_and_is_heard_later(school: School) -> None:
    school.on("wrens", "network", up=False)
    before = school.device("wrens")["releases"]["1"]
    heard = len(list(school.events(kind="tap.granted.v1", point="wrens")))
    school.tap("wrens", JOANNE, "put_in", hold_ms=HOLD_MS)
    wait_until(lambda: school.device("wrens")["releases"]["1"] == before + 1, within_s=5, what="the lock opens")
    assert len(list(school.events(kind="tap.granted.v1", point="wrens"))) == heard
    school.on("wrens", "network", up=True)
    school.wait_event("tap.granted.v1", count=heard + 1, within_s=60, point="wrens")


def test_a_program_that_was_killed_is_back_and_works(school: School) -> None:
    old = school.program("cabinet", "robins")
    school.kill("cabinet", "robins")
    wait_until(
        lambda: school.bench()["programs"] and _pid(school, "cabinet", "robins") not in (None, old),
        within_s=5,
        what="another cabinet program of robins",
    )
    school.wait_event("device.started.v1", count=2, within_s=20, point="robins")


def _pid(school: School, name: str, device: str) -> int | None:
    pids: list[int | None] = [
        one["pid"] for one in school.bench()["programs"] if (one["name"], one["device"]) == (name, device)
    ]
    return pids[0]
