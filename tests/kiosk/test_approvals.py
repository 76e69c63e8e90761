"""Clause 16 at the cabinet: a refused TAKE OUT waits 120 s for a senior leader's badge, and opens for nobody else's."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hardware.happenings import ButtonPressed
from hardware.lamps import Signal
from hardware.reader import BadgePresented
from policy.ids import PersonId
from policy.rules import BadgeKind, Entitlement, Restriction

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from


def last(kiosk: Kiosk, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return next((data, private) for kind, data, private in reversed(kiosk.events()) if kind == name)


def kinds(kiosk: Kiosk, prefix: str) -> list[str]:
    return [kind for kind in kiosk.types() if kind.startswith(prefix)]


def shown(kiosk: Kiosk) -> bool:
    """Whether amber blinks slowly."""
    history = [what for what, signal in kiosk.board.lamps.history if signal is Signal.APPROVAL_AWAITED]
    return bool(history) and history[-1] == "show"


@pytest.fixture
def lesson(kiosk: Kiosk) -> Kiosk:
    """Amara's phone is in, it is 9:40 in a lesson, and she has been refused it."""
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(hours=1)
    kiosk.tap(kiosk.amara, "take_out")
    return kiosk


@pytest.fixture
def lesson_without_buttons(kiosk_without_buttons: Kiosk) -> Kiosk:
    """The same where the intent is inferred."""
    kiosk_without_buttons.tap(kiosk_without_buttons.amara)
    kiosk_without_buttons.go_on(hours=1)
    kiosk_without_buttons.tap(kiosk_without_buttons.amara)
    return kiosk_without_buttons


def test_a_refused_take_out_asks_in_the_same_commit_and_amber_blinks(lesson: Kiosk) -> None:
    assert lesson.types()[-2:] == ["tap.refused", "approval.asked"]
    data, private = last(lesson, "approval.asked")
    assert set(data) == {"point", "tap", "nonce"}
    assert (private["person"], private["reason"], private["block"]["name"]) == ("amara", "restricted", "Lessons")
    refused = next(number for number, (kind, _, _) in enumerate(lesson.events(), start=1) if kind == "tap.refused")
    assert data["tap"] == str(refused)
    assert shown(lesson)


@pytest.mark.parametrize("harness", ["lesson", "lesson_without_buttons"])
def test_a_senior_leaders_badge_at_the_same_reader_opens(harness: str, request: pytest.FixtureRequest) -> None:
    kiosk: Kiosk = request.getfixturevalue(harness)
    pulses = kiosk.board.locks[1].pulses
    kiosk.go_on(seconds=100)
    kiosk.tap(kiosk.senior)
    assert kiosk.types()[-3:] == ["tap.granted", "phone.declared", "approval.given"]
    granted = last(kiosk, "tap.granted")[1]
    assert (granted["reason"], granted["clause"], granted["person"]) == ("approval", "16", "amara")
    given = last(kiosk, "approval.given")
    assert given[1]["approver_badge"] == kiosk.keys.reference(kiosk.senior)
    assert (given[1]["badge"], given[1]["reason"]) == (kiosk.keys.reference(kiosk.amara), "badge")
    assert given[0]["tap"] == last(kiosk, "approval.asked")[0]["tap"]
    assert kiosk.board.locks[1].pulses == pulses + 1
    assert not shown(kiosk)


@pytest.mark.parametrize(("milliseconds", "opens"), [(119_600, True), (120_400, False)])
def test_time_out_stays_locked(lesson: Kiosk, milliseconds: int, opens: bool) -> None:
    lesson.go_on(milliseconds=milliseconds - 310)
    lesson.tap(lesson.senior)
    assert lesson.board.locks[1].pulses == 1 + opens
    assert shown(lesson) is False
    assert kinds(lesson, "approval.")[1:] == (["approval.given"] if opens else ["approval.expired"])


def test_when_nobody_comes_it_ends_by_itself_and_is_said(lesson: Kiosk) -> None:
    lesson.go_on(seconds=121)
    assert last(lesson, "approval.expired")[1]["reason"] == "time"
    assert not shown(lesson)
    lesson.go_on(seconds=600)
    assert kinds(lesson, "approval.") == ["approval.asked", "approval.expired"]


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_wall_clock_that_is_moved_makes_it_neither_longer_nor_shorter(lesson: Kiosk, hours: int) -> None:
    lesson.clock.utc += timedelta(hours=hours)
    lesson.go_on(seconds=110)
    assert shown(lesson)
    lesson.clock.utc -= timedelta(hours=hours)
    lesson.go_on(seconds=11)
    lesson.tap(lesson.senior)
    assert lesson.board.locks[1].pulses == 1


