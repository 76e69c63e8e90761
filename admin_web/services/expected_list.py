"""A list of expected visitors from a CSV file: every row is read before anybody is expected.

What is wrong is said with the line, the column and what to write there.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from admin_web.errors import Conflict, Forbidden, Invalid, Refused
from admin_web.queries.visit_words import REASONS
from admin_web.services.expected import (
    MOST,
    SAME_NAME,
    SAME_NAME_ADVICE,
    ExpectedDraft,
    require_time,
    require_typable,
)
from admin_web.services.reception import VISITOR_NAME, optional_line
from policy.names import fold_name

COLUMNS = ("name", "date", "from", "until", "host", "organisation", "reason", "images")
REQUIRED = COLUMNS[:4]
_SEPARATORS = ",;\t"
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would calculate; no name begins so."""
_YES_NO = {"": False, "no": False, "n": False, "yes": True, "y": True}
_SEPARATOR_SAID = re.compile(r"\"?sep=([,;\t])\"?", re.IGNORECASE)
"""What Excel writes, and hides, above the first line."""
_BRITISH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?: 00:00(?::00)?)?", re.ASCII)
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?::00)?", re.ASCII)

ReadTimes = Callable[[str, str, str], tuple[datetime, datetime]]
"""Turns a date as YYYY-MM-DD and two times as HH:MM into two instants; raises Invalid."""
IsExpected = Callable[[str, datetime, datetime], bool]
"""Whether somebody of a name is expected at a time already."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a list is read against: who may be a host (id -> name), the school's time, who is expected already."""

    people: Mapping[str, str]
    read_times: ReadTimes
    is_expected: IsExpected
    now: datetime
    may_allow_images: bool = False
    """Whether whoever brings it is the headteacher (clause 3)."""


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of the file: a draft, or what is wrong with it."""

    number: int
    name: str
    draft: ExpectedDraft | None
    problem: str | None
    column: str | None = None
    """Where the problem is; None: in the whole line."""

    @property
    def where(self) -> str:
        """Say where to look in the file: `Line 3, column “date”`."""
        return f"Line {self.number}" if self.column is None else f"Line {self.number}, column “{self.column}”"


def read_list(text: str, reading: Reading) -> list[ListLine]:
    """Read a file. Raises Invalid for what is no such list."""
    rows = _rows(text)
    head = [cell.strip().casefold() for cell in rows[0][1]]
    missing = [name for name in REQUIRED if name not in head]
    if missing:
        raise Invalid(
            f"The first line does not name the column “{missing[0]}”.",
            what_to_do=f"Begin the file with: {', '.join(COLUMNS)}.",
            field="file",
        )
    unknown = [name for name in head if name and name not in COLUMNS]
    if unknown:
        near = get_close_matches(unknown[0], COLUMNS, 1)
        raise Invalid(
            f"The column “{unknown[0][:40]}” is not known.",
            what_to_do=f"Did you mean “{near[0]}”?" if near else f"Use only: {', '.join(COLUMNS)}.",
            field="file",
        )
    twice = [name for name, times in Counter(head).items() if name and times > 1]
    if twice:
        raise Invalid(f"The first line names “{twice[0]}” twice.", what_to_do="Leave one of them out.", field="file")
    body = rows[1:]
    if not body:
        raise Invalid("The list is empty.", what_to_do="Write a visitor in each line below the first.", field="file")
    if len(body) > MOST:
        raise Invalid(f"The list has {len(body)} visitors.", what_to_do=f"Bring in {MOST} at a time.", field="file")
    lines: list[ListLine] = []
    for number, cells in body:
        lines.append(_line(number, head, cells, reading, lines))
    return lines


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Read the cells with the number of the line in which each row begins. Raises Invalid."""
    plain = text.removeprefix("\ufeff")
    first, _, rest = plain.partition("\n")
    said = _SEPARATOR_SAID.fullmatch(first.strip("\r "))
    before = 0
    if said is not None:
        plain, before = rest, 1
    separator = max(_SEPARATORS, key=first.count) if said is None else said[1]
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((before + begins, cells))
            begins = reader.line_num + 1
    except csv.Error:
        raise Invalid(
            f"Line {before + begins} cannot be read: a quotation mark is not closed, or stands alone inside a cell.",
            what_to_do="Close it, write it twice, or leave it out.",
            field="file",
        ) from None
    if not rows:
        raise Invalid("The file is empty.", what_to_do=f"Begin it with: {', '.join(COLUMNS)}.", field="file")
    return rows


