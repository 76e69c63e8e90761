"""The timetable's pages: a week to change, the school year, files with a preview, drafts, versions, two at once."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.rules.blocks import dated_blocks
from admin_web.rules.timetables import draft_timetable, live_timetable
from admin_web.services.areas import save_area
from admin_web.services.policy_texts import publish_policy_text, suggested_words
from admin_web.services.restricted import follow_timetable
from admin_web.services.timetable import publish_timetable
from policy.school_timetable import SchoolTimetable
from tests.policy.timetables import CLUB, MORNING, ROBINS, TUESDAY, a_timetable, weekly

BASE = a_timetable().with_week(ROBINS, weekly(*(MORNING,) * 5))
WEEK = "/timetable?of=area.robins"
ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:INSET day\r\nDTSTART;VALUE=DATE:20270104\r\n"
    "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Sports day\r\nDTSTART;VALUE=DATE:20270105\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient], school: Any) -> TestClient:
    """An SLT member's browser; the timetable is live, and Robins follows it."""
    with school.database.write() as session:
        save_area(session, "hall", "Hall", phone_free=False, if_match=None, occasion=school.occasion())
        publish_timetable(session, BASE, if_match="*", occasion=school.occasion())
        follow_timetable(session, "robins", if_match="*", occasion=school.occasion())
    return sign_in_as(Role.SLT)


def drafted(school: Any) -> SchoolTimetable | None:
    with school.database.read() as session:
        return draft_timetable(session)


def live(school: Any) -> SchoolTimetable:
    with school.database.read() as session:
        return live_timetable(session)


def fields(page: str, action: str) -> dict[str, Any]:
    """Read a form's fields as a browser would post them."""
    form = page[page.index(f'action="{action}') :]
    form = form[: form.index("</form>")]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        if name is None or (kind is not None and kind[1] == "file"):
            continue
        if kind is not None and kind[1] in ("checkbox", "radio") and "checked" not in tag:
            continue
        found.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = [html.unescape(chosen[1])] if chosen else [""]
    return found


def open_block(browser: TestClient, day: int, block: int | None = None) -> dict[str, Any]:
    more = "" if block is None else f"&block={block}"
    return fields(browser.get(f"{WEEK}&day={day}{more}").text, "/timetable/block")


def test_the_week_is_a_picture_of_links_that_say_what_they_are(browser: TestClient) -> None:
    page = browser.get(WEEK).text
    assert 'aria-label="Tuesday, Lessons 08:50 to 10:30"' in page
    assert 'href="/timetable?of=area.robins&amp;day=1&amp;block=0#block"' in page
    assert "Tuesday: Lessons 08:50 to 10:30, Break 10:30 to 10:45, Lessons 10:45 to 12:00" in page


def test_a_block_is_moved_in_the_draft_and_nothing_is_live(browser: TestClient, school: Any) -> None:
    form = open_block(browser, 1, 2) | {"until": "12:15", "do": "save"}
    answer = browser.post("/timetable/block", data=form)
    assert answer.headers["location"] == "/timetable?of=area.robins&said=saved"
    assert live(school) == BASE
    page = browser.get(WEEK).text
    assert "1 change, not live" in page
    assert "Lessons 10:45 to 12:15, changed, not live" in page
    assert "Tuesday 10:45-12:15 Robins: lessons moved, was 10:45-12:00" in browser.get("/timetable/versions").text


def test_ticking_more_days_changes_them_too(browser: TestClient, school: Any) -> None:
    form = open_block(browser, 0, 2) | {"until": "12:15", "days": ["0", "1", "4"], "do": "save"}
    browser.post("/timetable/block", data=form)
    draft = drafted(school)
    assert draft is not None
    ends = [day[-1].span.end if day else None for day in draft.week_of(ROBINS)]
    assert ends[:5] == [735, 735, 720, 720, 735]


