"""The form of the school year: terms with their half terms, and closures, as rows that are saved together."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.datastructures import FormData

from admin_web.errors import Invalid, Refused
from admin_web.services.bodies import read_date
from admin_web.services.timetable_body import read_dates
from admin_web.web.pages import FieldProblem
from admin_web.web.visitors import text_of
from policy.school_calendar import Closure, ClosureKind, Dates, SchoolYear, Term
from policy.school_timetable import SchoolTimetable

MOST_ROWS = 420
_PLACE = re.compile(r"(?:years\[(\d+)\](?:\.terms\[(\d+)\])?|closures\[(\d+)\])(?:\.(.+))?")
_TERM_FIELDS = {"name": "name", "first": "first", "last": "last", "half_term.first": "half-first"}


@dataclass(frozen=True, slots=True)
class TermTyped:
    """One term as typed."""

    year: str = ""
    name: str = ""
    first: str = ""
    last: str = ""
    half_first: str = ""
    half_last: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row at all."""
        return not (self.name or self.first or self.last or self.half_first or self.half_last)


@dataclass(frozen=True, slots=True)
class ClosureTyped:
    """One closure as typed."""

    name: str = ""
    kind: str = ClosureKind.INSET.value
    first: str = ""
    last: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row at all."""
        return not (self.name or self.first or self.last)


@dataclass(frozen=True, slots=True)
class YearForm:
    """The whole form."""

    terms: tuple[TermTyped, ...] = ()
    closures: tuple[ClosureTyped, ...] = ()


def shown_year(timetable: SchoolTimetable) -> YearForm:
    """Fill the form with what is there."""
    terms = tuple(
        TermTyped(
            year=year.name,
            name=term.name,
            first=term.dates.first.isoformat(),
            last=term.dates.last.isoformat(),
            half_first="" if term.half_term is None else term.half_term.first.isoformat(),
            half_last="" if term.half_term is None else term.half_term.last.isoformat(),
        )
        for year in timetable.years
        for term in year.terms
    )
    closures = tuple(
        ClosureTyped(
            name=one.name,
            kind=one.kind.value,
            first=one.dates.first.isoformat(),
            last="" if len(one.dates) == 1 else one.dates.last.isoformat(),
        )
        for one in timetable.closures
    )
    return YearForm(terms, closures)


def posted_year(form: FormData) -> YearForm:
    """Read the form as it was typed."""
    terms, closures = [], []
    for number in range(MOST_ROWS):
        at = _reader(form, f"t{number}")
        if f"t{number}-name" not in form:
            break
        terms.append(TermTyped(at("year"), at("name"), at("first"), at("last"), at("half-first"), at("half-last")))
    for number in range(MOST_ROWS):
        at = _reader(form, f"c{number}")
        if f"c{number}-name" not in form:
            break
        closures.append(ClosureTyped(at("name"), at("kind"), at("first"), at("last")))
    return YearForm(tuple(terms), tuple(closures))


def change_year_form(form: YearForm, act: str, year: str) -> YearForm | None:
    """Carry out a button that only changes the form: a row more or less; None for any other."""
    if act == "add-term":
        last = form.terms[-1].year if form.terms else year
        return replace(form, terms=(*form.terms, TermTyped(year=last)))
    if act == "add-closure":
        return replace(form, closures=(*form.closures, ClosureTyped()))
    word, _, number = act.rpartition("-")
    if not number.isdecimal() or len(number) > 4:
        return None
    at = int(number)
    if word == "remove-term" and at < len(form.terms):
        return replace(form, terms=form.terms[:at] + form.terms[at + 1 :])
    if word == "remove-closure" and at < len(form.closures):
        return replace(form, closures=form.closures[:at] + form.closures[at + 1 :])
    return None


def read_year(
    form: YearForm, timetable: SchoolTimetable
) -> tuple[SchoolTimetable, Callable[[Refused], FieldProblem], tuple[FieldProblem, ...]]:
    """Parse the form into the timetable; gives too how a refusal's field is found in it, and what cannot be read."""
    problems: list[FieldProblem] = []
    years: dict[str, list[Term]] = {}
    origins: dict[tuple[str, int], int] = {}
    closures: list[Closure] = []
    closure_rows: list[int] = []
    for number, typed in enumerate(form.terms):
        if typed.is_empty:
            continue
        try:
            term = _term(typed)
        except Invalid as problem:
            problems.append(_at(problem, f"t{number}"))
            continue
        of_year = years.setdefault(typed.year.strip(), [])
        origins[typed.year.strip(), len(of_year)] = number
        of_year.append(term)
    for number, row in enumerate(form.closures):
        if row.is_empty:
            continue
        try:
            closures.append(_closure(row))
            closure_rows.append(number)
        except Invalid as problem:
            problems.append(_at(problem, f"c{number}"))
    made = replace(
        timetable,
        years=tuple(SchoolYear(name, tuple(terms)) for name, terms in years.items()),
        closures=tuple(closures),
    )
    names = list(years)

    def locate(refused: Refused) -> FieldProblem:
        found = _PLACE.match(refused.field or "")
        field = None
        if found is not None and found[3] is not None and int(found[3]) < len(closure_rows):
            field = f"c{closure_rows[int(found[3])]}-{found[4] or 'name'}"
        elif found is not None and found[1] is not None:
            row = origins.get((names[int(found[1])], int(found[2] or 0)), 0)
            field = f"t{row}-year" if found[2] is None else f"t{row}-{_TERM_FIELDS.get(found[4] or 'name', 'name')}"
        return FieldProblem(field, refused.error, refused.what_to_do)

    return made, locate, tuple(problems)


def _term(typed: TermTyped) -> Term:
    half = None
    if typed.half_first or typed.half_last:
        first, last = typed.half_first or typed.half_last, typed.half_last or typed.half_first
        half = read_dates(first, last, "half")
    return Term(typed.name, read_dates(typed.first, typed.last, "term"), half)


def _closure(typed: ClosureTyped) -> Closure:
    try:
        kind = ClosureKind(typed.kind)
    except ValueError:
        raise Invalid("That is no kind of closure.", what_to_do="Choose one.", field="kind") from None
    first = read_date(typed.first, "closure.first")
    dates = Dates(first, first) if not typed.last else read_dates(typed.first, typed.last, "closure")
    return Closure(typed.name, kind, dates)


def _at(problem: Invalid, at: str) -> FieldProblem:
    place = (problem.field or "name").replace("half.", "half-").rpartition(".")[2]
    return FieldProblem(f"{at}-{place}", problem.error, problem.what_to_do)


def _reader(form: FormData, at: str) -> Callable[[str], str]:
    return lambda name: text_of(form, f"{at}-{name}").strip()
