"""What central signed is obeyed, everything else is refused, reported once and changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from broker.keys import new_signing_key
from broker.messages.wire import Ack, Command, Need
from broker.signed import Purpose, sign
from kiosk.socket.framing import Ask, Outcome, decode_frames, encode_events_ask, encode_need_ask
from policy.rules import PointKind, Revision

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from


def said(kiosk: Kiosk, name: str) -> list[dict[str, Any]]:
    return [data for kind, data, _ in kiosk.events() if kind == name]


def test_a_newer_bundle_is_in_force_with_the_next_decision_and_said(kiosk: Kiosk) -> None:
    assert kiosk.obey(kiosk.rules(2, badges={}))[0] is Outcome.DONE
    kiosk.tap(kiosk.amara, "put_in")
    assert kiosk.types()[-2:] == ["rules.applied", "tap.refused"]
    assert kiosk.status.bundle.rules.revision == Revision(1, 2)


def test_the_bundle_in_force_outlives_a_power_cut(kiosk: Kiosk) -> None:
    kiosk.obey(kiosk.rules(2, badges={}))
    kiosk.crash()
    assert kiosk.taps.rules == kiosk.rules(2, badges={})


def test_a_higher_generation_beats_any_number(kiosk: Kiosk) -> None:
    kiosk.obey(kiosk.rules(99))
    kiosk.obey(kiosk.rules(revision=Revision(2, 1)))
    assert kiosk.taps.rules.revision == Revision(2, 1)


def test_the_same_bundle_again_is_no_news(kiosk: Kiosk) -> None:
    before = len(kiosk.events())
    kiosk.obey(kiosk.rules())
    kiosk.obey(kiosk.rules(issued=kiosk.clock.utc + timedelta(hours=1)))
    assert len(kiosk.events()) == before
    assert kiosk.taps.rules == kiosk.rules()


def bad_bundles(kiosk: Kiosk) -> dict[str, Any]:
    return {
        "not_newer": lambda: kiosk.obey(kiosk.rules(1, badges={})),
        "bad_signature": lambda: kiosk.obey(kiosk.rules(3), key=new_signing_key()),
        "foreign": lambda: kiosk.obey(kiosk.rules(3), device="wrens"),
        "other_point": lambda: kiosk.obey(kiosk.rules(3, kind=PointKind.BANK, slots=6)),
        "malformed": lambda: kiosk.hand_in_rules(b'{"purpose":"rules"}'),
    }


@pytest.mark.parametrize("why", ["not_newer", "bad_signature", "foreign", "other_point", "malformed"])
def test_a_bad_bundle_is_refused_and_reported_once_and_the_last_good_one_stays(kiosk: Kiosk, why: str) -> None:
    kiosk.obey(kiosk.rules(2))
    bad = bad_bundles(kiosk)[why]
    for _ in range(3):
        bad()
    assert [one["why"] for one in said(kiosk, "rules.refused")] == [why]
    assert kiosk.taps.rules.revision == Revision(1, 2)
    kiosk.crash()
    assert kiosk.taps.rules.revision == Revision(1, 2)


def test_the_desk_itself_refuses_what_central_did_not_sign(kiosk: Kiosk) -> None:
    outcome, why = kiosk.desk.answer(Ask.RULES, b'{"body":"{}","signature":"00"}')
    assert outcome is Outcome.REFUSED
    assert b"not central's" in why


@pytest.mark.parametrize("payload", [b"", b"\xff\xfe", b"[]", b"{" * 5000, b'{"body":1,"signature":2}'])
@pytest.mark.parametrize("ask", [Ask.RULES, Ask.ACKNOWLEDGEMENT, Ask.COMMAND])
def test_garbage_is_refused_and_never_a_crash(kiosk: Kiosk, ask: Ask, payload: bytes) -> None:
    assert kiosk.desk.answer(ask, payload)[0] is Outcome.REFUSED
    kiosk.go_on()


def an_ack(kiosk: Kiosk, **change: Any) -> Ack:
    head = kiosk.frames()[-1].head
    values = {
        "site": "school", "device": "robins", "epoch": head.epoch, "upto": str(head.sequence),
        "leaf": head.leaf.hex(), "time": "2026-11-24T08:41:00.000Z",
    }  # fmt: skip
    return Ack(**values | change)


def hand_in(kiosk: Kiosk, ack: Ack, key: Any = None, purpose: Purpose = Purpose.ACK) -> Outcome:
    outcome = kiosk.desk.answer(Ask.ACKNOWLEDGEMENT, sign(key or kiosk.keys.central, purpose, ack.to_bytes()))[0]
    kiosk.go_on()
    assert isinstance(outcome, Outcome)
    return outcome


def test_an_acknowledgement_moves_events_to_the_archive(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    assert hand_in(kiosk, an_ack(kiosk)) is Outcome.DONE
    assert kiosk.store.outbox.depth() == 0
    assert kiosk.frames() == []


def test_a_forged_acknowledgement_is_refused_reported_and_archives_nothing(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    depth = kiosk.store.outbox.depth()
    assert hand_in(kiosk, an_ack(kiosk), key=new_signing_key()) is Outcome.REFUSED
    assert hand_in(kiosk, an_ack(kiosk), purpose=Purpose.COMMAND) is Outcome.REFUSED
    assert hand_in(kiosk, an_ack(kiosk, device="wrens")) is Outcome.REFUSED
    assert kiosk.store.outbox.depth() == depth + 2
    assert [one["why"] for one in said(kiosk, "command.refused")] == ["bad_signature", "foreign"]


def test_an_acknowledgement_of_other_bytes_archives_nothing(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    depth = kiosk.store.outbox.depth()
    hand_in(kiosk, an_ack(kiosk, leaf="00" * 32))
    assert kiosk.store.outbox.depth() == depth


def test_an_acknowledgement_lowers_the_floor_and_it_is_kept(kiosk: Kiosk) -> None:
    kiosk.clock.quality = "floor"
    kiosk.tap(kiosk.amara, "put_in")
    hand_in(kiosk, an_ack(kiosk, time="2026-11-20T08:00:00.000Z"))
    floor = kiosk.store.kept_floor()
    assert floor.at.day == 20
    assert kiosk.clock.floor == floor


def test_a_command_this_version_does_not_know_is_refused_and_said(kiosk: Kiosk) -> None:
    command = Command(site="school", device="robins", command="open_sesame", nonce="00" * 16)
    kiosk.desk.answer(Ask.COMMAND, sign(kiosk.keys.central, Purpose.COMMAND, command.to_bytes()))
    kiosk.go_on()
    assert said(kiosk, "command.refused") == [
        {"command": "open_sesame", "why": "unknown_command", "nonce": command.nonce}
    ]
    assert kiosk.board.locks[1].pulses == 0


def test_a_forged_command_opens_nothing_and_is_said(kiosk: Kiosk) -> None:
    command = Command(site="school", device="robins", command="open", nonce="00" * 16)
    kiosk.desk.answer(Ask.COMMAND, sign(new_signing_key(), Purpose.COMMAND, command.to_bytes()))
    kiosk.go_on()
    assert said(kiosk, "command.refused") == [{"command": "command", "why": "bad_signature"}]
    assert kiosk.board.locks[1].pulses == 0


def test_link_is_given_frames_after_its_place_and_at_most_four(kiosk: Kiosk) -> None:
    for _ in range(6):
        kiosk.tap(kiosk.amara, "put_in")
        kiosk.go_on(seconds=30)
    first = decode_frames(kiosk.desk.answer(Ask.EVENTS, encode_events_ask(None, 200))[1])
    assert 1 <= len(first) <= 4
    after = decode_frames(kiosk.desk.answer(Ask.EVENTS, encode_events_ask(first[-1].position, 4))[1])
    assert all(frame.position.sequence > first[-1].position.sequence for frame in after)


def test_what_central_lacks_comes_from_the_archive_sealed(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    ack = an_ack(kiosk)
    hand_in(kiosk, ack)
    need = Need(site="school", device="robins", epoch=ack.epoch, first="1", last=ack.upto)
    signed = sign(kiosk.keys.central, Purpose.NEED, need.to_bytes())
    frames = decode_frames(kiosk.desk.answer(Ask.NEED, encode_need_ask(0, signed))[1])
    assert frames[-1].position.sequence == int(ack.upto)
    assert b'"sealed"' in b"".join(frame.payload for frame in frames)
    assert kiosk.desk.answer(Ask.NEED, encode_need_ask(int(ack.upto), signed)) == (Outcome.DONE, b"")


def test_rules_that_cannot_be_committed_wait_and_are_applied_later(kiosk: Kiosk) -> None:
    kiosk.break_disk()
    kiosk.obey(kiosk.rules(2))
    assert kiosk.taps.rules.revision == Revision(1, 1)
    kiosk.mend_disk()
    for _ in range(3):
        kiosk.go_on(seconds=2)
    assert kiosk.taps.rules.revision == Revision(1, 2)
    assert kiosk.store.outbox.rules == Revision(1, 2)


def test_a_bundle_of_yesterday_does_not_lower_the_floor(kiosk: Kiosk) -> None:
    kiosk.go_on(seconds=1)
    before = kiosk.clock.floor.at
    kiosk.obey(kiosk.rules(2, issued=kiosk.rules().issued - timedelta(hours=20)))
    assert kiosk.clock.floor.at >= before
