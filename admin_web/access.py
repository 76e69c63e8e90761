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

    TODAY = "today"
    """How things are now: numbers and places, never names."""
    ACCESS_LOG = "access_log"
    EXCEPTIONS = "exceptions"
    """What is to be reviewed, and whose phone is declared in at a room."""
    CABINETS = "cabinets"
    PEOPLE = "people"
    RESTRICTED_TIMES = "restricted_times"
    """The timetable, and the times that a place has of its own."""
    PERMISSIONS = "permissions"
    """Permissions, trips, and what has been withdrawn or restricted."""
    ROOM_STATES = "room_states"
    SCHOOL_PHONES = "school_phones"
    CONFISCATED = "confiscated"
    """Pupils' phones that are held in the office."""
    ACKNOWLEDGEMENTS = "acknowledgements"
    """Who has confirmed the phone rules."""
    PHONE_CHECKS = "phone_checks"
    WHAT_IF = "what_if"
    """What would be decided about somebody, and a day's matrix."""
    ACCOUNTS = "accounts"
    SETTINGS = "settings"
    """The school's settings."""
    ON_SITE = "on_site"
    """Which visitors are here, with their hosts; the roll-call."""
    VISITOR_RULES = "visitor_rules"
    EXPECTED = "expected"
    """Who is expected, who comes often, the lanyards."""
    OWN_VISITORS = "own_visitors"
    """One's own visitors: who waits, and who is expected."""
    OWN_RECORD = "own_record"
    POLICY_TEXT = "policy_text"
    """The phone rules, to read and confirm."""


class Act(StrEnum):
    """What can be changed."""

    CHANGE_ACCOUNTS = "change_accounts"
    """Accounts and tokens."""
    CHANGE_SETTINGS = "change_settings"
    """The emergency hold, the cover pool's hours, the walking time, the time zone."""
    CHANGE_PEOPLE = "change_people"
    """People, badges, slots and the cover pool."""
    CHANGE_RESTRICTED_TIMES = "change_restricted_times"
    CHANGE_PERMISSIONS = "change_permissions"
    """Permissions given and withdrawn; Withdraw, Restrict and give back."""
    SET_ROOM_STATES = "set_room_states"
    APPROVE_TAPS = "approve_taps"
    """Approve a TAKE OUT that waits at a cabinet (clause 16)."""
    SAY_GOING_HOME = "say_going_home"
    OPEN_FOR_SOMEBODY = "open_for_somebody"
    """Let a cabinet open once for a named person whose badge is lost."""
    CHANGE_SCHOOL_PHONES = "change_school_phones"
    """School phones added, taken, returned, ended."""
    CHANGE_CONFISCATED = "change_confiscated"
    """Pupils' phones held and released."""
    PUBLISH_POLICY_TEXT = "publish_policy_text"
    CONFIRM_POLICY_TEXT = "confirm_policy_text"
    """For oneself."""
    CONFIRM_BY_BADGE = "confirm_by_badge"
    """Let somebody's next tap confirm the phone rules."""
    RECORD_PHONE_CHECK = "record_phone_check"
    REVIEW_EXCEPTIONS = "review_exceptions"
    """Say by a code what an exception was; nobody changes or deletes a review."""
    SAY_FOR_ONESELF = "say_for_oneself"
    """No phone with me, and where it lies."""
    LOOK_AFTER_VISITORS = "look_after_visitors"
    """Sign visitors in and out, note what was seen, brief in the host's name, answer a ring from reception."""
    CALL_ROLL = "call_roll"
    DRAFT_VISITOR_RULES = "draft_visitor_rules"
    PUBLISH_VISITOR_RULES = "publish_visitor_rules"
    EXPECT_VISITORS = "expect_visitors"
    """For anybody, one or a list; regular visitors' badges, lanyards, what the screen says of the school."""
    ALLOW_IMAGES = "allow_images"
    """Agree to photos, video or sound for one visit, or withdraw it (clause 3)."""
    LOOK_AFTER_OWN_VISITORS = "look_after_own_visitors"
    """Expect one's own visitors, and confirm that they know the phone rules."""
    MARK_BADGE_LOST = "mark_badge_lost"
    """Who may not see People and badges gets a form that takes the exact name and shows no list."""


EVERYONE = frozenset(Role)

