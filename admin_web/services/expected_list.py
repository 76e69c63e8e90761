"""A list of expected visitors from a CSV file: every row is read before anybody is expected, errors name the line."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from admin_web.errors import Invalid, Refused
from admin_web.queries.visit_words import REASONS
from admin_web.services.expected import MOST, ExpectedDraft
from admin_web.services.reception import VISITOR_NAME
from admin_web.services.texts import require_line

COLUMNS = ("name", "date", "from", "until", "host", "organisation", "reason")
REQUIRED = COLUMNS[:4]
_SEPARATORS = ",;\t"

ReadTimes = Callable[[str, str, str], tuple[datetime, datetime]]
"""Turns a date, a from and an until into two instants; raises Invalid."""


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of the file: a draft, or what is wrong with it."""

    number: int
    name: str
    draft: ExpectedDraft | None
    problem: str | None


def read_list(text: str, people: Mapping[str, str], read_times: ReadTimes) -> list[ListLine]:
    """Read a file; `people` is id -> name of everybody who may be a host. Raises Invalid for what is no such list."""
    rows = _rows(text)
    head = [cell.strip().casefold() for cell in rows[0][1]]
    missing = [name for name in REQUIRED if name not in head]
    if missing:
        raise Invalid(
            f"The first line does not name the column {missing[0]!r}.",
            what_to_do=f"Begin the file with: {', '.join(COLUMNS)}.",
            field="file",
        )
    unknown = [name for name in head if name and name not in COLUMNS]
    if unknown:
        near = get_close_matches(unknown[0], COLUMNS, 1)
        raise Invalid(
            f"The column {unknown[0][:40]!r} is not known.",
            what_to_do=f"Did you mean {near[0]!r}?" if near else f"Use only: {', '.join(COLUMNS)}.",
            field="file",
        )
    body = rows[1:]
    if not body:
        raise Invalid("The list is empty.", what_to_do="Write a visitor in each line below the first.", field="file")
    if len(body) > MOST:
        raise Invalid(f"The list has {len(body)} visitors.", what_to_do=f"Bring in {MOST} at a time.", field="file")
    return [_line(number, dict(zip(head, cells, strict=False)), people, read_times) for number, cells in body]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    plain = text.removeprefix("\ufeff")
    first = plain.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        reader = csv.reader(io.StringIO(plain, newline=""), delimiter=separator, strict=True)
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as fault:
        raise Invalid(
            f"The file is no table of commas: {fault}.", what_to_do="Save it as CSV and try again.", field="file"
        ) from None
    if not rows:
        raise Invalid("The file is empty.", what_to_do=f"Begin it with: {', '.join(COLUMNS)}.", field="file")
    return rows


def _line(number: int, cells: Mapping[str, str], people: Mapping[str, str], read_times: ReadTimes) -> ListLine:
    said = {name: cells.get(name, "").strip() for name in COLUMNS}
    try:
        name = require_line(said["name"], "name", "The name", at_most=VISITOR_NAME)
        starts, ends = read_times(said["date"], said["from"], said["until"])
        if ends <= starts:
            raise Invalid("The visit ends before it begins.", what_to_do="Let it end later.", field="until")
        draft = ExpectedDraft(
            name, starts, ends, said["organisation"], _host(said["host"], people), _reason(said["reason"])
        )
    except Refused as refused:
        return ListLine(number, said["name"][:VISITOR_NAME], None, f"{refused.error} {refused.what_to_do}")
    return ListLine(number, name, draft, None)


def _host(text: str, people: Mapping[str, str]) -> str | None:
    if not text:
        return None
    if text in people:
        return text
    named = [id for id, name in people.items() if name.casefold() == " ".join(text.split()).casefold()]
    if len(named) == 1:
        return named[0]
    near = get_close_matches(text, people.values(), 1)
    raise Invalid(
        f"“{text[:60]}” is {'not a member of staff' if not named else 'the name of more than one'}.",
        what_to_do=f"Did you mean {near[0]}?" if near and not named else "Write the id of the person.",
        field="host",
    )


def _reason(text: str) -> str | None:
    if not text:
        return None
    for code, words in REASONS.items():
        if text.casefold() in (code, words.casefold()):
            return code
    raise Invalid("That is not a reason.", what_to_do=f"Write one of {', '.join(REASONS)}.", field="reason")


def drafts_of(lines: Sequence[ListLine]) -> tuple[ExpectedDraft, ...]:
    """Take the drafts of a list without problems. Raises Invalid naming the first line that has one."""
    for line in lines:
        if line.problem is not None:
            raise Invalid(
                f"Line {line.number}: {line.problem}",
                what_to_do="Nothing has been brought in yet. Correct the file and choose it again.",
                field="file",
            )
    return tuple(line.draft for line in lines if line.draft is not None)
