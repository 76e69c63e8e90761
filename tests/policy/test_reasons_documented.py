"""docs/reasons.md, the code and the lamps say the same of every reason; clauses are those of the policy."""

import re
from pathlib import Path
from typing import cast

import pytest

from hardware.board import Board
from hardware.lamps import TABLE, Signal
from kiosk.cabinet.effects import Effects
from policy.clauses import BY_PERMISSION, CLAUSES, STORED_IN, clause_of
from policy.decision import Decision, Outcome, Reason
from policy.gesture import Intent
from policy.rules import PointKind

DOCUMENT = Path(__file__).parents[2] / "docs" / "reasons.md"
REFUSALS = set(list(Reason)[list(Reason).index(Reason.BADGE_RANDOM) :])
PLACE = "7, 9 or 10"
PERMITTED = "15, 20 or 4"


class Lamps:
    """Records what was shown."""

    def __init__(self) -> None:
        self.shown: list[Signal] = []

    def show(self, signal: Signal) -> None:
        self.shown.append(signal)


class LampsOnly:
    """A board with nothing but lamps."""

    def __init__(self) -> None:
        self.lamps = Lamps()
        self.doors: dict[int, object] = {}


def rows() -> dict[str, tuple[str, str, str, str]]:
    lines = re.findall(r"^\| `(\w+)` \|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|$", DOCUMENT.read_text(), re.MULTILINE)
    return {
        code: (words.strip(), clause.strip(), lamp.strip(), when.strip()) for code, words, clause, lamp, when in lines
    }


def lamp_of(decision: Decision) -> str:
    board = LampsOnly()
    Effects(cast(Board, board), {}, lambda done: None, 0).answer(decision)
    show = TABLE[board.lamps.shown[-1]]
    return f"{show.lamp.value} {show.rhythm.value}"


def test_every_reason_stands_in_the_document_once_and_nothing_else_does() -> None:
    assert list(rows()) == [reason.value for reason in Reason]
    assert DOCUMENT.read_text().count("\n| `") == len(Reason)


@pytest.mark.parametrize("reason", list(Reason))
def test_the_clause_of_a_reason_is_the_documented_one(reason: Reason) -> None:
    documented = rows()[reason.value][1]
    kinds = (
        (PointKind.BANK,) if reason is Reason.HOLD_ONE_BADGE else (PointKind.ONE_DOOR, PointKind.BANK, PointKind.BOX)
    )
    cited = [clause_of(reason, kind) for kind in kinds]
    assert set(cited) <= set(CLAUSES)
    if reason is Reason.PERMISSION:
        assert [clause_of(reason, kinds[0], permission) for permission in BY_PERMISSION] == ["15", "20", "4"]
        assert documented == PERMITTED
    else:
        assert documented == (PLACE if cited == list(STORED_IN.values()) else cited[0])


@pytest.mark.parametrize("reason", list(Reason))
def test_the_lamp_of_a_reason_is_the_documented_one(reason: Reason) -> None:
    intents = {Reason.PUT_IN: Intent.PUT_IN, Reason.NO_PHONE: Intent.NO_PHONE}
    outcome = Outcome.REFUSED if reason in REFUSALS else Outcome.GRANTED
    decision = Decision(outcome, reason, clause_of(reason, PointKind.BANK), intent=intents.get(reason, Intent.TAKE_OUT))
    assert lamp_of(decision) == rows()[reason.value][2]


def test_there_are_26_clauses_with_words_and_a_title() -> None:
    assert list(CLAUSES) == [str(number) for number in range(1, 27)]
    assert all(clause.id == id and clause.title and clause.words for id, clause in CLAUSES.items())
