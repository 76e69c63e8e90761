"""Reads a CSV file with the columns name, kind, first and last, as docs/central.md shows it."""

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime

from admin_web.calendars.rows import (
    MOST_ROWS,
    CalendarRow,
    RowKind,
    decode,
    guess_kind,
    refuse,
    require_dates,
    require_row_name,
)

_COLUMNS: Mapping[str, str] = {
    "name": "name", "title": "name", "what": "name", "kind": "kind", "type": "kind",
    "first": "first", "from": "first", "start": "first", "date": "first", "first day": "first",
    "last": "last", "until": "last", "to": "last", "end": "last", "last day": "last",
}  # fmt: skip
_KINDS: Mapping[str, RowKind] = {
    "term": RowKind.TERM,
    "half term": RowKind.HALF_TERM,
    "half-term": RowKind.HALF_TERM,
    "half_term": RowKind.HALF_TERM,
    "inset": RowKind.INSET,
    "inset day": RowKind.INSET,
    "bank holiday": RowKind.BANK_HOLIDAY,
    "bank_holiday": RowKind.BANK_HOLIDAY,
    "closure": RowKind.CLOSURE,
    "closed": RowKind.CLOSURE,
    "holiday": RowKind.CLOSURE,
}
_DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y")


def read_csv(content: bytes) -> tuple[CalendarRow, ...]:
    """Read every row of a CSV file. Raises Invalid naming the first line that is not right."""
    text = decode(content)
    if text.lstrip().startswith("<"):
        raise refuse(None, "This is a web page, not a table.", "Save the table itself as CSV and choose that file.")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[CalendarRow] = []
    columns: dict[str, int] = {}
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _columns(cells, lines.line_num)
                continue
            if len(rows) == MOST_ROWS:
                raise refuse(lines.line_num, f"this is more than {MOST_ROWS} rows.", "Send fewer of them.")
            rows.append(_row(cells, columns, lines.line_num))
    except csv.Error:
        raise refuse(
            lines.line_num, "this is no row of a table; look at its quotation marks.", "Save it as CSV again."
        ) from None
    if not rows:
        raise refuse(None, "There is no row under the names of the columns.", "Write one row for each closure or term.")
    return tuple(rows)


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def _columns(cells: list[str], line: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = _COLUMNS.get(cell.strip().casefold())
        if column is not None:
            found.setdefault(column, place)
    missing = [column for column in ("name", "first") if column not in found]
    if missing:
        raise refuse(
            line,
            f"there is no column {' and no column '.join(missing)}.",
            "Let the first line be: name,kind,first,last.",
        )
    return found


def _row(cells: list[str], columns: Mapping[str, int], line: int) -> CalendarRow:
    def cell(column: str) -> str:
        place = columns.get(column)
        return "" if place is None or place >= len(cells) else cells[place]

    name = require_row_name(cell("name"), line)
    first = _day(cell("first"), line)
    last = _day(cell("last"), line) if cell("last").strip() else first
    dates = require_dates(first, last, line)
    said = cell("kind").strip().casefold()
    if said and said not in _KINDS:
        raise refuse(
            line,
            f"“{said[:30]}” is no kind of day.",
            "Use term, half term, inset, bank holiday or closure.",
        )
    return CalendarRow(line, name, _KINDS[said] if said else guess_kind(name, dates), dates)


def _day(text: str, line: int) -> date:
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    raise refuse(line, f"“{text.strip()[:30]}” is no date.", "Write it like 2027-01-04 or 04/01/2027.")
