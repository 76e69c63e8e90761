"""Orders to cabinets: approve a tap that waits, open for a lost badge. `ingest` signs and sends them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from admin_web.database.accounts import Account
from admin_web.database.orders import CommandOrder
from admin_web.database.people import DeclaredState, Person, PersonPoint
from admin_web.database.places import Device, Point
from admin_web.database.publishing import DeviceStatus
from admin_web.database.restrictions import RestrictionMade
from admin_web.errors import Conflict, Forbidden, Invalid, NotFound
from admin_web.rules.approvals import ENDED, Asked, find_asked
from admin_web.services import acts, audit
from admin_web.services.occasion import Occasion
from broker.messages.allowance import CommandOrdered
from policy.state import Declared

APPROVE, OPEN_FOR = "approve", "open_for"
WAITING, SENT, OBEYED, REFUSED, LAPSED = "waiting", "sent", "obeyed", "refused", "lapsed"
OPEN = (WAITING, SENT)
GOOD_FOR = timedelta(seconds=120)
"""As long as a nonce is good; nobody waits longer in front of a cabinet."""
ANSWERED_JUST_NOW = timedelta(seconds=5)
"""So long an opening that was obeyed is not ordered again."""
REASONS: Mapping[str, str] = {
    "badge_lost": "the badge is lost",
    "badge_forgotten": "the badge is at home",
    "badge_broken": "the badge does not work",
}
"""Why a cabinet is opened for somebody."""


@dataclass(frozen=True, slots=True)
class Opening:
    """For whom, where and why a cabinet shall open once."""

    person: str
    point: str
    reason: str


def approve_tap(session: Session, asked: str, *, occasion: Occasion) -> CommandOrder:
    """Approve the TAKE OUT that asked with an event `approval.asked` (device/epoch/sequence), once (clause 16).

    Raises NotFound, Conflict where it has been answered already or its time is over, Forbidden for one's own.
    """
    asking = find_asked(session, asked, now=occasion.now.utc)
    if asking is None:
        raise NotFound("Nobody asks for this any more.", what_to_do="Look at the list of those that wait.", field="tap")
    unanswered = not asking.given and _order_for(session, asked) is None
    if unanswered and asking.expired and (asking.why in ENDED or not asking.over):
        raise Conflict(f"It is over. {asking.ended_words}", what_to_do="Nothing is left to do here.")
    if unanswered and asking.over:
        raise Conflict(
            "The 120 seconds are over and the door stays shut.", what_to_do="Let them press TAKE OUT and tap again."
        )
    if asking.answered or not unanswered:
        raise Conflict("This has been answered already.", what_to_do="Look at the cabinet, or at the access log.")
    if asking.person is not None and asking.person == _person_of(session, occasion):
        raise Forbidden("Nobody approves their own.", what_to_do="Ask another senior leader.")
    if asking.person is not None and _has_lost_approvals(session, asking.person, occasion.now.utc):
        raise Conflict(
            "The headteacher has withdrawn approvals from them, so the door stays shut.",
            what_to_do="Give approvals back on the page Withdraw, restrict, then let them ask again.",
        )
    order = CommandOrder(
        device=asking.device,
        command=APPROVE,
        asked=asked,
        nonce=asking.nonce,
        person_id=_kept_person(session, asking),
        **_new(occasion),
    )
    return _place(session, order, "approved", None, occasion)


def _has_lost_approvals(session: Session, person_id: str, now: datetime) -> bool:
    person = session.get(Person, person_id)
    taken = session.scalars(
        select(RestrictionMade).where(
            RestrictionMade.approvals,
            RestrictionMade.ended_at.is_(None),
            or_(RestrictionMade.ends.is_(None), RestrictionMade.ends > now),
        )
    )
    return person is not None and any(
        one.scope == "everyone"
        or (one.scope == "group" and one.group == person.group)
        or (one.scope == "person" and one.person_id == person.id)
        for one in taken
    )


def order_opening(session: Session, opening: Opening, *, occasion: Occasion) -> CommandOrder:
    """Let a cabinet open once for somebody whose phone it keeps. Raises Invalid, NotFound, Conflict."""
    person = session.get(Person, opening.person)
    if person is None:
        raise NotFound("There is no such person.", what_to_do="Write the name as on the badge list.", field="person")
    if opening.reason not in REASONS:
        raise Invalid("No reason is chosen.", what_to_do=f"Choose one of {', '.join(REASONS)}.", field="reason")
    point = session.get(Point, opening.point)
    if point is None or not _keeps(session, opening.person, opening.point):
        raise Invalid(
            "They keep no phone at this place.", what_to_do="Choose a place where they keep one.", field="point"
        )
    device = session.scalars(select(Device).where(Device.point_id == point.id)).first()
    status = None if device is None else session.get(DeviceStatus, device.id)
    if device is None or status is None or not status.online:
        raise Conflict(
            f"{point.name} is not heard at present, so nothing can be sent to it.",
            what_to_do="Open it with the key from the office, and note it in the book.",
            field="point",
        )
    under_way = session.scalars(
        select(CommandOrder.state).where(
            CommandOrder.device == device.id,
            CommandOrder.command == OPEN_FOR,
            CommandOrder.holder == opening.person,
            or_(
                and_(CommandOrder.state.in_(OPEN), CommandOrder.good_until > occasion.machine_now),
                # A second press of the same moment: the first has been answered within 0.1 s, and opened the door.
                and_(
                    CommandOrder.state == OBEYED,
                    CommandOrder.good_until > occasion.machine_now + GOOD_FOR - ANSWERED_JUST_NOW,
                ),
            ),
        )
    ).first()
    if under_way == OBEYED:
        raise Conflict("The cabinet has just opened.", what_to_do="Order it again if the door was not opened in time.")
    if under_way is not None:
        raise Conflict("This has just been ordered.", what_to_do="Wait for the cabinet’s answer first.")
    order = CommandOrder(
        device=device.id,
        command=OPEN_FOR,
        person_id=opening.person,
        holder=opening.person,
        reason=opening.reason,
        **_new(occasion),
    )
    return _place(session, order, "opened_for", opening.reason, occasion)


def settle_order(
    session: Session, device: str, command: str, nonce: str | None, *, obeyed: bool, why: str | None, at: datetime
) -> bool:
    """Write a cabinet's answer on the order it answers; tells whether there was one that waited for it.

    A cabinet from before nonces were told answers the oldest order of this kind.
    """
    question = (
        select(CommandOrder)
        .where(CommandOrder.device == device, CommandOrder.command == command)
        .order_by(CommandOrder.id)
        .limit(1)
    )
    # An answer that comes late, as after a broken cable, still says what happened at the door.
    which = (
        CommandOrder.state == SENT
        if nonce is None
        else (CommandOrder.nonce == nonce) & CommandOrder.state.in_((SENT, LAPSED))
    )
    order = session.scalars(question.where(which)).first()
    if order is None:
        return False
    order.state, order.why, order.answered_at = (OBEYED if obeyed else REFUSED), why, at
    return True


def _new(occasion: Occasion) -> dict[str, str | datetime]:
    return {
        "state": WAITING,
        "ordered_by": occasion.actor.id,
        "ordered_at": occasion.now.utc,
        "good_until": occasion.machine_now + GOOD_FOR,
    }


def _place(session: Session, order: CommandOrder, act: str, what: str | None, occasion: Occasion) -> CommandOrder:
    session.add(order)
    audit.record_change(
        session,
        act,
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=order.person_id,
        why=occasion.why or order.reason,
    )
    ordered = CommandOrdered(device=order.device, command=order.command)
    acts.record(session, ordered, occasion, person=order.person_id, what=what)
    session.flush()
    return order


def _order_for(session: Session, asked: str) -> CommandOrder | None:
    return session.scalars(select(CommandOrder).where(CommandOrder.asked == asked)).first()


def _kept_person(session: Session, asking: Asked) -> str | None:
    """The person the cabinet named, if there still is one of that id."""
    return asking.person if asking.person is not None and session.get(Person, asking.person) is not None else None


def _person_of(session: Session, occasion: Occasion) -> str | None:
    kind, _, number = occasion.actor.id.partition(":")
    if kind != "account" or not number.isdecimal():
        return None
    return session.scalar(select(Account.person_id).where(Account.id == int(number)))


def _keeps(session: Session, person: str, point: str) -> bool:
    linked = session.scalars(
        select(PersonPoint.id).where(
            PersonPoint.person_id == person, PersonPoint.point_id == point, PersonPoint.ends.is_(None)
        )
    ).first()
    if linked is not None:
        return True
    inside = session.get(DeclaredState, (point, person))
    return inside is not None and inside.state == Declared.IN
