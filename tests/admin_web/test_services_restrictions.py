"""Withdraw and Restrict: from whom, until when, given back, and never twice the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid
from admin_web.queries.restrictions import read_restrictions
from admin_web.queries.school_time import school_time
from admin_web.services.expiry import expire_due
from admin_web.services.occasion import Occasion
from admin_web.services.restrictions import EVERYTHING, RestrictionDraft, give_back, make_restriction
from admin_web.services.revision import current_revision
from policy.rules import Entitlement

Make = Callable[[], Occasion]


def person(**changes: Any) -> RestrictionDraft:
    values: dict[str, Any] = {
        "scope": "person",
        "takes": EVERYTHING,
        "reason": "under_review",
        "person": "amara-osei",
        **changes,
    }
    return RestrictionDraft(**values)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scope": "the moon"}, "scope"),
        ({"person": None}, "person"),
        ({"person": "nobody"}, "person"),
        ({"scope": "group", "group": "pirates"}, "group"),
        ({"takes": frozenset()}, "takes"),
        ({"reason": "because"}, "reason"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    rooms: Database, occasion: Make, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused, rooms.write() as session:
        make_restriction(session, person(**changes), occasion=occasion())
    assert refused.value.field == field


def test_an_end_that_has_passed_is_refused(rooms: Database, occasion: Make, clock: Any) -> None:
    with pytest.raises(Invalid) as refused, rooms.write() as session:
        make_restriction(session, person(ends=clock.utc), occasion=occasion())
    assert refused.value.field == "ends"


def test_it_is_given_back_once_and_both_raise_the_revision(rooms: Database, occasion: Make) -> None:
    with rooms.write() as session:
        made = make_restriction(session, person(), occasion=occasion())
        taken, number = current_revision(session), made.id
    with rooms.write() as session:
        give_back(session, number, if_match='"1"', occasion=occasion())
        assert current_revision(session) > taken
    with pytest.raises(ChangedMeanwhile), rooms.write() as session:
        give_back(session, number, if_match='"1"', occasion=occasion())
    with rooms.read() as session:
        types = session.scalars(select(Event.type).where(Event.type.like("restriction.%")).order_by(Event.id)).all()
    assert types == ["restriction.made.v1", "restriction.ended.v1"]


def test_the_same_is_not_taken_away_twice_but_more_of_it_is(rooms: Database, occasion: Make) -> None:
    breaks = frozenset({Entitlement.BREAKS})
    with rooms.write() as session:
        make_restriction(session, person(takes=breaks), occasion=occasion())
    with pytest.raises(Conflict), rooms.write() as session:
        make_restriction(session, person(takes=breaks), occasion=occasion())
    with rooms.write() as session:
        make_restriction(session, person(), occasion=occasion())
        make_restriction(session, person(person="bilal-hussain"), occasion=occasion())
    with pytest.raises(Conflict), rooms.write() as session:
        make_restriction(session, person(takes=breaks), occasion=occasion())


def test_one_with_an_end_is_over_by_itself_and_one_without_is_not(rooms: Database, occasion: Make, clock: Any) -> None:
    with rooms.write() as session:
        make_restriction(session, person(ends=clock.utc + timedelta(hours=2)), occasion=occasion())
        make_restriction(session, person(scope="everyone"), occasion=occasion())
    clock.advance(hours=2)
    with rooms.write() as session:
        assert expire_due(session, clock.now()) == 1
    clock.advance(days=300)
    with rooms.write() as session:
        assert expire_due(session, clock.now()) == 0


def test_the_page_names_the_cabinets_that_have_not_obeyed(rooms: Database, occasion: Make, clock: Any) -> None:
    with rooms.write() as session:
        make_restriction(session, person(scope="group", group="classroom"), occasion=occasion())
    with rooms.read() as session:
        kept = read_restrictions(session, school_time(session, clock.utc), clock.utc)[0]
    assert kept.whom == "Everyone in Classroom"
    assert kept.obeyed.text == "applied on 0 of 3; Kitchen not yet; Robins not yet; Wrens not yet"
