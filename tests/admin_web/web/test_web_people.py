"""People and badges, working hours and the form for a lost badge: saved through the services, errors at the field."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.people import Badge, Person
from admin_web.queries.handles import handle_of
from admin_web.queries.people import PersonKept, read_person
from admin_web.services.revision import current_revision

AMARA = handle_of("amara-osei")


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.OFFICE)


def _kept(school: Any, id: str) -> PersonKept:
    with school.database.read() as session:
        return read_person(session, id)


def _form(html: str, **changes: str) -> dict[str, str]:
    """The fields of the first form of the page as a browser would send them, with changes."""
    form = html[html.index("<form method=") :] if "<form method=" in html else html
    form = html[html.index('name="etag"') - 60 : html.rindex("</form>")]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value=(?:"([^"]*)"|\'([^\']*)\')', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag):
            fields[name[1]] = (value[1] or value[2] or "").replace("&#34;", '"') if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return {**fields, **changes}


def test_the_list_shows_everybody_with_place_and_badge(browser: TestClient, school: Any) -> None:
    html = browser.get("/people").text
    assert "7 people, 7 badges." in html
    assert "Kitchen, locker 4" in html
    assert html.index("Amara Osei") < html.index("Bilal Hussain") < html.index("Tom Hallworth")
    assert "Amara Osei" not in browser.get("/people?group=catering").text
    assert "Ioana Marinescu" in browser.get("/people?point=kitchen").text
    assert "Nobody found" in browser.get("/people?point=kitchen&group=governor").text


def test_a_person_is_added_with_places_and_hours_and_an_id_that_names_nobody(browser: TestClient, school: Any) -> None:
    typed = _form(
        browser.get("/people/new").text,
        name="Grace Adeyemi",
        group="catering",
        **{"place-robins": "yes", "place-kitchen": "2", "mon-0-from": "08:30", "mon-0-until": "14:30"},
    )
    answer = browser.post("/people/new", data=typed)
    assert answer.status_code == 303
    with school.database.read() as session:
        id = session.scalars(select(Person.id).where(Person.name == "Grace Adeyemi")).one()
    assert re.fullmatch(r"p-[0-9a-f]{12}", id)
    kept = _kept(school, id)
    assert [(place.point, place.slot) for place in kept.places] == [("kitchen", 2), ("robins", None)]
    assert [(span.start, span.end) for span in kept.hours[0]] == [(510, 870)]
    assert "Saved." in browser.get(answer.headers["location"]).text


def test_a_change_leaves_badges_and_everything_else_as_it_was(browser: TestClient, school: Any) -> None:
    before = _kept(school, "amara-osei")
    html = browser.get(f"/people/{AMARA}").text
    answer = browser.post(f"/people/{AMARA}", data=_form(html, name="Amara Osei-Mensah"))
    assert answer.status_code == 303
    after = _kept(school, "amara-osei")
    assert after.name == "Amara Osei-Mensah"
    assert (after.badges, after.places, after.hours) == (before.badges, before.places, before.hours)


def test_saving_raises_the_revision_that_cabinets_get(browser: TestClient, school: Any) -> None:
    with school.database.read() as session:
        before = current_revision(session)
    html = browser.get(f"/people/{AMARA}").text
    browser.post(f"/people/{AMARA}", data=_form(html, **{"place-wrens": "yes"}))
    with school.database.read() as session:
        assert current_revision(session) > before


def test_somebody_elses_change_meanwhile_is_not_overwritten(browser: TestClient, school: Any) -> None:
    html = browser.get(f"/people/{AMARA}").text
    browser.post(f"/people/{AMARA}", data=_form(html, name="First"))
    answer = browser.post(f"/people/{AMARA}", data=_form(html, name="Second"))
    assert answer.status_code == 412
    assert "was changed by somebody else in the meantime" in answer.text
    assert 'value="Second"' in answer.text
    assert _kept(school, "amara-osei").name == "First"


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"name": " "}, "name", "The name is empty."),
        ({"name": "x" * 121}, "name", "121 characters"),
        ({"group": "pirates"}, "group", "not a staff group"),
        ({"tue-0-from": "9", "tue-0-until": "16:00"}, "working_hours.tue", "Tuesday: 9 to 16:00 is no span of time."),
        ({"wed-0-from": "16:00", "wed-0-until": "08:00"}, "working_hours.wed", "Wednesday"),
        ({"fri-0-from": "08:00", "fri-0-until": "23:30"}, "working_hours.fri", "23:00"),
        ({"place-kitchen": "4"}, "place-kitchen", "belongs to somebody else"),
        ({"place-kitchen": "99"}, "place-kitchen", "has no slot 99"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field_and_kept_as_typed(
    browser: TestClient, school: Any, changes: dict[str, str], field: str, says: str
) -> None:
    html = browser.get(f"/people/{AMARA}").text
    answer = browser.post(f"/people/{AMARA}", data=_form(html, **changes))
    assert answer.status_code == 422
    assert "One thing to put right" in answer.text
    assert f'href="#f-{field}"' in answer.text
    assert says in answer.text
    assert answer.text.count('class="error-text"') == 1
    assert f'id="f-{field}"' in answer.text
    assert _kept(school, "amara-osei").etag == 1


def test_ending_a_person_asks_first_and_ends_badges_and_places(browser: TestClient, school: Any) -> None:
    html = browser.get(f"/people/{AMARA}/end").text
    assert "End Amara Osei?" in html
    assert "1 badge ends now." in html
    etag = re.search(r"name=\"etag\" value='(.*?)'", html)
    assert etag is not None
    answer = browser.post(f"/people/{AMARA}/end", data={"etag": etag[1].replace("&#34;", '"')})
    assert answer.headers["location"] == "/people?said=ended"
    kept = _kept(school, "amara-osei")
    assert (kept.badges, kept.places) == ((), ())
    assert kept.ended_at is not None
    assert "Amara Osei" not in browser.get("/people").text


def test_an_unknown_badge_is_given_to_a_person_from_its_own_page(browser: TestClient, school: Any) -> None:
    school.events.refuse(None, "robins", school.at("08:52"), "badge_not_known_here", badge="1:" + "e" * 64, intent=None)
    badge = handle_of("1:" + "e" * 64)
    assert "Robins, 08:52" in browser.get("/people").text
    answer = browser.post(f"/people/badges/{badge}", data={"to": ""})
    assert answer.status_code == 422
    assert "Nobody is chosen." in answer.text
    answer = browser.post(f"/people/badges/{badge}", data={"to": AMARA})
    assert answer.headers["location"] == f"/people/{AMARA}?said=given"
    assert len(_kept(school, "amara-osei").badges) == 2
    assert "No badges wait for a name." in browser.get("/people").text


def test_an_unknown_badge_goes_into_the_cover_pool_and_out_again(browser: TestClient, school: Any) -> None:
    school.events.refuse(None, "robins", school.at("08:52"), "badge_not_known_here", badge="1:" + "e" * 64, intent=None)
    badge = handle_of("1:" + "e" * 64)
    browser.post(f"/people/badges/{badge}", data={"to": "cover-pool", "label": "Cover badge 2"})
    assert "Cover badge 2" in browser.get("/people").text
    browser.post("/people/cover-pool/remove", data={"badge": badge})
    assert "No badge is in the cover pool." in browser.get("/people").text


def test_a_badge_is_lost_found_and_ended_on_the_persons_page(browser: TestClient, school: Any) -> None:
    badge = _kept(school, "amara-osei").badges[0].handle
    browser.post(f"/people/{AMARA}/badges/lost", data={"badge": badge})
    assert _kept(school, "amara-osei").badges[0].lost
    assert "It is found" in browser.get(f"/people/{AMARA}").text
    browser.post(f"/people/{AMARA}/badges/found", data={"badge": badge})
    assert not _kept(school, "amara-osei").badges[0].lost
    browser.post(f"/people/{AMARA}/badges/end", data={"badge": badge})
    assert _kept(school, "amara-osei").badges == ()


def test_the_names_of_holders_stand_beside_taken_lockers_only(browser: TestClient) -> None:
    html = browser.get(f"/people/{AMARA}").text
    assert re.search(r'<option value="4"\s+disabled>Locker 4, Ioana Marinescu</option>', html)
    assert re.search(r'<option value="3"\s*>Locker 3</option>', html)


def test_anybody_marks_a_badge_lost_by_the_exact_name(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    browser = sign_in_as(Role.STAFF)
    html = browser.get("/lost-badge").text
    assert "Amara" not in html
    assert "<select" not in html
    wrong = browser.post("/lost-badge", data={"name": "Amara"})
    assert wrong.status_code == 404
    assert "Nobody has exactly this name." in wrong.text
    right = browser.post("/lost-badge", data={"name": "Amara  Osei "})
    assert "Done. 1 badge is marked lost." in right.text
    with school.database.read() as session:
        assert len(session.scalars(select(Badge).where(Badge.lost_at.is_not(None))).all()) == 1


def test_slt_changes_working_hours_without_seeing_people(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    browser = sign_in_as(Role.SLT)
    assert browser.get("/people").status_code == 403
    assert "Mon 08:15–16:00" in browser.get("/restricted/hours").text
    html = browser.get(f"/restricted/hours/{AMARA}").text
    before = _kept(school, "amara-osei")
    answer = browser.post(f"/restricted/hours/{AMARA}", data=_form(html, **{"mon-0-until": "12:30"}))
    assert answer.headers["location"] == "/restricted?said=hours"
    after = _kept(school, "amara-osei")
    assert [(span.start, span.end) for span in after.hours[0]] == [(495, 750)]
    assert (after.name, after.badges, after.places) == (before.name, before.badges, before.places)


def test_the_office_sees_hours_and_cannot_change_them(browser: TestClient, school: Any) -> None:
    assert browser.get(f"/restricted/hours/{AMARA}").status_code == 200
    assert browser.post(f"/restricted/hours/{AMARA}", data={}).status_code == 403


def test_a_look_at_one_person_is_written_down_for_that_person(browser: TestClient, school: Any) -> None:
    browser.get(f"/people/{AMARA}")
    with school.database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.person_id == "amara-osei", Audit.act == "looked.person")).all()
    assert len(rows) == 1


def test_everybody_sees_their_own_record_and_who_looked(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("08:31"))
    school.events.put_in("bilal-hussain", "robins", school.at("08:32"))
    sign_in_as(Role.HEADTEACHER).get(f"/log?person={AMARA}")
    sign_in_as(Role.HEADTEACHER).get("/log")
    browser = sign_in_as(Role.STAFF, "amara-osei")
    html = browser.get("/me").text
    assert "declared a phone in at" in html
    assert "Bilal" not in html
    assert "<b>The headteacher</b> looked at your events in the access log." in html
    assert "<b>The headteacher</b>, 1 time" in html
    assert "<p><b>The staff</b>" not in browser.get("/me").text


def test_an_account_without_a_person_has_no_record_and_is_told_why(sign_in_as: Callable[..., TestClient]) -> None:
    assert "No record belongs to this account" in sign_in_as(Role.OFFICE).get("/me").text
