"""A timetable as the JSON document that is kept, exported and imported; admin_web reads it back at the edge."""

from typing import Any

from policy.day_plan import Day, DayPlan, OneOff, Target
from policy.school_calendar import Closure, Dates, SchoolYear, Term
from policy.school_timetable import SchoolTimetable
from policy.timetable import format_minutes
from policy.working_hours import WEEKDAYS


def document_of(timetable: SchoolTimetable) -> dict[str, Any]:
    """Write a timetable as JSON: what `PUT timetable` takes and the import file holds."""
    return {
        **calendar_document(timetable),
        "plans": [_plan(plan) for plan in timetable.plans],
        "one_offs": [_one_off(one) for one in timetable.one_offs],
    }


def calendar_document(timetable: SchoolTimetable) -> dict[str, Any]:
    """Write the school years and closures alone: what `PUT calendar` takes."""
    return {
        "years": [_year(year) for year in timetable.years],
        "closures": [_closure(closure) for closure in timetable.closures],
    }


def day_document(day: Day) -> list[dict[str, str]]:
    """Write the blocks of a day."""
    return [
        {
            "kind": block.kind.value,
            "name": block.name,
            "from": format_minutes(block.span.start),
            "until": format_minutes(block.span.end),
        }
        for block in day
    ]


def _year(year: SchoolYear) -> dict[str, Any]:
    return {"name": year.name, "terms": [_term(term) for term in year.terms]}


def _term(term: Term) -> dict[str, Any]:
    half = None if term.half_term is None else _dates(term.half_term)
    return {"name": term.name, **_dates(term.dates), "half_term": half}


def _closure(closure: Closure) -> dict[str, Any]:
    return {"name": closure.name, "kind": closure.kind.value, **_dates(closure.dates)}


def _dates(dates: Dates) -> dict[str, str]:
    return {"first": dates.first.isoformat(), "last": dates.last.isoformat()}


def _target(target: Target) -> dict[str, str]:
    return {"area": target.area} if target.area is not None else {"group": target.group or ""}


def _plan(plan: DayPlan) -> dict[str, Any]:
    days = {weekday: day_document(day) for weekday, day in zip(WEEKDAYS, plan.days, strict=True) if day}
    return {**_target(plan.target), "days": days}


def _one_off(one: OneOff) -> dict[str, Any]:
    return {
        "date": one.date.isoformat(),
        **_target(one.target),
        "replaces": one.replaces,
        "blocks": day_document(one.blocks),
        "removed": day_document(one.removed),
    }
