"""Staff confirm a version of the text: on their own page, or by their next tap at a cabinet (clause 25).

It blocks nothing: no rule, no bundle and no decision asks whether somebody has confirmed.
"""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_web.database.people import Badge, BadgePerson, Person
from admin_web.database.places import Point
from admin_web.database.policy_texts import Acknowledgement, BadgeConfirmation, PolicyText
from admin_web.errors import ChangedMeanwhile, Conflict, NotFound
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.policy_texts import policy_text_now
from admin_web.services.texts import is_id
from broker.messages.register import PolicyTextAcknowledged, PolicyTextBadgeAsked

TAP_WITHIN = timedelta(minutes=2)
"""How long after it was asked for a tap counts."""


def confirm_policy_text(
    session: Session, person_id: str, *, if_match: str | None, occasion: Occasion
) -> Acknowledgement:
    """Note that a person read the version that `if_match` names and confirms it; twice is once.

    Raises NotFound, and ChangedMeanwhile where a newer version was published while they read.
    """
    text = _require_text(session)
    require_match(if_match, text.version, "The text")
    person = _require_person(session, person_id)
    found = acknowledgement_of(session, person.id, text.version)
    return found if found is not None else note_acknowledgement(session, person.id, text, "web", occasion=occasion)


def ask_for_tap(session: Session, person_id: str, point_id: str, *, occasion: Occasion) -> BadgeConfirmation:
    """Let a person's next tap at a point within two minutes confirm the text; an earlier question to them is over.

    Raises NotFound, and Conflict for somebody who has confirmed, or who has no badge that could tap.
    """
    text = _require_text(session)
    person = _require_person(session, person_id)
    if not is_id(point_id) or session.get(Point, point_id) is None:
        raise NotFound("No cabinet is chosen.", what_to_do="Choose where the badge is tapped.", field="point")
    if acknowledgement_of(session, person.id, text.version) is not None:
        raise Conflict(
            f"{person.name} has confirmed version {text.version} already.", what_to_do="Nothing is left to do.",
            field="person",
        )  # fmt: skip
    if not _has_live_badge(session, person.id, occasion):
        raise Conflict(
            f"{person.name} has no live badge.",
            what_to_do="Give a badge first, or let them confirm on their own page.",
            field="person",
        )
    session.execute(
        update(BadgeConfirmation)
        .where(BadgeConfirmation.person_id == person.id, BadgeConfirmation.closed_at.is_(None))
        .values(closed_at=occasion.now.utc)
    )
    asked = BadgeConfirmation(
        version=text.version,
        person_id=person.id,
        point_id=point_id,
        asked_by=occasion.actor.id,
        asked_at=occasion.now.utc,
        until=occasion.now.utc + TAP_WITHIN,
    )
    session.add(asked)
    session.flush()
    audit.record_change(
        session,
        "policy_text_badge_asked",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=person.id,
        filter={"version": text.version, "point": point_id},
    )
    message = PolicyTextBadgeAsked(version=text.version, hash=text.hash, point=point_id)
    acts.record(session, message, occasion, person=person.id)
    session.flush()
    return asked


def note_acknowledgement(
    session: Session,
    person_id: str,
    text: PolicyText,
    how: str,
    *,
    occasion: Occasion,
    tap: str | None = None,
    point: str | None = None,
) -> Acknowledgement:
    """Write a confirmation down with its event and its audit row; the caller knows that there is none yet."""
    noted = Acknowledgement(
        version=text.version,
        person_id=person_id,
        hash=text.hash,
        at=occasion.now.utc,
        how=how,
        said_by=occasion.actor.id,
        tap=tap,
    )
    session.add(noted)
    audit.record_change(
        session,
        "policy_text_confirmed",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=person_id,
        filter={"version": text.version, "how": how},
    )
    message = PolicyTextAcknowledged(version=text.version, hash=text.hash, how=how, point=point, event=tap)
    acts.record(session, message, occasion, person=person_id)
    session.flush()
    return noted


def acknowledgement_of(session: Session, person_id: str, version: int) -> Acknowledgement | None:
    """Find whether, and how, a person confirmed a version."""
    return session.scalars(
        select(Acknowledgement).where(Acknowledgement.person_id == person_id, Acknowledgement.version == version)
    ).first()


def _require_text(session: Session) -> PolicyText:
    text = policy_text_now(session)
    if text is None:
        raise ChangedMeanwhile("There is no text to confirm yet.", what_to_do="The headteacher publishes it.")
    return text


def _require_person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id) if is_id(person_id) else None
    if person is None or person.ended_at is not None:
        raise NotFound("There is no such person now.", what_to_do="Choose somebody from the list.", field="person")
    return person


def _has_live_badge(session: Session, person_id: str, occasion: Occasion) -> bool:
    rows = session.execute(
        select(Badge.lost_at, Badge.ends)
        .join(BadgePerson, BadgePerson.badge == Badge.reference)
        .where(BadgePerson.person_id == person_id, BadgePerson.ends.is_(None))
    )
    return any(lost_at is None and (ends is None or ends > occasion.now.utc) for lost_at, ends in rows)
