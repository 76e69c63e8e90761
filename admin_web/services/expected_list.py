"""A list of expected visitors from a CSV file: every row is read before anybody is expected, errors name the line."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from admin_web.errors import Conflict, Forbidden, Invalid, Refused
from admin_web.queries.visit_words import REASONS
from admin_web.services.expected import MOST, SAME_NAME, SAME_NAME_ADVICE, ExpectedDraft
from admin_web.services.reception import VISITOR_NAME
from admin_web.services.texts import require_line
from policy.names import fold_name

COLUMNS = ("name", "date", "from", "until", "host", "organisation", "reason", "images")
REQUIRED = COLUMNS[:4]
_SEPARATORS = ",;\t"
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would calculate; no name begins so."""
_YES_NO = {"": False, "no": False, "n": False, "yes": True, "y": True}
_BRITISH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)
_SHORT_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?", re.ASCII)

ReadTimes = Callable[[str, str, str], tuple[datetime, datetime]]
"""Turns a date, a from and an until into two instants; raises Invalid."""
IsExpected = Callable[[str, datetime, datetime], bool]
"""Whether somebody of a name is expected at a time already."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a list is read against: who may be a host (id -> name), the school's time, who is expected already."""

    people: Mapping[str, str]
    read_times: ReadTimes
    is_expected: IsExpected
    may_allow_images: bool = False
    """Whether whoever brings it is the headteacher (clause 3)."""


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of the file: a draft, or what is wrong with it."""

    number: int
    name: str
    draft: ExpectedDraft | None
    problem: str | None


def read_list(text: str, reading: Reading) -> list[ListLine]:
    """Read a file. Raises Invalid for what is no such list."""
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
    lines: list[ListLine] = []
    for number, cells in body:
        lines.append(_line(number, dict(zip(head, cells, strict=False)), reading, lines))
    return lines


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


def _line(number: int, cells: Mapping[str, str], reading: Reading, before: Sequence[ListLine]) -> ListLine:
    said = {name: cells.get(name, "").strip() for name in COLUMNS}
    try:
        _require_no_formula(said)
        name = require_line(said["name"], "name", "The name", at_most=VISITOR_NAME)
        starts, ends = reading.read_times(_date(said["date"]), _time(said["from"]), _time(said["until"]))
        if ends <= starts:
            raise Invalid("The visit ends before it begins.", what_to_do="Let it end later.", field="until")
        draft = ExpectedDraft(
            name=name,
            starts=starts,
            ends=ends,
            organisation=said["organisation"],
            host=_host(said["host"], reading.people),
            kind=_reason(said["reason"]),
            image_permission=_images(said["images"], reading),
        )
        _require_other_name(draft, reading, before)
    except Refused as refused:
        return ListLine(number, said["name"][:VISITOR_NAME], None, f"{refused.error} {refused.what_to_do}")
    return ListLine(number, name, draft, None)


def _require_no_formula(said: Mapping[str, str]) -> None:
    for cell in said.values():
        if cell.startswith(_FORMULA):
            raise Invalid(f"“{cell[:20]}” is a formula.", what_to_do="Write the words themselves.", field="file")


def _require_other_name(draft: ExpectedDraft, reading: Reading, before: Sequence[ListLine]) -> None:
    """Check that the screen can tell this visitor from every other one. Raises Conflict."""
    for line in before:
        other = line.draft
        if other is None or other.starts >= draft.ends or other.ends <= draft.starts:
            continue
        if fold_name(other.name) == fold_name(draft.name):
            raise Conflict(f"Line {line.number} has the same name at that time.", what_to_do=SAME_NAME_ADVICE)
    if reading.is_expected(draft.name, draft.starts, draft.ends):
        raise Conflict(SAME_NAME, what_to_do=SAME_NAME_ADVICE)


def _date(text: str) -> str:
    """Take a date as a British spreadsheet writes it, too: 24/11/2026."""
    found = _BRITISH.fullmatch(text)
    return text if found is None else f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"


def _time(text: str) -> str:
    """Take a time as a spreadsheet writes it, too: 9:00, 09:00:00."""
    found = _SHORT_TIME.fullmatch(text)
    return text if found is None else f"{int(found[1]):02d}:{found[2]}"


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
