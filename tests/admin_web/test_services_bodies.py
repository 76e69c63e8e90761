"""A person's JSON becomes a draft, and the first thing wrong with it is named as people would write the path."""

import pytest

from admin_web.errors import Invalid
from admin_web.services.bodies import PersonBody, hours_json, parse_body, person_draft
from admin_web.services.links import PointChoice
from policy.rules import NO_HOURS, Span

BADGE = "1:" + "a" * 64


def test_a_whole_person_becomes_a_draft_and_hours_the_same_json() -> None:
    hours = {"mon": [{"from": "08:00", "until": "12:00"}, {"from": "13:00", "until": "16:30"}]}
    draft = person_draft(
        parse_body(
            PersonBody,
            {
                "id": "p-1",
                "name": "Siân Pritchard",
                "group": "SLT",
                "badges": [BADGE],
                "points": [{"id": "robins", "slot": None}, {"id": "kitchen", "slot": 4}],
                "working_hours": hours,
            },
        )
    )
    assert draft.points == (PointChoice("robins"), PointChoice("kitchen", 4))
    assert draft.hours[0] == (Span(480, 720), Span(780, 990))
    assert hours_json(draft.hours) == hours


def test_lists_that_are_left_out_are_empty() -> None:
    draft = person_draft(parse_body(PersonBody, {"name": "Siân Pritchard", "group": "SLT"}))
    assert (draft.badges, draft.points, draft.hours) == ((), (), NO_HOURS)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "name"),
        ({"name": ["x"]}, "name"),
        ({"group": 3}, "group"),
        ({"badges": BADGE}, "badges"),
        ({"badges": [3]}, "badges[0]"),
        ({"points": [{"slot": 1}]}, "points[0].id"),
        ({"points": [{"id": "kitchen", "slot": "1"}]}, "points[0].slot"),
        ({"points": [{"id": "kitchen", "slot": True}]}, "points[0].slot"),
        ({"points": [{"id": "kitchen", "slot": 1.5}]}, "points[0].slot"),
        ({"points": [{"id": "robins", "until": None}]}, "points[0].until"),
        ({"working_hours": []}, "working_hours"),
        ({"working_hours": {"monday": []}}, "working_hours.monday"),
        ({"working_hours": {"mon": [{"from": "09:00", "until": "08:00"}]}}, "working_hours.mon[0].until"),
        ({"working_hours": {"mon": [{"from": "nine", "until": "10:00"}]}}, "working_hours.mon[0].from"),
        ({"photo": "x"}, "photo"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], field: str) -> None:
    content = {"name": "Siân Pritchard", "group": "SLT", **change}
    with pytest.raises(Invalid) as refused:
        person_draft(parse_body(PersonBody, content))
    assert refused.value.field == field
    assert refused.value.what_to_do.endswith(".")
