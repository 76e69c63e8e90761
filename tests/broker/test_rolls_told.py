"""Roll-calls as a screen is told them: small, without a name, and folded again they are what central knows."""

from datetime import UTC, datetime, timedelta

import pytest

from broker.errors import BadMessage
from broker.messages.roll_told import RollsTold
from policy.roll_call import RollCall, RollFact, Said, fold_roll_calls
from policy.rules import Revision

TEN = datetime(2026, 11, 24, 10, 0, 0, 250_000, tzinfo=UTC)
WEB, KIOSK, NEXT = "central/00000000000000aa/1", "reception/00000000000000bb/1", "central/00000000000000aa/40"
VISITS = [f"{number:016x}" for number in range(50)]


def at(minutes: int) -> datetime:
    return TEN + timedelta(minutes=minutes)


FACTS = [
    RollFact(WEB, Said.BEGUN, True, at(0)),
    RollFact(KIOSK, Said.BEGUN, True, at(1)),
    *(RollFact(f"x/{visit}", Said.SEEN, True, at(2), visit=visit, roll=KIOSK) for visit in VISITS),
    RollFact("x/ended", Said.ENDED, True, at(5), roll=KIOSK),
    RollFact(NEXT, Said.BEGUN, True, at(4), roll=WEB),
]


def written(rolls: tuple[RollCall, ...]) -> bytes:
    return RollsTold.write(rolls, Revision(2, 7), site="hillside", device="reception").to_bytes()


def test_folded_again_it_is_what_was_told() -> None:
    rolls = fold_roll_calls(FACTS)
    read = RollsTold.from_bytes(written(rolls))
    again = fold_roll_calls(read.read())
    assert [(roll.drill, roll.first, roll.ended, sorted(roll.seen)) for roll in again] == [
        (roll.drill, roll.first, roll.ended, sorted(roll.seen)) for roll in rolls
    ]
    assert [[fact.event for fact in roll.begun] for roll in again] == [[WEB, KIOSK], [NEXT]]
    assert written(again) == written(fold_roll_calls(reversed(FACTS)))
    assert (read.edition, read.device) == (Revision(2, 7), "reception")


def test_a_tick_more_is_nineteen_bytes_more() -> None:
    fewer = [fact for fact in FACTS if fact.visit != VISITS[0]]
    assert len(written(fold_roll_calls(FACTS))) - len(written(fold_roll_calls(fewer))) == 19
    assert len(written(fold_roll_calls(FACTS))) < 1500


@pytest.mark.parametrize(
    ("what", "other"),
    [(b"2026-11-24T10:00:00.250Z", b"yesterday"), (WEB.encode(), b"central/1"), (b'"seen"', b'"who"')],
)
def test_a_time_that_is_none_and_other_fields_are_refused(what: bytes, other: bytes) -> None:
    with pytest.raises(BadMessage):
        RollsTold.from_bytes(written(fold_roll_calls(FACTS)).replace(what, other)).read()
