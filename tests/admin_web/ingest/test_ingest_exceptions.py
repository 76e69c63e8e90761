"""Exceptions about the day are derived where their events are committed: once, however often and late those come."""

import hashlib
import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from admin_web.database.engine import open_database
from admin_web.database.events import Event, ExceptionRow
from admin_web.database.places import Site
from admin_web.database.reviews import ExceptionReview
from admin_web.events.day_exceptions import DayKind
from admin_web.ingest.batch import BatchIntake
from admin_web.services.actor import CONSOLE
from admin_web.services.occasion import Occasion
from admin_web.services.reviews import review_exception
from admin_web.services.unsealing import unseal_events
from broker.instants import write_instant
from broker.messages.approval import (
    ApprovalAsked,
    ApprovalAskedPrivate,
    ApprovalExpired,
    ApprovalGiven,
    ApprovalPrivate,
)
from broker.messages.device import ClockAnchored, DeviceStarted
from broker.messages.door import (
    DoorClosed,
    DoorHeldOpen,
    DoorNotOpened,
    DoorOpened,
    DoorOpenedUnreleased,
    SlotPrivate,
)
from broker.messages.order import RulesApplied
from broker.messages.tap import (
    Block,
    PhoneDeclared,
    PhoneOverdue,
    PhoneOverduePrivate,
    PhonePrivate,
    PutInRepeated,
    TapGranted,
    TapGrantedPrivate,
)
from broker.sealing import unseal
from policy.clock import ClockQuality
from policy.gesture import Intent
from policy.state import Declared

AMARA, BILAL = "amara-osei", "bilal-hussain"


def reference(name: str) -> str:
    """The badge reference of a badge that is called something, as the cabinets of these tests make it."""
    return f"1:{hashlib.sha256(name.encode()).hexdigest()}"


def rows(school: Any, kind: DayKind | None = None) -> list[ExceptionRow]:
    found: list[ExceptionRow] = school.all(ExceptionRow)
    return [row for row in found if kind is None or row.kind == kind]


def cites(row: ExceptionRow) -> list[str]:
    return list(json.loads(row.cites))


def overdue(school: Any, device: str, person: str) -> int:
    cabinet = school.cabinets[device]
    now = cabinet.now().utc
    block = Block(name="Lessons", starts=write_instant(now - timedelta(minutes=20)), ends=write_instant(now))
    beside = PhoneOverduePrivate(person=person, badge=reference(person), slot=1, block=block, due=write_instant(now))
    return int(cabinet.append(PhoneOverdue(point=device), beside))


def not_opened(school: Any, device: str, person: str, tap: int, state: Declared) -> None:
    school.cabinets[device].append(
        PhoneDeclared(point=device, tap=str(tap), intent=Intent.NOT_OPENED, state=state),
        PhonePrivate(badge=reference(person), person=person, slot=1),
    )


def granted(school: Any, device: str, person: str, reason: str) -> int:
    beside = TapGrantedPrivate(badge=reference(person), person=person, slot=1, reason=reason, clause="19")
    return int(school.cabinets[device].append(TapGranted(point=device, intent=Intent.TAKE_OUT, opens=True), beside))


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (DoorOpenedUnreleased(point="robins", slot=1, tap=None), DayKind.OPENED_UNRELEASED),
        (DoorHeldOpen(point="robins", slot=1, tap="2"), DayKind.HELD_OPEN),
        (DoorHeldOpen(point="robins", slot=1, tap=None), DayKind.HELD_OPEN),
        (DoorNotOpened(point="robins", slot=1, tap="2"), DayKind.NOT_OPENED),
    ],
)
def test_a_door_event_is_an_exception_that_cites_it(school: Any, message: Any, kind: DayKind) -> None:
    sequence = school.cabinets["robins"].append(message)
    school.deliver("robins")
    (row,) = rows(school)
    assert (row.kind, row.device, row.point_id) == (kind, "robins", "robins")
    (event,) = school.all(Event, Event.sequence == sequence, Event.device == "robins")
    assert cites(row) == [f"robins/{event.epoch}/{sequence}"]
    assert row.raised_at == event.time


def test_putting_in_again_and_an_emergency_are_exceptions(school: Any) -> None:
    tap = school.cabinets["robins"].tap_granted(AMARA, AMARA, Intent.PUT_IN)
    beside = PhonePrivate(badge=reference(AMARA), person=AMARA, slot=1)
    school.cabinets["robins"].append(PutInRepeated(point="robins", tap=str(tap)), beside)
    granted(school, "robins", BILAL, "emergency")
    school.deliver("robins")
    assert [row.kind for row in rows(school)] == [DayKind.PUT_IN_REPEATED, DayKind.EMERGENCY]