SEE: Mapping[Page, frozenset[Role]] = {
    Page.TODAY: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER, Role.OFFICE, Role.DSL}),
    Page.ACCESS_LOG: frozenset({Role.HEADTEACHER, Role.SLT, Role.DSL, Role.DATA_COMPLIANCE_OFFICER}),
    Page.EXCEPTIONS: frozenset({Role.HEADTEACHER, Role.SLT, Role.DSL}),
    Page.CABINETS: EVERYONE - {Role.STAFF},
    Page.PEOPLE: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Page.RESTRICTED_TIMES: frozenset({Role.HEADTEACHER, Role.SLT, Role.OFFICE}),
    Page.PERMISSIONS: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Page.ROOM_STATES: frozenset({Role.HEADTEACHER, Role.SLT, Role.OFFICE}),
    Page.SCHOOL_PHONES: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Page.CONFISCATED: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.OFFICE, Role.DSL}),
    Page.ACKNOWLEDGEMENTS: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER}),
    Page.PHONE_CHECKS: frozenset({Role.HEADTEACHER}),
    Page.WHAT_IF: frozenset({Role.HEADTEACHER, Role.SLT}),
    Page.ON_SITE: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER, Role.OFFICE, Role.DSL}),
    Page.VISITOR_RULES: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Page.EXPECTED: frozenset({Role.HEADTEACHER, Role.SLT, Role.OFFICE}),
    Page.OWN_VISITORS: EVERYONE,
    Page.ACCOUNTS: frozenset({Role.HEADTEACHER}),
    Page.SETTINGS: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER}),
    Page.OWN_RECORD: EVERYONE,
    Page.POLICY_TEXT: EVERYONE,
}

CHANGE: Mapping[Act, frozenset[Role]] = {
    Act.CHANGE_ACCOUNTS: frozenset({Role.HEADTEACHER}),
    Act.CHANGE_SETTINGS: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER}),
    Act.CHANGE_PEOPLE: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Act.CHANGE_RESTRICTED_TIMES: frozenset({Role.HEADTEACHER, Role.SLT}),
    Act.CHANGE_PERMISSIONS: frozenset({Role.HEADTEACHER}),
    Act.SET_ROOM_STATES: frozenset({Role.HEADTEACHER, Role.SLT, Role.OFFICE}),
    Act.APPROVE_TAPS: frozenset({Role.HEADTEACHER, Role.SLT}),
    Act.SAY_GOING_HOME: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Act.OPEN_FOR_SOMEBODY: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Act.CHANGE_SCHOOL_PHONES: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Act.CHANGE_CONFISCATED: frozenset({Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Act.PUBLISH_POLICY_TEXT: frozenset({Role.HEADTEACHER}),
    Act.CONFIRM_POLICY_TEXT: EVERYONE,
    Act.CONFIRM_BY_BADGE: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Act.RECORD_PHONE_CHECK: frozenset({Role.HEADTEACHER}),
    Act.REVIEW_EXCEPTIONS: frozenset({Role.HEADTEACHER, Role.SLT}),
    Act.SAY_FOR_ONESELF: EVERYONE,
    Act.LOOK_AFTER_VISITORS: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER, Role.OFFICE}),
    Act.CALL_ROLL: frozenset({Role.HEADTEACHER, Role.SLT, Role.BUSINESS_MANAGER, Role.OFFICE, Role.DSL}),
    Act.DRAFT_VISITOR_RULES: frozenset({Role.HEADTEACHER, Role.OFFICE}),
    Act.PUBLISH_VISITOR_RULES: frozenset({Role.HEADTEACHER}),
    Act.EXPECT_VISITORS: frozenset({Role.HEADTEACHER, Role.SLT, Role.OFFICE}),
    Act.ALLOW_IMAGES: frozenset({Role.HEADTEACHER}),
    Act.LOOK_AFTER_OWN_VISITORS: EVERYONE,
    Act.MARK_BADGE_LOST: EVERYONE,
}

API_PAGES: Mapping[str, Page] = {
    "events": Page.ACCESS_LOG,
    "exceptions": Page.EXCEPTIONS,
    "devices": Page.CABINETS,
    "points": Page.CABINETS,
    "people": Page.PEOPLE,
    "restricted": Page.RESTRICTED_TIMES,
    "timetable": Page.RESTRICTED_TIMES,
    "calendar": Page.RESTRICTED_TIMES,
    "permissions": Page.PERMISSIONS,
    "restrictions": Page.PERMISSIONS,
    "room-states": Page.ROOM_STATES,
    "what-if": Page.WHAT_IF,
}
"""Which page an API call under /api/v1 belongs to."""

API_ACTS: Mapping[str, Act] = {
    "exceptions": Act.REVIEW_EXCEPTIONS,
    "people": Act.CHANGE_PEOPLE,
    "restricted": Act.CHANGE_RESTRICTED_TIMES,
    "timetable": Act.CHANGE_RESTRICTED_TIMES,
    "calendar": Act.CHANGE_RESTRICTED_TIMES,
    "permissions": Act.CHANGE_PERMISSIONS,
    "restrictions": Act.CHANGE_PERMISSIONS,
    "room-states": Act.SET_ROOM_STATES,
}
"""Which act a PUT or POST under /api/v1 is."""


def may_see(role: Role, page: Page) -> bool:
    """Tell whether a role may look at a page (design: roles, "See")."""
    return role in SEE[page]


def may(role: Role, act: Act) -> bool:
    """Tell whether a role may do an act (design: roles, "Change")."""
    return role in CHANGE[act]


def pages_of(role: Role) -> tuple[Page, ...]:
    """List the pages of a role's menu, in the order of `Page`."""
    return tuple(page for page in Page if may_see(role, page))
