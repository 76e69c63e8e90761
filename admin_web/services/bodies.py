"""JSON as the API and the import file bring it, checked once at the edge and turned into drafts (flow 2, step 1)."""

import datetime as dates
import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError

from admin_web.errors import Invalid
from admin_web.services.links import PointChoice
from admin_web.services.people import PersonDraft
from policy.rules import Span, Week
from policy.timetable import BlockRow, format_minutes, parse_minutes
from policy.working_hours import WEEKDAYS

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Text = Annotated[str, Field(max_length=200)]
MOST = 500
"""Of anything in one list: far above what a school has."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Body(BaseModel):
    """A JSON object without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SpanBody(Body):
    """From one time of the day until another, HH:MM; until may be 24:00."""

    starts: Annotated[str, Field(alias="from")]
    until: str


class PointBody(Body):
    """Where a person keeps a phone; the slot at a bank."""

    id: Text
    slot: Annotated[int, Strict()] | None = None


class PersonBody(Body):
    """A person, as GET and PUT people/{id} and the import file have it."""

    id: Text | None = None
    name: Text
    group: Text
    badges: Annotated[tuple[Text, ...], Field(max_length=MOST)] = ()
    points: Annotated[tuple[PointBody, ...], Field(max_length=MOST)] = ()
    working_hours: Mapping[Weekday, Annotated[tuple[SpanBody, ...], Field(max_length=MOST)]] = {}


class BlockBody(Body):
    """A restricted block on a weekday or on one date."""

    weekday: Weekday | None = None
    date: Text | None = None
    starts: Annotated[str, Field(alias="from")]
    until: str
    name: Text
    breaks: Annotated[tuple[SpanBody, ...], Field(max_length=MOST)] = ()


class RestrictedBody(Body):
    """The restricted times of a point, as GET and PUT points/{id}/restricted and the import file have it."""

    blocks: Annotated[tuple[BlockBody, ...], Field(max_length=MOST)]


Parsed = TypeVar("Parsed", bound=BaseModel)


def parse_body(kind: type[Parsed], content: object) -> Parsed:
    """Check JSON that has been decoded already. Raises Invalid naming the field."""
    try:
        return kind.model_validate(content)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        field = field_path(first["loc"])
        raise Invalid(
            f"{field or 'The body'} is not right: {plain_words(first['msg']).lower()}.",
            what_to_do="Write it as the API's document shows it.",
            field=field or None,
        ) from None


def person_draft(body: PersonBody) -> PersonDraft:
    """Turn a person's body into a draft. Raises Invalid for a time that does not exist."""
    return PersonDraft(
        name=body.name,
        group=body.group,
        badges=body.badges,
        points=tuple(PointChoice(point.id, point.slot) for point in body.points),
        hours=_week(body.working_hours, "working_hours"),
    )


def block_rows_of(body: RestrictedBody) -> tuple[BlockRow, ...]:
    """Turn restricted times into rows that `policy` can check. Raises Invalid for what is no time or date."""
    rows = []
    for index, block in enumerate(body.blocks):
        field = f"blocks[{index}]"
        rows.append(
            BlockRow(
                weekday=None if block.weekday is None else WEEKDAYS.index(block.weekday),
                date=None if block.date is None else read_date(block.date, f"{field}.date"),
                span=read_span(block.starts, block.until, field),
                name=block.name,
                breaks=tuple(
                    read_span(one.starts, one.until, f"{field}.breaks[{number}]")
                    for number, one in enumerate(block.breaks)
                ),
            )
        )
    return tuple(rows)


def hours_json(hours: Week) -> dict[str, list[dict[str, str]]]:
    """Write working hours as the API does: days without hours are left out."""
    return {day: [span_json(span) for span in spans] for day, spans in zip(WEEKDAYS, hours, strict=True) if spans}


def blocks_json(rows: tuple[BlockRow, ...]) -> dict[str, list[dict[str, object]]]:
    """Write restricted times as the API does."""
    blocks: list[dict[str, object]] = []
    for row in rows:
        when = {"date": row.date.isoformat()} if row.date is not None else {"weekday": WEEKDAYS[row.weekday or 0]}
        blocks.append(
            {**when, **span_json(row.span), "name": row.name, "breaks": [span_json(one) for one in row.breaks]}
        )
    return {"blocks": blocks}


def span_json(span: Span) -> dict[str, str]:
    """Write one span as `{"from", "until"}`."""
    return {"from": format_minutes(span.start), "until": format_minutes(span.end)}


def field_path(location: tuple[int | str, ...]) -> str:
    """Write where something stands in JSON: `points[0].slot`."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part != "[key]":
            path += f".{part}" if path else part
    return path


def plain_words(message: str) -> str:
    """Say what pydantic says in the words of JSON."""
    for theirs, ours in (("dictionary or object to extract fields from", "object"), ("dictionary", "object")):
        message = message.replace(theirs, ours)
    return message.replace("valid tuple", "valid list").replace("Tuple", "List")


def _week(hours: Mapping[Weekday, tuple[SpanBody, ...]], at: str) -> Week:
    given: dict[str, tuple[SpanBody, ...]] = dict(hours.items())
    return tuple(
        tuple(
            sorted(
                read_span(span.starts, span.until, f"{at}.{day}[{index}]")
                for index, span in enumerate(given.get(day, ()))
            )
        )
        for day in WEEKDAYS
    )


def read_span(starts: str, until: str, field: str) -> Span:
    """Read two times of one day, the earlier one first. Raises Invalid naming the field."""
    start, end = _minutes(starts, f"{field}.from"), _minutes(until, f"{field}.until")
    if start >= end:
        raise Invalid(
            f"{until} is not after {starts}.",
            what_to_do="Let it end later than it begins, on the same day, at 24:00 at the latest.",
            field=f"{field}.until",
        )
    return Span(start, end)


def _minutes(text: str, field: str) -> int:
    try:
        return parse_minutes(text)
    except ValueError:
        raise Invalid(
            "That is not a time of the day.", what_to_do="Write it as HH:MM, from 00:00 to 24:00.", field=field
        ) from None


def read_date(text: str, field: str) -> dates.date:
    """Read YYYY-MM-DD. Raises Invalid naming the field."""
    try:
        if _DATE.fullmatch(text) is None:  # fromisoformat also takes weeks: 2026-W48-2
            raise ValueError(text)
        return dates.date.fromisoformat(text)
    except ValueError:
        raise Invalid("That is not a date.", what_to_do="Write it as YYYY-MM-DD.", field=field) from None
