"""Corrected time: when an event happened, as well as it can be known, and how well that is (flow 1, step 8).

The raw time stays in the event's bytes; what is worked out here is a column beside them and may improve later.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_web.database.events import DeviceEpoch, Event, LogRow
from admin_web.database.people import DeclaredState
from broker.frames import CheckedEvent
from policy.clock import ClockQuality

ANCHORED = "clock.anchored.v1"
AHEAD_OF_ARRIVAL = timedelta(days=1)
"""A synced clock may differ from central's by this much; beyond it, the arrival is the better bound."""
_ANCHORS_LOOKED_AT = 50


class TimeQuality(StrEnum):
    """How well an event's corrected time is known."""

    EXACT = "exact"
    """The clock was set by a time server."""
    INTERPOLATED = "interpolated"
    """Counted on the monotonic clock from a moment of the same boot when the clock had been set."""
    BOUNDED = "bounded"
    """The oldest time that can be true, or the arrival where the clock showed a later time."""
    UNKNOWN = "unknown"
    """The clock showed nothing: the time of arrival stands for it."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One moment of a boot known on both clocks."""

    utc: datetime
    monotonic: int

    def time_of(self, monotonic: int) -> datetime:
        """Count from the anchor to another moment of the same boot, in either direction."""
        return self.utc + timedelta(microseconds=(monotonic - self.monotonic) // 1000)


Boot = tuple[str, int]
"""Device and boot."""


def corrected_time(
    event: CheckedEvent, anchors: Mapping[Boot, Anchor], committed_at: datetime
) -> tuple[datetime, TimeQuality]:
    """Work out when an event happened: UTC and quality."""
    latest = committed_at + AHEAD_OF_ARRIVAL
    if event.clock is ClockQuality.SYNCED and event.time <= latest:
        return event.time, TimeQuality.EXACT
    anchor = anchors.get((event.device, event.boot))
    if anchor is not None:
        counted = anchor.time_of(event.monotonic)
        if counted <= latest:
            return counted, TimeQuality.INTERPOLATED
    if event.clock is ClockQuality.UNSET:
        return committed_at, TimeQuality.UNKNOWN
    return min(event.time, committed_at), TimeQuality.BOUNDED


def anchors_for(session: Session, events: Iterable[CheckedEvent]) -> dict[Boot, Anchor]:
    """Find the anchors that the events at hand need: among themselves first, then among what is stored."""
    events = tuple(events)
    found = {
        (event.device, event.boot): Anchor(event.time, event.monotonic)
        for event in events
        if event.type == ANCHORED and event.clock is ClockQuality.SYNCED
    }
    wanted = {(event.device, event.boot) for event in events if event.clock is not ClockQuality.SYNCED} - found.keys()
    for device in {device for device, _ in wanted}:
        for boot, anchor in _stored_anchors(session, device):
            if (device, boot) in wanted:
                found.setdefault((device, boot), anchor)
    return found


def correct_earlier(session: Session, anchored: CheckedEvent, committed_at: datetime) -> int:
    """Put right the times of the stored events of the anchor's boot that were only bounded or unknown; say how many.

    A boot holds one epoch or, where the program was restarted, several in a row; the walk goes back to them, through
    them, and stops at the next of another boot.
    """
    anchor = Anchor(anchored.time, anchored.monotonic)
    corrected = 0
    within = False
    for epoch, ordinal in _epochs_newest_first(session, anchored.device):
        first = session.scalar(
            select(Event.body)
            .where(Event.device == anchored.device, Event.epoch == epoch)
            .order_by(Event.sequence)
            .limit(1)
        )
        if first is not None and int(json.loads(first)["boot"]) == anchored.boot:
            within = True
            corrected += _correct_epoch(session, anchored, epoch, ordinal, anchor, committed_at + AHEAD_OF_ARRIVAL)
        elif first is not None and within:
            break
    return corrected


def _correct_epoch(
    session: Session, anchored: CheckedEvent, epoch: str, ordinal: int, anchor: Anchor, latest: datetime
) -> int:
    poor = session.execute(
        select(Event.id, Event.sequence, Event.body, Event.point_id, Event.type).where(
            Event.device == anchored.device,
            Event.epoch == epoch,
            Event.time_quality.in_((TimeQuality.BOUNDED, TimeQuality.UNKNOWN)),
        )
    ).all()
    corrected = 0
    for id, sequence, body, point, type in poor:
        time = anchor.time_of(int(json.loads(body)["monotonic"]))
        if time > latest:
            continue
        session.execute(update(Event).where(Event.id == id).values(time=time, time_quality=TimeQuality.INTERPOLATED))
        session.execute(update(LogRow).where(LogRow.event_id == id).values(time=time))
        if type == "phone.declared.v1":
            session.execute(
                update(DeclaredState)
                .where(
                    DeclaredState.point_id == point,
                    DeclaredState.epoch_order == ordinal,
                    DeclaredState.sequence == sequence,
                )
                .values(at=time)
            )
        corrected += 1
    return corrected


def _epochs_newest_first(session: Session, device: str) -> Sequence[tuple[str, int]]:
    rows = session.execute(
        select(DeviceEpoch.epoch, DeviceEpoch.ordinal)
        .where(DeviceEpoch.device == device)
        .order_by(DeviceEpoch.ordinal.desc())
    )
    return [(epoch, ordinal) for epoch, ordinal in rows]


def _stored_anchors(session: Session, device: str) -> list[tuple[int, Anchor]]:
    """Read the device's newest anchors, newest first."""
    bodies = session.scalars(
        select(Event.body)
        .where(Event.type == ANCHORED, Event.device == device)
        .order_by(Event.id.desc())
        .limit(_ANCHORS_LOOKED_AT)
    )
    found = []
    for body in bodies:
        envelope = json.loads(body)
        if envelope["clock"] == "synced":
            time = datetime.fromisoformat(envelope["time"]).astimezone(UTC)
            found.append((int(envelope["boot"]), Anchor(time, int(envelope["monotonic"]))))
    return found
