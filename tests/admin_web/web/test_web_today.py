"""Today: what needs somebody, rooms in numbers, the day; a name only by a second click that is written down."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.days import GoingHome, NoPhone
from admin_web.database.groups import GroupRule
from admin_web.database.people import WorkingHours
from admin_web.database.room_states import RoomStateSet
from admin_web.events.exceptions import ExceptionKind, raise_exception
from admin_web.services.links import PointChoice
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.restricted import save_restricted_times
from policy.rules import Span

NAMES = re.compile(r"Amara|Osei|Bilal|Hussain|Joanne|Birtles|Pritchard|Ioana|Hallworth")
BLOCK = {"name": "Lessons", "from": "2026-11-24T10:30:00.000Z", "until": "2026-11-24T10:45:00.000Z"}
LESSON = {"name": "Lessons", "from": "2026-11-24T08:50:00.000Z", "until": "2026-11-24T12:00:00.000Z"}
WEEK = ((Span(495, 960),),) * 5 + ((), ())


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.HEADTEACHER)


def room(html: str, name: str) -> str:
    """What stands under a room's pockets, as one line; empty where the room is not there."""
    for item in re.findall(r'<li>\s*<div class="pockets".*?</li>', html, re.S):
        text = " ".join(re.sub(r"<[^>]+>", " ", item).split())
        if text.startswith(name):
            return text
    return ""


def overdue(school: Any, person: str, point: str, **block: str) -> None:
    private = {"person": person, "badge": "1:" + "a" * 64, "slot": 1, "block": {**BLOCK, **block}}
    private["due"] = "2026-11-24T10:50:00.000Z"
    school.events.add(point, "phone.overdue.v1", school.at("10:50"), private, point=point)


def ask(school: Any, at: str = "10:57:00") -> int:
    tap = school.events.refuse("bilal-hussain", "robins", school.at(at), "restricted", block=LESSON)
    private = {"badge": "1:" + "b" * 64, "person": "bilal-hussain", "block": LESSON}
    asked = {"point": "robins", "tap": str(tap), "nonce": "0" * 32}
    school.events.add("robins", "approval.asked.v1", school.at(at), private, **asked)
    return int(tap)


def fill_everything(school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("08:41"))
    school.events.put_in("joanne-birtles", "wrens", school.at("08:41"))
    school.events.take_out("amara-osei", "robins", school.at("10:31"), "break", block=BLOCK)
    overdue(school, "amara-osei", "robins")
    school.events.add(
        "kitchen", "door.opened_unreleased.v1", school.at("09:12"), {"slot": 4}, point="kitchen", slot=None, tap=None
    )
    ask(school)
    school.hear("robins")


# --- home, roles ---


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.HEADTEACHER, "/today"),
        (Role.SLT, "/today"),
        (Role.OFFICE, "/today"),
        (Role.BUSINESS_MANAGER, "/today"),
        (Role.DSL, "/today"),
        (Role.DATA_COMPLIANCE_OFFICER, "/log"),
        (Role.IT_TECHNICIAN, "/cabinets"),
    ],
)
def test_today_is_where_its_roles_begin(sign_in_as: Callable[..., TestClient], role: Role, home: str) -> None:
    assert sign_in_as(role).get("/").headers["location"] == home


@pytest.mark.parametrize("role", [Role.HEADTEACHER, Role.SLT, Role.OFFICE, Role.BUSINESS_MANAGER, Role.DSL])
def test_nobody_is_named_on_today_whoever_looks(sign_in_as: Callable[..., TestClient], school: Any, role: Role) -> None:
    fill_everything(school)
    html = sign_in_as(role).get("/today").text
    assert "Robins asks for a senior leader" in html
    assert not NAMES.search(html)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.BUSINESS_MANAGER])
def test_the_office_sees_numbers_and_cabinets_but_no_exception_about_people(
    sign_in_as: Callable[..., TestClient], school: Any, role: Role
) -> None:
    fill_everything(school)
    school.hear("wrens", online=False, since=school.at("10:02"))
    html = sign_in_as(role).get("/today").text
    assert "1 of 2 declared in" in room(html, "Wrens")
    assert "Wrens not heard since 10:02" in html
    for said in ("not back", "opened without a badge", "/exceptions", "/today/rooms/", "Who is asking"):
        assert said not in html


