"""Permissions of the headteacher: granted with an end, withdrawn, never changed in between (clauses 3, 15, 20)."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.permissions import PermissionArea, PermissionGiven, PermissionPerson
from admin_web.database.school_phones import SchoolPhone
from admin_web.errors import Conflict, Invalid, LookFirst, NotFound
from admin_web.queries.school_phones import free_phones
from admin_web.rules.areas import area_names
from admin_web.rules.permissions import keeping_then, withdrawn_throughout
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.revision import cabinets_revision, raise_revision
from admin_web.services.texts import require_name
from broker.instants import write_instant
from broker.messages.allowance import PermissionExpired, PermissionGranted, PermissionWithdrawn
from policy.permission import PermissionDraft, permission_problems, permission_warnings, reach_warnings
from policy.problem import Problem

PERSON_AT_MOST = 60
"""People on one trip: more than any infant school has staff."""


def grant_permission(
    session: Session,
    draft: PermissionDraft,
    *,
    destination: str | None = None,
    although: bool = False,
    imported: bool = False,
    occasion: Occasion,
) -> PermissionGiven:
    """Give a permission; the cabinets hear of it at once.

    `although` saves what should be looked at first: a trip without a school phone, a permission by which no cabinet
    would give a phone out. The second is nothing to ask of what is `imported`, since its cabinets may come later.
    Raises Invalid naming the field, LookFirst for what `although` would save, and Conflict for what has been given
    already.
    """
    draft = _name_phone(session, draft)
    _require_possible(session, draft, destination, occasion)
    assert draft.ends is not None, "policy refuses a permission without an end"
    warnings = () if although else permission_warnings(draft)
    if not although and not imported:
        warnings += _reach_warnings(session, draft, draft.ends)
    if warnings:
        raise LookFirst(warnings)
    carried = draft.kind.carried is not None
    revision = raise_revision(session, occasion.now) if carried else cabinets_revision(session)
    given = PermissionGiven(
        id=f"perm-{secrets.token_hex(6)}",
        kind=draft.kind.value,
        purpose=draft.purpose,
        destination=None if not destination else require_name(destination, "destination", at_most=80),
        everywhere=not draft.areas,
        starts=draft.starts,
        ends=draft.ends,
        school_phone=draft.school_phone or None,
        etag=1,
        generation=revision.generation,
        number=revision.number,
        granted_by=occasion.actor.id,
        granted_at=occasion.now.utc,
    )
    session.add(given)
    session.flush()
    session.add_all(PermissionPerson(permission_id=given.id, person_id=person) for person in draft.people)
    session.add_all(PermissionArea(permission_id=given.id, area_id=area) for area in draft.areas)
    session.flush()
    _record(session, given, "permission_granted", PermissionGranted, occasion)
    return given


def withdraw_permission(
    session: Session, permission_id: str, *, if_match: str | None, occasion: Occasion
) -> PermissionGiven:
    """Take a permission back before its end. Raises NotFound, MatchMissing, ChangedMeanwhile."""
    given = require_permission(session, permission_id)
    require_match(if_match, given.etag, "This permission")
    if given.withdrawn_at is not None:
        return given
    if given.ends <= occasion.now.utc:
        raise Conflict(
            "This permission has ended by itself.", what_to_do="There is nothing left to withdraw.", field="ends"
        )
    given.withdrawn_at, given.withdrawn_by = occasion.now.utc, occasion.actor.id
    given.etag += 1
    revision = raise_revision(session, occasion.now)
    given.generation, given.number = revision.generation, revision.number
    _record(session, given, "permission_withdrawn", PermissionWithdrawn, occasion)
    session.flush()
    return given


def expire_permissions(session: Session, occasion: Occasion) -> int:
    """Write that permissions have ended by themselves; the cabinets know it already. Tells how many."""
    over = session.scalars(
        select(PermissionGiven).where(
            PermissionGiven.ends <= occasion.now.utc,
            PermissionGiven.expired_at.is_(None),
            PermissionGiven.withdrawn_at.is_(None),
        )
    ).all()
    for given in over:
        given.expired_at = occasion.now.utc
        for person in _subjects(session, given):
            acts.record(session, _event(given, PermissionExpired), occasion, person=person, what=given.purpose)
    return len(over)


def is_granted(session: Session, draft: PermissionDraft) -> bool:
    """Tell whether the same has been given already: kind, purpose, people and end, withdrawn or not."""
    same = session.scalars(
        select(PermissionGiven.id).where(
            PermissionGiven.kind == draft.kind.value,
            PermissionGiven.purpose == draft.purpose,
            PermissionGiven.ends == draft.ends,
        )
    )
    return any(set(people_of(session, id)) == set(draft.people) for id in same)


def require_permission(session: Session, permission_id: str) -> PermissionGiven:
    """Find a permission; raises NotFound."""
    given = session.get(PermissionGiven, permission_id) if len(permission_id) <= 40 else None
    if given is None:
        raise NotFound("There is no such permission.", what_to_do="Look on the page Permissions.", field="id")
    return given


def people_of(session: Session, permission_id: str) -> list[str]:
    """Name whom a permission is for."""
    return list(
        session.scalars(
            select(PermissionPerson.person_id)
            .where(PermissionPerson.permission_id == permission_id)
            .order_by(PermissionPerson.person_id)
        )
    )


def _subjects(session: Session, given: PermissionGiven) -> Sequence[str | None]:
    """Whom its events are about: one each for every person; one about nobody where a visit is meant."""
    return people_of(session, given.id) or (None,)


def _require_possible(session: Session, draft: PermissionDraft, destination: str | None, occasion: Occasion) -> None:
    for problem in permission_problems(draft, occasion.now.utc):
        raise Invalid(problem.error, what_to_do=problem.what_to_do, field=problem.field)
    if len(draft.people) > PERSON_AT_MOST:
        raise Invalid(
            f"That names {len(draft.people)} people.", what_to_do=f"Name at most {PERSON_AT_MOST}.", field="people"
        )
    for person_id in draft.people:
        person = session.get(Person, person_id)
        if person is None or person.ended_at is not None:
            raise Invalid("There is no such person now.", what_to_do="Choose from the list.", field="people")
    known = area_names(session)
    for area in draft.areas:
        if area not in known:
            raise Invalid("There is no such area.", what_to_do="Choose from the list.", field="areas")
    _require_not_there(session, draft, destination)
    if draft.school_phone:
        _require_phone(session, draft)


def _reach_warnings(session: Session, draft: PermissionDraft, ends: datetime) -> tuple[Problem, ...]:
    keeping = keeping_then(session, draft.people, draft.starts)
    return reach_warnings(draft, keeping, withdrawn_throughout(session, draft.people, draft.starts, ends))


def _require_not_there(session: Session, draft: PermissionDraft, destination: str | None) -> None:
    """A second press must not leave two of the same: when one is withdrawn, the other would go on."""
    there = session.scalars(
        select(PermissionGiven).where(
            PermissionGiven.kind == draft.kind.value,
            PermissionGiven.purpose == draft.purpose,
            PermissionGiven.ends == draft.ends,
            PermissionGiven.starts <= draft.starts,
            PermissionGiven.withdrawn_at.is_(None),
        )
    )
    for given in there:
        areas = session.scalars(select(PermissionArea.area_id).where(PermissionArea.permission_id == given.id))
        if (
            (given.destination or "") == (destination or "").strip()
            and set(people_of(session, given.id)) == set(draft.people)
            and set(areas) == set(draft.areas)
        ):
            raise Conflict(
                "This permission has been given already.",
                what_to_do="Look at the list; withdraw it there first to give it otherwise.",
                field="people",
            )


def _name_phone(session: Session, draft: PermissionDraft) -> PermissionDraft:
    """Take a school phone by the number in the asset register too, which is what a file or an integration knows."""
    if not draft.school_phone:
        return draft
    known = session.scalar(select(SchoolPhone.id).where(SchoolPhone.asset == draft.school_phone))
    return draft if known is None else replace(draft, school_phone=known)


def _require_phone(session: Session, draft: PermissionDraft) -> None:
    """Check that the school phone of a trip exists, and is neither out nor on another trip at that time."""
    phone = session.get(SchoolPhone, draft.school_phone)
    if phone is None or phone.ended_at is not None:
        raise Invalid("There is no such school phone.", what_to_do="Choose from the list.", field="school_phone")
    assert draft.ends is not None, "policy refuses a permission without an end"
    if phone.id not in {free.id for free in free_phones(session, draft.starts, draft.ends)}:
        raise Invalid(
            f"{phone.asset} is not free then: it is out, or goes on another trip.",
            what_to_do="Choose another school phone, or look on the page School phones.",
            field="school_phone",
        )


Kind = type[PermissionGranted] | type[PermissionWithdrawn] | type[PermissionExpired]


def _event(given: PermissionGiven, kind: Kind) -> PermissionGranted | PermissionWithdrawn | PermissionExpired:
    return kind(permission=given.id, kind=given.kind, ends=write_instant(given.ends))


def _record(session: Session, given: PermissionGiven, act: str, kind: Kind, occasion: Occasion) -> None:
    """Write the audit and central's event, one each for every person it is for."""
    for person in _subjects(session, given):
        audit.record_change(
            session,
            act,
            actor=occasion.actor,
            machine_now=occasion.machine_now,
            person_id=person,
            filter={"kind": given.kind},
            why=occasion.why,
        )
        acts.record(session, _event(given, kind), occasion, person=person, what=given.purpose)
