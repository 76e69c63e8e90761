"""Who may see and change what: the one table that every page, every API call and docs/roles.md obey."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """The eight roles of an account or a token."""

    HEADTEACHER = "headteacher"
    SLT = "slt"
    BUSINESS_MANAGER = "business_manager"
    OFFICE = "office"
    IT_TECHNICIAN = "it_technician"
    DSL = "dsl"
    DATA_COMPLIANCE_OFFICER = "data_compliance_officer"
    STAFF = "staff"


ROLE_NAMES: Mapping[Role, str] = {
    Role.HEADTEACHER: "Headteacher",
    Role.SLT: "SLT",
    Role.BUSINESS_MANAGER: "School Business Manager/Officer",
    Role.OFFICE: "Office",
    Role.IT_TECHNICIAN: "LEAD IT technician",
    Role.DSL: "DSL",
    Role.DATA_COMPLIANCE_OFFICER: "Data compliance officer",
    Role.STAFF: "Staff",
}


class Page(StrEnum):
    """What can be seen; an API call obeys the page it belongs to."""

    ACCESS_LOG = "access_log"
    CABINETS = "cabinets"
    PEOPLE = "people"
    RESTRICTED_TIMES = "restricted_times"
    ACCOUNTS = "accounts"
    OWN_RECORD = "own_record"


class Act(StrEnum):
    """What can be changed."""

    CHANGE_ACCOUNTS = "change_accounts"
    """Accounts and tokens."""
    CHANGE_PEOPLE = "change_people"
    """People, badges, slots and the cover pool."""
    CHANGE_RESTRICTED_TIMES = "change_restricted_times"
    MARK_BADGE_LOST = "mark_badge_lost"
    """Who may not see People and badges gets a form that takes the exact name and shows no list."""


EVERYONE = frozenset(Role)

SEE: Mapping[Page, frozenset[Role]] = {
    Page.ACCESS_LOG: frozenset({Role.HEADTEACHER, Role.SLT, Role.DSL, Role.DATA_COMPLIANCE_OFFICER}),
    Page.CABINETS: EVERYONE - {Role.STAFF},
    Page.PEOPLE: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Page.RESTRICTED_TIMES: frozenset({Role.HEADTEACHER, Role.SLT, Role.OFFICE}),
    Page.ACCOUNTS: frozenset({Role.HEADTEACHER}),
    Page.OWN_RECORD: EVERYONE,
}

CHANGE: Mapping[Act, frozenset[Role]] = {
    Act.CHANGE_ACCOUNTS: frozenset({Role.HEADTEACHER}),
    Act.CHANGE_PEOPLE: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Act.CHANGE_RESTRICTED_TIMES: frozenset({Role.HEADTEACHER, Role.SLT}),
    Act.MARK_BADGE_LOST: EVERYONE,
}

API_PAGES: Mapping[str, Page] = {
    "events": Page.ACCESS_LOG,
    "devices": Page.CABINETS,
    "points": Page.CABINETS,
    "people": Page.PEOPLE,
    "restricted": Page.RESTRICTED_TIMES,
}
"""Which page an API call under /api/v1 belongs to."""

API_ACTS: Mapping[str, Act] = {
    "people": Act.CHANGE_PEOPLE,
    "restricted": Act.CHANGE_RESTRICTED_TIMES,
}
"""Which act a PUT under /api/v1 is."""


def may_see(role: Role, page: Page) -> bool:
    """Tell whether a role may look at a page (design: roles, "See")."""
    return role in SEE[page]


def may(role: Role, act: Act) -> bool:
    """Tell whether a role may do an act (design: roles, "Change")."""
    return role in CHANGE[act]


def pages_of(role: Role) -> tuple[Page, ...]:
    """List the pages of a role's menu, in the order of `Page`."""
    return tuple(page for page in Page if may_see(role, page))