def test_only_slt_and_the_headteacher_get_the_button(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    ask(school)
    for role in (Role.HEADTEACHER, Role.SLT, Role.DSL, Role.OFFICE, Role.BUSINESS_MANAGER):
        html = sign_in_as(role).get("/today").text
        assert ('action="/approvals"' in html) is (role in (Role.HEADTEACHER, Role.SLT)), role


# --- what needs somebody ---


def test_a_calm_day_says_so(browser: TestClient) -> None:
    html = browser.get("/today").text
    assert "All quiet this morning" in html
    assert "Nothing needs you." in html
    assert 'id="today-count"' not in html


def test_each_kind_is_one_row_and_the_heading_counts_them(browser: TestClient, school: Any) -> None:
    overdue(school, "amara-osei", "robins")
    overdue(school, "joanne-birtles", "wrens")
    for at in ("09:12", "09:20"):
        school.events.add("robins", "door.opened_unreleased.v1", school.at(at), point="robins", slot=1, tap=None)
    html = browser.get("/today").text
    assert "Two things need somebody" in html
    assert "2 phones not back from break" in html
    assert "Wrens and Robins. Break ended at 10:45; 5 minutes of grace are over." in html
    assert "2 doors opened without a badge" in html


def test_a_visit_that_is_not_back_is_told_apart_from_a_break(browser: TestClient, school: Any) -> None:
    overdue(school, "amara-osei", "robins", name="Off-site visit")
    html = browser.get("/today").text
    assert "1 phone not back from a visit" in html
    assert "The visit ended at 10:45; 15 minutes of grace are over." in html


def test_a_phone_that_came_back_is_shown_as_solved_and_needs_nobody_now(browser: TestClient, school: Any) -> None:
    overdue(school, "amara-osei", "robins")
    school.events.put_in("amara-osei", "robins", school.at("10:55"))
    html = browser.get("/today").text
    assert "All quiet this morning" in html
    assert "1 phone is back" in html
    assert "Robins. Declared in again just now; still to be reviewed." in html
    assert "not back" not in html


def test_a_running_approval_has_its_seconds_and_the_button_that_answers_it(browser: TestClient, school: Any) -> None:
    ask(school, "10:57:20")
    html = browser.get("/today").text
    assert "One thing needs somebody" in html
    assert 'data-left="80" data-of="120"' in html
    assert "during lessons" in html
    assert re.search(r'<input type="hidden" name="tap" value="robins/[0-9a-f]{16}/2">', html)


def test_an_approval_that_was_given_expired_or_is_over_asks_for_nobody(browser: TestClient, school: Any) -> None:
    tap = ask(school, "10:57:20")
    private = {"badge": "1:" + "b" * 64, "person": "bilal-hussain"}
    school.events.add("robins", "approval.given.v1", school.at("10:57:40"), private, point="robins", tap=str(tap))
    html = browser.get("/today").text
    assert "All quiet" in html
    assert "Robins asked at 10:57" in html
    assert 'action="/approvals"' not in html
    school.clock.advance(minutes=9)
    assert "Robins asked" not in browser.get("/today").text


def test_what_central_noticed_of_a_device_is_a_row(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        raise_exception(session, ExceptionKind.EVENTS_MISSING, "wrens", [], school.clock.now())
    assert "Events missing: Wrens" in browser.get("/today").text


def test_faults_and_cabinets_that_are_not_heard_are_rows(browser: TestClient, school: Any) -> None:
    fault = {"part": "reader-1", "state": "fault", "since": None, "what_to_do": "Check its cable."}
    school.hear("robins", health=[fault])
    school.hear("wrens", online=False, since=school.at("10:02"))
    html = browser.get("/today").text
    assert "Robins: reader 1 at fault" in html
    assert "Check its cable." in html
    assert "Wrens not heard since 10:02" in html
    assert "It works on its own. Is the network cable in?" in html


# --- rooms ---


def test_a_room_says_how_many_of_those_expected_are_declared_in(browser: TestClient, school: Any) -> None:
    for person in ("amara-osei", "bilal-hussain"):
        school.events.put_in(person, "robins", school.at("08:41"))
    school.events.put_in("tom-hallworth", "wrens", school.at("08:42"))
    school.events.put_in("joanne-birtles", "wrens", school.at("08:43"))
    html = browser.get("/today").text
    assert room(html, "Robins") == "Robins 2 of 2 declared in", "who keeps one at two rooms is counted once"
    assert room(html, "Wrens") == "Wrens 2 of 3 declared in 1 not declared: may be absent"


def test_not_declared_is_a_number_and_never_an_exception(browser: TestClient, school: Any) -> None:
    html = browser.get("/today").text
    assert "3 not declared: may be absent" in room(html, "Robins")
    assert "All quiet this morning" in html
    assert "breach" not in html
    assert "Nothing to review" in browser.get("/exceptions").text


def test_a_phone_taken_out_is_declared_out(browser: TestClient, school: Any) -> None:
    school.events.put_in("joanne-birtles", "wrens", school.at("08:41"))
    school.events.take_out("joanne-birtles", "wrens", school.at("10:31"), "break", block=BLOCK)
    assert room(browser.get("/today").text, "Wrens") == (
        "Wrens 0 of 2 declared in 1 declared out 1 not declared: may be absent"
    )


def hours(school: Any, person: str, *spans: Span) -> None:
    with school.database.write() as session:
        session.query(WorkingHours).filter(WorkingHours.person_id == person, WorkingHours.weekday == 1).delete()
        session.add_all(WorkingHours(person_id=person, weekday=1, start=span.start, end=span.end) for span in spans)


def test_part_time_hours_are_respected(browser: TestClient, school: Any) -> None:
    school.events.put_in("joanne-birtles", "wrens", school.at("08:41"))
    hours(school, "sian-pritchard")
    assert room(browser.get("/today").text, "Wrens") == "Wrens 1 of 1 declared in"
    hours(school, "sian-pritchard", Span(12 * 60, 15 * 60))
    assert room(browser.get("/today").text, "Wrens") == "Wrens 1 of 1 declared in 1 expected later, from 12:00"


def cleaner(school: Any, starts: int, ends: int) -> None:
    with school.database.write() as session:
        week = ((Span(starts, ends),),) * 5 + ((), ())
        draft = PersonDraft("Owen Castleton", "cleaning", (), (PointChoice("wrens"),), week)
        save_person(session, "p-clean", draft, if_match=None, occasion=school.occasion())


def test_the_cleaning_shift_of_half_past_four_is_not_judged_by_the_rule_of_ten_to_nine(
    browser: TestClient, school: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    cleaner(school, 16 * 60 + 30, 19 * 60)
    assert "expected later, from 16:30" in room(browser.get("/today").text, "Wrens")
    assert "2 not declared" in room(browser.get("/today").text, "Wrens")
    school.clock.utc = school.at("16:29")
    sign_in_as(Role.HEADTEACHER)
    assert room(browser.get("/today").text, "Wrens") == "Wrens 0 declared in 1 expected from 16:30"
    school.clock.utc = school.at("16:31")
    assert room(browser.get("/today").text, "Wrens") == "Wrens 0 of 1 declared in 1 not declared: may be absent"


def test_before_ten_to_nine_nobody_is_expected_and_the_early_are_counted(
    sign_in_as: Callable[..., TestClient], school: Any
) -> None:
    school.clock.utc = school.at("08:30")
    browser = sign_in_as(Role.HEADTEACHER)
    school.events.put_in("joanne-birtles", "wrens", school.at("08:29"))
    assert room(browser.get("/today").text, "Wrens") == "Wrens 1 declared in 2 expected from 08:50"
    assert room(browser.get("/today").text, "Robins") == "Robins 0 declared in 3 expected from 08:50"


def test_a_group_that_taps_nowhere_is_never_expected_and_a_changed_rule_is_obeyed(
    browser: TestClient, school: Any
) -> None:
    with school.database.write() as session:
        draft = PersonDraft("Leanne Fothergill", "office", (), (PointChoice("wrens"),), WEEK)
        save_person(session, "p-office", draft, if_match=None, occasion=school.occasion())
    assert "0 of 2 declared in" in room(browser.get("/today").text, "Wrens")
    with school.database.write() as session:
        session.add(GroupRule(group="office", storage_duty="cabinet", expected_by=9 * 60))
        session.add(GroupRule(group="classroom", storage_duty="cabinet", expected_by=11 * 60))
    assert "0 of 1 declared in" in room(browser.get("/today").text, "Wrens")
    assert "2 expected later, from 11:00" in room(browser.get("/today").text, "Wrens")


def test_no_phone_counts_as_done_by_buttons_or_as_said(browser: TestClient, school: Any) -> None:
    private = {"badge": "1:" + "c" * 64, "person": "joanne-birtles", "slot": None, "reason": "no_phone", "clause": "7"}
    school.events.add(
        "wrens", "tap.granted.v1", school.at("08:40"), private, point="wrens", intent="no_phone", opens=False
    )
    assert "0 of 1 declared in" in room(browser.get("/today").text, "Wrens")
    with school.database.write() as session:
        session.add(NoPhone(person_id="sian-pritchard", day=None, said_by="account:1", said_at=school.clock.utc))
    assert "of" not in room(browser.get("/today").text, "Wrens").split()
    school.events.put_in("joanne-birtles", "wrens", school.at("10:00"))
    assert "1 of 1 declared in" in room(browser.get("/today").text, "Wrens")


@pytest.mark.parametrize("by_badge", [True, False])
def test_who_went_home_is_expected_no_more(browser: TestClient, school: Any, by_badge: bool) -> None:
    if by_badge:
        private = {"badge": "1:" + "c" * 64, "person": "joanne-birtles", "by": "1:" + "d" * 64}
        school.events.add("wrens", "person.going_home.v1", school.at("10:00"), private, point="wrens", tap="1")
    else:
        with school.database.write() as session:
            session.add(GoingHome(person_id="joanne-birtles", at=school.at("10:00"), said_by="account:1"))
    assert "0 of 1 declared in" in room(browser.get("/today").text, "Wrens")


def test_on_a_day_without_lessons_nobody_is_expected(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        for point in ("robins", "wrens"):
            save_restricted_times(session, point, (), if_match="*", occasion=school.occasion())
    html = browser.get("/today").text
    assert "No lessons today" in html
    assert "not declared" not in html


def test_a_badge_of_the_cover_pool_is_one_more(browser: TestClient, school: Any) -> None:
    school.events.put_in(None, "wrens", school.at("08:20"), badge="cover-1")
    assert "1 more in" in room(browser.get("/today").text, "Wrens")


def test_names_take_a_second_click_that_everybody_named_can_see(
    browser: TestClient, school: Any, account_of: Callable[..., int]
) -> None:
    school.events.put_in("joanne-birtles", "wrens", school.at("08:41"))
    html = browser.get("/today/rooms/wrens").text
    assert re.search(r"Siân Pritchard.*not declared: may be absent.*Joanne Birtles.*declared in at 08:41", html, re.S)
    with school.database.read() as session:
        looks = session.scalars(select(Audit).where(Audit.act == "looked.room_names")).all()
    assert {look.person_id for look in looks} == {None, "joanne-birtles", "sian-pritchard", "tom-hallworth"} - {
        "tom-hallworth"
    }
    assert "/today/rooms/wrens" in browser.get("/today").text


def test_a_room_that_does_not_exist_is_not_found(browser: TestClient) -> None:
    assert browser.get("/today/rooms/attic").status_code == 404


# --- the day ---


def test_rooms_that_share_a_day_share_a_strip_with_the_words_beside_it(browser: TestClient) -> None:
    html = browser.get("/today").text
    assert "Robins and 1 more" in html
    assert "Robins, Wrens</b>: Lessons 08:50 to 12:00, break 10:30 to 10:45" in html
    assert "10:58" in html
    assert "Next open: <b>12:00</b>" in html


def test_the_next_break_is_said(browser: TestClient, school: Any) -> None:
    school.clock.utc = school.at("10:12")
    html = browser.get("/today").text
    assert "Next open: <b>break at 10:30</b>" in html
    assert "Break opens" in html
    assert "2 rooms, until 10:45" in html


def test_children_staying_in_are_hatched_on_their_own_strip(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        session.add(
            RoomStateSet(
                point_id="robins",
                starts=school.at("12:00"),
                ends=school.at("13:00"),
                generation=1,
                number=1,
                set_by="account:1",
                set_at=school.clock.utc,
            )
        )
    html = browser.get("/today").text
    assert "children staying in 12:00 to 13:00" in html
    assert 'class="children"' in html
    assert "Robins and 1 more" not in html


def test_children_staying_in_by_a_badge_are_shown_too(browser: TestClient, school: Any) -> None:
    school.hear("wrens", children_in_until="2026-11-24T12:30:00.000Z")
    assert "children staying in 10:58 to 12:30" in browser.get("/today").text


def test_on_a_saturday_and_in_the_evening_it_is_quiet(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    school.clock.advance(days=4)
    html = sign_in_as(Role.HEADTEACHER).get("/today").text
    assert "All quiet this morning" in html
    assert "No lessons today" in html
    school.clock.advance(hours=9)
    assert "All quiet this evening" in sign_in_as(Role.HEADTEACHER).get("/today").text


def test_a_declaration_later_than_the_clock_that_was_put_back_says_so(
    sign_in_as: Callable[..., TestClient], school: Any
) -> None:
    school.events.put_in("joanne-birtles", "wrens", school.at("12:05"))
    html = sign_in_as(Role.HEADTEACHER).get("/today/rooms/wrens").text
    assert "declared in, at a time that has not come yet (12:05): the school’s clock was put back" in html
    assert "declared in at 12:05" not in html
