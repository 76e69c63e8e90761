"""The one table of roles says what docs/roles.md says, and what the school agreed to."""

import re
from pathlib import Path

import pytest

from admin_web.access import API_ACTS, API_PAGES, CHANGE, ROLE_NAMES, SEE, Act, Page, Role, may, may_see, pages_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"


def documented(heading: str) -> dict[str, set[str]]:
    """Read the table below a heading: first column in backticks -> roles whose column says yes."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if "|" in line]
    header, body = rows[0], rows[2:]
    roles = [re.sub("`", "", name) for name in header[1:]]
    table = {}
    for row in body:
        name = re.findall(r"`([a-z_]+)`", row[0])[0]
        assert set(row[1:]) <= {"yes", ""}, row
        table[name] = {role for role, cell in zip(roles, row[1:], strict=True) if cell == "yes"}
    return table


def test_the_document_says_who_may_see_what() -> None:
    assert documented("See") == {page.value: {role.value for role in SEE[page]} for page in Page}


def test_the_document_says_who_may_change_what() -> None:
    assert documented("Change") == {act.value: {role.value for role in CHANGE[act]} for act in Act}


def test_the_document_says_which_page_each_api_call_belongs_to() -> None:
    section = DOCUMENT.read_text(encoding="utf-8").split("## API\n", 1)[1]
    rows = re.findall(r"^\| `([a-z-]+)` \| `([a-z_]+)` \| (?:`([a-z_]+)`)? *\|$", section, re.MULTILINE)
    assert {call: page for call, page, _ in rows} == {call: page.value for call, page in API_PAGES.items()}
    assert {call: act for call, _, act in rows if act} == {call: act.value for call, act in API_ACTS.items()}


def test_the_document_names_all_eight_roles() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert len(Role) == 8
    for role, name in ROLE_NAMES.items():
        assert f"| `{role.value}` | {name} |" in text


@pytest.mark.parametrize("page", Page)
def test_whoever_may_change_something_may_see_it_and_the_lost_badge_form_shows_no_list(page: Page) -> None:
    acts = {Page.PEOPLE: Act.CHANGE_PEOPLE, Page.RESTRICTED_TIMES: Act.CHANGE_RESTRICTED_TIMES}
    acts[Page.ACCOUNTS] = Act.CHANGE_ACCOUNTS
    if page in acts:
        assert CHANGE[acts[page]] <= SEE[page]


def test_names_are_seen_by_nobody_whose_work_does_not_need_them() -> None:
    for page in (Page.ACCESS_LOG, Page.PEOPLE, Page.RESTRICTED_TIMES, Page.ACCOUNTS):
        assert not may_see(Role.IT_TECHNICIAN, page)
        assert not may_see(Role.STAFF, page)
    assert pages_of(Role.STAFF) == (Page.OWN_VISITORS, Page.OWN_RECORD, Page.POLICY_TEXT)
    assert pages_of(Role.IT_TECHNICIAN) == (Page.CABINETS, Page.OWN_VISITORS, Page.OWN_RECORD, Page.POLICY_TEXT)


def test_everybody_may_mark_a_badge_lost() -> None:
    assert all(may(role, Act.MARK_BADGE_LOST) for role in Role)


def test_only_a_headteacher_gives_access() -> None:
    assert [role for role in Role if may(role, Act.CHANGE_ACCOUNTS)] == [Role.HEADTEACHER]