def test_it_survives_no_restart(lesson: Kiosk) -> None:
    lesson.crash()
    lesson.go_on(seconds=1)
    assert not shown(lesson)
    lesson.tap(lesson.senior)
    assert lesson.board.locks[1].pulses == 0
    lesson.go_on(seconds=5)
    assert last(lesson, "tap.refused")[1]["reason"] == "badge_not_known_here"


def other_badges(kiosk: Kiosk) -> dict[str, Any]:
    now = kiosk.clock.utc
    return {
        "own badge": (kiosk.amara, {}),
        "somebody's of the room": (kiosk.bilal, {}),
        "the office's": (kiosk.clerk, {}),
        "a stranger's": (kiosk.stranger, {}),
        "an ended one": (kiosk.senior, kiosk.badge(kiosk.senior, ends=now)),
        "one that has not begun": (kiosk.senior, kiosk.badge(kiosk.senior, starts=now + timedelta(days=1))),
        "a lost one": (kiosk.senior, kiosk.badge(kiosk.senior, lost=now)),
        "the asker's second, of a senior leader": (
            kiosk.senior,
            kiosk.badge(kiosk.senior, kind=BadgeKind.PERSONAL, person=PersonId("amara")),
        ),
        "one without its role": (kiosk.senior, kiosk.badge(kiosk.senior, role="classroom")),
    }


NOT_APPROVAL = (
    "own badge",
    "somebody's of the room",
    "the office's",
    "a stranger's",
    "an ended one",
    "one that has not begun",
    "a lost one",
    "the asker's second, of a senior leader",
    "one without its role",
)


@pytest.mark.parametrize("which", NOT_APPROVAL)
@pytest.mark.parametrize("harness", ["lesson", "lesson_without_buttons"])
def test_no_other_badge_is_an_approval(harness: str, which: str, request: pytest.FixtureRequest) -> None:
    kiosk: Kiosk = request.getfixturevalue(harness)
    kiosk.go_on(seconds=20)
    uid, badges = other_badges(kiosk)[which]
    kiosk.obey(kiosk.rules(2, badges=badges or dict(kiosk.taps.rules.badges)))
    kiosk.tap(uid)
    kiosk.go_on(seconds=6)
    granted = [private for kind, _, private in kiosk.events() if kind == "tap.granted"]
    assert not [one for one in granted if one["reason"] == "approval"]
    assert not [one for one in granted[1:] if one["person"] == "amara"]


@pytest.mark.parametrize(("seconds", "opens"), [(25, True), (35, False)])
def test_a_senior_leaders_badge_that_runs_out_meanwhile_approves_until_then(
    lesson: Kiosk, seconds: int, opens: bool
) -> None:
    ends = lesson.clock.utc + timedelta(seconds=30)
    lesson.obey(lesson.rules(2, badges=lesson.badge(lesson.senior, ends=ends)))
    lesson.go_on(seconds=seconds)
    lesson.tap(lesson.senior)
    lesson.go_on(seconds=6)
    assert lesson.board.locks[1].pulses == 1 + opens
    assert shown(lesson) is not opens, "who asked goes on waiting for somebody whose badge is good"


def test_an_approval_at_another_cabinet_is_none_here(lesson: Kiosk, tmp_path: Path) -> None:
    (tmp_path / "wrens").mkdir()
    other = type(lesson)(tmp_path / "wrens", keys=lesson.keys)
    other.obey(lesson.rules())
    other.tap(lesson.senior)
    other.store.close()
    lesson.go_on(seconds=10)
    assert lesson.board.locks[1].pulses == 1
    assert shown(lesson)


def test_a_senior_leader_whose_phone_is_kept_here_approves_too_and_puts_in_with_a_button(kiosk: Kiosk) -> None:
    badges = kiosk.badge(kiosk.bilal, role="headteacher")
    kiosk.obey(kiosk.rules(2, badges=badges))
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(hours=1)
    kiosk.tap(kiosk.amara, "take_out")
    kiosk.go_on(seconds=10)
    kiosk.tap(kiosk.bilal, "put_in")
    assert last(kiosk, "tap.granted")[1]["person"] == "bilal"
    assert shown(kiosk)
    kiosk.go_on(seconds=10)
    kiosk.tap(kiosk.bilal)
    assert last(kiosk, "tap.granted")[1]["reason"] == "approval"
    given = last(kiosk, "approval.given")[1]
    assert (given["approver"], given["approver_badge"]) == ("bilal", kiosk.keys.reference(kiosk.bilal))