def test_a_new_block_and_a_removed_one(browser: TestClient, school: Any) -> None:
    form = open_block(browser, 1)
    form |= {"kind": "after_school_club", "name": "", "from": "12:00", "until": "13:00", "do": "save"}
    assert browser.post("/timetable/block", data=form).status_code == 303
    draft = drafted(school)
    assert draft is not None
    assert [block.name for block in draft.week_of(ROBINS)[1]] == ["Lessons", "Break", "Lessons", "After-school club"]
    form = open_block(browser, 1, 3) | {"do": "remove"}
    assert browser.post("/timetable/block", data=form).headers["location"].endswith("said=removed")
    assert drafted(school) == BASE


def test_an_overlap_is_shown_and_not_saved(browser: TestClient, school: Any) -> None:
    form = open_block(browser, 1, 2) | {"from": "10:15", "do": "save"}
    answer = browser.post("/timetable/block", data=form)
    assert answer.status_code == 422
    assert "overlaps Lessons 08:50-10:30: Tuesday, Robins." in answer.text
    assert 'class="block away changed selected conflict"' in answer.text
    assert drafted(school) is None


def test_a_gap_is_shown_before_it_is_saved(browser: TestClient, school: Any) -> None:
    form = open_block(browser, 1, 2) | {"from": "10:50", "do": "save"}
    answer = browser.post("/timetable/block", data=form)
    assert answer.status_code == 422
    assert "Tuesday, Robins: nothing from 10:45 to 10:50." in answer.text
    assert drafted(school) is None
    again = fields(answer.text, "/timetable/block") | {"do": "save"}
    assert browser.post("/timetable/block", data=again).status_code == 303
    assert drafted(school) is not None


