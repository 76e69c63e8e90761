"""The school's timetable as one value: school years, closures, day plans, one-off days; and the blocks they make."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from policy.day_plan import EMPTY_WEEK, Day, DayPlan, OneOff, PlannedWeek, Target
from policy.rules import DatedBlock
from policy.school_calendar import Closure, SchoolYear, days_of, find_closure, find_term
from policy.timetable import BlockRow


@dataclass(frozen=True, slots=True)
class SchoolTimetable:
    """One edition of the timetable; it is drafted, published and rolled back as a whole."""

    years: tuple[SchoolYear, ...] = ()
    closures: tuple[Closure, ...] = ()
    plans: tuple[DayPlan, ...] = ()
    one_offs: tuple[OneOff, ...] = ()

    def week_of(self, target: Target) -> PlannedWeek:
        """Give the usual week of an area or group; empty where nothing is planned."""
        return next((plan.days for plan in self.plans if plan.target == target), EMPTY_WEEK)

    def one_off_of(self, target: Target, day: date) -> OneOff | None:
        """Find what is changed for an area or group on one date."""
        return next((one for one in self.one_offs if one.date == day and one.target == target), None)

    def is_school_day(self, day: date) -> bool:
        """Whether a day lies in a term, outside its half term, and nothing closes the school."""
        return find_term(self.years, day) is not None and find_closure(self.closures, day) is None

    def day_of(self, target: Target, day: date) -> Day:
        """Give the blocks of an area or group on a date, in order; none outside terms and when the school is closed."""
        if not self.is_school_day(day):
            return ()
        usual = tuple(sorted(self.week_of(target)[day.weekday()]))
        one_off = self.one_off_of(target, day)
        return usual if one_off is None else one_off.apply(usual)

    def with_week(self, target: Target, week: PlannedWeek) -> "SchoolTimetable":
        """Give the timetable with another usual week for an area or group; an empty week leaves no plan behind."""
        plans = tuple(plan if plan.target != target else DayPlan(target, week) for plan in self.plans)
        if all(plan.target != target for plan in plans):
            plans = (*plans, DayPlan(target, week))
        return replace(self, plans=tuple(plan for plan in plans if any(plan.days)))

    def with_one_off(self, one_off: OneOff) -> "SchoolTimetable":
        """Give the timetable with this change in place of another one of the same date and target."""
        kept = self.without_one_off(one_off.target, one_off.date).one_offs
        ordered = sorted((*kept, one_off), key=lambda one: (one.date, one.target.area or "", one.target.group or ""))
        return replace(self, one_offs=tuple(ordered))

    def without_one_off(self, target: Target, day: date) -> "SchoolTimetable":
        """Give the timetable with the usual day on a date."""
        kept = tuple(one for one in self.one_offs if one.date != day or one.target != target)
        return replace(self, one_offs=kept)


EMPTY = SchoolTimetable()


def dated_blocks_for(
    timetable: SchoolTimetable, *, area: str | None, first: date, last: date
) -> tuple[DatedBlock, ...]:
    """Lay the timetable out for whoever keeps a phone in an area, from `first` to `last`, both included.

    Blocks of the area are for everybody there, those of a staff group carry its name. A break is a block that is all
    break. Outside terms, in half terms and when the school is closed there is nothing (clause 12).
    """
    targets = [plan.target for plan in timetable.plans]
    targets += [one.target for one in timetable.one_offs if one.target not in targets]
    here = [target for target in dict.fromkeys(targets) if target.group is not None or target.area == area]
    blocks = [
        DatedBlock(day, block.span, block.name, (block.span,) if block.kind.is_break else (), target.group)
        for day in days_of(first, last)
        if timetable.is_school_day(day)
        for target in here
        for block in timetable.day_of(target, day)
    ]
    return tuple(sorted(blocks, key=lambda block: (block.date, block.span, block.group or "")))


def rows_of_week(timetable: SchoolTimetable, area: str | None, day: date) -> tuple[BlockRow, ...]:
    """Give the week around a date as restricted times of a point in an area: what everybody there has, by weekday."""
    monday = day - timedelta(days=day.weekday())
    blocks = dated_blocks_for(timetable, area=area, first=monday, last=monday + timedelta(days=6))
    return tuple(
        BlockRow(block.date.weekday(), None, block.span, block.name, block.breaks)
        for block in blocks
        if block.group is None
    )
