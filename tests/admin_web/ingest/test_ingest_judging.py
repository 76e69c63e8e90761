"""What epochs cite: restarts, storage put back, two branches; and never a guess while the way back is unknown."""

from datetime import UTC, datetime
from typing import Any

import pytest

from admin_web.events.exceptions import ExceptionKind
from admin_web.events.positions import Position, place_epoch, positions_of, save_positions
from admin_web.ingest.branches import judge_growth, judge_new_epoch


def epoch(name: str, ordinal: int, upto: int, previous: str | None = None, cited: int | None = None) -> Position:
    return Position("robins", name, ordinal, upto, bytes(32), previous, cited, datetime(2026, 11, 23, tzinfo=UTC))


FIRST, SECOND, THIRD = epoch("a", 1, 80), epoch("b", 2, 50, "a", 80), epoch("c", 3, 9, "b", 50)


@pytest.mark.parametrize(
    ("new", "known", "kind"),
    [
        (epoch("a", 1, 1), [], None),
        (SECOND, [FIRST], None),
        (THIRD, [FIRST, SECOND], None),
        (epoch("b", 2, 1, "a", 70), [FIRST], ExceptionKind.STORAGE_WENT_BACK),
        (epoch("x", 3, 1, "a", 80), [FIRST, SECOND], ExceptionKind.STORAGE_WENT_BACK),
        (epoch("x", 3, 1), [FIRST], ExceptionKind.STORAGE_WENT_BACK),
        (epoch("d", 4, 1, "zz", 5), [FIRST, SECOND], None),
        (epoch("b", 2, 1, "a", 90), [FIRST], None),
        # b comes late, as c cites it: central was put back and is being refilled
        (SECOND, [FIRST, THIRD], None),
        (epoch("z", 3, 1), [epoch("c", 4, 9, "z", 50)], None),
        # x forked off a; b was the end of its branch, and now goes on
        (epoch("c", 4, 1, "b", 50), [FIRST, SECOND, epoch("x", 3, 5, "a", 70)], ExceptionKind.CLONED),
        # x's own past is unknown: it may lead anywhere
        (epoch("c", 4, 1, "b", 50), [FIRST, SECOND, epoch("x", 3, 5, "w", 70)], None),
    ],
)
def test_a_new_epoch_is_judged_by_what_it_cites(new: Position, known: list[Position], kind: object) -> None:
    assert judge_new_epoch(new, known) == kind


@pytest.mark.parametrize(
    ("first", "known", "kind"),
    [
        (81, [FIRST, epoch("b", 2, 50, "a", 120)], None),
        (81, [FIRST, SECOND], ExceptionKind.CLONED),
        (81, [FIRST, SECOND, THIRD], ExceptionKind.CLONED),
        (81, [FIRST, epoch("c", 3, 9, "b", 50)], None),
        (81, [FIRST, epoch("x", 2, 9)], ExceptionKind.CLONED),
    ],
)
def test_an_epoch_that_grows_behind_later_ones_is_a_refill_or_a_clone(
    first: int, known: list[Position], kind: object
) -> None:
    assert judge_growth(epoch("a", 1, 100), first, known) == kind


def test_an_epoch_that_comes_late_takes_its_place_before_the_one_that_cites_it(school: Any) -> None:
    with school.database.write() as session:
        save_positions(session, [epoch("a", 1, 80), epoch("d", 2, 9, "c", 50)])
        for name, previous in (("c", "b"), ("b", "a")):
            late = epoch(name, place_epoch(session, "robins", name), 50, previous, 50)
            save_positions(session, [late])
        newest = epoch("e", place_epoch(session, "robins", "e"), 1, "d", 9)
        save_positions(session, [newest])
    with school.database.read() as session:
        held = positions_of(session, "robins")
    assert [(position.epoch, position.ordinal) for position in held] == list(zip("abcde", range(1, 6), strict=True))