def test_checking_shows_what_it_changes_and_saves_nothing(browser: TestClient, school: Any) -> None:
    form = open_block(browser, 1, 2) | {"until": "12:15", "do": "check"}
    answer = browser.post("/timetable/block", data=form)
    assert "Tuesday 10:45-12:15 Robins: lessons moved, was 10:45-12:00" in answer.text
    assert drafted(school) is None
    dragged = browser.get(f"{WEEK}&day=1&block=2&from=10:45&until=12:15").text
    assert "lessons moved, was 10:45-12:00" in dragged


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from": "8.50"}, "from"),
        ({"until": "25:00"}, "until"),
        ({"from": "22:00", "until": "02:00"}, "until"),
        ({"kind": "party"}, "kind"),
        ({"name": "x" * 61}, "name"),
        ({"name": "Les\x00sons"}, "name"),
        ({"days": []}, "days"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(
    browser: TestClient, school: Any, changes: dict[str, Any], field: str
) -> None:
    answer = browser.post("/timetable/block", data={**open_block(browser, 1, 2), **changes, "do": "save"})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert f'id="f-{field}"' in answer.text
    assert drafted(school) is None


def test_who_saves_second_sees_both_versions_and_overwrites_nothing(browser: TestClient, school: Any) -> None:
    mine, theirs = open_block(browser, 1, 2), open_block(browser, 1, 2)
    browser.post("/timetable/block", data=theirs | {"until": "12:10", "do": "save"})
    answer = browser.post("/timetable/block", data=mine | {"until": "12:20", "do": "save"})
    assert answer.status_code == 412
    assert "Tuesday: Lessons 08:50 to 10:30, Break 10:30 to 10:45, Lessons 10:45 to 12:10" in answer.text
    assert 'value="12:20"' in answer.text
    draft = drafted(school)
    assert draft is not None
    assert draft.week_of(ROBINS)[1][-1].span.end == 730
    again = fields(answer.text, "/timetable/block") | {"do": "save"}
    assert browser.post("/timetable/block", data=again).status_code == 303
    draft = drafted(school)
    assert draft is not None
    assert draft.week_of(ROBINS)[1][-1].span.end == 740, "what theirs had become, and no block beside it"


def test_a_block_that_somebody_took_away_or_cut_in_two_clashes_and_says_so(browser: TestClient, school: Any) -> None:
    mine = open_block(browser, 1, 2)
    browser.post("/timetable/block", data=open_block(browser, 1, 2) | {"from": "10:45", "until": "11:00", "do": "save"})
    new = {**open_block(browser, 1, 2), "origin": "", "name": "Music", "from": "11:00", "until": "12:00", "do": "save"}
    assert browser.post("/timetable/block", data=new | {"although": "yes"}).status_code == 303
    told = browser.post("/timetable/block", data=mine | {"until": "12:20", "do": "save"})
    assert told.status_code == 412
    again = fields(told.text, "/timetable/block") | {"do": "save"}
    assert browser.post("/timetable/block", data=again).status_code == 422


def test_a_week_shows_its_closures_and_single_days(browser: TestClient) -> None:
    page = browser.get(f"{WEEK}&week=now").text
    assert "Fri 27 Nov" in page
    assert "INSET day" in page
    assert "Fri 27 Nov (INSET day): nothing" in page
    holidays = browser.get(f"{WEEK}&week=2026-12-23").text
    assert holidays.count("Not in term") >= 5


def test_terms_and_closures_are_typed_and_saved_in_the_draft(browser: TestClient, school: Any) -> None:
    form = fields(browser.get("/timetable/year").text, "/timetable/year") | {"do": "add-closure"}
    page = browser.post("/timetable/year", data=form).text
    form = fields(page, "/timetable/year")
    form |= {"c2-kind": "bank_holiday", "c2-name": "Good Friday", "c2-first": "2027-03-26", "do": "save"}
    assert browser.post("/timetable/year", data=form).headers["location"] == "/timetable/year?said=saved"
    draft = drafted(school)
    assert draft is not None
    assert [one.name for one in draft.closures] == ["INSET day", "Frozen pipes", "Good Friday"]
    assert live(school) == BASE


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"t0-first": ""}, "t0-first"),
        ({"t0-last": "2026-09-01"}, "t0-last"),
        ({"t0-half-first": "2027-01-01", "t0-half-last": "2027-01-02"}, "t0-half-first"),
        ({"t1-first": "2026-12-01"}, "t1-first"),
        ({"t0-name": " ", "t0-year": "2026/27"}, "t0-name"),
        ({"t0-year": ""}, "t0-year"),
        ({"c0-last": "2026-11-01"}, "c0-last"),
        ({"c0-name": ""}, "c0-name"),
        ({"c1-first": "x"}, "c1-first"),
        ({"c1-kind": "party"}, "c1-kind"),
    ],
)
def test_what_is_wrong_in_the_year_is_said_at_its_field(
    browser: TestClient, school: Any, changes: dict[str, str], field: str
) -> None:
    form = fields(browser.get("/timetable/year").text, "/timetable/year")
    answer = browser.post("/timetable/year", data={**form, **changes, "do": "save"})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert f'id="f-{field}"' in answer.text
    assert drafted(school) is None


def test_two_who_change_the_year_at_once(browser: TestClient, school: Any) -> None:
    form = fields(browser.get("/timetable/year").text, "/timetable/year")
    browser.post("/timetable/year", data={**form, "c1-name": "Flood", "do": "save"})
    answer = browser.post("/timetable/year", data={**form, "c1-name": "Snow", "do": "save"})
    assert answer.status_code == 412
    assert "Saved meanwhile by The slt" in answer.text
    assert "Flood: 2026-12-01 to 2026-12-02" in answer.text
    assert 'value="Snow"' in answer.text
    draft = drafted(school)
    assert draft is not None
    assert draft.closures[1].name == "Flood"
    again = fields(answer.text, "/timetable/year") | {"do": "save"}
    assert browser.post("/timetable/year", data=again).status_code == 303


def upload(browser: TestClient, name: str, content: bytes) -> Any:
    return browser.post("/timetable/year/import", files={"file": (name, content, "text/calendar")})


