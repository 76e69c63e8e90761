"""Renders pages: one environment of templates, the menu of a role, the addresses of static files."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from admin_web.access import ROLE_NAMES, Act, Page, Role, may, may_see
from admin_web.errors import Refused
from admin_web.services.sessions import SignedIn
from admin_web.web.office import office_of
from policy.timetable import format_minutes

STATIC = "/static"
MEANWHILE = "Both stand below: press Save again, and yours takes the place of what is saved now."
"""What to do where somebody else saved first, and the page shows both versions."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One page in the side navigation."""

    path: str
    label: str
    icon: str
    page: Page | Act
    heading: str | None = None
    """Printed above the first entry of a group."""


MENU = (
    MenuEntry("/today", "Today", "today", Page.TODAY),
    MenuEntry("/log", "Access log", "log", Page.ACCESS_LOG),
    MenuEntry("/on-site", "On site", "visitor", Page.ON_SITE),
    MenuEntry("/exceptions", "To review", "review", Page.EXCEPTIONS),
    MenuEntry("/cabinets", "Cabinets", "cabinet", Page.CABINETS),
    MenuEntry("/timetable", "Timetable", "timetable", Page.RESTRICTED_TIMES, "What is allowed"),
    MenuEntry("/restricted", "Restricted times", "clock", Page.RESTRICTED_TIMES),
    MenuEntry("/what-if", "What if", "search", Page.WHAT_IF),
    MenuEntry("/permissions", "Permissions", "permission", Page.PERMISSIONS),
    MenuEntry("/trips", "Trips", "trip", Page.PERMISSIONS),
    MenuEntry("/restrictions", "Withdraw, restrict", "no-phone", Page.PERMISSIONS),
    MenuEntry("/children-in", "Children staying in", "children", Page.ROOM_STATES),
    MenuEntry("/approvals", "Waiting for you", "waiting", Act.APPROVE_TAPS, "At the cabinets"),
    MenuEntry("/for-somebody", "Going home, open", "shift", Act.SAY_GOING_HOME),
    MenuEntry("/expected", "Expected visitors", "calendar", Page.EXPECTED, "Visitors"),
    MenuEntry("/visitor-rules", "Visitor rules", "language", Page.VISITOR_RULES),
    MenuEntry("/people", "People and badges", "people", Page.PEOPLE, "Who and where"),
    MenuEntry("/registers/school-phones", "School phones", "telephone", Page.SCHOOL_PHONES, "Registers"),
    MenuEntry("/registers/confiscated", "Pupils’ phones", "pocket", Page.CONFISCATED),
    MenuEntry("/registers/acknowledgements", "Rules confirmed", "tick", Page.ACKNOWLEDGEMENTS),
    MenuEntry("/registers/badge-confirmations", "Confirm by badge", "tap", Act.CONFIRM_BY_BADGE),
    MenuEntry("/registers/phone-checks", "Phone checks", "shield", Page.PHONE_CHECKS),
    MenuEntry("/accounts", "Accounts", "key", Page.ACCOUNTS, "Who may sign in"),
    MenuEntry("/settings", "School settings", "edit", Page.SETTINGS, "The school"),
    MenuEntry("/me", "My record", "register", Page.OWN_RECORD, "For you"),
    MenuEntry("/my-visitors", "My visitors", "visitor", Page.OWN_VISITORS),
    MenuEntry("/registers/policy", "The phone rules", "phone-in", Page.POLICY_TEXT),
    MenuEntry("/lost-badge", "Mark a badge lost", "badge", Act.MARK_BADGE_LOST),
)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with a form, where, and what to do."""

    field: str | None
    error: str
    what_to_do: str

    @classmethod
    def of(cls, refused: Refused) -> "FieldProblem":
        """Take over a refusal of a service."""
        return cls(refused.field, refused.error, refused.what_to_do)


def menu_of(role: Role) -> list[MenuEntry]:
    """List what a role finds in its menu: only what it may see, each group under its heading."""
    found: list[MenuEntry] = []
    heading: str | None = None
    for entry in MENU:
        heading = entry.heading or heading
        if _may(role, entry.page):
            found.append(replace(entry, heading=heading))
            heading = None
    return found


def home_of(role: Role) -> str:
    """Name the page a role begins at."""
    return menu_of(role)[0].path


def render(
    request: Request,
    template: str,
    *,
    status: int = HTTPStatus.OK,
    problems: tuple[FieldProblem, ...] = (),
    **context: Any,
) -> HTMLResponse:
    """Render a template with what every page needs: who is signed in, the menu, the school's name."""
    signed: SignedIn | None = getattr(request.state, "signed", None)
    html = (
        environment()
        .get_template(template)
        .render(
            signed=signed,
            role_name=None if signed is None else ROLE_NAMES[signed.role],
            menu=[] if signed is None else menu_of(signed.role),
            path=request.url.path,
            school=office_of(request).school,
            problems=problems,
            may=(lambda act: signed is not None and may(signed.role, Act(act))),
            sees=(lambda page: signed is not None and may_see(signed.role, Page(page))),
            **context,
        )
    )
    return HTMLResponse(html, status_code=status)


def go_to(path: str) -> RedirectResponse:
    """Send the browser on with a GET after something was done (RFC 9110, 15.4.4)."""
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)


@cache
def environment() -> Environment:
    """Build the templates' environment: everything is escaped, and an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("admin_web.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: Mapping[str, Callable[..., Any]] = {"hhmm": format_minutes, "static": static_url, "count": _count}
    made.filters.update(filters)
    made.globals["role_names"] = ROLE_NAMES
    return made


@cache
def static_url(name: str) -> str:
    """Give the address of a static file, with a mark of its content, so that browsers may keep it for a year."""
    content = files("admin_web.web").joinpath("static", name).read_bytes()
    return f"{STATIC}/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def _count(number: int, one: str, many: str | None = None) -> str:
    """Write `1 badge` or `1,204 badges`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _may(role: Role, what: Page | Act) -> bool:
    return may_see(role, what) if isinstance(what, Page) else may(role, what)
