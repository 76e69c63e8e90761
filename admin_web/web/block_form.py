"""The form of restricted times: equal rows of several weekdays are one block with its days ticked, and back again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from starlette.datastructures import FormData

from admin_web.errors import Refused
from admin_web.web.pages import FieldProblem
from admin_web.web.visitors import text_of, texts_of
from policy.rules import Span
from policy.timetable import BlockRow, format_minutes, parse_minutes

MOST_BLOCKS = 200
_PLACE = re.compile(r"blocks[.\[](\d+)")


@dataclass(frozen=True, slots=True)
class BlockTyped:
    """One block as typed: on weekdays, or on one date."""

    name: str = ""
    starts: str = ""
    until: str = ""
    dated: bool = False
    days: tuple[int, ...] = ()
    date: str = ""
    breaks: tuple[tuple[str, str], ...] = ()


def shown_blocks(rows: Sequence[BlockRow]) -> tuple[BlockTyped, ...]:
    """Gather rows that differ in nothing but the weekday into one block each, in the order of their times."""
    gathered: dict[tuple[str, Span, tuple[Span, ...], date | None], list[int]] = {}
    for row in rows:
        days = gathered.setdefault((row.name, row.span, row.breaks, row.date), [])
        if row.weekday is not None:
            days.append(row.weekday)
    blocks = [
        BlockTyped(
            name=name,
            starts=format_minutes(span.start),
            until=format_minutes(span.end),
            dated=day is not None,
            days=tuple(sorted(days)),
            date="" if day is None else day.isoformat(),
            breaks=tuple((format_minutes(hole.start), format_minutes(hole.end)) for hole in breaks),
        )
        for (name, span, breaks, day), days in gathered.items()
    ]
    return tuple(sorted(blocks, key=lambda block: (block.dated, block.date, block.days[:1], block.starts)))


def posted_blocks(form: FormData) -> tuple[BlockTyped, ...]:
    """Read the blocks of a posted form as they were typed."""
    blocks = []
    for number in range(MOST_BLOCKS):
        if f"b{number}-name" not in form:
            break
        at = f"b{number}"
        breaks = []
        for hole in range(MOST_BLOCKS):
            if f"{at}-break{hole}-from" not in form:
                break
            breaks.append((_word(form, f"{at}-break{hole}-from"), _word(form, f"{at}-break{hole}-until")))
        blocks.append(
            BlockTyped(
                name=text_of(form, f"{at}-name"),
                starts=_word(form, f"{at}-from"),
                until=_word(form, f"{at}-until"),
                dated=text_of(form, f"{at}-dated") == "yes",
                days=tuple(int(day) for day in texts_of(form, f"{at}-day") if day in "0123456" and day),
                date=_word(form, f"{at}-date"),
                breaks=tuple(breaks),
            )
        )
    return tuple(blocks)


def change_form(blocks: tuple[BlockTyped, ...], act: str) -> tuple[BlockTyped, ...] | None:
    """Carry out a button that only changes the form: one more block or break, or one less; None for any other."""
    word, _, number = act.partition("-")
    if act == "add":
        return (*blocks, BlockTyped(days=(0, 1, 2, 3, 4)))
    if act == "addate":
        return (*blocks, BlockTyped(dated=True))
    if not number.isdecimal() or int(number[:6]) >= len(blocks):  # int() refuses thousands of digits
        return None
    at = int(number)
    if word == "remove":
        return blocks[:at] + blocks[at + 1 :]
    if word == "break":
        return (*blocks[:at], replace(blocks[at], breaks=(*blocks[at].breaks, ("", ""))), *blocks[at + 1 :])
    return None


def read_rows(blocks: tuple[BlockTyped, ...]) -> tuple[tuple[BlockRow, ...], tuple[int, ...], tuple[FieldProblem, ...]]:
    """Parse the blocks into rows, with the number of the block each row came from, and what cannot be read."""
    rows: list[BlockRow] = []
    origins: list[int] = []
    problems: list[FieldProblem] = []
    for number, block in enumerate(blocks):
        try:
            made = _rows_of(block, f"b{number}")
        except _Unreadable as unreadable:
            problems.append(unreadable.problem)
            continue
        rows += made
        origins += [number] * len(made)
    return tuple(rows), tuple(origins), tuple(problems)


def in_form(refused: Refused, origins: tuple[int, ...]) -> FieldProblem:
    """Bring the field of a refusal, `blocks.3.name`, into the names the form has."""
    found = _PLACE.match(refused.field or "")
    row = int(found[1]) if found is not None else -1
    field = f"b{origins[row]}-name" if 0 <= row < len(origins) else None
    return FieldProblem(field, refused.error, refused.what_to_do)


class _Unreadable(Exception):
    """A block that cannot be read, with the problem to show."""

    def __init__(self, field: str, error: str, what_to_do: str) -> None:
        super().__init__(error)
        self.problem = FieldProblem(field, error, what_to_do)


def _rows_of(block: BlockTyped, at: str) -> list[BlockRow]:
    name = block.name.strip()
    if not name:
        raise _Unreadable(f"{at}-name", "The block has no name.", "Write one, for example Lessons.")
    span = _span(block.starts, block.until, at)
    breaks = tuple(
        _span(starts, until, f"{at}-break{number}")
        for number, (starts, until) in enumerate(block.breaks)
        if starts or until
    )
    if block.dated:
        try:
            day = date.fromisoformat(block.date)
        except ValueError:
            raise _Unreadable(f"{at}-date", f"{name} has no date.", "Choose the day it is for.") from None
        return [BlockRow(None, day, span, name, breaks)]
    if not block.days:
        raise _Unreadable(f"{at}-name", f"{name} is on no day.", "Tick at least one day, or remove the block.")
    return [BlockRow(day, None, span, name, breaks) for day in block.days]


def _span(starts: str, until: str, at: str) -> Span:
    try:
        return Span(parse_minutes(starts), parse_minutes(until))
    except ValueError:
        raise _Unreadable(
            f"{at}-from",
            f"{starts or 'Nothing'} to {until or 'nothing'} is no span of time.",
            "Write both like 08:50 and 12:00, the earlier one first.",
        ) from None


def _word(form: FormData, name: str) -> str:
    return text_of(form, name).strip()
