"""Signed commands open once, in time, at this cabinet and for whom they name; everything else is refused and said."""

import json
import random
from typing import Any

import pytest

from broker.keys import new_signing_key
from broker.messages.wire import Command
from broker.signed import Purpose, sign
from hardware.lamps import Signal
from kiosk.socket.framing import Ask, Outcome
from policy.rules import Entitlement, Restriction

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from

SEED = random.randrange(2**32)


def said(kiosk: Kiosk, name: str) -> list[dict[str, Any]]:
    return [data for kind, data, _ in kiosk.events() if kind == name]


def granted(kiosk: Kiosk) -> list[str]:
    return [private["reason"] for kind, _, private in kiosk.events() if kind == "tap.granted"]


def asked_nonce(kiosk: Kiosk) -> str:
    return str(said(kiosk, "approval.asked")[-1]["nonce"])


def status(kiosk: Kiosk) -> dict[str, Any]:
    """What link would be given to publish."""
    kiosk.go_on(seconds=1)
    kiosk.status.tick(kiosk.clock.now())
    told: dict[str, Any] = json.loads(kiosk.status.newest)
    return told


@pytest.fixture
def lesson(kiosk: Kiosk) -> Kiosk:
    """Amara's phone is in, it is 9:40 in a lesson, and she has been refused it."""
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(hours=1)
    kiosk.tap(kiosk.amara, "take_out")
    return kiosk


# approve


def test_an_account_approves_and_the_same_transaction_says_that_the_command_was_obeyed(lesson: Kiosk) -> None:
    nonce = asked_nonce(lesson)
    assert lesson.command(command="approve", nonce=nonce)[0] is Outcome.DONE
    assert lesson.types()[-4:] == ["tap.granted", "phone.declared", "approval.given", "command.obeyed"]
    assert granted(lesson)[-1] == "approval"
    given = next(private for kind, _, private in lesson.events() if kind == "approval.given")
    assert (given["reason"], given["approver_badge"], given["person"]) == ("account", None, "amara")
    assert said(lesson, "command.obeyed") == [{"command": "approve", "why": "approval", "nonce": nonce}]
    assert lesson.board.locks[1].pulses == 2
    assert lesson.board.lamps.history[-1] == ("clear", Signal.APPROVAL_AWAITED)


def late(kiosk: Kiosk) -> Any:
    kiosk.go_on(seconds=121)
    return kiosk.command(command="approve", nonce=asked_nonce(kiosk))


def used(kiosk: Kiosk) -> Any:
    kiosk.command(command="approve", nonce=asked_nonce(kiosk))
    return kiosk.command(command="approve", nonce=asked_nonce(kiosk))


def over(kiosk: Kiosk) -> Any:
    kiosk.go_on(seconds=5)
    kiosk.tap(kiosk.amara, "put_in")
    return kiosk.command(command="approve", nonce=asked_nonce(kiosk))


def asked_again(kiosk: Kiosk) -> Any:
    nonce = asked_nonce(kiosk)
    kiosk.go_on(seconds=5)
    kiosk.tap(kiosk.amara, "take_out")
    return kiosk.command(command="approve", nonce=nonce)


def after_a_restart(kiosk: Kiosk) -> Any:
    nonce = asked_nonce(kiosk)
    kiosk.crash()
    return kiosk.command(command="approve", nonce=nonce)


def of_the_status(kiosk: Kiosk) -> Any:
    return kiosk.command(command="approve", nonce=status(kiosk)["nonce"])


def withdrawn(kiosk: Kiosk) -> Any:
    everything = Restriction(None, frozenset(Entitlement), kiosk.clock.utc)
    kiosk.obey(kiosk.rules(2, restrictions=(everything,)))
    return kiosk.command(command="approve", nonce=asked_nonce(kiosk))


def lost(kiosk: Kiosk) -> Any:
    kiosk.obey(kiosk.rules(2, badges=kiosk.badge(kiosk.amara, lost=kiosk.clock.utc)))
    return kiosk.command(command="approve", nonce=asked_nonce(kiosk))


