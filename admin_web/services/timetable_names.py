"""Tidies every name in a timetable as all names are tidied: spaces, Unicode, nothing that cannot be shown."""

from dataclasses import replace

from admin_web.services.texts import require_name
from policy.day_plan import Day
from policy.school_calendar import Closure, SchoolYear
from policy.school_timetable import SchoolTimetable
from policy.timetable import NAME_LENGTH
from policy.working_hours import WEEKDAYS


def tidy_names(timetable: SchoolTimetable) -> SchoolTimetable:
    """Give the timetable with its names as they are saved. Raises Invalid naming the field."""
    return SchoolTimetable(
        years=tuple(_year(year, f"years[{number}]") for number, year in enumerate(timetable.years)),
        closures=tuple(_closure(one, f"closures[{number}]") for number, one in enumerate(timetable.closures)),
        plans=tuple(
            replace(
                plan,
                days=tuple(
                    tidy_day(day, f"plans[{number}].days.{WEEKDAYS[weekday]}") for weekday, day in enumerate(plan.days)
                ),
            )
            for number, plan in enumerate(timetable.plans)
        ),
        one_offs=tuple(
            replace(
                one,
                blocks=tidy_day(one.blocks, f"one_offs[{number}].blocks"),
                removed=tidy_day(one.removed, f"one_offs[{number}].removed"),
            )
            for number, one in enumerate(timetable.one_offs)
        ),
    )


def tidy_day(day: Day, field: str) -> Day:
    """Give the blocks of a day with their names as they are saved. Raises Invalid naming the field."""
    return tuple(replace(block, name=_name(block.name, f"{field}[{place}].name")) for place, block in enumerate(day))


def _year(year: SchoolYear, field: str) -> SchoolYear:
    terms = tuple(
        replace(term, name=_name(term.name, f"{field}.terms[{place}].name")) for place, term in enumerate(year.terms)
    )
    return SchoolYear(_name(year.name, f"{field}.name"), terms)


def _closure(closure: Closure, field: str) -> Closure:
    return replace(closure, name=_name(closure.name, f"{field}.name"))


def _name(name: str, field: str) -> str:
    return require_name(name, field, at_most=NAME_LENGTH)