def test_a_file_is_shown_before_it_changes_anything(browser: TestClient, school: Any) -> None:
    page = upload(browser, "school.ics", ICS.encode()).text
    assert "INSET day, Monday 4 January 2027 added" in page
    assert "Sports day" in page
    assert drafted(school) is None
    form = fields(page, "/timetable/year/import")
    assert (form["r0-kind"], form["r1-kind"]) == (["inset"], ["other"])
    assert browser.post("/timetable/year/import", data=form | {"do": "save"}).status_code == 303
    draft = drafted(school)
    assert draft is not None
    assert [one.name for one in draft.closures] == ["INSET day", "Frozen pipes", "INSET day"]


def test_what_a_row_is_can_be_said_in_the_preview(browser: TestClient, school: Any) -> None:
    form = fields(upload(browser, "school.ics", ICS.encode()).text, "/timetable/year/import")
    page = browser.post("/timetable/year/import", data=form | {"r1-kind": "closure", "do": "preview"}).text
    assert "Sports day (closure), Tuesday 5 January 2027 added" in page
    assert drafted(school) is None


def test_a_table_may_be_pasted(browser: TestClient) -> None:
    page = browser.post("/timetable/year/import", data={"text": "name,first\nStaff training,2027-01-04\n"}).text
    assert "Staff training (INSET day), Monday 4 January 2027 added" in page


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (ICS.replace("DTSTART;VALUE=DATE:20270104", "DTSTART;VALUE=DATE:20270104\r\nRRULE:FREQ=SECONDLY"), "Line 7:"),
        (ICS.replace("DTSTART;VALUE=DATE:20270104", "DTSTART;TZID=Mars/Phobos:20270104T090000"), "is not a time zone"),
        ("name,first\n=1+1,2027-01-04\n", "Line 2: the name begins with"),
        ("x" * 600_000, "larger than 512 kB"),
    ],
)
def test_a_hostile_file_is_refused_at_the_field(browser: TestClient, school: Any, content: str, says: str) -> None:
    answer = upload(browser, "a.ics" if "BEGIN" in content else "a.csv", content.encode())
    assert answer.status_code == 422
    assert says in answer.text
    assert "Nothing has been brought in." in answer.text
    assert 'href="#f-file"' in answer.text
    assert drafted(school) is None


def test_ten_megabytes_are_refused_at_the_field_too(browser: TestClient, school: Any) -> None:
    answer = upload(browser, "a.ics", ICS.encode() + b"x" * 10_000_000)
    assert answer.status_code == 422
    assert "The file is larger than 512 kB." in answer.text
    assert 'href="#f-file"' in answer.text
    assert drafted(school) is None


def test_a_hundred_megabytes_are_not_even_read(browser: TestClient) -> None:
    headers = {"content-length": "100000000", "content-type": "multipart/form-data; boundary=x"}
    assert browser.post("/timetable/year/import", headers=headers, content=b"--x").status_code == 413


def test_a_file_that_is_too_large_for_a_form_without_one_is_said_on_a_page(browser: TestClient) -> None:
    answer = browser.post("/timetable/block", files={"file": ("a.txt", b"x" * 2_000_000)})
    assert answer.status_code == 413
    assert "<h1>" in answer.text


def test_somebody_elses_draft_meanwhile_is_not_overwritten_by_a_file(browser: TestClient, school: Any) -> None:
    form = fields(upload(browser, "school.ics", ICS.encode()).text, "/timetable/year/import")
    browser.post("/timetable/block", data=open_block(browser, 1, 2) | {"until": "12:10", "do": "save"})
    before = drafted(school)
    answer = browser.post("/timetable/year/import", data=form | {"do": "save"})
    assert answer.status_code == 412
    assert drafted(school) == before
    again = fields(answer.text, "/timetable/year/import") | {"do": "save"}
    assert browser.post("/timetable/year/import", data=again).status_code == 303
    draft = drafted(school)
    assert draft is not None
    assert draft.week_of(ROBINS)[1][-1].span.end == 730


