"""Day plans: named blocks of a kind, for an area or a staff group, on a weekday or in place of it on one date."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy.rules import Span


class BlockKind(StrEnum):
    """What a stretch of the day is; a break or lunch allows taking out, everything else restricts (clauses 11, 12)."""

    LESSON = "lesson"
    ASSEMBLY = "assembly"
    BREAKFAST_CLUB = "breakfast_club"
    AFTER_SCHOOL_CLUB = "after_school_club"
    CURRICULUM_CLUB = "curriculum_club"
    BREAK = "break"
    LUNCH = "lunch"

    @property
    def is_break(self) -> bool:
        """Whether phones may be taken out in it."""
        return self in (BlockKind.BREAK, BlockKind.LUNCH)

    @property
    def words(self) -> str:
        """What a block of this kind is called where nobody named it."""
        return KIND_WORDS[self]


KIND_WORDS: Mapping[BlockKind, str] = {
    BlockKind.LESSON: "Lessons",
    BlockKind.ASSEMBLY: "Assembly",
    BlockKind.BREAKFAST_CLUB: "Breakfast club",
    BlockKind.AFTER_SCHOOL_CLUB: "After-school club",
    BlockKind.CURRICULUM_CLUB: "Curriculum club",
    BlockKind.BREAK: "Break",
    BlockKind.LUNCH: "Lunch",
}


@dataclass(frozen=True, slots=True, order=True)
class PlannedBlock:
    """A stretch of a day with its name, in minutes of local wall time."""

    span: Span
    kind: BlockKind
    name: str


Day = tuple[PlannedBlock, ...]
"""The blocks of one day."""

PlannedWeek = tuple[Day, ...]
"""Seven days from Monday."""

EMPTY_WEEK: PlannedWeek = ((),) * 7


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a plan is for: everybody in an area, or a staff group wherever its people are."""

    area: str | None = None
    group: str | None = None

    def __post_init__(self) -> None:
        if (self.area is None) == (self.group is None):
            raise ValueError("a plan is for an area or for a staff group, and never for both")


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The usual week of an area or group."""

    target: Target
    days: PlannedWeek = EMPTY_WEEK

    def __post_init__(self) -> None:
        if len(self.days) != len(EMPTY_WEEK):
            raise ValueError("a plan has seven days, from Monday")


@dataclass(frozen=True, slots=True)
class OneOff:
    """A change for one date: the whole day in place of the usual one, or some blocks more and some less."""

    date: date
    target: Target
    replaces: bool
    """Whether `blocks` are all there is on that day; else they come in addition."""
    blocks: Day = ()
    removed: Day = ()
    """Blocks of the usual day that are left out; only where the day is not replaced."""

    def apply(self, usual: Day) -> Day:
        """Give the blocks of that date, in the order of their times."""
        kept = () if self.replaces else tuple(block for block in usual if block not in self.removed)
        return tuple(sorted((*kept, *self.blocks)))


def gaps_of(day: Iterable[PlannedBlock]) -> tuple[Span, ...]:
    """List the stretches between the blocks of a day that nothing covers: phones may be taken out in them."""
    gaps = []
    reached: int | None = None
    for block in sorted(day):
        if reached is not None and block.span.start > reached:
            gaps.append(Span(reached, block.span.start))
        reached = block.span.end if reached is None else max(reached, block.span.end)
    return tuple(gaps)


def overlaps_of(day: Day) -> tuple[tuple[int, int], ...]:
    """List which blocks of a day overlap, as their places in it: the later one first."""
    ordered = sorted(range(len(day)), key=lambda place: (day[place].span, place))
    found = []
    reached: int | None = None
    for place in ordered:
        if reached is not None and day[place].span.start < day[reached].span.end:
            found.append((place, reached))
        if reached is None or day[place].span.end > day[reached].span.end:
            reached = place
    return tuple(found)