REFUSED_APPROVALS = {
    "late": (late, "late"),
    "used": (used, "used"),
    "put in meanwhile": (over, "over"),
    "asked again meanwhile": (asked_again, "over"),
    "after a restart": (after_a_restart, "unknown_nonce"),
    "made up": (lambda kiosk: kiosk.command(command="approve", nonce="ab" * 16), "unknown_nonce"),
    "the status's nonce": (of_the_status, "unknown_nonce"),
    "approvals withdrawn": (withdrawn, "over"),
    "badge lost meanwhile": (lost, "over"),
    "of another key": (
        lambda kiosk: kiosk.command(new_signing_key(), command="approve", nonce=asked_nonce(kiosk)),
        "bad_signature",
    ),
    "for another cabinet": (
        lambda kiosk: kiosk.command(device="wrens", command="approve", nonce=asked_nonce(kiosk)),
        "foreign",
    ),
    "another word": (
        lambda kiosk: kiosk.command(command="open_sesame", nonce=asked_nonce(kiosk)),
        "unknown_command",
    ),
}


@pytest.mark.parametrize("which", REFUSED_APPROVALS)
def test_an_approval_that_is_not_good_opens_nothing_and_is_said(lesson: Kiosk, which: str) -> None:
    attempt, why = REFUSED_APPROVALS[which]
    attempt(lesson)
    refused = said(lesson, "command.refused")[-1]
    assert granted(lesson).count("approval") == (1 if which == "used" else 0)
    assert refused["why"] == why
    assert ("nonce" in refused) is (why not in ("bad_signature", "foreign"))


def test_a_command_signed_as_something_else_is_not_a_command(lesson: Kiosk) -> None:
    body = Command(site="school", device="robins", command="approve", nonce=asked_nonce(lesson)).to_bytes()
    for purpose in set(Purpose) - {Purpose.COMMAND}:
        signed = sign(lesson.keys.central, purpose, body)
        assert lesson.desk.answer(Ask.COMMAND, signed)[0] is Outcome.REFUSED
    lesson.go_on()
    assert lesson.board.locks[1].pulses == 1
    assert {one["why"] for one in said(lesson, "command.refused")} == {"bad_signature"}


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_wall_clock_that_is_moved_makes_a_command_neither_late_nor_good_again(lesson: Kiosk, hours: int) -> None:
    nonce = asked_nonce(lesson)
    lesson.clock.utc = lesson.clock.utc.replace(hour=lesson.clock.utc.hour + hours)
    lesson.go_on(seconds=121)
    lesson.command(command="approve", nonce=nonce)
    assert said(lesson, "command.refused")[-1]["why"] == "late"


def test_a_command_that_cannot_be_committed_opens_nothing_and_may_come_again(lesson: Kiosk) -> None:
    lesson.break_disk()
    lesson.command(command="approve", nonce=asked_nonce(lesson))
    assert lesson.board.locks[1].pulses == 1
    lesson.mend_disk()
    lesson.go_on(seconds=5)
    assert said(lesson, "command.refused")[-1]["why"] == "not_committed"
    lesson.command(command="approve", nonce=asked_nonce(lesson))
    assert lesson.board.locks[1].pulses == 2


def test_a_hostile_link_that_repeats_a_command_a_thousand_times_opens_once_and_fills_no_log(lesson: Kiosk) -> None:
    body = Command(site="school", device="robins", command="approve", nonce=asked_nonce(lesson)).to_bytes()
    signed = sign(lesson.keys.central, Purpose.COMMAND, body)
    for _ in range(1000):
        lesson.desk.answer(Ask.COMMAND, signed)
    lesson.go_on()
    lesson.crash()
    for _ in range(1000):
        lesson.desk.answer(Ask.COMMAND, signed)
    lesson.go_on()
    assert granted(lesson).count("approval") == 1
    assert [one["why"] for one in said(lesson, "command.refused")] == ["used", "unknown_nonce"]


def test_no_change_of_a_signed_command_opens_anything(lesson: Kiosk) -> None:
    chance = random.Random(SEED)
    print("seed", SEED)
    body = Command(site="school", device="robins", command="approve", nonce=asked_nonce(lesson)).to_bytes()
    signed = sign(lesson.keys.central, Purpose.COMMAND, body)
    for _ in range(500):
        changed = bytearray(signed)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        outcome = lesson.desk.answer(Ask.COMMAND, bytes(changed))[0]
        assert outcome is Outcome.REFUSED or json.loads(changed)["body"].encode() == body
    lesson.go_on()
    assert lesson.board.locks[1].pulses <= 2


