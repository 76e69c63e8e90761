"""The permissions a bundle carries: of this point's people, where they reach this point (flow 2, step 2)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.permissions import PermissionArea, PermissionGiven, PermissionPerson
from policy.ids import PersonId
from policy.permission import GrantKind
from policy.rules import REMEMBERED, Permission


def permissions_at(
    session: Session, area: str | None, people: Collection[PersonId], now: datetime, until: datetime
) -> tuple[Permission, ...]:
    """Gather what has not been withdrawn, begins before `until` (UTC) and is not long over, in the order of ends."""
    if not people:
        return ()
    carried = {kind.value: kind.carried for kind in GrantKind}
    here = select(PermissionArea.permission_id).where(PermissionArea.area_id == area)
    rows = session.execute(
        select(PermissionGiven, PermissionPerson.person_id)
        .join(PermissionPerson, PermissionPerson.permission_id == PermissionGiven.id)
        .where(
            PermissionGiven.ends > now - REMEMBERED,
            PermissionGiven.starts < until,
            PermissionGiven.withdrawn_at.is_(None),
            or_(PermissionGiven.everywhere, PermissionGiven.id.in_(here)),
        )
        .order_by(PermissionGiven.ends, PermissionGiven.id, PermissionPerson.person_id)
    )
    found = []
    for row, person in rows:
        kind = carried.get(row.kind)
        if kind is not None and person in people:
            found.append(Permission(id=row.id, person=PersonId(person), kind=kind, starts=row.starts, ends=row.ends))
    return tuple(found)
