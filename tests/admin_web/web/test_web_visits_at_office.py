"""What the office writes of visitors itself: signing in while the screen is down, ticks, rings, lists, paper."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.reception import ExpectedVisit
from admin_web.database.visits import RollPrint, Visit
from admin_web.errors import Invalid
from admin_web.events.rolls import PRINT_WAITS
from admin_web.rules.reception import build_reception
from admin_web.services.expected import require_typable
from admin_web.services.points import add_reception
from admin_web.services.reception import save_lanyard
from kiosk.screens.keyboard import ACCENTS, BOTTOM, ERASE, NEXT, QWERTY, SHIFT, SPACE

STEFAN = "00000000000000aa"
NONCE = "b" * 32
FORM = {
    "visit": STEFAN,
    "name": "Ștefan  O’Dumitru ",
    "organisation": "Boiler service",
    "reason": "contractor",
    "host": "room:robins",
    "lanyard": "41",
    "language": "ro",
    "told": "spoken",
    "images": "yes",
}


@pytest.fixture
def reception(school: Any) -> Any:
    """The school with a reception screen, its first rules and two lanyards."""
    with school.database.write() as session:
        add_reception(session, "reception", event_key=bytes(32), certificate_serial="9", occasion=school.occasion())
        save_lanyard(session, "14", "green", occasion=school.occasion())
        save_lanyard(session, "41", "orange", contractors=True, occasion=school.occasion())
    return school


@pytest.fixture
def desk(reception: Any, sign_in_as: Callable[..., TestClient]) -> TestClient:
    """The browser, signed in for the office until somebody else signs in."""
    return sign_in_as(Role.OFFICE)


def visit_of(school: Any, id: str = STEFAN) -> Visit:
    with school.database.read() as session:
        visit: Visit = session.get_one(Visit, id)
        session.expunge(visit)
        return visit


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def leave(school: Any, at: str = "10:57", how: str = "lanyard") -> None:
    school.events.add("reception", "visit.signed_out.v1", school.at(at), {"name": None}, visit=STEFAN, how=how)


def test_the_office_signs_in_once_without_seconds_that_nobody_counted(
    reception: Any, desk: TestClient, sign_in_as: Callable[..., TestClient]
) -> None:
    for _ in range(2):
        assert desk.post("/on-site/sign-in", data=FORM).status_code == 303
    visit = visit_of(reception)
    assert (visit.name, visit.room, visit.lanyard) == ("Ștefan O’Dumitru", "robins", "41")
    assert (visit.rules_version, visit.rules_language, visit.rules_seconds, visit.rules_how) == (
        1,
        "ro",
        None,
        "spoken",
    )
    page = text_of(desk.get(f"/on-site/visits/{STEFAN}").text)
    assert "version 1 in Romanian, told by the office in words, the line on images ticked" in page
    assert "by The office in the office" in page
    assert "41, orange ribbon" in page
    with reception.database.read() as session:
        (known,) = build_reception(session, "reception", reception.clock.now()).visits
        assert (known.visit, known.lanyard) == (STEFAN, "41")
        assert session.query(Visit).count() == 1
        assert list(session.scalars(select(Audit.act))).count("changed.visitor_signed_in") == 1
    log = text_of(sign_in_as(Role.HEADTEACHER).get("/log?kind=visitor").text)
    assert "Ștefan O’Dumitru was signed in by The office" in log


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"name": " "}, 422, "The name is empty."),
        ({"reason": ""}, 422, "It is not said why they come."),
        ({"told": ""}, 422, "It is not said how they know the phone rules."),
        ({"images": ""}, 422, "The line on photos has not been said."),
        ({"language": "xx"}, 422, "The rules are not in this language."),
        ({"host": "role:pupils"}, 404, "There is no such job."),
        ({"host": "room:nowhere"}, 404, "There is no such room."),
        ({"lanyard": "99"}, 409, "Lanyard 99 is out."),
        ({"ticks": "dbs"}, 422, "That is nothing reception ticks."),
        ({"visit": "../1"}, 422, "This form is not whole."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    reception: Any, desk: TestClient, change: dict[str, str], status: int, sentence: str
) -> None:
    answer = desk.post("/on-site/sign-in", data={**FORM, **change})
    assert answer.status_code == status
    assert sentence in answer.text
    with reception.database.read() as session:
        assert session.query(Visit).count() == 0


def test_somebody_expected_is_signed_in_with_what_is_known(
    reception: Any, desk: TestClient, sign_in_as: Callable[..., TestClient]
) -> None:
    head = sign_in_as(Role.HEADTEACHER)
    day = {"date": "2026-11-24", "from": "10:45", "until": "12:00"}
    head.post("/expected", data={"name": "Jasvinder Gill", **day, "image_permission": "yes", "kind": "professional"})
    with reception.database.read() as session:
        (id,) = session.scalars(select(ExpectedVisit.id))
    sign_in_as(Role.OFFICE)
    form = desk.get(f"/on-site/sign-in?expected={id}").text
    assert 'value="Jasvinder Gill"' in form
    more = {"name": "Jasvinder Gill", "reason": "professional", "expected": id, "lanyard": "", "host": ""}
    assert desk.post("/on-site/sign-in", data={**FORM, **more}).status_code == 303
    visit = visit_of(reception)
    assert (visit.expected_id, visit.image_permission) == (id, True)


def test_what_reception_has_seen_is_noted_with_who_and_the_screen_hears_of_the_lanyard(
    reception: Any, desk: TestClient, sign_in_as: Callable[..., TestClient]
) -> None:
    desk.post("/on-site/sign-in", data=FORM)
    assert "nothing ticked by reception yet" in text_of(desk.get("/on-site").text)
    noted = desk.post(f"/on-site/visits/{STEFAN}/check", data={"ticks": ["escorted", "id_seen"], "lanyard": "14"})
    assert noted.status_code == 303
    assert "reception saw: ID seen, escorted" in text_of(desk.get("/on-site").text)
    page = text_of(desk.get(f"/on-site/visits/{STEFAN}").text)
    assert "Noted by The office, 10:58" in page
    assert "14, green ribbon" in page
    with reception.database.read() as session:
        (known,) = build_reception(session, "reception", reception.clock.now()).visits
        assert known.lanyard == "14"
    log = text_of(sign_in_as(Role.HEADTEACHER).get("/log?kind=visitor").text)
    assert "The office noted what reception has seen of Ștefan O’Dumitru" in log
    leave(reception)
    assert desk.post(f"/on-site/visits/{STEFAN}/check", data={"lanyard": "14"}).status_code == 409


def test_only_of_contractors_and_agency_staff_is_anything_ticked(reception: Any, desk: TestClient) -> None:
    desk.post("/on-site/sign-in", data={**FORM, "reason": "meeting", "ticks": ["id_seen"]})
    assert visit_of(reception).ticks == "[]"
    page = desk.get(f"/on-site/visits/{STEFAN}").text
    assert "letter of assurance" not in page
    assert "DBS" not in page + desk.get("/on-site/sign-in").text


def test_who_signed_out_at_the_screen_meanwhile_stays_so_and_it_is_no_error(reception: Any, desk: TestClient) -> None:
    desk.post("/on-site/sign-in", data=FORM)
    leave(reception)
    answer = desk.post(f"/on-site/visits/{STEFAN}/sign-out")
    assert answer.status_code == 303
    assert "had signed out already" in desk.get(answer.headers["location"]).text
    # The other way round: the lanyard's end arrives after the office's and is earlier.
    assert visit_of(reception).ended_how == "lanyard"


def test_the_earlier_end_counts_when_the_screens_arrives_late(reception: Any, desk: TestClient) -> None:
    desk.post("/on-site/sign-in", data=FORM)
    reception.clock.advance(minutes=5)
    assert desk.post(f"/on-site/visits/{STEFAN}/sign-out").headers["location"] == "/on-site?said=out"
    leave(reception, "10:59")
    assert (visit_of(reception).ended_how, visit_of(reception).ended_at) == ("lanyard", reception.at("10:59"))


def test_a_ring_sounds_at_the_office_at_once_and_at_senior_leaders_after_a_minute(
    reception: Any, desk: TestClient, sign_in_as: Callable[..., TestClient]
) -> None:
    at = reception.at("10:57:30")
    reception.events.add("reception", "help.asked.v1", at, {"visit": None}, kind="need_phone", nonce=NONCE)
    assert NONCE in desk.get("/bell").text
    assert NONCE not in sign_in_as(Role.SLT).get("/bell").text
    reception.clock.advance(seconds=31)
    assert "nobody answered for 60 seconds" in desk.get("/bell").text
    for role in (Role.DSL, Role.IT_TECHNICIAN, Role.STAFF, Role.DATA_COMPLIANCE_OFFICER):
        assert NONCE not in sign_in_as(role).get("/bell").text
    first = sign_in_as(Role.BUSINESS_MANAGER)
    assert first.post(f"/on-site/rings/{NONCE}/answer").status_code == 303
    assert first.post(f"/on-site/rings/{NONCE}/answer").status_code == 303  # pressed twice
    second = sign_in_as(Role.OFFICE).post(f"/on-site/rings/{NONCE}/answer")
    assert second.status_code == 409
    assert "The business_manager has answered already." in second.text
    assert "The business_manager answered at 10:58" in text_of(desk.get("/on-site").text)
    assert NONCE not in sign_in_as(Role.SLT).get("/bell").text


def test_a_host_is_told_on_every_page_that_a_visitor_waits_without_a_name(
    reception: Any, desk: TestClient, sign_in_as: Callable[..., TestClient]
) -> None:
    desk.post("/on-site/sign-in", data=FORM)
    host = sign_in_as(Role.STAFF, "amara-osei")
    bell = host.get("/bell").text
    assert "1 visitor waits for you at reception" in bell
    assert "Dumitru" not in bell
    assert "waits for you" not in sign_in_as(Role.STAFF, "joanne-birtles").get("/bell").text
    host.post(f"/my-visitors/visits/{STEFAN}/brief")
    assert "waits for you" not in host.get("/bell").text


def test_the_paper_of_a_roll_call_is_asked_for_once_and_the_page_says_what_became_of_it(
    reception: Any, desk: TestClient
) -> None:
    by = {"by": "amara-osei"}
    reception.events.add("reception", "roll.begun.v1", reception.at("10:57"), by, drill=True)
    assert desk.post("/on-site/roll/begin", data={"drill": "yes"}).status_code == 409
    assert "on its way to the printer" in desk.get("/on-site/roll").text
    with reception.database.write() as session:
        (row,) = session.scalars(select(RollPrint))
        assert row.drill
        row.state, row.why, row.done_at = "failed", "No printer is set. Print by hand.", reception.at("10:58")
    page = desk.get("/on-site/roll").text
    assert "The list was not printed." in page
    assert 'href="/on-site/print"' in page
    assert desk.post("/on-site/roll/print").status_code == 303
    with reception.database.read() as session:
        assert session.scalars(select(RollPrint.state)).all() == [PRINT_WAITS]
    desk.post("/on-site/roll/end")
    assert desk.post("/on-site/roll/print").status_code == 409
    reports = text_of(desk.get("/on-site/calls").text)
    assert "Tuesday 24 November, 10:57 drill 0 of 0" in reports


HEAD = "name,date,from,until,host,organisation,reason,images\n"
LINE = "Jasvinder Gill,24/11/2026,11:15,12:00,Amara Osei,Music service,professional,"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("=HYPERLINK(1),24/11/2026,11:15,12:00", "begins like a formula, with “=”."),
        ("Amy Birch,24/11/2026,11:15,12:00,@Amara", "Line 2, column “host”: “@Amara” begins like a formula"),
        ("Amy Birch,31/02/2027,11:15,12:00", "Line 2, column “date”: “31/02/2027” is not a date. Write it like"),
        ("Amy Birch,23/11/2026,11:15,12:00", "Line 2, column “date”: That time is over."),
        (f"Amy Birch,24/11/2026,11:15,12:00,,{'x' * 81}", "Line 2, column “organisation”: The organisation is 81"),
        ("Amy Birch 👩,24/11/2026,11:15,12:00", "Line 2, column “name”: The reception screen has no key for “👩”"),
        ("Birch, Amy,24/11/2026,11:15,12:00,,,,no", "Line 2: There are more cells than the first line has columns."),
        ("Amy Birch,24/11/2026,11:15,11:00", "The visit ends before it begins."),
        ("Amy Birch,24/11/2026,11:15,12:00,Nobody Here", "“Nobody Here” is not a member of staff."),
        ("Amy Birch,24/11/2026,11:15,12:00,,,,maybe", "is neither yes nor no."),
        ("Amy Birch,24/11/2026,11:15,12:00,,,,yes", "Only the headteacher agrees"),
        (f"{LINE}\njasvinder   GILL,2026-11-24,11:30,12:30", "Line 2 has the same name at that time."),
        (f"{'x' * 81},24/11/2026,11:15,12:00", "is 81 characters long"),
    ],
)
def test_each_wrong_line_of_a_list_says_what_to_do(reception: Any, desk: TestClient, body: str, sentence: str) -> None:
    answer = desk.post("/expected/list", data={"do": "show", "text": HEAD + body})
    assert answer.status_code == 200
    assert sentence in text_of(answer.text).replace("&#34;", '"')
    saved = desk.post("/expected/list", data={"do": "save", "text": HEAD + body})
    assert saved.status_code == 422
    assert "Nothing has been brought in yet." in saved.text
    with reception.database.read() as session:
        assert session.query(ExpectedVisit).count() == 0


def test_whatever_the_screens_keys_write_can_be_a_name_that_is_expected_and_nothing_else() -> None:
    keys = {key for row in (*QWERTY, BOTTOM) for key in row if key not in (SHIFT, ERASE, SPACE, NEXT)}
    written = [" ", *keys, *"".join(ACCENTS.values())]
    for letter in written:
        assert require_typable(f"A{letter}") == f"A{letter}".strip()
        assert require_typable(f"A{letter}".upper())
    for letter in "0@(ə日":
        with pytest.raises(Invalid):
            require_typable(f"A{letter}")


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        ("Zoë,24/11/2026".encode("cp1252"), 422, "it is not in UTF-8."),
        (b"PK\x03\x04" + bytes(9), 422, "That is a workbook, not a CSV file."),
        (HEAD.replace("until", "name").encode(), 422, "does not name the column “until”."),
        (f"{HEAD.strip()},name\n{LINE}".encode(), 422, "The first line names “name” twice."),
        (f'{HEAD}{LINE}\n\n"Zoë,24/11/2026'.encode(), 422, "Line 4 cannot be read: a quotation mark is not closed"),
        ("é".encode() * 150_000, 422, "The file is far too long."),
        (b"a" * 10_000_000, 422, "The file is far too long."),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(
    reception: Any, desk: TestClient, content: bytes, status: int, sentence: str
) -> None:
    answer = desk.post("/expected/list", files={"file": ("list.csv", content)}, data={"do": "show"})
    assert answer.status_code == status
    assert sentence in answer.text


def test_a_list_as_a_british_spreadsheet_writes_it_is_brought_in_and_a_second_time_refused(
    reception: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    head = sign_in_as(Role.HEADTEACHER)
    text = f"sep=;\n{HEAD.replace(',', ';')}{LINE.replace(',', ';').replace('11:15', '11:15:00')}yes\n"
    file = {"file": ("list.csv", text.encode("utf-16"))}
    assert head.post("/expected/list", data={"do": "save"}, files=file).status_code == 303
    with reception.database.read() as session:
        (row,) = session.scalars(select(ExpectedVisit))
        assert (row.starts, row.image_permission) == (reception.at("11:15"), True)
    again = head.post("/expected/list", data={"do": "show", "text": text})
    assert "Somebody of this name is expected at that time already." in again.text
    one = {"name": "JASVINDER GILL", "date": "2026-11-24", "from": "11:30", "until": "11:45"}
    assert head.post("/expected", data=one).status_code == 409