def _line(
    number: int, head: Sequence[str], cells: Sequence[str], reading: Reading, before: Sequence[ListLine]
) -> ListLine:
    found = dict(zip(head, cells, strict=False))
    said = {name: found.get(name, "").strip() for name in COLUMNS}
    try:
        _require_no_more(head, cells)
        _require_no_formula(said)
        name = require_typable(said["name"])
        starts, ends = reading.read_times(
            _date(said["date"]), _time(said["from"], "from"), _time(said["until"], "until")
        )
        require_time(starts, ends, reading.now)
        draft = ExpectedDraft(
            name=name,
            starts=starts,
            ends=ends,
            organisation=optional_line(said["organisation"], "organisation", "The organisation") or "",
            host=_host(said["host"], reading.people),
            kind=_reason(said["reason"]),
            image_permission=_images(said["images"], reading),
        )
        _require_other_name(draft, reading, before)
    except Refused as refused:
        column = refused.field if refused.field in COLUMNS else None
        problem = f"{refused.error} {refused.what_to_do}"
        return ListLine(number, said["name"][:VISITOR_NAME], None, problem, column)
    return ListLine(number, name, draft, None)


def _require_no_more(head: Sequence[str], cells: Sequence[str]) -> None:
    if any(cell.strip() for cell in cells[len(head) :]):
        raise Invalid(
            "There are more cells than the first line has columns.",
            what_to_do='If a name has a comma in it, put it in quotation marks, like "Bell, Anna".',
            field="file",
        )


def _require_no_formula(said: Mapping[str, str]) -> None:
    for column, cell in said.items():
        if cell.startswith(_FORMULA):
            raise Invalid(
                f"“{cell[:20]}” begins like a formula, with “{cell[0]}”.",
                what_to_do="Write the words alone, or leave the cell empty.",
                field=column,
            )


def _require_other_name(draft: ExpectedDraft, reading: Reading, before: Sequence[ListLine]) -> None:
    """Check that the screen can tell this visitor from every other one. Raises Conflict."""
    for line in before:
        other = line.draft
        if other is None or other.starts >= draft.ends or other.ends <= draft.starts:
            continue
        if fold_name(other.name) == fold_name(draft.name):
            raise Conflict(
                f"Line {line.number} has the same name at that time.", what_to_do=SAME_NAME_ADVICE, field="name"
            )
    if reading.is_expected(draft.name, draft.starts, draft.ends):
        raise Conflict(SAME_NAME, what_to_do=SAME_NAME_ADVICE, field="name")


def _date(text: str) -> str:
    """Take a date as a British spreadsheet writes it, too: 24/11/2026. Raises Invalid."""
    found = _BRITISH.fullmatch(text)
    try:
        day = date.fromisoformat(text) if found is None else date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        what = f"“{text[:20]}” is not a date." if text else "The day is missing."
        raise Invalid(what, what_to_do="Write it like 24/11/2026.", field="date") from None
    return day.isoformat()


def _time(text: str, column: str) -> str:
    """Take a time as a spreadsheet writes it, too: 9:00, 09:00:00. Raises Invalid."""
    found = _TIME.fullmatch(text)
    if found is None or int(found[1]) > 24 or int(found[2]) > 59 or (int(found[1]) == 24 and int(found[2])):
        what = f"“{text[:20]}” is not a time of the day." if text else "The time is missing."
        raise Invalid(what, what_to_do="Write it like 09:30 or 14:15.", field=column)
    return f"{int(found[1]):02d}:{found[2]}"


def _images(text: str, reading: Reading) -> bool:
    allowed = _YES_NO.get(text.casefold())
    if allowed is None:
        raise Invalid(
            f"“{text[:20]}” is neither yes nor no.", what_to_do="Write yes or no, or nothing.", field="images"
        )
    if allowed and not reading.may_allow_images:
        raise Forbidden(
            "Only the headteacher agrees to photos, video or sound.",
            what_to_do="Write no, and ask the headteacher to agree on the page Expected visitors.",
            field="images",
        )
    return allowed


def _host(text: str, people: Mapping[str, str]) -> str | None:
    if not text:
        return None
    if text in people:
        return text
    named = [id for id, name in people.items() if fold_name(name) == fold_name(text)]
    if len(named) == 1:
        return named[0]
    if named:
        raise Invalid(
            f"“{text[:60]}” is the name of more than one member of staff.",
            what_to_do="Leave the cell empty, or enter this visitor on the page Expected visitors.",
            field="host",
        )
    near = get_close_matches(text, people.values(), 1)
    advice = f"Did you mean {near[0]}?" if near else "Write first name and surname as on Expected visitors, or nothing."
    raise Invalid(f"“{text[:60]}” is not a member of staff.", what_to_do=advice, field="host")


def _reason(text: str) -> str | None:
    if not text:
        return None
    for code, words in REASONS.items():
        if text.casefold() in (code, words.casefold()):
            return code
    raise Invalid(
        f"“{text[:40]}” is not a reason.", what_to_do=f"Write one of: {', '.join(REASONS)}; or nothing.", field="reason"
    )


def drafts_of(lines: Sequence[ListLine]) -> tuple[ExpectedDraft, ...]:
    """Take the drafts of a list without problems. Raises Invalid naming the first line that has one."""
    for line in lines:
        if line.problem is not None:
            raise Invalid(
                f"{line.where}: {line.problem}",
                what_to_do="Nothing has been brought in yet. Correct the file and choose it again.",
                field="file",
            )
    return tuple(line.draft for line in lines if line.draft is not None)