def test_a_senior_leader_who_asks_is_not_approved_by_tapping_again(kiosk: Kiosk) -> None:
    kiosk.obey(kiosk.rules(2, badges=kiosk.badge(kiosk.bilal, role="headteacher")))
    kiosk.go_on(hours=1)
    kiosk.tap(kiosk.bilal, "take_out")
    kiosk.go_on(seconds=10)
    kiosk.tap(kiosk.bilal)
    kiosk.go_on(seconds=5)
    assert [private["reason"] for kind, _, private in kiosk.events() if kind.startswith("tap.")] == [
        "restricted",
        "no_intent",
    ]
    kiosk.tap(kiosk.senior)
    assert last(kiosk, "approval.given")[1]["person"] == "bilal"


def test_putting_in_ends_it(lesson: Kiosk) -> None:
    lesson.go_on(seconds=20)
    lesson.tap(lesson.amara, "put_in")
    assert last(lesson, "approval.expired")[1]["reason"] == "put_in"
    assert not shown(lesson)


def test_the_emergency_press_ends_it(kiosk: Kiosk) -> None:
    kiosk.go_on(hours=1)
    kiosk.cabinet.handle(ButtonPressed("take_out", kiosk.clock.boottime))
    kiosk.cabinet.handle(BadgePresented(kiosk.amara, kiosk.clock.boottime, "reader"))
    kiosk.go_on(seconds=1)
    assert shown(kiosk)
    kiosk.go_on(seconds=5)
    assert last(kiosk, "tap.granted")[1]["reason"] == "emergency"
    assert last(kiosk, "approval.expired")[1]["reason"] == "taken_out"
    assert not shown(kiosk)


def test_asking_again_begins_a_new_120_s(lesson: Kiosk) -> None:
    lesson.go_on(seconds=60)
    lesson.tap(lesson.amara, "take_out")
    assert kinds(lesson, "approval.") == ["approval.asked", "approval.expired", "approval.asked"]
    assert last(lesson, "approval.expired")[1]["reason"] == "asked_again"
    lesson.go_on(seconds=100)
    lesson.tap(lesson.senior)
    assert last(lesson, "tap.granted")[1]["reason"] == "approval"


def test_who_asks_last_is_the_only_one_who_waits(lesson: Kiosk) -> None:
    first = last(lesson, "approval.asked")[0]
    lesson.go_on(seconds=10)
    lesson.tap(lesson.bilal, "take_out")
    assert lesson.types()[-3:] == ["tap.refused", "approval.expired", "approval.asked"]
    ended, private = last(lesson, "approval.expired")
    assert (private["person"], private["reason"], ended["tap"]) == ("amara", "another_asked", first["tap"])
    assert shown(lesson)
    lesson.go_on(seconds=10)
    lesson.tap(lesson.senior)
    assert last(lesson, "tap.granted")[1]["person"] == "bilal"
    assert not shown(lesson)
    lesson.go_on(seconds=10)
    lesson.tap(lesson.senior)
    lesson.go_on(seconds=5)
    assert last(lesson, "tap.refused")[1]["reason"] == "badge_not_known_here"
    assert lesson.board.locks[1].pulses == 2


def test_an_approval_in_the_web_of_whoever_asked_before_opens_for_nobody(lesson: Kiosk) -> None:
    before = last(lesson, "approval.asked")[0]["nonce"]
    lesson.go_on(seconds=10)
    lesson.tap(lesson.bilal, "take_out")
    lesson.command(command="approve", nonce=before)
    assert last(lesson, "command.refused")[0]["why"] == "over"
    assert lesson.board.locks[1].pulses == 1
    lesson.command(command="approve", nonce=last(lesson, "approval.asked")[0]["nonce"])
    assert last(lesson, "tap.granted")[1]["person"] == "bilal"


def restricted(kiosk: Kiosk, *takes: Entitlement, whose: str | None = None) -> Any:
    person = None if whose is None else PersonId(whose)
    return kiosk.rules(2, restrictions=(Restriction(person, frozenset(takes), kiosk.clock.utc - timedelta(days=1)),))


