"""The list of a new academic year: everybody as they are, a list typed or pasted, and what it would change."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Point
from admin_web.queries.people import PersonKept, PlaceKept, read_people
from admin_web.services.links import PointChoice
from admin_web.services.new_year import YearChange
from admin_web.services.texts import folded, named
from policy.problem import Problem
from policy.rules import PointKind
from policy.staff_groups import GROUPS

COLUMNS = ("name", "leaves", "group", "places")
YES = ("yes", "y", "x", "1", "leaves")
NO = ("", "no", "n", "0", "stays")
MOST_LINES = 1000
_LOCKER = re.compile(r"(?P<place>.+?)\s*,\s*locker\s*(?P<number>\S*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class YearRow:
    """One person's line as typed."""

    handle: str
    name: str
    leaves: bool
    group: str
    places: str
    """Names of places, with `, locker 4` at a bank, apart by semicolons."""
    etag: int


@dataclass(frozen=True, slots=True)
class YearPreview:
    """What a list would change, in words, and the changes themselves."""

    rows: tuple[YearRow, ...]
    changes: tuple[YearChange, ...]
    leaving: tuple[str, ...]
    moving: tuple[str, ...]
    staying: int
    problems: tuple[Problem, ...]


def present_rows(session: Session) -> list[YearRow]:
    """Read everybody as they are now, by name."""
    return [_row(person) for person in read_people(session)]


