"""Taps that wait for a senior leader: what cabinets asked, and whether anybody has answered (clause 16)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.events import Event, EventPrivate
from admin_web.database.orders import CommandOrder
from policy.approval import APPROVAL_WAITS

ASKED = "approval.asked.v1"
ANSWERS = ("approval.given.v1", "approval.expired.v1")
SHOWN_FOR = timedelta(minutes=10)
"""An answer stands beside its question this long."""


ENDED: Mapping[str, str] = {
    "put_in": "Not needed any more: the phone was put in.",
    "taken_out": "Not needed any more: the cabinet opened without it.",
    "asked_again": "Asked again at the cabinet: answer the newer one.",
    "another_asked": "Somebody else asked at the same cabinet since. Whoever asked before may ask again.",
    "withdrawn": "The headteacher has withdrawn approvals meanwhile. The door stayed shut.",
    "badge_ended": "The badge was reported lost, or its time ended, meanwhile. The door stayed shut.",
}
"""What ended an asking without an answer; without such a reason nobody came in time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One asking of a cabinet's, with what became of it."""

    event: str
    """device/epoch/sequence."""
    device: str
    point: str | None
    person: str | None
    badge: str | None
    block: str | None
    nonce: str
    at: datetime
    """When the cabinet asked, UTC."""
    until: datetime
    """Until when it can be answered, as far as central can know: the cabinet's own clock decides."""
    over: bool
    given: bool
    expired: bool
    why: str | None
    """Why it ended without an approval, as the cabinet says it."""
    order: CommandOrder | None

    @property
    def answered(self) -> bool:
        """Whether the cabinet has said how it went on."""
        return self.given or self.expired

    @property
    def waits(self) -> bool:
        """Whether somebody can still approve it here."""
        return not (self.over or self.answered or self.order is not None)

    @property
    def ended_words(self) -> str:
        """Say what ended it without an approval, as far as the cabinet told."""
        return ENDED.get(self.why or "", "Nobody approved it at the cabinet in time. The door stayed shut.")


def read_asked(session: Session, *, now: datetime) -> list[Asked]:
    """Read what was asked lately, the newest first; `now` is school time."""
    rows = session.scalars(
        select(Event)
        .where(Event.type == ASKED, Event.committed_at > now - SHOWN_FOR, Event.committed_at <= now + SHOWN_FOR)
        .order_by(Event.id.desc())
        .limit(50)
    ).all()
    return [asked for row in rows if (asked := _asked(session, row, now)) is not None]


def find_asked(session: Session, name: str, *, now: datetime) -> Asked | None:
    """Find one asking by its event, device/epoch/sequence."""
    device, _, rest = name.partition("/")
    epoch, _, sequence = rest.partition("/")
    if not sequence.isdecimal() or len(sequence) > 16:
        return None
    row = session.scalars(
        select(Event).where(
            Event.device == device, Event.epoch == epoch, Event.sequence == int(sequence), Event.type == ASKED
        )
    ).first()
    return None if row is None else _asked(session, row, now)


def _asked(session: Session, row: Event, now: datetime) -> Asked | None:
    data = _data(row.body)
    nonce = data.get("nonce")
    if not isinstance(nonce, str):
        return None
    name = f"{row.device}/{row.epoch}/{row.sequence}"
    private = _private(session, row.id)
    answers = _answers(session, row)
    block = private.get("block")
    until = min(row.time, row.committed_at) + APPROVAL_WAITS
    return Asked(
        event=name,
        device=row.device,
        point=row.point_id,
        person=private.get("person"),
        badge=private.get("badge"),
        block=block.get("name") if isinstance(block, dict) else None,
        nonce=nonce,
        at=row.time,
        until=until,
        over=now >= row.committed_at + APPROVAL_WAITS,
        given=ANSWERS[0] in answers,
        expired=ANSWERS[1] in answers,
        why=_private(session, answers.get(ANSWERS[1])).get("reason"),
        order=session.scalars(select(CommandOrder).where(CommandOrder.asked == name)).first(),
    )


def _answers(session: Session, row: Event) -> dict[str, int]:
    """Look up what the cabinet answered, each by its type with the event's id."""
    return dict(
        session.execute(
            select(Event.type, Event.id).where(
                Event.device == row.device,
                Event.epoch == row.epoch,
                Event.sequence > row.sequence,
                Event.tap == row.tap,
                Event.type.in_(ANSWERS),
            )
        ).all()
    )


def _private(session: Session, event_id: int | None) -> Mapping[str, Any]:
    if event_id is None:
        return {}
    private = session.scalar(select(EventPrivate.private).where(EventPrivate.event_id == event_id))
    parsed = json.loads(private) if private is not None else {}
    return parsed if isinstance(parsed, dict) else {}


def _data(body: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(body).get("data")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