@pytest.mark.parametrize("whose", [None, "amara"])
def test_what_is_withdrawn_waits_no_more_and_its_approval_is_nobodys_tap(lesson: Kiosk, whose: str | None) -> None:
    nonce = last(lesson, "approval.asked")[0]["nonce"]
    lesson.go_on(seconds=10)
    lesson.obey(restricted(lesson, Entitlement.APPROVALS, whose=whose))
    assert lesson.types()[-2:] == ["rules.applied", "approval.expired"]
    ended, private = last(lesson, "approval.expired")
    assert (private["person"], private["reason"]) == ("amara", "withdrawn")
    assert ended["tap"] == last(lesson, "approval.asked")[0]["tap"]
    assert not shown(lesson)
    lesson.command(command="approve", nonce=nonce)
    assert last(lesson, "command.refused")[0]["why"] == "over"
    lesson.tap(lesson.senior)
    lesson.go_on(seconds=6)
    refused = [private for kind, _, private in lesson.events() if kind == "tap.refused"]
    assert [(one["person"], one["reason"]) for one in refused] == [
        ("amara", "restricted"),
        (None, "badge_not_known_here"),
    ]
    assert lesson.board.locks[1].pulses == 1


def test_where_approvals_are_withdrawn_nobody_asks(kiosk: Kiosk) -> None:
    kiosk.obey(restricted(kiosk, Entitlement.APPROVALS))
    kiosk.go_on(hours=1)
    kiosk.tap(kiosk.amara, "take_out")
    assert kiosk.types()[-1] == "tap.refused"
    assert not shown(kiosk)


def test_what_is_withdrawn_from_somebody_else_goes_on_waiting(lesson: Kiosk) -> None:
    lesson.go_on(seconds=10)
    lesson.obey(restricted(lesson, Entitlement.APPROVALS, whose="bilal"))
    assert shown(lesson)
    lesson.tap(lesson.senior)
    assert last(lesson, "tap.granted")[1]["reason"] == "approval"


def test_a_withdrawal_that_begins_while_somebody_waits_ends_it_then(lesson: Kiosk) -> None:
    takes, begins = frozenset({Entitlement.APPROVALS}), lesson.clock.utc + timedelta(seconds=30)
    lesson.obey(lesson.rules(2, restrictions=(Restriction(None, takes, begins),)))
    lesson.go_on(seconds=20)
    assert shown(lesson)
    lesson.clock.move(seconds=11)
    lesson.tap(lesson.senior)
    lesson.go_on(seconds=6)
    assert last(lesson, "approval.expired")[1]["reason"] == "withdrawn"
    refused = [private["person"] for kind, _, private in lesson.events() if kind == "tap.refused"]
    assert refused == ["amara", None]


@pytest.mark.parametrize("change", ["lost", "ends"])
@pytest.mark.parametrize("inside", [True, False])
def test_whose_badge_is_lost_or_ends_waits_no_more(kiosk: Kiosk, change: str, inside: bool) -> None:
    if inside:
        kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(hours=1)
    kiosk.tap(kiosk.amara, "take_out")
    assert shown(kiosk)
    kiosk.go_on(seconds=10)
    kiosk.obey(kiosk.rules(2, badges=kiosk.badge(kiosk.amara, **{change: kiosk.clock.utc})))
    assert last(kiosk, "approval.expired")[1]["reason"] == "badge_ended"
    assert not shown(kiosk)
    pulses = kiosk.board.locks[1].pulses
    kiosk.tap(kiosk.senior)
    kiosk.go_on(seconds=6)
    assert kiosk.board.locks[1].pulses == pulses


def test_it_is_neither_asked_nor_needed_where_taking_out_is_allowed(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(seconds=10)
    kiosk.tap(kiosk.amara, "take_out")
    assert not kinds(kiosk, "approval.")


def test_what_cannot_be_committed_opens_nothing_and_goes_on_waiting(lesson: Kiosk) -> None:
    lesson.go_on(seconds=10)
    lesson.break_disk()
    lesson.tap(lesson.senior)
    assert lesson.board.locks[1].pulses == 1
    assert shown(lesson)
    lesson.mend_disk()
    lesson.go_on(seconds=10)
    lesson.tap(lesson.senior)
    assert lesson.board.locks[1].pulses == 2
    assert kinds(lesson, "approval.") == ["approval.asked", "approval.given"]
