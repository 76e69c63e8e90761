"""The school year as dates: terms with their half terms, INSET days, bank holidays and closures (clause 12)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, order=True)
class Dates:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"dates run forward, not from {self.first} to {self.last}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return words_of(self)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a school year with its half term, if it has one."""

    name: str
    dates: Dates
    half_term: Dates | None = None


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school year: its terms are what it consists of."""

    name: str
    terms: tuple[Term, ...] = ()


class ClosureKind(StrEnum):
    """Why there are no lessons on days in term."""

    INSET = "inset"
    BANK_HOLIDAY = "bank_holiday"
    CLOSURE = "closure"


CLOSURE_WORDS = {
    ClosureKind.INSET: "INSET day",
    ClosureKind.BANK_HOLIDAY: "bank holiday",
    ClosureKind.CLOSURE: "closure",
}


@dataclass(frozen=True, slots=True)
class Closure:
    """Days without formal school time."""

    name: str
    kind: ClosureKind
    dates: Dates


def find_term(years: Iterable[SchoolYear], day: date) -> Term | None:
    """Find the term a day lies in, half terms left out; None in the holidays."""
    for year in years:
        for term in year.terms:
            if day in term.dates and (term.half_term is None or day not in term.half_term):
                return term
    return None


def term_begun(years: Iterable[SchoolYear], day: date) -> Term | None:
    """Find the newest term that has begun by a day: the one it lies in, half term too, or before the holidays."""
    begun = (term for year in years for term in year.terms if term.dates.first <= day)
    return max(begun, key=lambda term: term.dates.first, default=None)


def find_closure(closures: Iterable[Closure], day: date) -> Closure | None:
    """Find what closes the school on a day."""
    return next((closure for closure in closures if day in closure.dates), None)


def days_of(first: date, last: date) -> Iterator[date]:
    """Walk through the days from `first` to `last`, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def day_words(day: date) -> str:
    """Write `Tuesday 24 November 2026`."""
    return f"{WEEKDAY_NAMES[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def words_of(dates: Dates) -> str:
    """Write `Monday 4 January 2027`, `26 to 30 October 2026`, `2 September to 18 December 2026`."""
    first, last = dates.first, dates.last
    if first == last:
        return day_words(first)
    ending = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first.year != last.year:
        return f"{first.day} {MONTHS[first.month - 1]} {first.year} to {ending}"
    return (
        f"{first.day} {MONTHS[first.month - 1]} to {ending}"
        if first.month != last.month
        else f"{first.day} to {ending}"
    )
