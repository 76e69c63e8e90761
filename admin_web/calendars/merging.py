"""Brings the rows of a calendar file into a timetable: terms, half terms and closures."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from admin_web.calendars.rows import CalendarRow, RowKind, refuse
from admin_web.services.texts import folded, named
from policy.school_calendar import Closure, ClosureKind, Dates, SchoolYear, Term, words_of
from policy.school_timetable import SchoolTimetable

_CLOSURES = {
    RowKind.INSET: ClosureKind.INSET,
    RowKind.BANK_HOLIDAY: ClosureKind.BANK_HOLIDAY,
    RowKind.CLOSURE: ClosureKind.CLOSURE,
}


def merge_rows(timetable: SchoolTimetable, rows: Sequence[CalendarRow], *, replaces: bool) -> SchoolTimetable:
    """Give the timetable with the rows in it; what is there already stays once.

    With `replaces` the closures that lie within the days of the file go first. Raises Invalid naming the line of a half
    term that lies in no term.
    """
    closures = _closures(timetable.closures, rows, replaces)
    years = _with_terms(timetable.years, [row for row in rows if row.kind is RowKind.TERM])
    for row in rows:
        if row.kind is RowKind.HALF_TERM:
            years = _with_half_term(years, row)
    return replace(timetable, years=years, closures=closures)


def year_name(dates: Dates) -> str:
    """Name the school year that days belong to: `2026/27`, from August on."""
    begins = dates.first.year if dates.first.month >= 8 else dates.first.year - 1
    return f"{begins}/{(begins + 1) % 100:02d}"


def _closures(there: tuple[Closure, ...], rows: Sequence[CalendarRow], replaces: bool) -> tuple[Closure, ...]:
    new = [Closure(row.name, _CLOSURES[row.kind], row.dates) for row in rows if row.kind in _CLOSURES]
    kept = list(there)
    if replaces and rows:
        first, last = min(row.dates.first for row in rows), max(row.dates.last for row in rows)
        kept = [
            one
            for one in there
            if not (first <= one.dates.first and one.dates.last <= last) or any(_same(one, other) for other in new)
        ]
    for one in new:
        if not any(_same(one, other) for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: (one.dates, one.name)))


def _same(one: Closure, other: Closure) -> bool:
    return (folded(one.name), one.kind, one.dates) == (folded(other.name), other.kind, other.dates)


def _with_terms(years: tuple[SchoolYear, ...], rows: Iterable[CalendarRow]) -> tuple[SchoolYear, ...]:
    terms = {year.name: {term.name: term for term in year.terms} for year in years}
    for row in rows:
        of_year = terms.setdefault(year_name(row.dates), {})
        before = of_year.pop(named(row.name, of_year) or row.name, None)
        half = None if before is None else before.half_term
        still = half if half is not None and row.dates.first <= half.first and half.last <= row.dates.last else None
        name = row.name if before is None else before.name
        of_year[name] = Term(name, row.dates, still)
    return tuple(
        SchoolYear(name, tuple(sorted(of_year.values(), key=lambda term: term.dates)))
        for name, of_year in sorted(terms.items())
    )


def _with_half_term(years: tuple[SchoolYear, ...], row: CalendarRow) -> tuple[SchoolYear, ...]:
    found = False
    changed = []
    for year in years:
        terms = []
        for term in year.terms:
            if term.dates.first <= row.dates.first and row.dates.last <= term.dates.last:
                found = True
                term = replace(term, half_term=row.dates)
            terms.append(term)
        changed.append(replace(year, terms=tuple(terms)))
    if not found:
        raise refuse(
            row.line,
            f"the half term {words_of(row.dates)} lies in no term.",
            "Enter the term first, or bring it in with the same file.",
        )
    return tuple(changed)
