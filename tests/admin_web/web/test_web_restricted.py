"""Restricted times: a week of blocks in one form, which is saved whole or not at all."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.queries.restricted import read_times
from admin_web.web.block_form import shown_blocks
from policy.rules import Span
from policy.timetable import BlockRow

PATH = "/restricted/points/robins"


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.SLT)


def _rows(school: Any) -> tuple[BlockRow, ...]:
    with school.database.read() as session:
        return read_times(session, "robins").rows


def _form(html: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    form = html[html.index('<form method="post" action="/restricted') :]
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or ('type="checkbox"' in tag and "checked" not in tag):
            continue
        text = value[1].replace("&#34;", '"') if value else ""
        if name[1].endswith("-day"):
            fields.setdefault(name[1], []).append(text)
        else:
            fields[name[1]] = text
    return fields


def test_equal_rows_of_several_days_are_one_block_with_its_days() -> None:
    rows = tuple(BlockRow(day, None, Span(530, 720), "Lessons", (Span(630, 645),)) for day in range(5))
    (block,) = shown_blocks(rows)
    assert (block.days, block.starts, block.until, block.breaks) == (
        (0, 1, 2, 3, 4),
        "08:50",
        "12:00",
        (("10:30", "10:45"),),
    )


def test_saving_the_form_as_it_stands_changes_nothing(browser: TestClient, school: Any) -> None:
    before = _rows(school)
    answer = browser.post(PATH, data={**_form(browser.get(PATH).text), "do": "save"})
    assert answer.headers["location"] == f"{PATH}?said=saved"
    assert _rows(school) == before


def test_a_break_is_moved_on_one_day_only(browser: TestClient, school: Any) -> None:
    form = _form(browser.get(PATH).text)
    form["b0-day"] = ["0", "2", "3", "4"]
    form |= {"b2-name": "Lessons", "b2-from": "08:50", "b2-until": "12:00", "b2-day": ["1"]}
    form |= {"b2-break0-from": "10:40", "b2-break0-until": "10:55", "do": "save"}
    assert browser.post(PATH, data=form).status_code == 303
    tuesday = [row for row in _rows(school) if row.weekday == 1]
    assert [row.breaks for row in tuesday] == [(Span(640, 655),), ()]
    assert len(_rows(school)) == 10


def test_a_block_on_one_day_is_added_step_by_step_without_saving_between(browser: TestClient, school: Any) -> None:
    before = _rows(school)
    html = browser.post(PATH, data={**_form(browser.get(PATH).text), "do": "addate"}).text
    assert 'name="b2-date"' in html
    assert "Undo the changes" in html
    html = browser.post(PATH, data={**_form(html), "do": "break-2"}).text
    assert 'name="b2-break0-from"' in html
    assert _rows(school) == before
    form = _form(html) | {"b2-name": "Sports day", "b2-from": "09:00", "b2-until": "24:00", "b2-date": "2027-06-18"}
    form |= {"b2-break0-from": "12:00", "b2-break0-until": "13:00", "do": "save"}
    assert browser.post(PATH, data=form).status_code == 303
    assert BlockRow(None, date(2027, 6, 18), Span(540, 1440), "Sports day", (Span(720, 780),)) in _rows(school)


def test_a_block_is_removed(browser: TestClient, school: Any) -> None:
    html = browser.post(PATH, data={**_form(browser.get(PATH).text), "do": "remove-0"}).text
    assert browser.post(PATH, data={**_form(html), "do": "save"}).status_code == 303
    assert {row.span for row in _rows(school)} == {Span(780, 915)}


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"b0-name": " "}, "b0-name", "has no name"),
        ({"b0-from": "8.50"}, "b0-from", "no span of time"),
        ({"b0-until": "08:00"}, "b0-from", "no span of time"),
        ({"b0-day": []}, "b0-name", "is on no day"),
        ({"b0-break0-from": "08:00"}, "b0-name", "does not lie within its block"),
        ({"b0-break0-until": "x"}, "b0-break0-from", "no span of time"),
        ({"b0-until": "13:30"}, "b1-name", "overlaps"),
        ({"b0-name": "x" * 61}, "b0-name", "60 "),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_block_and_nothing_is_saved(
    browser: TestClient, school: Any, changes: dict[str, Any], field: str, says: str
) -> None:
    before = _rows(school)
    answer = browser.post(PATH, data={**_form(browser.get(PATH).text), **changes, "do": "save"})
    assert answer.status_code == 422
    assert says in answer.text
    assert f'href="#f-{field}"' in answer.text
    assert f'id="f-{field}"' in answer.text
    assert "The week as it is saved" in answer.text
    assert _rows(school) == before


def test_somebody_elses_change_meanwhile_is_not_overwritten(browser: TestClient, school: Any) -> None:
    form = _form(browser.get(PATH).text)
    browser.post(PATH, data={**form, "b0-name": "First", "do": "save"})
    answer = browser.post(PATH, data={**form, "b0-name": "Second", "do": "save"})
    assert answer.status_code == 412
    assert "was changed by somebody else" in answer.text
    assert {row.name for row in _rows(school)} == {"First", "Lessons"}


def test_the_office_sees_the_week_and_no_button(sign_in_as: Callable[..., TestClient]) -> None:
    html = sign_in_as(Role.OFFICE).get(PATH).text
    assert "Monday: Lessons 08:50 to 12:00, break 10:30 to 10:45" in html
    assert 'name="do" value="add"' not in html
    assert "<fieldset disabled>" in html


def test_the_list_shows_todays_strip_of_every_place(browser: TestClient) -> None:
    html = browser.get("/restricted").text
    assert "Tuesday 24 November" in html
    assert "Robins: Lessons 08:50 to 12:00, break 10:30 to 10:45; Lessons 13:00 to 15:15" in html
    assert "Kitchen: Nothing is restricted on this day." in html


def test_saving_says_where_the_rules_have_arrived(browser: TestClient, school: Any) -> None:
    school.hear("robins", online=False, since=school.at("10:02"))
    browser.post(PATH, data={**_form(browser.get(PATH).text), "b0-name": "Phonics", "do": "save"})
    html = browser.get(f"{PATH}?said=saved").text
    assert re.search(r"Saved\. Rules [\d.]+ applied on 0 of 1; Robins not since 10:02\.", html)