def test_one_day_is_changed_and_given_back(browser: TestClient, school: Any) -> None:
    address = "/timetable/days/one?of=area.robins&date=2026-12-04"
    form = fields(browser.get(address).text, "/timetable/days/one") | {"do": "remove-2"}
    page = browser.post("/timetable/days/one", data=form).text
    form = fields(page, "/timetable/days/one") | {"do": "save"}
    assert browser.post("/timetable/days/one", data=form).headers["location"] == "/timetable/days?said=saved"
    draft = drafted(school)
    assert draft is not None
    assert [block.name for block in draft.one_offs[0].blocks] == ["Lessons", "Break"]
    assert "Friday 4 December, Robins" in browser.get("/timetable/days").text
    form = fields(browser.get(address).text, "/timetable/days/one") | {"do": "usual"}
    assert browser.post("/timetable/days/one", data=form).headers["location"] == "/timetable/days?said=usual"
    assert drafted(school) == BASE


def test_a_day_on_which_the_school_is_closed_says_so(browser: TestClient) -> None:
    page = browser.get("/timetable/days/one?of=area.robins&date=2026-11-27").text
    assert "there is no school: INSET day" in page


def test_a_day_with_an_overlap_is_not_saved(browser: TestClient, school: Any) -> None:
    form = fields(browser.get("/timetable/days/one?of=area.robins&date=2026-12-04").text, "/timetable/days/one")
    answer = browser.post("/timetable/days/one", data=form | {"b1-until": "11:00", "do": "save"})
    assert answer.status_code == 422
    assert "Friday 4 December 2026, Robins" in answer.text
    answer = browser.post("/timetable/days/one", data=form | {"b1-until": "10:00", "do": "save"})
    assert 'href="#f-b1-until"' in answer.text
    assert drafted(school) is None


@pytest.mark.parametrize("query", ["of=area.attic&date=2026-12-04", "of=area.robins&date=soon", ""])
def test_a_day_that_cannot_be_is_said(browser: TestClient, query: str) -> None:
    assert browser.get(f"/timetable/days/one?{query}").status_code == 422


def test_a_draft_is_published_and_rolled_back_with_one_press_each(browser: TestClient, school: Any) -> None:
    browser.post("/timetable/block", data=open_block(browser, 1, 2) | {"until": "12:15", "do": "save"})
    form = fields(browser.get("/timetable/versions").text, "/timetable/versions/publish")
    assert browser.post("/timetable/versions/publish", data=form).headers["location"].endswith("said=published")
    with school.database.read() as session:
        assert dated_blocks(session, "robins", TUESDAY, TUESDAY)[-1].span.end == 735
    page = browser.get("/timetable/versions?said=published").text
    assert re.search(r"Published\. Rules [\d.]+ applied on", page)
    number = re.search(r'action="/timetable/versions/(\d+)/roll-back"', page)
    assert number is not None
    compared = browser.get(f"/timetable/versions/{number[1]}").text
    assert "Tuesday 10:45-12:00 Robins: lessons moved, was 10:45-12:15" in compared
    form = fields(page, f"/timetable/versions/{number[1]}/roll-back")
    assert browser.post(f"/timetable/versions/{number[1]}/roll-back", data=form).status_code == 303
    assert live(school) == BASE


def test_what_was_changed_since_it_was_compared_is_not_published(browser: TestClient, school: Any) -> None:
    browser.post("/timetable/block", data=open_block(browser, 1, 2) | {"until": "12:15", "do": "save"})
    form = fields(browser.get("/timetable/versions").text, "/timetable/versions/publish")
    browser.post("/timetable/block", data=open_block(browser, 3, 2) | {"until": "12:20", "do": "save"})
    answer = browser.post("/timetable/versions/publish", data=form)
    assert answer.status_code == 412
    assert "Thursday 10:45-12:20 Robins" in answer.text
    assert live(school) == BASE


def test_a_draft_is_thrown_away(browser: TestClient, school: Any) -> None:
    browser.post("/timetable/block", data=open_block(browser, 1, 2) | {"until": "12:15", "do": "save"})
    form = fields(browser.get("/timetable/versions").text, "/timetable/versions/drop")
    assert browser.post("/timetable/versions/drop", data=form).status_code == 303
    assert drafted(school) is None
    assert browser.post("/timetable/versions/drop", data=form).status_code == 409


