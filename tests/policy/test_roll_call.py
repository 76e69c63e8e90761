"""Roll-calls put together from what was said of them: in any order, heard twice, by screens that were apart."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from policy.roll_call import LASTS, RollCall, RollFact, Said, fold_roll_calls, newest_over, running

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
WEB, KIOSK, NEXT = "central/00000000000000aa/1", "reception/00000000000000bb/1", "reception/00000000000000bb/9"


def at(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


def begun(event: str, minutes: float, *, drill: bool = True, after: str | None = None) -> RollFact:
    return RollFact(event, Said.BEGUN, drill, at(minutes), roll=after)


def seen(visit: str, minutes: float, of: str | None, *, drill: bool = True) -> RollFact:
    return RollFact(f"{of}-{visit}-{minutes}", Said.SEEN, drill, at(minutes), visit=visit, roll=of)


def ended(minutes: float, of: str | None, *, drill: bool = True) -> RollFact:
    return RollFact(f"{of}-ended-{minutes}", Said.ENDED, drill, at(minutes), roll=of)


def told(rolls: Sequence[RollCall]) -> list[tuple[str, datetime | None, list[str]]]:
    return [(roll.id, roll.ended, sorted(roll.seen)) for roll in rolls]


def test_two_that_were_begun_apart_are_one_and_end_together() -> None:
    facts = [begun(WEB, 0), begun(KIOSK, 1), seen("a", 2, WEB), seen("b", 3, KIOSK), ended(5, KIOSK), seen("c", 7, WEB)]
    assert told(fold_roll_calls(facts)) == [(WEB, at(5), ["a", "b", "c"])]
    for ends in ([ended(4, WEB)], [ended(4, None)], [ended(9, WEB), ended(4, KIOSK)]):  # the earliest counts
        assert told(fold_roll_calls([*facts, *ends]))[0][1] == at(4)
    assert running(fold_roll_calls(facts[:4]), at(4)) is not None
    assert running(fold_roll_calls(facts), at(8)) is None


def test_one_that_is_begun_after_the_end_is_another_also_by_a_clock_that_is_behind() -> None:
    facts = [begun(WEB, 0), ended(5, WEB), begun(KIOSK, 6)]
    assert [roll.id for roll in fold_roll_calls(facts)] == [WEB, KIOSK]
    for minutes in (4.9, -1):  # whose clock is behind knows all the same that the one before is over
        rolls = fold_roll_calls([begun(WEB, 0), ended(5, WEB), begun(KIOSK, minutes, after=WEB)])
        assert [roll.id for roll in rolls] == [WEB, KIOSK]
        assert running(rolls, at(6)) is rolls[1]
    assert newest_over(fold_roll_calls(facts[:2]), True, at(6)) == WEB
    assert newest_over(fold_roll_calls(facts[:2]), False, at(6)) is None


def test_the_end_of_an_older_one_heard_late_does_not_end_the_next() -> None:
    rolls = fold_roll_calls([begun(WEB, 0), ended(5, WEB), begun(NEXT, 6, after=WEB), ended(30, WEB)])
    assert told(rolls) == [(WEB, at(5), []), (NEXT, None, [])]


def test_an_alarm_goes_before_a_drill_and_takes_none_of_its_ticks() -> None:
    facts = [begun(WEB, 0), seen("a", 1, WEB), begun(KIOSK, 2, drill=False)]
    assert running(fold_roll_calls(facts), at(3)).id == KIOSK  # type: ignore[union-attr]  # one is running
    facts.append(begun(NEXT, 4))
    alarm = running(fold_roll_calls(facts), at(5))
    assert alarm is not None
    assert (alarm.drill, alarm.seen) == (False, {})


def test_nobody_ends_one_and_it_is_over_after_two_hours_and_of_older_screens_the_times_count() -> None:
    assert running(fold_roll_calls([begun(WEB, 0)]), TEN + LASTS) is not None
    assert running(fold_roll_calls([begun(WEB, 0)]), TEN + LASTS + timedelta(seconds=1)) is None
    assert told(fold_roll_calls([begun(WEB, 0), seen("a", 1, None), ended(4, None), seen("b", 5, None)])) == [
        (WEB, at(4), ["a", "b"])
    ]


MINUTES = st.integers(0, 40)
OF = st.sampled_from([WEB, KIOSK, NEXT, None])
FACTS = st.lists(
    st.one_of(
        st.builds(begun, st.sampled_from([WEB, KIOSK, NEXT]), MINUTES, drill=st.booleans(), after=OF),
        st.builds(seen, st.sampled_from("abc"), MINUTES, OF, drill=st.booleans()),
        st.builds(ended, MINUTES, OF, drill=st.booleans()),
    ),
    max_size=10,
    unique_by=lambda fact: fact.event,
)


@seed(20261124)
@settings(max_examples=150, deadline=None)
@given(FACTS, st.randoms(use_true_random=False))
def test_whatever_the_order_and_however_often_the_same_facts_give_the_same(
    facts: list[RollFact], chance: Random
) -> None:
    shuffled = [*facts, *facts]
    chance.shuffle(shuffled)
    assert told(fold_roll_calls(shuffled)) == told(fold_roll_calls(facts))
    named = {fact.visit for fact in facts if fact.visit is not None}
    assert {visit for roll in fold_roll_calls(facts) for visit in roll.seen} == named
