"""The form of a person, both ways: from what is kept to fields, and from posted fields to a draft."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from admin_web.database.places import Point
from admin_web.queries.people import PersonKept, SlotOfBank
from admin_web.services.links import PointChoice
from admin_web.services.people import GROUPS
from admin_web.web.pages import FieldProblem
from admin_web.web.visitors import text_of
from policy.rules import PointKind, Span, Week
from policy.timetable import format_minutes, parse_minutes
from policy.working_hours import WEEKDAYS

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPANS_OFFERED = 2
GROUP_WORDS = {group: group if group.isupper() else group[:1].upper() + group[1:] for group in GROUPS}
"""Staff groups as pages write them."""


@dataclass(frozen=True, slots=True)
class HoursDay:
    """One weekday's working hours as typed."""

    key: str
    name: str
    spans: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlaceOffered:
    """One point with the choice that was made there."""

    point: str
    name: str
    is_bank: bool
    chosen: str
    """Empty for no; `yes` at one door; the locker's number at a bank."""
    lockers: tuple[tuple[int, str | None], ...] = ()
    """Locker and who else has it."""


@dataclass(frozen=True, slots=True)
class PersonForm:
    """What the form shows."""

    name: str = ""
    group: str = "classroom"
    etag: str = ""
    places: tuple[PlaceOffered, ...] = ()
    hours: tuple[HoursDay, ...] = ()
    problems: tuple[FieldProblem, ...] = field(default_factory=tuple)


def offer_places(
    points: Sequence[Point], slots: dict[str, list[SlotOfBank]], chosen: dict[str, str], person: str | None
) -> tuple[PlaceOffered, ...]:
    """List every point with its lockers and what is chosen there."""
    return tuple(
        PlaceOffered(
            point=point.id,
            name=point.name,
            is_bank=point.kind == PointKind.BANK,
            chosen=chosen.get(point.id, ""),
            lockers=tuple(
                (slot.slot, slot.holder_name if slot.holder != person else None) for slot in slots.get(point.id, [])
            ),
        )
        for point in points
    )


def chosen_places(person: PersonKept | None) -> dict[str, str]:
    """What is chosen for a person now."""
    if person is None:
        return {}
    return {place.point: "yes" if place.slot is None else str(place.slot) for place in person.places}


def posted_places(form: FormData, points: Sequence[Point]) -> dict[str, str]:
    """What was chosen in a posted form."""
    return {point.id: text_of(form, f"place-{point.id}") for point in points}


def point_choices(chosen: dict[str, str]) -> tuple[PointChoice, ...]:
    """Turn the choices into what the service saves."""
    return tuple(
        PointChoice(point, None if choice == "yes" else int(choice[:6]))  # int() refuses thousands of digits
        for point, choice in chosen.items()
        if choice == "yes" or choice.isdecimal()
    )


def shown_hours(week: Week) -> tuple[HoursDay, ...]:
    """Write a week's hours into fields, with room for one more where there is none."""
    return tuple(
        HoursDay(key, name, _padded([(format_minutes(span.start), format_minutes(span.end)) for span in spans]))
        for key, name, spans in zip(WEEKDAYS, DAY_NAMES, week, strict=True)
    )


def posted_hours(form: FormData) -> tuple[HoursDay, ...]:
    """Read the fields of a week as they were typed."""
    return tuple(HoursDay(key, name, _typed(form, key)) for key, name in zip(WEEKDAYS, DAY_NAMES, strict=True))


def read_week(days: tuple[HoursDay, ...]) -> tuple[Week, tuple[FieldProblem, ...]]:
    """Parse typed hours; every time that cannot be read is a problem of its day."""
    week: list[tuple[Span, ...]] = []
    problems: list[FieldProblem] = []
    for day in days:
        spans: list[Span] = []
        for starts, ends in day.spans:
            if not starts and not ends:
                continue
            try:
                spans.append(Span(parse_minutes(starts), parse_minutes(ends)))
            except ValueError:
                problems.append(
                    FieldProblem(
                        f"working_hours.{day.key}",
                        f"{day.name}: {starts or 'nothing'} to {ends or 'nothing'} is no span of time.",
                        "Write both like 08:15 and 16:00, the earlier one first.",
                    )
                )
        week.append(tuple(sorted(spans)))
    return tuple(week), tuple(problems)


def _typed(form: FormData, key: str) -> tuple[tuple[str, str], ...]:
    spans = []
    for number in range(8):
        if f"{key}-{number}-from" not in form:
            break
        spans.append((text_of(form, f"{key}-{number}-from").strip(), text_of(form, f"{key}-{number}-until").strip()))
    return _padded(spans)


def _padded(spans: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(spans + [("", "")] * (SPANS_OFFERED - len(spans)))
