"""Going home, no phone, the termly word of clause 8, staff groups, and badges with an end."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.errors import ChangedMeanwhile, Invalid, NotFound
from admin_web.queries.people import read_person
from admin_web.queries.storage_words import confirmed_in_group, last_confirmed
from admin_web.rules.days import going_home_since, going_home_today, without_phone
from admin_web.rules.groups import group_rule, group_rules
from admin_web.services.badges import assign_badge, set_badge_end
from admin_web.services.days import confirm_storage, end_no_phone, say_going_home, say_no_phone
from admin_web.services.expiry import expire_due
from admin_web.services.groups import save_group_rule
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.revision import current_revision
from admin_web.services.timetable import publish_timetable
from policy.school_calendar import Dates, SchoolYear, Term
from policy.school_timetable import SchoolTimetable
from policy.staff_groups import GROUPS, StorageDuty

Make = Callable[[], Occasion]


def badge_of(person: str) -> str:
    """The reference of somebody's badge, as the fixture `rooms` gave it."""
    return f"1:{hashlib.sha256(person.encode()).hexdigest()}"


def test_going_home_is_said_once_a_day_and_counts_until_that_day_ends(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    with rooms.write() as session:
        before = current_revision(session)
        assert say_going_home(session, "amara-osei", occasion=occasion())
        assert current_revision(session) > before
        assert not say_going_home(session, "amara-osei", occasion=occasion())
    said = clock.utc
    clock.advance(hours=15, minutes=59)
    with rooms.write() as session:
        assert going_home_today(session, clock.utc, "amara-osei")
        assert going_home_since(session, said - timedelta(hours=1)) == {"amara-osei": said}
    clock.advance(minutes=1)
    with rooms.write() as session:
        assert not going_home_today(session, clock.utc, "amara-osei")
        assert say_going_home(session, "amara-osei", occasion=occasion())


def test_nobody_is_sent_home_who_is_not_there(rooms: Database, occasion: Make) -> None:
    with pytest.raises(NotFound), rooms.write() as session:
        say_going_home(session, "nobody", occasion=occasion())


def test_no_phone_is_for_today_or_standing_and_is_taken_back(rooms: Database, occasion: Make, clock: Any) -> None:
    today = clock.utc.date()
    tomorrow = today + timedelta(days=1)
    with rooms.write() as session:
        assert say_no_phone(session, "amara-osei", today, occasion=occasion())
        assert not say_no_phone(session, "amara-osei", today, occasion=occasion())
        assert say_no_phone(session, "bilal-hussain", None, occasion=occasion())
        assert without_phone(session, today) == {"amara-osei": False, "bilal-hussain": True}
        assert without_phone(session, tomorrow) == {"bilal-hussain": True}
        assert end_no_phone(session, "bilal-hussain", tomorrow, occasion=occasion())
        assert not end_no_phone(session, "bilal-hussain", tomorrow, occasion=occasion())
        assert without_phone(session, tomorrow) == {}
        said = session.scalars(select(Event.type).where(Event.type == "no_phone.said.v1")).all()
    assert len(said) == 3


def test_only_who_keeps_it_in_the_office_confirms_that_it_lies_there(rooms: Database, occasion: Make) -> None:
    with rooms.write() as session:
        confirm_storage(session, "mei-ling-cho", occasion=occasion())
    with pytest.raises(NotFound), rooms.write() as session:
        confirm_storage(session, "amara-osei", occasion=occasion())


YEAR = SchoolYear(
    "2026/27",
    (
        Term("Autumn term", Dates(date(2026, 9, 2), date(2026, 12, 18)), Dates(date(2026, 10, 26), date(2026, 10, 30))),
        Term("Spring term", Dates(date(2027, 1, 4), date(2027, 3, 26))),
    ),
)


@pytest.mark.parametrize(
    ("confirmed", "asked", "counts"),
    [
        ("2026-09-02 08:00", "2026-12-18 15:00", True),
        ("2026-09-02 08:00", "2026-10-27 09:00", True),  # half term
        ("2026-09-02 08:00", "2027-01-03 23:00", True),  # the holidays after the term
        ("2026-12-18 08:00", "2027-01-04 00:01", False),  # 17 days old, and of the term before
        ("2027-01-04 08:00", "2027-04-09 09:00", True),
        ("2026-09-01 08:00", "2026-09-03 09:00", False),  # the day before the term
        ("2026-06-01 08:00", "2026-09-01 09:00", True),  # no term has begun: about a term ago
        ("2026-05-01 08:00", "2026-09-01 09:00", False),
        ("2027-01-05 08:00", "2027-09-06 09:00", False),  # terms nobody has entered since
        ("2027-07-01 08:00", "2027-09-06 09:00", True),
    ],
)
def test_clause_8_a_confirmation_is_good_for_its_term_and_where_none_is_known_for_120_days(
    rooms: Database, occasion: Make, clock: Any, confirmed: str, asked: str, counts: bool
) -> None:
    with rooms.write() as session:
        publish_timetable(session, SchoolTimetable(years=(YEAR,)), if_match="*", occasion=occasion())
    clock.utc = datetime.fromisoformat(confirmed).replace(tzinfo=UTC)
    with rooms.write() as session:
        confirm_storage(session, "mei-ling-cho", occasion=occasion())
    now = datetime.fromisoformat(asked).replace(tzinfo=UTC)
    with rooms.read() as session:
        assert (last_confirmed(session, now, "mei-ling-cho") is not None) is counts
        assert confirmed_in_group(session, now) == ({"office": 1} if counts else {})


def test_the_eleven_groups_have_their_defaults_and_one_is_changed(rooms: Database, occasion: Make) -> None:
    with rooms.read() as session:
        kept = group_rules(session)
    assert list(kept) == list(GROUPS)
    assert len(kept) == 11
    assert kept["cleaning"].duty is StorageDuty.BOX
    assert kept["cleaning"].expected_by is None, "the 16:30 shift is not judged by the 08:50 rule"
    with rooms.write() as session:
        save_group_rule(session, "volunteer", "cabinet", 540, if_match='"1"', occasion=occasion())
        assert (group_rule(session, "volunteer").expected_by, group_rule(session, "volunteer").etag) == (540, 2)
    with pytest.raises(ChangedMeanwhile), rooms.write() as session:
        save_group_rule(session, "volunteer", "none", None, if_match='"1"', occasion=occasion())
    with pytest.raises(Invalid) as refused, rooms.write() as session:
        save_group_rule(session, "office", "office", 540, if_match='"1"', occasion=occasion())
    assert refused.value.field == "expected_by"


def test_a_rule_follows_the_group_when_somebody_changes_job(rooms: Database, occasion: Make) -> None:
    with rooms.write() as session:
        before = current_revision(session)
        draft = PersonDraft("Mei-Ling Cho", "SLT", (badge_of("mei-ling-cho"),))
        save_person(session, "mei-ling-cho", draft, if_match="*", occasion=occasion())
        assert current_revision(session) > before, "the cabinets hear that this badge approves now"


def test_a_temporary_badge_ends_by_itself_and_may_then_be_given_on(rooms: Database, occasion: Make, clock: Any) -> None:
    spare = badge_of("a spare one")
    until = clock.utc + timedelta(hours=10)
    with rooms.write() as session:
        assign_badge(session, spare, "amara-osei", ends=until, occasion=occasion())
        assert [badge.ends for badge in read_person(session, "amara-osei").badges] == [None, until]
    clock.advance(hours=10)
    with rooms.write() as session:
        assert expire_due(session, clock.now()) == 1
        assert len(read_person(session, "amara-osei").badges) == 1
        assign_badge(session, spare, "bilal-hussain", occasion=occasion())
        assert [badge.ends for badge in read_person(session, "bilal-hussain").badges] == [None, None]


def test_a_badge_gets_an_end_or_loses_it_but_none_that_has_passed(rooms: Database, occasion: Make, clock: Any) -> None:
    badge = badge_of("amara-osei")
    with rooms.write() as session:
        set_badge_end(session, badge, clock.utc + timedelta(days=1), occasion=occasion())
        set_badge_end(session, badge, None, occasion=occasion())
        assert read_person(session, "amara-osei").badges[0].ends is None
    with pytest.raises(Invalid), rooms.write() as session:
        set_badge_end(session, badge, clock.utc, occasion=occasion())
