"""Two offices with the same form open: the second sees what the first saved beside what it typed, and decides."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.queries.handles import handle_of
from admin_web.services.areas import save_area
from admin_web.services.restricted import follow_timetable
from admin_web.services.timetable import publish_timetable
from tests.policy.timetables import MORNING, ROBINS, a_timetable, weekly

AMARA = handle_of("amara-osei")


@dataclass(frozen=True, slots=True)
class Case:
    """A form, what each office types into it, and how the first one's version is told to the second."""

    page: str
    action: str
    first: dict[str, str]
    second: dict[str, str]
    told: str


CASES = {
    "a person": Case(
        f"/people/{AMARA}", f"/people/{AMARA}",
        {"group": "office"}, {"group": "catering"}, "Amara Osei</b>, Office",
    ),
    "working hours": Case(
        f"/restricted/hours/{AMARA}", f"/restricted/hours/{AMARA}",
        {"tue-0-from": "09:05"}, {"tue-0-from": "07:55"}, "Tue 09:05–16:00",
    ),
    "restricted times": Case(
        "/restricted/points/wrens", "/restricted/points/wrens",
        {"b0-name": "Quiet reading", "do": "save"}, {"b0-name": "Phonics", "do": "save"}, "Quiet reading",
    ),
    "a day plan's block": Case(
        "/timetable?of=area.robins&day=1&block=0", "/timetable/block",
        {"name": "Quiet reading", "do": "save"}, {"name": "Phonics", "do": "save"}, "Quiet reading",
    ),
    "one day": Case(
        "/timetable/days/one?of=area.robins&date=2026-12-04", "/timetable/days/one",
        {"b0-name": "Quiet reading", "do": "save"}, {"b0-name": "Phonics", "do": "save"}, "Quiet reading",
    ),
    "the school year": Case(
        "/timetable/year", "/timetable/year",
        {"c1-name": "Quiet reading", "do": "save"}, {"c1-name": "Phonics", "do": "save"}, "Quiet reading",
    ),
    "settings": Case(
        "/settings", "/settings", {"walking_seconds": "45"}, {"walking_seconds": "30"}, "walking time 45 seconds",
    ),
}  # fmt: skip


@pytest.fixture
def head(sign_in_as: Callable[..., TestClient], school: Any) -> TestClient:
    at = school.occasion()
    with school.database.write() as session:
        save_area(session, "hall", "Hall", phone_free=False, if_match=None, occasion=at)
        publish_timetable(session, a_timetable().with_week(ROBINS, weekly(*(MORNING,) * 5)), if_match="*", occasion=at)
        follow_timetable(session, "robins", if_match="*", occasion=at)
    return sign_in_as(Role.HEADTEACHER)


def fields(page: str, action: str) -> dict[str, Any]:
    """Read a form's fields as a browser would post them."""
    form = next(one for one in re.findall(r"<form [^>]*>.*?</form>", page, re.S) if f'action="{action}' in one)
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or re.search(r'type="(checkbox|radio)"', tag) and not re.search(r"\bchecked\b", tag):
            continue
        found.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = [html.unescape(chosen[1])] if chosen else [""]
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_second_office_sees_both_versions_and_decides(head: TestClient, case: Case) -> None:
    opened = fields(head.get(case.page).text, case.action)
    assert opened
    changed = [name for name in case.second if name != "do"]
    assert set(changed) <= set(opened), sorted(opened)
    assert head.post(case.action, data={**opened, **case.first}).status_code == 303
    told = head.post(case.action, data={**opened, **case.second})
    assert told.status_code == 412
    assert case.told in told.text
    again = fields(told.text, case.action)
    for name in changed:
        assert again[name] == [case.second[name]], "what was typed stays"
    saved = {name: fields(head.get(case.page).text, case.action)[name] for name in changed}
    assert saved == {name: [case.first[name]] for name in changed}, "nothing is overwritten"
    do = {"do": case.second["do"]} if "do" in case.second else {}
    assert head.post(case.action, data={**again, **do}).status_code == 303
    now = fields(head.get(case.page).text, case.action)
    assert {name: now[name] for name in changed} == {name: [case.second[name]] for name in changed}
