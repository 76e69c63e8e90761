"""Staff groups with where their phones lie: the school's rows over the defaults of `policy`."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.groups import GroupRule
from admin_web.database.people import Person
from policy.staff_groups import GROUPS, StorageDuty


@dataclass(frozen=True, slots=True)
class GroupKept:
    """A staff group's rule as it is now."""

    group: str
    duty: StorageDuty
    expected_by: int | None
    """Minutes of wall time; None: when a person's own hours begin, where the group taps at all."""
    etag: int
    clause: str


def group_rule(session: Session, group: str) -> GroupKept:
    """Read one group's rule; `group` is one of policy.staff_groups.GROUPS."""
    return _kept(group, session.get(GroupRule, group))


def group_rules(session: Session) -> dict[str, GroupKept]:
    """Read every group's rule, in the order in which screens list them."""
    rows = {row.group: row for row in session.scalars(select(GroupRule))}
    return {group: _kept(group, rows.get(group)) for group in GROUPS}


def group_sizes(session: Session) -> dict[str, int]:
    """Count who belongs to each group now."""
    counted = session.execute(
        select(Person.group, func.count()).where(Person.ended_at.is_(None)).group_by(Person.group)
    ).all()
    return {group: int(number) for group, number in counted}


def _kept(group: str, row: GroupRule | None) -> GroupKept:
    default = GROUPS[group]
    if row is None:
        return GroupKept(group, default.duty, default.expected_by, 1, default.clause)
    return GroupKept(group, StorageDuty(row.storage_duty), row.expected_by, row.etag, default.clause)
