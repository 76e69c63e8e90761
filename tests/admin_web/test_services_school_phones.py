"""Clause 14: school phones are with one person at a time; out twice or an unknown asset is refused and said."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin_web.database.accounts import Audit
from admin_web.database.engine import Database
from admin_web.database.events import Event, EventPrivate
from admin_web.database.permissions import PermissionGiven
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid, MatchMissing, NotFound, Refused
from admin_web.queries.school_phones import free_phones, read_loans, read_school_phones
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, end_person, save_person
from admin_web.services.permissions import grant_permission
from admin_web.services.revision import current_revision
from admin_web.services.school_phones import (
    PURPOSES,
    Loan,
    add_school_phone,
    change_school_phone,
    end_school_phone,
    return_school_phone,
    take_school_phone,
)
from policy.permission import GrantKind, PermissionDraft

AT = Callable[[], Occasion]
LONG = "Maximiliana Alexandrina Featherstonehaugh-Wojciechowska van den Bergh-Okonkwo-Li"


@pytest.fixture
def school(database: Database, occasion: AT) -> Database:
    """Two people and two school phones."""
    with database.write() as session:
        save_person(session, "bilal", PersonDraft("Bilal Hussain", "classroom"), if_match=None, occasion=occasion())
        save_person(session, "grace", PersonDraft("Grace Adeyemi", "classroom"), if_match=None, occasion=occasion())
        add_school_phone(session, "CC-01", "04:AA:17", occasion=occasion())
        add_school_phone(session, "CC-02", occasion=occasion())
    return database


def take(database: Database, at: Occasion, phone: str = "CC-01", **more: Any) -> None:
    loan = Loan(more.pop("person", "bilal"), more.pop("purpose", "families"), more.pop("due", hours(at, 4)))
    with database.write() as session:
        take_school_phone(session, phone, loan, occasion=at)


def hours(at: Occasion, number: float) -> datetime:
    return at.now.utc + timedelta(hours=number)


def phone_id(database: Database, asset: str = "CC-01") -> str:
    with database.read() as session:
        return next(one.id for one in read_school_phones(session, datetime.now().astimezone()) if one.asset == asset)


def give_back(database: Database, at: Occasion, if_match: str | None = "*", asset: str = "CC-01") -> None:
    with database.write() as session:
        return_school_phone(session, phone_id(database, asset), if_match=if_match, occasion=at)


def test_clause_14_a_phone_is_taken_for_a_purpose_until_a_time_and_returned(school: Database, occasion: AT) -> None:
    take(school, occasion())
    with school.read() as session:
        first, second = read_school_phones(session, occasion().now.utc)
        assert first.loan is not None
        assert (first.loan.person, first.loan.purpose) == ("Bilal Hussain", "Contact with families")
        assert first.loan.due == hours(occasion(), 4)
        assert not first.is_overdue(first.loan.due)
        assert first.is_overdue(hours(occasion(), 4.1))
        assert second.loan is None
    give_back(school, occasion())
    with school.read() as session:
        assert [one.loan for one in read_school_phones(session, occasion().now.utc)] == [None, None]
        assert [(one.asset, one.person) for one in read_loans(session)] == [("CC-01", "Bilal Hussain")]


def test_clause_14_a_phone_that_is_out_is_not_given_out_twice_and_it_is_said_who_has_it(
    school: Database, occasion: AT
) -> None:
    take(school, occasion())
    with pytest.raises(Conflict, match="CC-01 is out already: Bilal Hussain has it"):
        take(school, occasion(), person="grace")
    give_back(school, occasion())
    take(school, occasion(), person="grace")


@pytest.mark.parametrize("written", ["CC-09", "cc 01", "04:AA", "%", "' OR 1=1 --", "📱"])
def test_clause_14_an_unknown_asset_is_refused_and_said(school: Database, occasion: AT, written: str) -> None:
    with pytest.raises(NotFound, match="No school phone is called") as refused:
        take(school, occasion(), written)
    assert refused.value.field == "phone"
    assert "add the phone to the register" in refused.value.what_to_do


@pytest.mark.parametrize("written", ["CC-01", " cc-01 ", "04:AA:17", "04:aa:17"])
def test_a_phone_answers_to_its_number_and_to_its_tag(school: Database, occasion: AT, written: str) -> None:
    take(school, occasion(), written)
    with school.read() as session:
        assert read_school_phones(session, occasion().now.utc)[0].loan is not None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"person": "nobody"}, "person"),
        ({"person": ""}, "person"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "gossip"}, "purpose"),
        ({"due": -1}, "due"),
        ({"due": 0}, "due"),
        ({"due": 24 * 367}, "due"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    school: Database, occasion: AT, change: dict[str, Any], field: str
) -> None:
    if "due" in change:
        change = {"due": hours(occasion(), change["due"])}
    with pytest.raises(Refused) as refused:
        take(school, occasion(), **change)
    assert refused.value.field == field
    with school.read() as session:
        assert read_school_phones(session, occasion().now.utc)[0].loan is None


def test_somebody_who_has_left_takes_no_phone_and_what_they_had_stays_named(school: Database, occasion: AT) -> None:
    take(school, occasion())
    with school.write() as session:
        end_person(session, "bilal", if_match="*", occasion=occasion())
    with pytest.raises(NotFound):
        take(school, occasion(), "CC-02")
    with school.read() as session:
        loan = read_school_phones(session, occasion().now.utc)[0].loan
        assert loan is not None
        assert loan.person == "Bilal Hussain"


def test_every_act_raises_the_edition_and_a_page_of_an_older_one_is_told(school: Database, occasion: AT) -> None:
    take(school, occasion())
    with pytest.raises(ChangedMeanwhile):
        give_back(school, occasion(), '"1"')
    with pytest.raises(MatchMissing):
        give_back(school, occasion(), None)
    give_back(school, occasion(), '"2"')
    with school.write() as session, pytest.raises(ChangedMeanwhile):
        change_school_phone(session, phone_id(school), "CC-11", None, if_match='"2"', occasion=occasion())
    with pytest.raises(Conflict, match="is not out"):
        give_back(school, occasion(), '"3"')


def test_a_number_or_tag_belongs_to_one_phone_for_ever(school: Database, occasion: AT) -> None:
    with school.write() as session:
        for asset, tag, field in (("cc-02", None, "asset"), ("04:aa:17", None, "asset"), ("CC-03", "CC-02", "tag")):
            with pytest.raises(Conflict) as refused:
                add_school_phone(session, asset, tag, occasion=occasion())
            assert refused.value.field == field
        end_school_phone(session, phone_id(school), if_match="*", occasion=occasion())
        with pytest.raises(Conflict, match="given out no more"):
            add_school_phone(session, "CC-01", occasion=occasion())
    with pytest.raises(NotFound):
        take(school, occasion())


def test_a_phone_that_is_out_is_not_ended(school: Database, occasion: AT) -> None:
    take(school, occasion())
    with school.write() as session, pytest.raises(Conflict, match="is out"):
        end_school_phone(session, phone_id(school), if_match="*", occasion=occasion())


@pytest.mark.parametrize(
    ("asset", "is_kept"),
    [
        ('<b>CC</b> & "co" 📱', True),
        ("الهاتف ٤", True),
        ("x" * 40, True),
        ("x" * 41, False),
        ("", False),
        ("  ", False),
        ("CC\u202e10", False),
        ("CC\u200f", False),
        ("CC\x00", False),
    ],
)
def test_a_number_is_kept_as_typed_or_refused_at_its_field(
    school: Database, occasion: AT, asset: str, is_kept: bool
) -> None:
    with school.write() as session:
        if is_kept:
            assert add_school_phone(session, asset, occasion=occasion()).asset == asset
        else:
            with pytest.raises(Invalid) as refused:
                add_school_phone(session, asset, occasion=occasion())
            assert refused.value.field == "asset"


def test_every_act_is_an_event_with_the_person_in_its_private_part_and_an_audit_row(
    school: Database, occasion: AT
) -> None:
    take(school, occasion())
    give_back(school, occasion())
    phone = phone_id(school)
    with school.write() as session:
        change_school_phone(session, phone, "CC-10", "tag", if_match="*", occasion=occasion())
        end_school_phone(session, phone, if_match="*", occasion=occasion())
    with school.read() as session:
        rows = session.execute(
            select(Event, EventPrivate.private)
            .join(EventPrivate, EventPrivate.event_id == Event.id)
            .where(Event.type.startswith("school_phone."))
            .order_by(Event.id)
        ).all()
        kinds = [event.type.split(".")[1] for event, _ in rows]
        assert kinds == ["added", "added", "taken", "returned", "changed", "ended"]
        assert all(b"bilal" not in event.body for event, _ in rows)
        assert [b"bilal" in (private or b"") for _, private in rows] == [False, False, True, True, False, False]
        acts = session.scalars(select(Audit.act).where(Audit.act.startswith("changed.school_phone"))).all()
        assert len(acts) == 6


def test_no_cabinet_hears_of_a_school_phone(school: Database, occasion: AT) -> None:
    with school.read() as session:
        before = current_revision(session)
    take(school, occasion())
    with school.read() as session:
        assert current_revision(session) == before


def test_free_phones_leave_out_what_is_out_then_and_what_goes_on_another_trip(school: Database, occasion: AT) -> None:
    at = occasion()
    take(school, at)
    with school.write() as session:
        add_school_phone(session, "CC-03", occasion=at)
        session.add(_trip("trip-1", phone_id(school, "CC-02"), hours(at, 2), hours(at, 3), at))

    def free(starts: float, ends: float, **more: Any) -> list[tuple[str, bool]]:
        with school.read() as session:
            found = free_phones(session, hours(at, starts), hours(at, ends), **more)
        return [(one.asset, one.out_until is not None) for one in found]

    assert free(2, 3) == [("CC-03", False)]
    assert free(2, 3, besides="trip-1") == [("CC-02", False), ("CC-03", False)]
    assert free(3, 5) == [("CC-02", False), ("CC-03", False)]
    assert free(1, 2) == [("CC-02", False), ("CC-03", False)]
    assert free(5, 6) == [("CC-01", True), ("CC-02", False), ("CC-03", False)], "due back before: said with its time"
    with school.write() as session:
        session.get_one(PermissionGiven, "trip-1").withdrawn_at = at.now.utc
    assert free(2, 3) == [("CC-02", False), ("CC-03", False)]


def test_clause_15_two_trips_at_the_same_time_do_not_share_a_school_phone(school: Database, occasion: AT) -> None:
    at = occasion()
    phone = phone_id(school, "CC-02")

    def plan(starts: float, ends: float, phone: str = phone) -> None:
        draft = PermissionDraft(
            kind=GrantKind.TRIP,
            people=("bilal",),
            purpose="swimming",
            starts=hours(at, starts),
            ends=hours(at, ends),
            school_phone=phone,
        )
        with school.write() as session:
            grant_permission(session, draft, destination="The mill", although=True, occasion=at)

    plan(1, 4)
    for phones in (phone, "no-such-phone"):
        with pytest.raises(Invalid) as refused:
            plan(3, 5, phones)
        assert refused.value.field == "school_phone"
    plan(4, 6)


def _trip(id: str, phone: str, starts: datetime, ends: datetime, at: Occasion) -> PermissionGiven:
    return PermissionGiven(
        id=id,
        kind="off_site_visit",
        purpose="visit",
        everywhere=True,
        starts=starts,
        ends=ends,
        school_phone=phone,
        etag=1,
        generation=1,
        number=1,
        granted_by="account:1",
        granted_at=at.now.utc,
    )


def test_every_purpose_fits_its_column_and_the_wire(school: Database, occasion: AT) -> None:
    for purpose in PURPOSES:
        take(school, occasion(), purpose=purpose)
        give_back(school, occasion())