# open_for


def test_the_office_opens_for_a_named_person_whatever_the_rules_say_and_declares_out(lesson: Kiosk) -> None:
    lesson.obey(lesson.rules(2, badges=lesson.badge(lesson.amara, lost=lesson.clock.utc)))
    nonce = status(lesson)["nonce"]
    lesson.command(command="open_for", nonce=nonce, holder="amara")
    assert granted(lesson)[-1] == "opened_for"
    assert said(lesson, "phone.declared")[-1]["state"] == "out"
    assert said(lesson, "command.obeyed") == [{"command": "open_for", "why": "opened_for", "nonce": nonce}]
    assert lesson.board.locks[1].pulses == 2
    assert ("show", Signal.OUT) in lesson.board.lamps.history


def test_the_nonce_of_the_status_is_renewed_each_minute_and_once_it_was_used(kiosk: Kiosk) -> None:
    first = status(kiosk)["nonce"]
    assert status(kiosk)["nonce"] == first
    kiosk.go_on(seconds=55)
    assert status(kiosk)["nonce"] == first
    kiosk.go_on(seconds=5)
    second = status(kiosk)["nonce"]
    assert second != first
    kiosk.command(command="open_for", nonce=first, holder="amara")
    assert granted(kiosk) == ["opened_for"]
    kiosk.command(command="open_for", nonce=second, holder="bilal")
    assert granted(kiosk) == ["opened_for"] * 2
    assert status(kiosk)["nonce"] not in (first, second)
    kiosk.crash()
    assert status(kiosk)["nonce"] not in (first, second)


@pytest.mark.parametrize(
    ("holder", "why"),
    [("daniel", "not_here"), (None, "malformed"), ("badge:1:" + "0" * 64, "not_here")],
)
def test_it_opens_for_nobody_who_keeps_no_phone_here(kiosk: Kiosk, holder: str | None, why: str) -> None:
    nonce = status(kiosk)["nonce"]
    kiosk.command(command="open_for", nonce=nonce, holder=holder)
    assert said(kiosk, "command.refused") == [{"command": "open_for", "why": why, "nonce": nonce}]
    assert kiosk.board.locks[1].pulses == 0
    assert "tap.refused" not in kiosk.types()


@pytest.mark.parametrize(("seconds", "why"), [(118, None), (122, "late")])
def test_it_is_good_for_120_s(kiosk: Kiosk, seconds: int, why: str | None) -> None:
    nonce = status(kiosk)["nonce"]
    kiosk.go_on(seconds=seconds)
    kiosk.command(command="open_for", nonce=nonce, holder="amara")
    assert [one["why"] for one in said(kiosk, "command.refused")] == ([] if why is None else [why])


def test_it_is_good_once_and_not_for_an_approval(lesson: Kiosk) -> None:
    nonce = status(lesson)["nonce"]
    for holder in ("amara", "bilal"):
        lesson.command(command="open_for", nonce=nonce, holder=holder)
    lesson.command(command="open_for", nonce=asked_nonce(lesson), holder="bilal")
    assert [one["why"] for one in said(lesson, "command.refused")] == ["used", "unknown_nonce"]
    assert granted(lesson).count("opened_for") == 1


def test_the_holder_of_a_long_command_is_no_way_in(kiosk: Kiosk) -> None:
    nonce = status(kiosk)["nonce"]
    for holder in ("", "x" * 101, 7, ["amara"], {"person": "amara"}):
        body = {"purpose": "command", "site": "school", "device": "robins", "command": "open_for", "nonce": nonce}
        signed = sign(kiosk.keys.central, Purpose.COMMAND, json.dumps(body | {"holder": holder}).encode())
        assert kiosk.desk.answer(Ask.COMMAND, signed)[0] is Outcome.REFUSED
    kiosk.go_on()
    assert {one["why"] for one in said(kiosk, "command.refused")} == {"malformed"}
    assert kiosk.board.locks[1].pulses == 0
