"""All tables in one place: importing this file is what makes the metadata complete."""

from admin_web.database import (
    accounts,
    confiscated,
    days,
    events,
    groups,
    orders,
    people,
    permissions,
    phone_checks,
    places,
    policy_texts,
    publishing,
    reception,
    restricted,
    restrictions,
    reviews,
    room_states,
    school_phones,
    timetable,
    visitor_rules,
    visits,
)
from admin_web.database.base import Base

TABLE_FILES = (places, people, restricted, events, publishing, accounts)
RULE_FILES = (permissions, restrictions, room_states, days, groups, orders)
REGISTER_FILES = (school_phones, confiscated, policy_texts, phone_checks)
TIMETABLE_FILES = (timetable,)
REVIEW_FILES = (reviews,)
VISITOR_FILES = (visits, reception, visitor_rules)

METADATA = Base.metadata