def csv_of(rows: Sequence[YearRow]) -> str:
    """Write rows as CSV, to be changed in a spreadsheet and pasted back."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (row.name, "yes" if row.leaves else "", row.group, row.places)
        # A spreadsheet takes a cell that begins like this for a formula.
        writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells])
    return written.getvalue()


def rows_of_csv(session: Session, text: str) -> tuple[list[YearRow], tuple[Problem, ...]]:
    """Read a pasted list; whoever it does not name stays as they are. Every line that cannot be is a problem."""
    present = read_people(session)
    problems: list[Problem] = []
    rows: list[YearRow] = []
    first_line = text.splitlines()[0] if text.strip() else ""
    dialect: type[csv.Dialect] = csv.excel_tab if "\t" in first_line else csv.excel
    lines = csv.reader(io.StringIO(text), dialect)
    header = [cell.strip().lower() for cell in next(lines, [])]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        what = ", ".join(missing)
        return [], (Problem("list", f"The first line does not name the columns {what}.", _COLUMNS_TO_DO),)
    for number, cells in enumerate(lines, start=2):
        if number > MOST_LINES:
            problems.append(Problem("list", f"The list has more than {MOST_LINES} lines.", "Bring in fewer at a time."))
            break
        if not any(cell.strip() for cell in cells):
            continue
        padded = [*cells, *[""] * len(header)]
        values = {column: padded[header.index(column)].strip().removeprefix("'") for column in COLUMNS}
        row = _read_line(number, values, present, problems)
        if row is not None and any(one.handle == row.handle for one in rows):
            problems.append(Problem("list", f"Line {number}: {row.name} stands twice.", "Name everybody once."))
        elif row is not None:
            rows.append(row)
    return rows, tuple(problems)


_COLUMNS_TO_DO = "Begin with the line name,leaves,group,places."


def preview(session: Session, rows: Sequence[YearRow]) -> YearPreview:
    """Work out what rows would change, and what is wrong with them."""
    kept = {person.handle: person for person in read_people(session)}
    names = {point.name: point for point in session.scalars(select(Point))}
    changes: list[YearChange] = []
    shown: list[YearRow] = []
    leaving: list[str] = []
    moving: list[str] = []
    problems: list[Problem] = []
    for row in rows:
        person = kept.get(row.handle)
        if person is None:
            problems.append(Problem("list", f"{row.name} is not on the list any more.", "Begin again."))
            continue
        points, wrong = _read_places(row.places, names)
        group = named(row.group, GROUPS)
        if group is None:
            wrong = (*wrong, f"“{row.group}” is not a staff group.{_meant(row.group, list(GROUPS))}")
        places = "; ".join(_place(one, names) for one in points)
        row = replace(row, group=group or row.group, places=row.places if wrong else places)
        if wrong and not row.leaves:
            problems += [Problem("list", f"{row.name}: {one}", "Nothing has been brought in yet.") for one in wrong]
            continue
        now = tuple(PointChoice(place.point, place.slot) for place in person.places)
        if row.leaves:
            leaving.append(person.name)
        elif (row.group, set(points)) != (person.group, set(now)):
            moving.append(_words(person, row))
        else:
            continue
        shown.append(row)
        changes.append(YearChange(person.id, row.etag, row.leaves, row.group, points))
    return YearPreview(
        tuple(shown), tuple(changes), tuple(leaving), tuple(moving), len(kept) - len(changes), tuple(problems)
    )


def _row(person: PersonKept) -> YearRow:
    places = "; ".join(place.text for place in person.places)
    return YearRow(person.handle, person.name, False, person.group, places, person.etag)


def _read_line(
    number: int, values: Mapping[str, str], present: Sequence[PersonKept], problems: list[Problem]
) -> YearRow | None:
    name, leaves = values["name"], folded(values["leaves"])
    exact = [person for person in present if person.name == name]
    found = exact or [person for person in present if folded(person.name) == folded(name)]
    said = f"Line {number}: "
    if len(found) != 1:
        several = f"several people are called “{name}”." if found else f"“{name}” is nobody here."
        meant = "" if found else _meant(name, [person.name for person in present])
        to_do = "Change them on their own pages." if found else "Nothing has been brought in yet."
        problems.append(Problem("list", f"{said}{several}{meant}", to_do))
        return None
    if leaves not in YES + NO:
        problems.append(Problem("list", f"{said}“{leaves}” says neither yes nor no.", "Write yes, or leave it empty."))
        return None
    person = found[0]
    group = named(values["group"], GROUPS) or values["group"] or person.group
    return YearRow(person.handle, person.name, leaves in YES, group, values["places"], person.etag)


def _read_places(text: str, names: Mapping[str, Point]) -> tuple[tuple[PointChoice, ...], tuple[str, ...]]:
    points: list[PointChoice] = []
    wrong: list[str] = []
    for part in (part.strip() for part in text.split(";")):
        if not part:
            continue
        locker = _LOCKER.fullmatch(part)
        name = part if locker is None else locker["place"]
        point = names.get(named(name, names) or name)
        if point is None:
            wrong.append(f"“{name}” is not a place.{_meant(name, list(names))}")
        elif point.kind == PointKind.BANK and (locker is None or not re.fullmatch("[0-9]{1,3}", locker["number"])):
            wrong.append(f"{point.name} is a locker bank: write “{point.name}, locker 1”.")
        elif point.kind != PointKind.BANK and locker is not None:
            wrong.append(f"{point.name} has one door and no lockers.")
        else:
            points.append(PointChoice(point.id, None if locker is None else int(locker["number"])))
    return tuple(points), tuple(wrong)


def _place(choice: PointChoice, names: Mapping[str, Point]) -> str:
    name = next(point.name for point in names.values() if point.id == choice.point)
    return PlaceKept(choice.point, name, choice.slot).text


def _meant(text: str, known: Sequence[str]) -> str:
    like = {folded(one): one for one in known}
    close = get_close_matches(folded(text), like, n=1, cutoff=0.6)
    return f" Did you mean {like[close[0]]}?" if close else ""


def _words(person: PersonKept, row: YearRow) -> str:
    before = "; ".join(place.text for place in person.places) or "no place"
    parts = []
    if row.group != person.group:
        parts.append(f"from {person.group} to {row.group}")
    if (row.places or "no place") != before:
        parts.append(f"from {before} to {row.places or 'no place'}")
    return f"{person.name}: {', '.join(parts)}"
