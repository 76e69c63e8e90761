"""Clause 2: a phone check is recorded in codes, with three people and no free text, and says nothing anywhere else."""

import datetime as dates
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import String, func, select

from admin_web.access import CHANGE, SEE, Act, Page, Role
from admin_web.database.accounts import Audit
from admin_web.database.engine import Database
from admin_web.database.events import Event, EventPrivate, LogRow
from admin_web.database.phone_checks import PhoneCheck
from admin_web.errors import ChangedMeanwhile, Invalid, MatchMissing, NotFound, Refused
from admin_web.queries.phone_checks import read_checks
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.phone_checks import BASES, OUTCOMES, CheckDraft, record_phone_check

AT = Callable[[], Occasion]
TODAY = dates.date(2026, 11, 23)
DRAFT: dict[str, Any] = {
    "day": TODAY,
    "person": "owen",
    "authorised_by": "ruth",
    "witness": "grace",
    "basis": "routine_monitoring",
    "outcome": "nothing_found",
}


@pytest.fixture
def school(database: Database, occasion: AT) -> Database:
    """Three people."""
    people = (("owen", "Owen Castleton", "site team"), ("ruth", "Ruth Ashcombe", "headteacher"))
    with database.write() as session:
        for id, name, group in (*people, ("grace", "Grace Adeyemi", "classroom")):
            save_person(session, id, PersonDraft(name, group), if_match=None, occasion=occasion())
    return database


def record(database: Database, at: Occasion, if_match: str | None = "*", **more: Any) -> int:
    with database.write() as session:
        draft = CheckDraft(**{**DRAFT, **more})
        return record_phone_check(session, draft, today=TODAY, if_match=if_match, occasion=at).id


def test_clause_2_who_authorised_by_witness_basis_and_outcome_are_recorded(school: Database, occasion: AT) -> None:
    record(school, occasion())
    with school.read() as session:
        (check,) = read_checks(session)
    assert (check.person, check.authorised_by, check.witness) == ("Owen Castleton", "Ruth Ashcombe", "Grace Adeyemi")
    assert (check.basis, check.outcome, check.day) == ("Routine monitoring", "Nothing found", TODAY)


def test_clause_2_there_is_no_column_for_a_sentence() -> None:
    columns = PhoneCheck.__table__.columns
    assert set(columns.keys()) == {
        *("id", "day", "person_id", "authorised_by", "witness", "basis", "outcome", "recorded_by", "recorded_at")
    }
    codes = {name: column.type for name, column in columns.items() if name in ("basis", "outcome")}
    assert all(isinstance(kind, String) and kind.length == 24 for kind in codes.values())
    assert all(len(code) <= 24 for code in (*BASES, *OUTCOMES))


def test_clause_2_only_the_headteacher_sees_and_records() -> None:
    assert SEE[Page.PHONE_CHECKS] == {Role.HEADTEACHER}
    assert CHANGE[Act.RECORD_PHONE_CHECK] == {Role.HEADTEACHER}


def test_clause_2_audit_event_and_log_say_nothing_of_it(school: Database, occasion: AT) -> None:
    record(school, occasion())
    with school.read() as session:
        event, private = session.execute(
            select(Event, EventPrivate.private).join(EventPrivate).where(Event.type == "phone_check.recorded.v1")
        ).one()
        assert private is not None
        for word in (b"owen", b"ruth", b"grace", b"routine", b"nothing"):
            assert word not in event.body + private
        assert session.get(LogRow, event.id) is None, "the access log is read by other roles"
        row = session.scalars(select(Audit).where(Audit.act == "changed.phone_check_recorded")).one()
        assert (row.person_id, row.why) == (None, None)
        assert row.filter == '{"number":1}'


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"person": ""}, "person"),
        ({"authorised_by": "nobody"}, "authorised_by"),
        ({"witness": "\x00"}, "witness"),
        ({"witness": "owen"}, "witness"),
        ({"witness": "ruth"}, "witness"),
        ({"authorised_by": "owen"}, "authorised_by"),
        ({"basis": ""}, "basis"),
        ({"basis": "He seemed nervous"}, "basis"),
        ({"outcome": "photographs"}, "outcome"),
        ({"day": TODAY + dates.timedelta(days=1)}, "day"),
        ({"day": TODAY - dates.timedelta(days=32)}, "day"),
    ],
)
def test_a_check_that_cannot_be_right_is_refused_at_its_field(
    school: Database, occasion: AT, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        record(school, occasion(), **change)
    assert isinstance(refused.value, Invalid | NotFound)
    assert refused.value.field == field
    with school.read() as session:
        assert session.scalar(select(func.count()).select_from(PhoneCheck)) == 0


def test_a_second_press_records_no_second_check(school: Database, occasion: AT) -> None:
    record(school, occasion(), '"0"')
    with pytest.raises(ChangedMeanwhile):
        record(school, occasion(), '"0"')
    with pytest.raises(MatchMissing):
        record(school, occasion(), None)
    record(school, occasion(), '"1"')
