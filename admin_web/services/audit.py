"""The audit: who looked at personal data, with what filter and how many rows; who changed what, and why."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.accounts import Audit
from admin_web.services.actor import Actor

Filter = Mapping[str, str | int | bool | None]
"""What was asked for; never a cursor, or each page of a poll would be a filter of its own."""


def record_look(
    session: Session,
    page: str,
    filter: Filter,
    rows: int,
    *,
    actor: Actor,
    machine_now: datetime,
    person_id: str | None = None,
) -> None:
    """Write that an actor saw `rows` rows of a page; a token gets one row per filter and hour, with a count."""
    written = _as_json(filter)
    act = f"looked.{page}"
    if actor.is_token:
        hour = machine_now.replace(minute=0, second=0, microsecond=0)
        known = session.scalars(
            select(Audit)
            .where(Audit.at >= hour, Audit.actor == actor.id, Audit.act == act, Audit.filter == written)
            .where(Audit.person_id.is_(None) if person_id is None else Audit.person_id == person_id)
            .limit(1)
        ).first()
        if known is not None:
            known.count += 1
            known.rows += rows
            return
    session.add(Audit(at=machine_now, actor=actor.id, act=act, person_id=person_id, filter=written, rows=rows, count=1))


def record_change(
    session: Session,
    act: str,
    *,
    actor: Actor,
    machine_now: datetime,
    person_id: str | None = None,
    filter: Filter | None = None,
    why: str | None = None,
) -> None:
    """Write that an actor changed something: `act` like `person`, `restricted_times`, `account`."""
    session.add(
        Audit(
            at=machine_now,
            actor=actor.id,
            act=f"changed.{act}",
            person_id=person_id,
            filter=_as_json(filter or {}),
            rows=1,
            count=1,
            why=None if why is None else why[:200],
        )
    )


def _as_json(filter: Filter) -> str:
    return json.dumps(dict(sorted(filter.items())), separators=(",", ":"))
