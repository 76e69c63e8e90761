"""The pages about visitors: on site, roll-call, rules, expected; who sees and does what, and what is written down."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.orders import CommandOrder
from admin_web.database.reception import ExpectedVisit
from admin_web.database.visits import HelpRing, RollFact, Visit
from admin_web.queries.roll import read_rolls
from admin_web.services.points import add_reception

HELEN, FAISAL = "00000000000000aa", "00000000000000bb"
NONCE = "b" * 32


@pytest.fixture
def reception(school: Any) -> Any:
    """The school with a reception screen and its first rules."""
    with school.database.write() as session:
        add_reception(session, "reception", event_key=bytes(32), certificate_serial="9", occasion=school.occasion())
    return school


def sign_in(school: Any, visit: str, name: str, at: datetime, **private: Any) -> None:
    said = {
        "name": name,
        "organisation": "Educational psychologist",
        "reason": "professional",
        "host": "amara-osei",
        "role": None,
        "room": None,
        "needs_phone": False,
        "lanyard": "14",
        "badge": None,
        "ticks": ["id_seen"],
        "expected": None,
        "image_permission": False,
        **private,
    }
    school.events.add("reception", "visit.signed_in.v1", at, said, visit=visit)
    read = {"version": 1, "hash": "e" * 64, "language": "ur", "seconds": 24, "ticks": ["images"]}
    school.events.add("reception", "rules.acknowledged.v1", at, read, visit=visit)


def audited(school: Any) -> list[str]:
    with school.database.read() as session:
        return list(session.scalars(select(Audit.act).order_by(Audit.id)))


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_visitor_who_waits_is_shown_with_the_host_and_after_ten_minutes_as_late(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:50"))
    web = sign_in_as(Role.OFFICE)
    page = text_of(web.get("/on-site").text)
    assert "1 visitor at 10:58" in page
    assert "Helen Farrow" in page
    assert "Amara Osei" in page
    assert "waiting for host" in page
    assert "Helen" not in web.get("/today").text
    reception.clock.advance(minutes=3)
    assert "waiting 11 min" in text_of(web.get("/on-site").text)
    today = text_of(web.get("/today").text)
    assert "1 visitor waits for a host" in today
    assert "Helen" not in today


def test_the_office_says_it_in_the_hosts_name_and_signs_out(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:50"))
    web = sign_in_as(Role.OFFICE)
    assert web.post(f"/on-site/visits/{HELEN}/brief").status_code == 303
    page = text_of(web.get(f"/on-site/visits/{HELEN}").text)
    assert "Amara Osei, by the office in the host’s name" in page
    assert "version 1 in Urdu, 24 seconds on the screen, the line on images ticked" in page
    assert "ID seen" in page
    again = web.post(f"/on-site/visits/{HELEN}/brief")
    assert again.status_code == 409
    assert web.post(f"/on-site/visits/{HELEN}/sign-out").status_code == 303
    assert "No visitor is signed in" in web.get("/on-site").text
    with reception.database.read() as session:
        visit = session.get_one(Visit, HELEN)
        assert (visit.briefed_how, visit.ended_how) == ("office", "office")
    acts = audited(reception)
    assert {"looked.on_site", "looked.visit", "changed.visitor_briefed", "changed.visitor_signed_out"} <= set(acts)


def test_for_a_room_it_is_chosen_who_told_them(reception: Any, sign_in_as: Callable[..., TestClient]) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:50"), host=None, room="robins")
    web = sign_in_as(Role.OFFICE)
    missing = web.post(f"/on-site/visits/{HELEN}/brief")
    assert missing.status_code == 422
    assert "It is not said who told them." in missing.text
    handle = re.findall(r'value="([0-9a-f]{16})"[^>]*>Bilal Hussain', missing.text)[0]
    assert web.post(f"/on-site/visits/{HELEN}/brief", data={"host": handle}).status_code == 303


def test_a_host_says_it_on_their_own_page_and_nobody_else_can(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:50"))
    other = sign_in_as(Role.STAFF, "bilal-hussain")
    assert "Helen" not in other.get("/my-visitors").text
    assert other.post(f"/my-visitors/visits/{HELEN}/brief").status_code == 403
    host = sign_in_as(Role.STAFF, "amara-osei")
    assert "Helen Farrow" in host.get("/my-visitors").text
    assert host.post(f"/my-visitors/visits/{HELEN}/brief").status_code == 303
    assert "in the web view" in host.get("/my-visitors").text
    assert host.get("/on-site").status_code == 403


def test_a_ring_stands_on_today_and_on_site_until_somebody_answers(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    at = reception.at("10:57")
    reception.events.add("reception", "help.asked.v1", at, {"visit": None}, kind="need_phone", nonce=NONCE)
    web = sign_in_as(Role.OFFICE)
    assert "A visitor at reception needs their phone" in web.get("/today").text
    assert "A visitor at reception needs their phone" in web.get("/on-site").text
    assert web.post(f"/on-site/rings/{NONCE}/answer").status_code == 303
    assert "I am coming" not in web.get("/on-site").text
    assert sign_in_as(Role.SLT).post(f"/on-site/rings/{NONCE}/answer").status_code == 409
    with reception.database.read() as session:
        assert session.get_one(HelpRing, NONCE).answered_by is not None


def test_the_same_rung_again_is_one_card_with_how_often_and_one_answer_is_for_all_of_it(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:50"))
    for number, (clock, visit) in enumerate((("10:55", None), ("10:56", HELEN), ("10:56:30", None), ("10:57", None))):
        more = {"kind": "sign_out", "nonce": f"{number:032x}"}
        reception.events.add("reception", "help.asked.v1", reception.at(clock), {"visit": visit}, **more)
    web = sign_in_as(Role.OFFICE)
    page = text_of(web.get("/on-site").text)
    assert "rung 3 times, first 10:55, last 10:57" in page
    assert page.count("I am coming") == 2  # hers is another one
    assert "Rung 3 times, first 3 min ago" in text_of(web.get("/today").text)
    assert "rung 3 times, first 3 min ago" in text_of(web.get("/bell").text)
    assert web.post(f"/on-site/rings/{0:032x}/answer").status_code == 303
    page = text_of(web.get("/on-site").text)
    assert page.count("I am coming") == 1
    assert page.count("A visitor is leaving and could not sign out, rung 3 times") == 1
    with reception.database.read() as session:
        told = set(session.scalars(select(CommandOrder.nonce)))
        assert told == {f"{number:032x}" for number in (0, 2, 3)}


def test_a_ring_that_comes_a_day_late_rings_nobody(reception: Any, sign_in_as: Callable[..., TestClient]) -> None:
    at = reception.at("09:00")
    reception.events.add("reception", "help.asked.v1", at, {"visit": None}, kind="office", nonce=NONCE)
    assert "asks for the office" not in sign_in_as(Role.OFFICE).get("/on-site").text


def test_a_page_that_reads_itself_again_and_shows_the_same_names_is_no_new_look(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:50"))
    web = sign_in_as(Role.OFFICE)
    mark = re.findall(r'data-mark="([0-9a-f]+)"', web.get("/on-site").text)[0]
    again = {"Sec-Fetch-Dest": "empty"}
    web.get(f"/on-site?seen={mark}", headers=again)
    assert audited(reception).count("looked.on_site") == 1
    sign_in(reception, FAISAL, "Faisal Rehman", reception.at("10:57"))
    web.get(f"/on-site?seen={mark}", headers=again)
    assert audited(reception).count("looked.on_site") == 2
    web.get(f"/on-site?seen={mark}")
    assert audited(reception).count("looked.on_site") == 3


def test_a_roll_call_merges_ticks_from_everywhere_and_says_how_long_it_took(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:40"))
    sign_in(reception, FAISAL, "Faisal Rehman", reception.at("10:45"))
    web = sign_in_as(Role.DSL)
    assert web.post("/on-site/roll/begin", data={"drill": "yes"}).status_code == 303
    assert web.post("/on-site/roll/begin", data={"drill": "yes"}).status_code == 409
    reception.clock.advance(minutes=2)
    said = web.post("/on-site/roll/ticks", data={"drill": "yes", "seen": HELEN}).json()
    assert said["seen"] == {HELEN: "11:00"}
    # The screen at reception had no network; its tick joins when it arrives.
    by = {"by": "amara-osei"}
    reception.events.add("reception", "roll.seen.v1", reception.at("11:01:12"), by, visit=FAISAL, drill=True)
    web.post("/on-site/roll/ticks", data={"drill": "yes", "seen": HELEN})
    reception.clock.advance(minutes=4)
    ended = web.post("/on-site/roll/end")
    report = text_of(web.get(ended.headers["location"]).text)
    assert "2 of 2 found in 3 min 12 s" in report
    assert "Amara Osei, at reception" in report
    with reception.database.read() as session:
        assert session.query(RollFact).filter_by(kind="seen").count() == 2
    assert {"looked.roll_report", "changed.roll_begun", "changed.roll_ended"} <= set(audited(reception))


def test_ticks_of_a_tablet_that_had_no_network_keep_their_times_and_are_added_once(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:40"))
    web = sign_in_as(Role.OFFICE)
    web.post("/on-site/roll/begin", data={"drill": "no"})
    reception.clock.advance(minutes=20)
    assert web.post("/on-site/roll/ticks", data={"drill": "no", "seen": HELEN}).status_code == 401  # idle: kept there
    web = sign_in_as(Role.OFFICE)
    tick = f"{HELEN} 2026-11-24T11:03:00.000Z"
    for _ in range(3):
        web.post(
            "/on-site/roll/ticks", data={"drill": "no", "seen": [tick, "00000000000000ff 2026-11-24T11:03:00.000Z"]}
        )
    with reception.database.read() as session:
        (fact,) = session.query(RollFact).filter_by(kind="seen").all()
        assert fact.at == reception.at("11:03")
        (roll,) = read_rolls(session, reception.clock.now().utc)
        assert (roll.drill, roll.found) == (False, 1)


def test_a_tick_made_in_a_roll_call_that_is_over_meanwhile_joins_it_and_begins_none(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    for number, visit in enumerate((HELEN, FAISAL)):
        sign_in(reception, visit, f"Visitor {number}", reception.at("10:40"))
    web = sign_in_as(Role.OFFICE)
    web.post("/on-site/roll/begin", data={"drill": "yes"})
    handle = re.findall(r'data-roll="([^"]+)"', web.get("/on-site/roll").text)[0]
    reception.clock.advance(minutes=3)
    web.post("/on-site/roll/end")
    reception.clock.advance(minutes=3)
    # One tick three and a half minutes ago, by a tablet without a network; another after the end, on the page it kept.
    web.post("/on-site/roll/ticks", data={"drill": "yes", "seen": f"{HELEN} 210000"})
    web.post("/on-site/roll/ticks", data={"drill": "yes", "roll": handle, "seen": f"{FAISAL} 60000"})
    web.post("/on-site/roll/ticks", data={"drill": "yes", "seen": [f"{FAISAL} 100000000000"]})
    with reception.database.read() as session:
        newest, first = read_rolls(session, reception.clock.now().utc)
        assert (first.found, first.ended_at is None) == (2, False)
        assert (newest.found, newest.ended_at) == (1, None)  # a tick that belongs to none begins one


def test_a_drill_that_nobody_ended_does_not_stand_in_the_way_of_an_alarm(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    web = sign_in_as(Role.OFFICE)
    web.post("/on-site/roll/begin", data={"drill": "yes"})
    reception.clock.advance(minutes=5)
    assert web.post("/on-site/roll/begin", data={"drill": "no"}).status_code == 303
    page = web.get("/on-site/roll").text
    assert 'data-drill="no"' in page


def test_the_worker_keeps_that_one_page(reception: Any, sign_in_as: Callable[..., TestClient]) -> None:
    web = sign_in_as(Role.DSL)
    worker = web.get("/on-site/roll-worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in worker.headers
    assert sign_in_as(Role.STAFF).get("/on-site/roll-worker.js").status_code == 403


def test_the_list_is_printed_with_a_box_for_each(reception: Any, sign_in_as: Callable[..., TestClient]) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:40"))
    page = sign_in_as(Role.SLT).get("/on-site/print").text
    assert page.count('class="print-box"') == 1
    assert "Visitors only" in page
    assert "looked.on_site_print" in audited(reception)


def test_the_rules_are_drafted_by_the_office_and_published_by_the_headteacher(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    office = sign_in_as(Role.OFFICE)
    page = text_of(office.get("/visitor-rules").text)
    assert "Version 1 is shown now" in page
    assert "Not yet checked by a speaker: Polish, Urdu, Punjabi, Arabic, Romanian, Ukrainian, Hindi." in page
    form = office.get("/visitor-rules/pl").text
    fields = dict(re.findall(r'<textarea id="f-(\w+)"[^>]*>([^<]*)<', form))
    etag = re.findall(r'name="etag" value="&#34;(\d+)&#34;"', form)[0]
    saved = office.post("/visitor-rules/pl", data={**fields, "checked": "yes", "etag": f'"{etag}"'})
    assert saved.status_code == 303
    assert office.post("/visitor-rules/publish", data={"etag": '"1"'}).status_code == 403
    stale = office.post("/visitor-rules/pl", data={**fields, "silent": "Cicho.", "etag": f'"{etag}"'})
    assert stale.status_code == 412
    assert "Saved meanwhile" in stale.text
    head = sign_in_as(Role.HEADTEACHER)
    seen = re.findall(r'name="seen" value="(\w+)"', head.get("/visitor-rules").text)[0]
    assert "changed by The office, 10:58" in text_of(head.get("/visitor-rules").text)
    urdu = office.get("/visitor-rules/ur").text
    words = dict(re.findall(r'<textarea id="f-(\w+)"[^>]*>([^<]*)<', urdu))
    etag = re.findall(r'name="etag" value="&#34;(\d+)&#34;"', urdu)[0]
    assert office.post("/visitor-rules/ur", data={**words, "silent": "—", "etag": f'"{etag}"'}).status_code == 303
    for act in ("publish", "drop"):  # of what she has not seen
        answer = head.post(f"/visitor-rules/{act}", data={"etag": '"1"', "seen": seen})
        assert answer.status_code == 412
        assert "The draft was changed by somebody else" in answer.text
        seen_now = re.findall(r'name="seen" value="(\w+)"', answer.text)[0]
    assert head.post("/visitor-rules/publish", data={"etag": '"1"', "seen": seen_now}).status_code == 303
    page = text_of(head.get("/visitor-rules").text)
    assert "Version 2 is shown now" in page
    assert "Not yet checked by a speaker: Urdu" in page
    assert "Polish" in head.get("/visitor-rules/versions/1").text
    assert head.post("/visitor-rules/publish", data={"etag": '"1"'}).status_code == 412


def test_a_line_may_not_be_empty_and_markup_is_words(reception: Any, sign_in_as: Callable[..., TestClient]) -> None:
    web = sign_in_as(Role.HEADTEACHER)
    form = web.get("/visitor-rules/en").text
    fields = dict(re.findall(r'<textarea id="f-(\w+)"[^>]*>([^<]*)<', form))
    bad = web.post("/visitor-rules/en", data={**fields, "silent": " ", "etag": '"1001"'})
    assert bad.status_code == 422
    good = web.post("/visitor-rules/en", data={**fields, "silent": "<b>Quiet</b>", "etag": '"1001"'})
    assert good.status_code == 303
    assert "<b>Quiet" not in web.get("/visitor-rules/en").text


EXPECTED = {"name": "Jasvinder Gill", "date": "2026-11-24", "from": "11:15", "until": "12:00"}


def test_somebody_is_expected_and_only_the_headteacher_agrees_to_images(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    office = sign_in_as(Role.OFFICE)
    refused = office.post("/expected", data={**EXPECTED, "image_permission": "yes"})
    assert refused.status_code == 403
    assert office.post("/expected", data=EXPECTED).status_code == 303
    with reception.database.read() as session:
        (row,) = session.query(ExpectedVisit).all()
    assert office.post(f"/expected/{row.id}/images", data={"allowed": "yes", "etag": '"1"'}).status_code == 403
    head = sign_in_as(Role.HEADTEACHER)
    assert head.post(f"/expected/{row.id}/images", data={"allowed": "yes", "etag": '"1"'}).status_code == 303
    assert head.post(f"/expected/{row.id}/images", data={"allowed": "no", "etag": '"1"'}).status_code == 412
    assert "images agreed" in head.get("/on-site").text
    sign_in(reception, HELEN, "Jasvinder Gill", reception.at("10:57"), expected=row.id)
    assert "Nobody else is expected today" in head.get("/on-site").text
    assert "has come" in head.get("/expected").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "The name is empty."),
        ({"name": "محمد خان"}, "The reception screen has no key for “م”"),
        ({"date": ""}, "The day is missing."),
        ({"date": "tomorrow"}, "That is not a date."),
        ({"from": "25:00"}, "That is not a time of the day."),
        ({"until": "10:00"}, "The visit ends before it begins."),
        ({"date": "2026-11-23"}, "That time is over."),
        ({"kind": "spying"}, "That is not a reason."),
    ],
)
def test_what_cannot_be_says_what_to_do(
    reception: Any, sign_in_as: Callable[..., TestClient], change: dict[str, str], sentence: str
) -> None:
    answer = sign_in_as(Role.OFFICE).post("/expected", data={**EXPECTED, **change})
    assert answer.status_code == 422
    assert sentence in answer.text


CSV = """name,date,from,until,host,organisation,reason
Jasvinder Gill,2026-11-24,11:15,12:00,Amara Osei,Music service,professional
Two Parents,2026-11-24,13:30,14:30,Amara Osey,,
"Obi, Nkechi",2026-11-25,08:30,15:30,,University,volunteer
,2026-11-25,08:30,15:30,,,
Stefan Dumitru,2026-11-25,9 o'clock,15:30,,,
"""


def test_a_list_is_shown_first_with_every_wrong_line_named_and_brought_in_whole(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    web = sign_in_as(Role.OFFICE)
    shown = web.post("/expected/list", files={"file": ("list.csv", CSV.encode("utf-8-sig"))}, data={"do": "show"})
    page = text_of(shown.text)
    assert shown.status_code == 200
    assert "3 lines have something to put right" in page
    assert "Line 3, column “host”: “Amara Osey” is not a member of staff. Did you mean Amara Osei?" in page
    assert "Line 5, column “name”: The name is empty." in page
    assert "Line 6, column “from”: “9 o&#39;clock” is not a time of the day. Write it like 09:30 or 14:15." in page
    refused = web.post("/expected/list", files={"file": ("a.csv", CSV.encode())}, data={"do": "save"})
    assert refused.status_code == 422
    with reception.database.read() as session:
        assert session.query(ExpectedVisit).count() == 0
    right = "\n".join(CSV.replace("Osey", "Osei").splitlines()[:4])
    assert "Expect 3 visitors" in web.post("/expected/list", data={"do": "show", "text": right}).text
    assert web.post("/expected/list", data={"do": "save", "text": right}).status_code == 303
    with reception.database.read() as session:
        assert {row.name for row in session.query(ExpectedVisit)} == {
            "Jasvinder Gill",
            "Two Parents",
            "Obi, Nkechi",
        }


@pytest.mark.parametrize("text", ["", "name\n", "nme,date,from,until\nA,2026-11-25,08:00,09:00\n", "a;b\n1;2\n", '"'])
def test_what_is_no_list_is_refused(reception: Any, sign_in_as: Callable[..., TestClient], text: str) -> None:
    answer = sign_in_as(Role.OFFICE).post("/expected/list", data={"do": "show", "text": text})
    assert answer.status_code == 422


def test_staff_expect_their_own_visitors_and_take_only_these_off(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    amara = sign_in_as(Role.STAFF, "amara-osei")
    assert amara.post("/my-visitors", data={**EXPECTED, "host": "ignored"}).status_code == 303
    assert amara.post("/my-visitors", data={**EXPECTED, "image_permission": "yes"}).status_code == 403
    with reception.database.read() as session:
        (row,) = session.query(ExpectedVisit).all()
        assert row.host_id == "amara-osei"
    bilal = sign_in_as(Role.STAFF, "bilal-hussain")
    assert "Jasvinder" not in bilal.get("/my-visitors").text
    assert bilal.post(f"/my-visitors/expected/{row.id}/end").status_code == 403
    assert sign_in_as(Role.STAFF, "amara-osei").post(f"/my-visitors/expected/{row.id}/end").status_code == 303


def test_lanyards_and_settings_are_kept_and_two_offices_do_not_overwrite_each_other(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    web = sign_in_as(Role.OFFICE)
    first = web.post("/expected/reception/settings", data={"telephone": "01632 960143", "closing": "17:30"})
    assert first.status_code == 303
    second = {"telephone": "01632 960144", "closing": "18:00", "etag": '"1"'}
    assert web.post("/expected/reception/settings", data=second).status_code == 303
    third = web.post("/expected/reception/settings", data={**second, "closing": "19:00", "printer": ""})
    assert third.status_code == 412
    assert "Saved meanwhile: telephone 01632 960144, closing time 18:00, no printer." in text_of(third.text)
    morning = web.post("/expected/reception/settings", data={**second, "closing": "08:00", "etag": '"2"'})
    assert "taken off the list of a roll-call while they are here" in morning.text
    assert web.post("/expected/reception/lanyards", data={"number": "14", "colour": "green"}).status_code == 303
    assert web.post("/expected/reception/lanyards", data={"number": "x", "colour": "green"}).status_code == 422
    page = text_of(web.get("/expected/reception").text)
    assert "14 green" in page
    assert web.post("/expected/reception/lanyards/14/remove").status_code == 303


def test_the_access_log_tells_a_visit(reception: Any, sign_in_as: Callable[..., TestClient]) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:40"))
    reception.events.add(
        "reception", "visit.signed_out.v1", reception.at("10:50"), {"name": None}, visit=HELEN, how="lanyard"
    )
    page = text_of(sign_in_as(Role.HEADTEACHER).get("/log?kind=visitor").text)
    assert "Helen Farrow signed in at reception to see Amara Osei" in page
    assert "Helen Farrow signed out at reception" in page
    review = text_of(sign_in_as(Role.HEADTEACHER).get("/exceptions").text)
    assert "The visit of Helen Farrow to Amara Osei ended before a briefing had been noted." in review


def test_nobody_else_sees_a_name(reception: Any, sign_in_as: Callable[..., TestClient]) -> None:
    sign_in(reception, HELEN, "Helen Farrow", reception.at("10:40"))
    for role in (Role.STAFF, Role.IT_TECHNICIAN, Role.DATA_COMPLIANCE_OFFICER):
        for path in ("/on-site", f"/on-site/visits/{HELEN}", "/on-site/print", "/on-site/roll", "/expected"):
            answer = sign_in_as(role).get(path)
            assert answer.status_code == 403
            assert "Helen" not in answer.text
