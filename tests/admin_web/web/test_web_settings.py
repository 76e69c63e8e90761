"""School settings: each reaches what goes by it, two offices at once are told, what cannot be is said at its field."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.places import Site
from admin_web.rules.bundle import build_bundle
from admin_web.services.revision import current_revision
from policy.rules import Span


@pytest.fixture
def head(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.HEADTEACHER)


def form_of(page: str) -> dict[str, str]:
    """The page's form as a browser would post it."""
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', page))
    if not re.search(r'name="emergency" value="yes" checked', page):
        fields.pop("emergency", None)
    (zone,) = re.findall(r'value="([^"]+)" selected', page)
    return {name: html.unescape(value) for name, value in fields.items()} | {"zone": zone}


def site(school: Any) -> Site:
    with school.database.read() as session:
        found: Site = session.scalars(select(Site)).one()
        session.expunge(found)
    return found


def revision(school: Any) -> Any:
    with school.database.read() as session:
        return current_revision(session)


def test_the_same_again_changes_nothing(head: TestClient, school: Any) -> None:
    before = revision(school)
    assert head.post("/settings", data=form_of(head.get("/settings").text)).status_code == 303
    assert revision(school) == before


def test_what_is_saved_reaches_the_cabinets_rules_and_is_an_audit_row(head: TestClient, school: Any) -> None:
    before = revision(school)
    form = form_of(head.get("/settings").text)
    form.pop("emergency")
    assert head.post("/settings", data=form | {"mon-0-from": "07:30", "fri-0-until": "12:00"}).status_code == 303
    with school.database.read() as session:
        settings = build_bundle(session, "robins", school.clock.now()).settings
        acts = session.scalars(select(Audit.act).where(Audit.act == "changed.settings")).all()
    assert settings.emergency is False
    assert (settings.cover_hours[0], settings.cover_hours[4]) == ((Span(450, 990),), (Span(480, 720),))
    assert revision(school).number == before.number + 1
    assert len(acts) == 1
    assert "Emergency hold off; hours of the cover pool" in head.get("/log").text


def test_the_walking_time_bothers_no_cabinet(head: TestClient, school: Any) -> None:
    before = revision(school)
    form = form_of(head.get("/settings").text) | {"walking_seconds": "90"}
    assert head.post("/settings", data=form).status_code == 303
    assert (site(school).walking_seconds, revision(school)) == (90, before)


def test_another_zone_is_the_zone_of_every_cabinet(head: TestClient, school: Any) -> None:
    form = form_of(head.get("/settings").text) | {"zone": "Europe/Warsaw"}
    assert head.post("/settings", data=form).status_code == 303
    with school.database.read() as session:
        assert build_bundle(session, "robins", school.clock.now()).zone == "Europe/Warsaw"


@pytest.mark.parametrize(
    ("typed", "says", "field"),
    [
        ({"walking_seconds": "601"}, "That is no walking time.", "walking_seconds"),
        ({"walking_seconds": "-1"}, "That is no walking time.", "walking_seconds"),
        ({"walking_seconds": "soon"}, "That is no walking time.", "walking_seconds"),
        ({"zone": "Mars/Phobos"}, "“Mars/Phobos” is not a time zone.", "zone"),
        ({"mon-0-until": "23:30"}, "Working hours end by 23:00", "working_hours.mon"),
        ({"tue-0-from": "nine"}, "nine to 16:30 is no span of time.", "working_hours.tue"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    head: TestClient, school: Any, typed: dict[str, str], says: str, field: str
) -> None:
    before = revision(school)
    answer = head.post("/settings", data=form_of(head.get("/settings").text) | typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'href="#f-{field}"' in answer.text
    assert f'id="f-{field}"' in answer.text
    assert (revision(school), site(school).walking_seconds) == (before, 60)


def test_the_second_office_sees_what_the_first_saved_and_what_its_own_would_change(
    head: TestClient, school: Any
) -> None:
    mine = form_of(head.get("/settings").text) | {"walking_seconds": "30"}
    head.post("/settings", data=mine | {"walking_seconds": "45"})
    told = head.post("/settings", data=mine)
    assert told.status_code == 412
    assert "Saved meanwhile" in told.text
    assert "walking time 45 seconds" in told.text
    assert "Saving it now changes: walking time 45 to 30 seconds" in told.text
    assert site(school).walking_seconds == 45
    assert head.post("/settings", data=form_of(told.text)).status_code == 303
    assert site(school).walking_seconds == 30


def test_who_saw_no_settings_changes_none(head: TestClient) -> None:
    assert head.post("/settings", data={"walking_seconds": "30", "zone": "Europe/London"}).status_code == 422
