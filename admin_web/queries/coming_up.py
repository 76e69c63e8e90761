"""What comes next: breaks, visits that leave, permissions that end; places and numbers, never a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.permissions import PermissionGiven, PermissionPerson
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.today_strips import break_name
from policy.permission import PURPOSES, GrantKind
from policy.rules import DatedBlock, Span
from policy.timetable import format_minutes

AHEAD = timedelta(days=7)
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing ahead."""

    when: str
    title: str
    text: str


def coming_up(
    session: Session, blocks: Mapping[str, tuple[DatedBlock, ...]], times: SchoolTime, now: datetime
) -> list[Coming]:
    """List the next break of the day, the visits that leave today, and the permissions that end within a week."""
    found = [*_breaks(blocks, times, now), *_permissions(session, times, now)]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])][:SHOWN]


def _breaks(
    blocks: Mapping[str, tuple[DatedBlock, ...]], times: SchoolTime, now: datetime
) -> Sequence[tuple[datetime, Coming]]:
    local = times.local(now)
    minute = local.hour * 60 + local.minute
    ahead: dict[tuple[Span, str], int] = {}
    for of_point in blocks.values():
        here = [block for block in of_point if block.group is None]
        for one in {(hole, break_name(block, hole)) for block in here for hole in block.breaks}:
            if one[0].start > minute:
                ahead[one] = ahead.get(one, 0) + 1
    if not ahead:
        return []
    first, name = min(ahead)
    rooms = "1 room" if ahead[first, name] == 1 else f"{ahead[first, name]} rooms"
    text = f"{rooms}, until {format_minutes(first.end)}"
    at = now + timedelta(minutes=first.start - minute)
    return [(at, Coming(format_minutes(first.start), f"{name} opens", text))]


def _permissions(session: Session, times: SchoolTime, now: datetime) -> list[tuple[datetime, Coming]]:
    people = (
        select(func.count())
        .select_from(PermissionPerson)
        .where(PermissionPerson.permission_id == PermissionGiven.id)
        .correlate(PermissionGiven)
        .scalar_subquery()
    )
    rows = session.execute(
        select(PermissionGiven, people)
        .where(PermissionGiven.withdrawn_at.is_(None), PermissionGiven.ends > now)
        .order_by(PermissionGiven.ends)
        .limit(100)
    )
    _, midnight = times.bounds(times.today)
    found: list[tuple[datetime, Coming]] = []
    for row, number in rows:
        staff = f"{number} staff"
        if row.kind == GrantKind.TRIP:
            if now < row.starts < midnight:
                where = f" to {row.destination}" if row.destination else ""
                phone = "a school phone goes along" if row.school_phone else "without a school phone"
                found.append(
                    (row.starts, Coming(times.minute(row.starts), f"A visit leaves{where}", f"{staff}, {phone}"))
                )
            elif row.starts <= now and row.ends < midnight:
                found.append((row.ends, Coming(times.minute(row.ends), "A visit is back", staff)))
        elif row.starts <= now and row.ends <= now + AHEAD:
            purpose = PURPOSES[GrantKind(row.kind)].get(row.purpose, row.purpose.replace("_", " "))
            found.append((row.ends, Coming(times.near(row.ends), "A permission ends", f"{staff}, {purpose}")))
    return found
