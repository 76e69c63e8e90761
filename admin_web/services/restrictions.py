"""Withdraw and Restrict: taken from a person, a group or everyone, and given back (clause 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.restrictions import RestrictionMade
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.rules.restrictions import takes_of
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_revision
from broker.instants import write_instant
from broker.messages import allowance
from policy.rules import Entitlement
from policy.staff_groups import GROUPS

SCOPES = ("person", "group", "everyone")
REASONS: Mapping[str, str] = {
    "policy_not_followed": "the policy was not followed",
    "under_review": "while something is looked into",
    "agreed_with_person": "agreed with the person",
    "event": "a special day or event",
    "safeguarding": "safeguarding",
}
"""Reason codes with their words; more belongs in the personnel file."""
EVERYTHING = frozenset(Entitlement)


@dataclass(frozen=True, slots=True)
class RestrictionDraft:
    """What shall be taken away, from whom; without an end it lasts until it is given back."""

    scope: str
    takes: frozenset[Entitlement]
    reason: str
    person: str | None = None
    group: str | None = None
    ends: datetime | None = None


def make_restriction(session: Session, draft: RestrictionDraft, *, occasion: Occasion) -> RestrictionMade:
    """Take breaks, permissions or approvals away from now on. Raises Invalid, and Conflict where they are already."""
    _require_possible(session, draft, occasion)
    revision = raise_revision(session, occasion.now)
    made = RestrictionMade(
        scope=draft.scope,
        person_id=draft.person if draft.scope == "person" else None,
        group=draft.group if draft.scope == "group" else None,
        breaks=Entitlement.BREAKS in draft.takes,
        permissions=Entitlement.PERMISSIONS in draft.takes,
        approvals=Entitlement.APPROVALS in draft.takes,
        reason=draft.reason,
        starts=occasion.now.utc,
        ends=draft.ends,
        etag=1,
        generation=revision.generation,
        number=revision.number,
        made_by=occasion.actor.id,
        made_at=occasion.now.utc,
    )
    session.add(made)
    session.flush()
    _record(session, made, "restriction_made", allowance.RestrictionMade, occasion)
    return made


def give_back(session: Session, number: int, *, if_match: str | None, occasion: Occasion) -> RestrictionMade:
    """End a restriction now. Raises NotFound, MatchMissing, ChangedMeanwhile."""
    made = require_restriction(session, number)
    require_match(if_match, made.etag, "This restriction")
    if made.ended_at is not None:
        return made
    _end(made, occasion)
    revision = raise_revision(session, occasion.now)
    made.generation, made.number = revision.generation, revision.number
    _record(session, made, "restriction_ended", allowance.RestrictionEnded, occasion)
    session.flush()
    return made


def end_restrictions_over(session: Session, occasion: Occasion) -> int:
    """Write that restrictions with an end are over; the cabinets know it already. Tells how many."""
    over = session.scalars(
        select(RestrictionMade).where(RestrictionMade.ended_at.is_(None), RestrictionMade.ends <= occasion.now.utc)
    ).all()
    for made in over:
        _end(made, occasion)
        acts.record(
            session, _event(made, allowance.RestrictionEnded), occasion, person=made.person_id, what=_what(made)
        )
    return len(over)


def require_restriction(session: Session, number: int) -> RestrictionMade:
    """Find a restriction; raises NotFound."""
    made = session.get(RestrictionMade, number)
    if made is None:
        raise NotFound("There is no such restriction.", what_to_do="Look on the page Permissions.", field="id")
    return made


def _require_possible(session: Session, draft: RestrictionDraft, occasion: Occasion) -> None:
    if draft.scope not in SCOPES:
        raise Invalid("That is nobody.", what_to_do="Choose a person, a group or everyone.", field="scope")
    if draft.scope == "person":
        person = session.get(Person, draft.person or "")
        if person is None or person.ended_at is not None:
            raise Invalid("Nobody is chosen.", what_to_do="Choose a person from the list.", field="person")
    if draft.scope == "group" and draft.group not in GROUPS:
        raise Invalid("That is not a staff group.", what_to_do=f"Choose one of {', '.join(GROUPS)}.", field="group")
    if not draft.takes:
        raise Invalid("Nothing would be taken away.", what_to_do="Choose what to take away.", field="takes")
    if draft.reason not in REASONS:
        raise Invalid("No reason is chosen.", what_to_do=f"Choose one of {', '.join(REASONS)}.", field="reason")
    if draft.ends is not None and draft.ends <= occasion.now.utc:
        raise Invalid(
            "That time has passed already.", what_to_do="Choose an end that is still to come, or none.", field="ends"
        )
    _require_not_there(session, draft)


def _require_not_there(session: Session, draft: RestrictionDraft) -> None:
    """A second press, or a second office, must not leave two of the same to be given back one by one."""
    there = session.scalars(
        select(RestrictionMade).where(
            RestrictionMade.ended_at.is_(None),
            RestrictionMade.scope == draft.scope,
            RestrictionMade.person_id == (draft.person if draft.scope == "person" else None),
            RestrictionMade.group == (draft.group if draft.scope == "group" else None),
        )
    ).all()
    for made in there:
        lasts = made.ends is None or (draft.ends is not None and made.ends >= draft.ends)
        if takes_of(made) >= draft.takes and lasts:
            raise Conflict(
                "This has been taken away already.",
                what_to_do="Look at the list below; give it back there first to change it.",
                field="scope",
            )


def _end(made: RestrictionMade, occasion: Occasion) -> None:
    made.ended_at, made.ended_by = occasion.now.utc, occasion.actor.id
    made.etag += 1


Kind = type[allowance.RestrictionMade] | type[allowance.RestrictionEnded]


def _event(made: RestrictionMade, kind: Kind) -> allowance.RestrictionMade | allowance.RestrictionEnded:
    return kind(
        restriction="withdraw" if takes_of(made) == EVERYTHING else "restrict",
        scope=made.scope,
        ends=None if made.ends is None else write_instant(made.ends),
    )


def _what(made: RestrictionMade) -> str:
    return made.reason if made.group is None else f"{made.reason}: {made.group}"


def _record(session: Session, made: RestrictionMade, act: str, kind: Kind, occasion: Occasion) -> None:
    audit.record_change(
        session,
        act,
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=made.person_id,
        filter={"scope": made.scope, "reason": made.reason},
        why=occasion.why,
    )
    acts.record(session, _event(made, kind), occasion, person=made.person_id, what=_what(made))