@pytest.mark.parametrize("reason", ["put_in", "break", "leaving", "approval", "permission", "opened_for", "no_phone"])
def test_what_the_rules_allow_is_no_exception(school: Any, reason: str) -> None:
    granted(school, "robins", AMARA, reason)
    school.deliver("robins")
    assert rows(school) == []


def test_an_approval_that_was_asked_given_or_expired_is_no_exception(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    tap = cabinet.tap_refused(AMARA, AMARA, "restricted")
    beside = ApprovalPrivate(badge=reference(AMARA), person=AMARA)
    cabinet.append(
        ApprovalAsked(point="robins", tap=str(tap), nonce="0" * 32),
        ApprovalAskedPrivate(badge=reference(AMARA), person=AMARA),
    )
    cabinet.append(ApprovalGiven(point="robins", tap=str(tap)), beside)
    cabinet.append(ApprovalExpired(point="robins", tap=str(tap)), beside)
    school.deliver("robins")
    assert rows(school) == []


def test_nobody_who_declares_nothing_is_ever_an_exception(school: Any) -> None:
    school.cabinets["robins"].tap_refused(AMARA, AMARA, "restricted")
    school.clock.advance(days=2)
    school.cabinets["robins"].tap_refused(BILAL, BILAL, "no_intent")
    school.deliver("robins")
    assert rows(school) == []
    assert not any("declared" in kind for kind in DayKind)


def test_frames_that_come_again_and_a_second_start_lead_to_the_same_rows(school: Any) -> None:
    school.cabinets["robins"].append(DoorOpenedUnreleased(point="robins", slot=1, tap=None))
    overdue(school, "robins", AMARA)
    frames = school.cabinets["robins"].frames()
    school.send("robins", *frames)
    before = [(row.id, row.kind, row.cites) for row in rows(school)]
    school.send("robins", *frames)
    school.send("robins", *frames, *frames)
    assert [(row.id, row.kind, row.cites) for row in rows(school)] == before
    assert len(before) == 2


# --- overdue ---


def test_put_in_solves_an_overdue_phone_which_still_waits_to_be_reviewed(school: Any) -> None:
    sequence = overdue(school, "robins", AMARA)
    school.deliver("robins")
    assert rows(school)[0].ended_at is None
    school.clock.advance(minutes=4)
    school.cabinets["robins"].tap_granted(AMARA, AMARA, Intent.PUT_IN)
    school.deliver("robins")
    (row,) = rows(school, DayKind.OVERDUE)
    assert row.ended_at == school.clock.utc
    assert str(row.solved_by).endswith(f"/{sequence + 2}")
    assert row.reviewed_at is None


def test_in_one_batch_it_is_solved_as_well(school: Any) -> None:
    overdue(school, "robins", AMARA)
    school.cabinets["robins"].tap_granted(AMARA, AMARA, Intent.PUT_IN)
    school.cabinets["robins"].tap_granted(AMARA, AMARA, Intent.TAKE_OUT)
    school.deliver("robins")
    assert rows(school, DayKind.OVERDUE)[0].ended_at is not None


@pytest.mark.parametrize(("who", "where"), [(BILAL, "robins"), (AMARA, "kitchen")])
def test_another_s_phone_or_another_point_solves_nothing(school: Any, who: str, where: str) -> None:
    overdue(school, "robins", AMARA)
    school.deliver("robins")
    school.cabinets[where].tap_granted(who, who, Intent.PUT_IN, slot=2 if where == "kitchen" else None)
    school.deliver(where)
    assert rows(school, DayKind.OVERDUE)[0].ended_at is None


def test_taking_out_once_more_solves_nothing(school: Any) -> None:
    overdue(school, "robins", AMARA)
    school.cabinets["robins"].tap_granted(AMARA, AMARA, Intent.TAKE_OUT)
    school.deliver("robins")
    assert rows(school, DayKind.OVERDUE)[0].ended_at is None


def test_a_put_in_before_it_solves_nothing(school: Any) -> None:
    school.cabinets["robins"].tap_granted(AMARA, AMARA, Intent.PUT_IN)
    overdue(school, "robins", AMARA)
    school.deliver("robins")
    assert rows(school, DayKind.OVERDUE)[0].ended_at is None


@pytest.mark.parametrize("at_once", [True, False])
def test_a_put_in_whose_door_stayed_shut_is_taken_back(school: Any, at_once: bool) -> None:
    overdue(school, "robins", AMARA)
    tap = school.cabinets["robins"].tap_granted(AMARA, AMARA, Intent.PUT_IN)
    if not at_once:
        school.deliver("robins")
        assert rows(school, DayKind.OVERDUE)[0].ended_at is not None
    school.clock.advance(seconds=11)
    not_opened(school, "robins", AMARA, tap, Declared.OUT)
    school.deliver("robins")
    assert rows(school, DayKind.OVERDUE)[0].ended_at is None
    assert rows(school, DayKind.OVERDUE)[0].solved_by is None
    school.cabinets["robins"].tap_granted(AMARA, AMARA, Intent.PUT_IN)
    school.deliver("robins")
    assert rows(school, DayKind.OVERDUE)[0].ended_at is not None


def test_a_put_in_after_a_restart_of_the_cabinet_solves_it(school: Any) -> None:
    overdue(school, "robins", AMARA)
    school.deliver("robins")
    school.cabinets["robins"].start()
    school.cabinets["robins"].tap_granted(AMARA, AMARA, Intent.PUT_IN)
    school.deliver("robins")
    assert rows(school, DayKind.OVERDUE)[0].ended_at is not None


def test_a_central_put_back_and_refilled_derives_the_same_once_the_safe_s_key_has_opened_it(
    school: Any, tmp_path: Path, database_url: str
) -> None:
    """The newest epoch comes first and the older ones later, out of the archive, where private parts are sealed."""
    if not database_url.startswith("sqlite"):
        pytest.skip("the copy is a SQLite file")
    cabinet = school.cabinets["robins"]
    cabinet.tap_granted(AMARA, AMARA, Intent.TAKE_OUT)
    school.deliver("robins")
    yesterday = copy_of(school)
    overdue(school, "robins", AMARA)
    granted(school, "robins", BILAL, "emergency")
    cabinet.append(DoorOpenedUnreleased(point="robins", slot=1, tap=None))
    school.deliver("robins")
    cabinet.start()
    cabinet.tap_granted(AMARA, AMARA, Intent.PUT_IN)
    school.deliver("robins")
    truth = sorted((row.kind, row.cites, row.holder, row.solved_by) for row in rows(school))
    assert len(truth) == 3

    put_back(school, yesterday, tmp_path)
    assert rows(school) == []
    cabinet.start()
    cabinet.tap_granted(BILAL, BILAL, Intent.PUT_IN)
    school.deliver("robins")
    by_type = [row for row in rows(school) if row.kind in set(DayKind)]
    assert [row.kind for row in by_type] == [DayKind.OVERDUE, DayKind.OPENED_UNRELEASED]
    assert by_type[0].holder is None, "whose it was is sealed"

    occasion = Occasion(CONSOLE, school.clock.now(), school.clock.now().utc)
    for _ in range(2):
        unseal_events(school.database, partial(unseal, cabinet.recovery), occasion=occasion)
        found = sorted(
            (row.kind, row.cites, row.holder, row.solved_by) for row in rows(school) if row.kind in set(DayKind)
        )
        assert found == truth


def copy_of(school: Any) -> bytes:
    with school.database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        return bytes(driver.serialize())


def put_back(school: Any, copy: bytes, tmp_path: Path) -> None:
    school.database.close()
    (tmp_path / "yesterday.db").write_bytes(copy)
    school.database = open_database(f"sqlite:///{tmp_path / 'yesterday.db'}")
    school.intake = BatchIntake(school.database, school.clock, site="ashgrove", signing_key=school.signing_key)


# --- one badge at two points ---


def taps_at_two(
    school: Any, seconds: float, *, quality: ClockQuality = ClockQuality.SYNCED, badge: str = AMARA
) -> None:
    school.cabinets["robins"].tap_refused(badge, AMARA, "restricted")
    school.clock.advance(seconds=seconds)
    school.cabinets["kitchen"].quality = quality
    school.cabinets["kitchen"].tap_refused(AMARA, AMARA, "badge_not_known_here")


@pytest.mark.parametrize("first", ["robins", "kitchen"])
def test_a_badge_at_two_points_within_the_walking_time_is_looked_at_whoever_is_heard_first(
    school: Any, first: str
) -> None:
    taps_at_two(school, 23)
    school.deliver(first)
    assert rows(school) == []
    school.deliver("kitchen" if first == "robins" else "robins")
    (row,) = rows(school)
    assert row.kind == DayKind.IMPOSSIBLE_BADGE
    assert [name.partition("/")[0] for name in cites(row)] == ["robins", "kitchen"]


def test_somebody_who_had_the_time_to_walk_is_nothing(school: Any) -> None:
    taps_at_two(school, 61)
    school.deliver("robins")
    school.deliver("kitchen")
    assert rows(school) == []


def test_the_walking_time_is_the_school_s_choice(school: Any) -> None:
    with school.database.write() as session:
        session.get_one(Site, "ashgrove").walking_seconds = 10
    taps_at_two(school, 23)
    school.deliver("robins")
    school.deliver("kitchen")
    assert rows(school) == []


@pytest.mark.parametrize("first", ["robins", "kitchen"])
@pytest.mark.parametrize("quality", [ClockQuality.FLOOR, ClockQuality.UNSET])
def test_a_clock_that_was_not_synced_proves_nothing(school: Any, quality: ClockQuality, first: str) -> None:
    taps_at_two(school, 5, quality=quality)
    school.deliver(first)
    school.deliver("kitchen" if first == "robins" else "robins")
    assert rows(school, DayKind.IMPOSSIBLE_BADGE) == []


def test_two_badges_of_one_person_are_nothing(school: Any) -> None:
    taps_at_two(school, 5, badge="the other one")
    school.deliver("robins")
    school.deliver("kitchen")
    assert rows(school) == []


def test_a_cover_badge_that_is_nobody_s_is_looked_at_too(school: Any) -> None:
    school.cabinets["robins"].tap_granted("cover", None, Intent.PUT_IN)
    school.cabinets["kitchen"].tap_refused("cover", None, "badge_not_known_here")
    school.cabinets["kitchen"].tap_refused("another", None, "badge_not_known_here")
    school.deliver("kitchen")
    school.deliver("robins")
    assert [row.kind for row in rows(school)] == [DayKind.IMPOSSIBLE_BADGE]


def test_a_copied_badge_in_use_all_day_is_one_exception_of_at_most_fifty_events(school: Any) -> None:
    for _ in range(40):
        taps_at_two(school, 3)
    school.deliver("robins")
    school.deliver("kitchen")
    (row,) = rows(school)
    assert 40 <= len(cites(row)) <= 50


def test_after_a_review_the_next_one_is_a_new_exception(school: Any) -> None:
    taps_at_two(school, 3)
    school.deliver("robins")
    school.deliver("kitchen")
    with school.database.write() as session:
        occasion = Occasion(CONSOLE, school.clock.now(), school.clock.now().utc)
        review_exception(session, rows(school)[0].id, "explained", occasion=occasion)
    school.clock.advance(minutes=5)
    taps_at_two(school, 3)
    school.deliver("robins")
    school.deliver("kitchen")
    first, second = rows(school)
    assert not set(cites(first)) & set(cites(second))
    assert school.count(ExceptionReview) == 1


# --- clock and rules ---


def test_a_clock_not_trusted_is_one_exception_for_a_run_however_many_take_out(school: Any) -> None:
    school.cabinets["robins"].quality = ClockQuality.FLOOR
    for person in (AMARA, BILAL):
        granted(school, "robins", person, "clock_untrusted")
        school.deliver("robins")
    (row,) = rows(school)
    assert (row.kind, len(cites(row))) == (DayKind.CLOCK_UNTRUSTED, 2)


def test_stale_rules_are_one_exception_a_day(school: Any) -> None:
    for _ in range(2):
        granted(school, "robins", AMARA, "rules_stale")
        granted(school, "robins", BILAL, "rules_stale")
        school.clock.advance(days=1)
    school.deliver("robins")
    assert [(row.kind, len(cites(row))) for row in rows(school)] == [(DayKind.RULES_STALE, 2)] * 2


# --- over by itself, and still to be reviewed ---


def over(school: Any, kind: DayKind) -> list[Any]:
    """When each exception of a kind was over; none is reviewed by that."""
    found = rows(school, kind)
    assert all(row.reviewed_at is None for row in found)
    return [row.ended_at for row in found]


def door(school: Any, device: str, message: Any, slot: int | None = None) -> None:
    """A door's event; at a bank the slot is private."""
    beside = None if slot is None else SlotPrivate(slot=slot)
    tap = "2" if message is not DoorOpenedUnreleased else None
    school.cabinets[device].append(message(point=device, slot=1 if slot is None else None, tap=tap), beside)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_door_that_is_closed_is_held_open_no_longer(school: Any, at_once: bool) -> None:
    door(school, "robins", DoorHeldOpen)
    if not at_once:
        school.deliver("robins")
        assert over(school, DayKind.HELD_OPEN) == [None]
    school.clock.advance(minutes=4)
    door(school, "robins", DoorClosed)
    school.deliver("robins")
    assert over(school, DayKind.HELD_OPEN) == [school.clock.utc]
    closed = school.clock.utc
    school.clock.advance(minutes=4)
    door(school, "robins", DoorHeldOpen)
    door(school, "robins", DoorClosed)
    school.deliver("robins")
    assert over(school, DayKind.HELD_OPEN) == [closed, school.clock.utc]


def test_another_door_of_a_bank_closes_nothing_and_a_door_closed_before_neither(school: Any) -> None:
    door(school, "kitchen", DoorClosed, slot=4)
    door(school, "kitchen", DoorHeldOpen, slot=4)
    door(school, "kitchen", DoorClosed, slot=3)
    door(school, "robins", DoorClosed)
    for device in ("kitchen", "robins"):
        school.deliver(device)
    assert over(school, DayKind.HELD_OPEN) == [None]
    door(school, "kitchen", DoorClosed, slot=4)
    school.deliver("kitchen")
    assert over(school, DayKind.HELD_OPEN) == [school.clock.utc]


def test_a_door_closed_while_the_power_was_away_is_over_when_it_opens_again(school: Any) -> None:
    door(school, "robins", DoorHeldOpen)
    school.deliver("robins")
    school.cabinets["robins"].start()
    school.clock.advance(hours=1)
    door(school, "robins", DoorOpened)
    opened = school.clock.utc
    school.clock.advance(seconds=5)
    door(school, "robins", DoorClosed)
    school.deliver("robins")
    assert over(school, DayKind.HELD_OPEN) == [opened]


def test_a_clock_that_is_set_is_distrusted_no_longer(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.quality = ClockQuality.FLOOR
    granted(school, "robins", AMARA, "clock_untrusted")
    cabinet.append(DeviceStarted(unclean=True, version="1"))
    school.deliver("robins")
    assert over(school, DayKind.CLOCK_UNTRUSTED) == [None]
    school.clock.advance(minutes=3)
    cabinet.quality = ClockQuality.SYNCED
    now = cabinet.now()
    cabinet.append(
        ClockAnchored(from_quality=ClockQuality.FLOOR, utc=write_instant(now.utc), monotonic=str(now.boottime_ns))
    )
    school.deliver("robins")
    assert over(school, DayKind.CLOCK_UNTRUSTED) == [school.clock.utc]


def test_a_cabinet_that_starts_again_with_its_clock_set_is_distrusted_no_longer(school: Any) -> None:
    school.cabinets["robins"].quality = ClockQuality.FLOOR
    granted(school, "robins", AMARA, "clock_untrusted")
    school.deliver("robins")
    school.cabinets["robins"].quality = ClockQuality.SYNCED
    school.cabinets["robins"].start()
    school.cabinets["robins"].append(DeviceStarted(unclean=True, version="1"))
    school.deliver("robins")
    assert over(school, DayKind.CLOCK_UNTRUSTED) == [school.clock.utc]


def test_rules_that_arrive_are_stale_no_longer_until_they_are_again(school: Any) -> None:
    granted(school, "robins", AMARA, "rules_stale")
    school.deliver("robins")
    assert over(school, DayKind.RULES_STALE) == [None]
    school.cabinets["kitchen"].append(RulesApplied(revision="1.2"))
    school.deliver("kitchen")
    assert over(school, DayKind.RULES_STALE) == [None], "another cabinet's"
    school.clock.advance(minutes=3)
    school.cabinets["robins"].append(RulesApplied(revision="1.2"))
    school.deliver("robins")
    assert over(school, DayKind.RULES_STALE) == [school.clock.utc]
    granted(school, "robins", BILAL, "rules_stale")
    school.deliver("robins")
    assert over(school, DayKind.RULES_STALE) == [None], "the same day, so the same exception"


def test_what_no_event_ends_goes_on_until_somebody_says_what_it_was(school: Any) -> None:
    granted(school, "robins", AMARA, "emergency")
    door(school, "robins", DoorOpenedUnreleased)
    for message in (DoorClosed, DoorOpened):
        door(school, "robins", message)
    school.cabinets["robins"].append(DeviceStarted(unclean=False, version="1"))
    school.deliver("robins")
    assert [row.ended_at for row in rows(school)] == [None, None]
