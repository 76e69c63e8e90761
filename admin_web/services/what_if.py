"""What if: a gesture that nobody made, decided by the code and the bundle that the point's cabinet decides by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import BadgePerson, Person
from admin_web.database.places import Device
from admin_web.database.places import Point as PointRow
from admin_web.errors import Conflict, Invalid
from admin_web.rules.bundle import build_bundle
from admin_web.rules.cabinet_state import cabinet_state
from broker.messages.bundle import Bundle
from policy.clock import ClockQuality, Moment
from policy.decide import decide
from policy.decision import Decision
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference
from policy.rules import Point, PointKind, RoomState, Rules
from policy.ruling import room_states
from policy.standing import standing
from policy.state import State

if TYPE_CHECKING:
    from policy.school_timetable import SchoolTimetable

_YEARS = (2000, 2100)
GESTURES = (Intent.TAKE_OUT, Intent.PUT_IN, Intent.NO_PHONE)
"""What may be asked about, the usual question first."""


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody's gesture at a point at a moment (UTC)."""

    person: str
    point: str
    gesture: Intent
    at: datetime


@dataclass(frozen=True, slots=True)
class Cabinet:
    """A point's cabinet as it would decide: its rules, what it remembers, and everybody's badges."""

    rules: Rules
    point: Point
    state: State
    badges: Mapping[str, Sequence[BadgeReference]]
    """By person, the one given last first; of people who keep no phone here as well."""

    def decide(self, person: str, gesture: Intent, at: datetime) -> Decision | None:
        """Decide for somebody at a moment (UTC) by a clock that is right; None where nobody gave a badge."""
        moment = Moment(at, ClockQuality.SYNCED, 0)
        badge = self.badge_of(person, moment)
        return None if badge is None else self.decide_badge(badge, gesture, moment)

    def decide_badge(self, badge: BadgeReference, gesture: Intent, now: Moment) -> Decision:
        """Decide for a badge, as `policy.decide` does at the cabinet."""
        return decide(self.rules, self.point, self.state, Gesture((badge,), gesture), now)

    def badge_of(self, person: str, now: Moment) -> BadgeReference | None:
        """Choose the badge somebody would take: one that counts here, else the newest."""
        badges = self.badges.get(person, ())
        for badge in badges:
            if standing(self.rules, self.point, self.state, badge, now).known:
                return badge
        return badges[0] if badges else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What would be decided, and what it rests on."""

    question: Question
    decision: Decision
    rules: Rules
    room_states: tuple[RoomState, ...] = ()
    """Children staying in there, as the office and badges said it."""


def read_when(text: str, zone: str, field: str = "at") -> datetime:
    """Read a moment as UTC: RFC 3339 with an offset, else the school's wall time. Raises Invalid.

    A wall time that autumn shows twice is the first of the two; one that spring leaves out is refused.
    """
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        said = None
    if said is None or "T" not in text.upper().replace(" ", "T") or not _YEARS[0] <= said.year <= _YEARS[1]:
        raise Invalid("That is not a date and time.", what_to_do="Write it like 2026-11-24T10:52.", field=field)
    if said.tzinfo is not None:
        return said.astimezone(UTC)
    at = said.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != said:
        raise Invalid(
            "The clocks go forward then, so no clock shows that time.", what_to_do="Choose another time.", field=field
        )
    return at


def ask_what_if(
    session: Session, question: Question, *, now: datetime, timetable: "SchoolTimetable | None" = None
) -> Answer:
    """Answer a question by the rules as they are now (`now` UTC), or as they would be with another timetable.

    Raises Invalid naming the field, and Conflict where the person has no badge to tap with.
    """
    person = session.get(Person, question.person)
    if person is None:
        raise Invalid("There is no such person.", what_to_do="Choose somebody from the list.", field="person")
    if question.gesture not in GESTURES:
        raise Invalid("Nobody can ask for that.", what_to_do=f"Choose one of {', '.join(GESTURES)}.", field="gesture")
    cabinet = cabinet_at(session, question.point, question.at, now=now, timetable=timetable)
    decision = cabinet.decide(question.person, question.gesture, question.at)
    if decision is None:
        raise Conflict(
            "This person has no badge, so there is nothing to tap with.",
            what_to_do="Give a badge on the page People and badges.",
            field="person",
        )
    return Answer(question, decision, cabinet.rules, tuple(room_states(cabinet.rules, cabinet.state)))


def cabinet_at(
    session: Session, point_id: str, at: datetime, *, now: datetime, timetable: "SchoolTimetable | None" = None
) -> Cabinet:
    """Put a point's cabinet together with the rules it would have at a moment (UTC). Raises Invalid for no point."""
    point = session.get(PointRow, point_id)
    device = session.scalar(select(Device.id).where(Device.point_id == point_id))
    if point is None:
        raise Invalid("There is no such place.", what_to_do="Choose one from the list.", field="point")
    if device is None:
        raise Conflict(
            "No cabinet stands at this place yet, so nothing decides there.",
            what_to_do="Add one with `phonekeep-admin device add`.",
            field="point",
        )
    built = build_bundle(session, device, Moment(at, ClockQuality.SYNCED, 0), timetable)
    # By way of the wire, which cuts times to milliseconds: these are the rules as they arrive.
    rules = Bundle.from_rules(built, site="what-if", device=device).to_rules()
    return Cabinet(
        rules=rules,
        # Whether buttons are wired only its cabinet knows; the wish is part of the question, so it does not matter.
        point=Point(rules.point, PointKind(point.kind), point.slots, buttons=True),
        state=cabinet_state(session, point_id, rules.zone, now),
        badges=_badges(session),
    )


def _badges(session: Session) -> dict[str, list[BadgeReference]]:
    """List everybody's badges, also ended ones, the newest first; one that was handed on is its newest holder's."""
    rows = session.execute(
        select(BadgePerson.badge, BadgePerson.person_id).order_by(BadgePerson.starts.desc(), BadgePerson.id.desc())
    )
    holders: dict[str, str] = {}
    found: dict[str, list[BadgeReference]] = {}
    for badge, person in rows:
        if holders.setdefault(badge, person) == person and BadgeReference(badge) not in found.setdefault(person, []):
            found[person].append(BadgeReference(badge))
    return found
