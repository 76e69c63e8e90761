"""Why an event came about: rule, block, permission, approval, clause and revision; what the page Why explains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.orders import CommandOrder
from admin_web.database.people import Person
from admin_web.database.permissions import PermissionGiven
from admin_web.database.restrictions import RestrictionMade
from admin_web.queries.looked_at import Looked, Step, steps_of
from admin_web.queries.names import actor_names
from admin_web.queries.permissions import read_permission
from admin_web.queries.restrictions import complete
from admin_web.queries.school_time import WEEKDAYS
from admin_web.queries.sentences.sentence import Part, Strong
from admin_web.queries.sentences.told import Told
from admin_web.queries.stored_events import StoredEvent
from admin_web.queries.why_otherwise import otherwise
from policy.clauses import CLAUSES, Clause
from policy.decision import Reason

TAPS = ("tap.granted.v1", "tap.refused.v1")


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation: what was looked at in order, the clause it rests on, and the sentence above it all."""

    lead: tuple[Part, ...] = ()
    """Empty where the event's own sentence says everything."""
    steps: Sequence[Step] = field(default_factory=tuple)
    steps_title: str = "What the cabinet looked at, in order"
    clause: Clause | None = None


def explain(session: Session, told: Told, others: Sequence[StoredEvent]) -> Why:
    """Explain an event by itself and by the other events of its tap."""
    event = told.event
    if event.type not in TAPS:
        return _explain_otherwise(session, told)
    if not event.private:
        return Why()
    looked = _looked(session, told, others)
    return Why(lead(looked), steps_of(looked), clause=CLAUSES.get(event.text("clause") or ""))


def lead(looked: Looked) -> tuple[Part, ...]:
    """Say in a sentence or two why it was decided so; empty where there is nothing to add."""
    who, place = Strong(looked.who), Strong(looked.place)
    until = f" until {looked.until}" if looked.until else ""
    again: tuple[Part, ...] = ()
    if looked.next:
        again = (" ", who, " can take a phone out there ", Strong(f"from {looked.next}"), ".")
    match looked.reason:
        case Reason.RESTRICTED:
            nothing = f"{until}, and nothing made an exception."
            return (place, " was in ", Strong(looked.block or "a restricted time"), nothing, *again)
        case Reason.CHILDREN_PRESENT:
            return ("Children were staying in at ", place, f"{until}, and nothing made an exception.", *again)
        case Reason.WITHDRAWN:
            named = Strong(looked.block or "a restricted time")
            return ("It was ", named, " at ", place, ", and the headteacher has withdrawn what would allow it.", *again)
        case Reason.BREAK:
            return (place, f" had a break{until}, so ", who, " could take a phone out.")
        case Reason.LEAVING:
            return (who, "’s day was over, so nothing kept the phone in.")
        case Reason.PERMISSION:
            return ("A permission let ", who, " take a phone out at this time.")
        case Reason.APPROVAL:
            return ("A senior leader approved that ", who, " takes a phone out.")
    return ()


def _looked(session: Session, told: Told, others: Sequence[StoredEvent]) -> Looked:
    event = told.event
    reason = event.text("reason") or ""
    starts, ends = told.instant("block", "from"), told.instant("block", "until")
    by_type = {other.type: other for other in others}
    used = by_type.get("permission.used.v1")
    return Looked(
        who=_text(told.who()),
        place=_text(told.point()),
        reason=reason,
        intent=event.text("intent"),
        day=WEEKDAYS[told.times.day_of(event.time).weekday()],
        rules=event.rules,
        group=_group(session, event),
        block=told.block_name(),
        span=f"{starts} to {ends}" if starts and ends else None,
        until=ends,
        next=told.instant("next_allowed"),
        repeated=event.private.get("repeated") is True,
        permission=None if used is None else _permission(session, told, used.text("permission")),
        approval=_approval(session, told, by_type),
        taken=_taken(session, told) if reason == Reason.WITHDRAWN else None,
        by=_sender(told, by_type.get("person.going_home.v1")),
    )