def test_places_are_added_renamed_and_said_to_be_free_of_phones(browser: TestClient, school: Any) -> None:
    assert browser.post("/timetable/places", data={"name": "Sensory garden", "phone_free": "yes"}).status_code == 303
    page = browser.get("/timetable/places").text
    assert 'value="Sensory garden"' in page
    stale = {"id": "hall", "etag": '"1"', "name": "Big hall"}
    assert browser.post("/timetable/places", data=stale).status_code == 303
    answer = browser.post("/timetable/places", data=stale | {"name": "Small hall"})
    assert answer.status_code == 412
    assert "Typed was “Small hall”" in answer.text
    assert 'value="Small hall"' in answer.text
    assert browser.post("/timetable/places", data={"name": "robins"}).status_code == 409


def test_clause_5_phone_free_places_stand_under_the_rules_that_people_read(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        publish_policy_text(session, suggested_words(), occasion=school.occasion())
    assert "Where phones are never used" not in browser.get("/registers/policy").text
    browser.post("/timetable/places", data={"name": "Changing room", "phone_free": "yes"})
    page = browser.get("/registers/policy").text
    assert "Where phones are never used" in page
    assert "Changing room" in page


def test_a_place_that_follows_shows_this_week_and_may_get_times_of_its_own(browser: TestClient, school: Any) -> None:
    path = "/restricted/points/robins"
    page = browser.get(path).text
    assert "Follows the timetable of Robins" in page
    assert 'name="b0-name"' not in page
    page = browser.get(f"{path}?own=yes").text
    form = fields(page, path) | {"do": "save"}
    assert browser.post(path, data=form).status_code == 303
    page = browser.get(path).text
    assert "Follow the timetable again" in page
    form = fields(page, f"{path}/follow")
    assert browser.post(f"{path}/follow", data=form).headers["location"] == f"{path}?said=follows"
    assert browser.post(f"{path}/follow", data=form).status_code == 412
    assert "Follows the timetable of Robins" in browser.get(path).text


def test_the_list_shows_what_a_place_that_follows_has_today(browser: TestClient) -> None:
    page = browser.get("/restricted").text
    assert "Robins: Lessons 08:50 to 10:30; Break 10:30 to 10:45; Lessons 10:45 to 12:00" in page


def test_the_office_sees_everything_and_changes_nothing(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    office = sign_in_as(Role.OFFICE)
    for path in (WEEK, f"{WEEK}&day=1&block=0", "/timetable/year", "/timetable/days", "/timetable/places"):
        page = office.get(path).text
        assert 'value="save"' not in page
        assert 'method="post" action="/timetable/year/import"' not in page
    assert office.post("/timetable/block", data={}).status_code == 403


def test_a_school_without_a_timetable_can_begin_one(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    assert "Nothing is planned here yet" in browser.get(WEEK).text
    assert "Nothing has been published yet" in browser.get("/timetable/versions").text
    form = open_block(browser, 0) | {"from": "09:00", "until": "10:00", "do": "save"}
    assert browser.post("/timetable/block", data=form).status_code == 303
    page = browser.get("/timetable/versions").text
    assert "There is no term yet" in page
    form = fields(page, "/timetable/versions/publish")
    assert browser.post("/timetable/versions/publish", data=form).status_code == 303
    assert len(live(school).week_of(ROBINS)[0]) == 1


def test_a_clubs_name_is_escaped(browser: TestClient, school: Any) -> None:
    form = open_block(browser, 1) | {"name": "<script>x</script>", "from": "12:00", "until": "13:00", "do": "save"}
    browser.post("/timetable/block", data=form)
    assert "<script>x" not in browser.get(WEEK).text
    assert "<script>x" not in browser.get("/timetable/versions").text
    assert CLUB.name not in browser.get(WEEK).text
