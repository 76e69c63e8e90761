"""What a calendar file says, row by row with its line, and the checks that every kind of file needs."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from admin_web.errors import Invalid
from policy.school_calendar import Dates
from policy.timetable import NAME_LENGTH

LARGEST = 512 * 1024
"""Bytes of a file; a school's calendar has some tens of kilobytes."""
MOST_ROWS = 400
YEARS = (2000, 2100)
_AS_UTF_8 = "Save the file as UTF-8 (in Excel: “CSV UTF-8”) and choose it again."
_NO_TEXT = (b"PK\x03\x04", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0")
"""How spreadsheets, documents and pictures begin."""
NOTHING_DONE = "Nothing has been brought in."
_FORMULA = ("=", "+", "-", "@")


class RowKind(StrEnum):
    """What a row is; `other` is left out unless somebody says what it is."""

    TERM = "term"
    HALF_TERM = "half_term"
    INSET = "inset"
    BANK_HOLIDAY = "bank_holiday"
    CLOSURE = "closure"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One entry of a file."""

    line: int
    """Where it begins in the file, from 1."""
    name: str
    kind: RowKind
    dates: Dates


_SIGNS = (
    (RowKind.HALF_TERM, r"half[\s-]*term"),
    (RowKind.INSET, r"inset|training day|staff (training|development)|non[\s-]?pupil day"),
    (
        RowKind.BANK_HOLIDAY,
        r"bank holiday|good friday|easter monday|may day|christmas day|boxing day|new year[’']?s day",
    ),
    (RowKind.CLOSURE, r"school (is )?closed|closure|holiday|occasional day|polling"),
)


def guess_kind(name: str, dates: Dates) -> RowKind:
    """Guess from a name what a row is; a term is a long one."""
    said = name.casefold()
    kind = next((kind for kind, sign in _SIGNS if re.search(sign, said)), None)
    if kind is not None:
        return kind
    return RowKind.TERM if re.search(r"\bterm\b", said) and len(dates) > 20 else RowKind.OTHER


def decode(content: bytes) -> str:
    """Read a file's bytes as text. Raises Invalid naming the line where they are not UTF-8."""
    if len(content) > LARGEST:
        raise too_large()
    if not content.strip():
        raise refuse(None, "The file is empty.", "Choose the file once more.")
    _require_text(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise refuse(line, "this is not written in UTF-8.", _AS_UTF_8) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    place = text.find("\x00")
    if place >= 0:
        raise refuse(text.count("\n", 0, place) + 1, "there is a character that no text has.", _AS_UTF_8)
    return text


def _require_text(content: bytes) -> None:
    """Refuse a file that is no text, or another kind of text, in words that say what it is."""
    if content.startswith(_NO_TEXT):
        raise refuse(None, "This is a document or a picture, not a calendar.", "Choose an .ics or CSV file.")
    head = content[:200]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(head) > 3 and head.count(0) * 3 > len(head)):
        raise refuse(None, "This file is written in UTF-16, and is to be in UTF-8.", _AS_UTF_8)


def require_row_name(name: str, line: int) -> str:
    """Tidy a name. Raises Invalid for an empty or long one, and for one that a spreadsheet would calculate."""
    tidy = " ".join(name.split())
    if not tidy:
        raise refuse(line, "there is no name.", "Write what the days are, for example INSET day.")
    if name.startswith(_FORMULA) or tidy.startswith(_FORMULA):
        raise refuse(line, f"the name begins with “{tidy[0]}”, as a formula does.", "Write it in words.")
    if len(tidy) > NAME_LENGTH:
        raise refuse(line, f"the name is longer than {NAME_LENGTH} letters.", "Shorten it.")
    return tidy


def require_dates(first: date, last: date, line: int) -> Dates:
    """Check the days of a row. Raises Invalid."""
    if last < first:
        raise refuse(line, f"{last} comes before {first}.", "Give the first day, then the last one.")
    if not (YEARS[0] <= first.year and last.year <= YEARS[1]):
        raise refuse(line, "the date is too far away.", f"Use years from {YEARS[0]} to {YEARS[1]}.")
    if (last - first).days > 366:
        raise refuse(line, "it lasts longer than a year.", "Give the day on which it ends.")
    return Dates(first, last)


def too_large() -> Invalid:
    """Make the refusal of a file that is larger than any school's calendar."""
    return refuse(
        None, f"The file is larger than {LARGEST // 1024} kB.", "Choose a calendar of terms and closures alone."
    )


def refuse(line: int | None, what: str, what_to_do: str) -> Invalid:
    """Make the refusal of a file, which names the line."""
    error = what if line is None else f"Line {line}: {what}"
    return Invalid(error, what_to_do=f"{what_to_do} {NOTHING_DONE}", field="file")