def _text(part: Part) -> str:
    return part.text if isinstance(part, Strong) else part


def _group(session: Session, event: StoredEvent) -> str:
    """The staff group as it is now; none for SLT's own word, which stands beside the name elsewhere."""
    group = None if event.person is None else session.scalar(select(Person.group).where(Person.id == event.person))
    return f"{group} staff" if group == "classroom" else group or ""


def _permission(session: Session, told: Told, id: str | None) -> str | None:
    row = session.get(PermissionGiven, id or "")
    if row is None:
        return None
    kept = read_permission(session, row, told.times, told.event.time)
    ends = told.times.near(row.ends, told.event.time)
    return f"{kept.kind_words}: {kept.purpose_words.lower()}, until {ends}, given by {kept.granter}"


def _approval(session: Session, told: Told, others: Mapping[str, StoredEvent]) -> str | None:
    """Say what became of an asking, as far as the tap has one."""
    asked, given, expired = (others.get(f"approval.{what}.v1") for what in ("asked", "given", "expired"))
    if given is not None:
        who = _approver(session, told, given, asked)
        after = (
            "" if asked is None else f", {round((given.time - asked.time).total_seconds())} seconds after it was asked"
        )
        return f"{who} approved{after}"
    if expired is not None:
        return _EXPIRED.get(expired.text("reason") or "", "the asking ended without an approval")
    return None if asked is None else "a senior leader was asked, and nobody has answered yet"


_EXPIRED = {
    "time": "nobody approved within 120 seconds",
    "put_in": "the phone was put in before anybody approved",
    "taken_out": "it was allowed before anybody approved",
    "asked_again": "it was asked for again before anybody approved",
    "another_asked": "somebody else asked there before anybody approved",
    "withdrawn": "approvals were withdrawn before anybody approved",
    "badge_ended": "the badge was lost or ended before anybody approved",
}


def _approver(session: Session, told: Told, given: StoredEvent, asked: StoredEvent | None) -> str:
    """Name who approved: by badge as the cabinet says it, else whoever ordered it in the office."""
    person = given.text("approver")
    if person is not None:
        return told.names.people.get(person, "A senior leader")
    badge = given.text("approver_badge")
    if badge is not None:
        return told.names.holders.get(badge, "A senior leader")
    order = None
    if asked is not None:
        order = session.scalars(select(CommandOrder).where(CommandOrder.asked == asked.name)).first()
    if order is None:
        return "Somebody in the office"
    return actor_names(session, [order.ordered_by]).get(order.ordered_by, "Somebody in the office")


def _taken(session: Session, told: Told) -> str | None:
    """Name what was withdrawn or restricted from the person at the time, by whom."""
    event = told.event
    about = [RestrictionMade.scope == "everyone"]
    if event.person is not None:
        group = session.scalar(select(Person.group).where(Person.id == event.person))
        about += [RestrictionMade.person_id == event.person, RestrictionMade.group == (group or "")]
    rows = session.scalars(
        select(RestrictionMade)
        .where(
            RestrictionMade.starts <= event.time,
            or_(RestrictionMade.ends.is_(None), RestrictionMade.ends > event.time),
            or_(RestrictionMade.ended_at.is_(None), RestrictionMade.ended_at > event.time),
            or_(*about),
            or_(RestrictionMade.breaks, RestrictionMade.permissions),
        )
        .order_by(RestrictionMade.id.desc())
    ).all()
    if not rows:
        return None
    made = complete(session, rows[:1], told.times)[0]
    ends = "until it is given back" if made.ends is None else f"until {told.times.near(made.ends, event.time)}"
    return f"{made.whom}: {made.takes_words}, {ends}, by {made.maker}; {made.reason_words}"


def _sender(told: Told, said: StoredEvent | None) -> str | None:
    return None if said is None else told.names.holders.get(said.text("by") or "", "A senior leader or the office")


def _explain_otherwise(session: Session, told: Told) -> Why:
    found = otherwise(session, told)
    return Why((), found.steps, found.title, CLAUSES.get(found.clause or ""))
