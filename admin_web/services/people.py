"""People: made, changed and ended as a whole, the way the API's PUT and the page People and badges both do it."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin_web.database.people import Person, WorkingHours
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.services import acts, audit
from admin_web.services.badges import end_every_badge, replace_badges
from admin_web.services.etags import require_match
from admin_web.services.links import PointChoice, end_every_point, replace_points
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_revision
from admin_web.services.texts import is_id, require_id, require_name
from broker.messages.central import PersonSaved
from policy.rules import NO_HOURS, Week
from policy.staff_groups import GROUPS as STAFF_GROUPS
from policy.working_hours import hours_problems

GROUPS = tuple(STAFF_GROUPS)
"""Staff groups, in the words of the API."""


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as somebody wants it to be: badges, points and hours complete, so that what is missing ends."""

    name: str
    group: str
    badges: tuple[str, ...] = ()
    points: tuple[PointChoice, ...] = ()
    hours: Week = NO_HOURS


def save_person(
    session: Session, person_id: str, draft: PersonDraft, *, if_match: str | None, occasion: Occasion
) -> Person:
    """Make the person as the draft says, creating the person if the id is new; its `etag` is the new edition.

    Links that the draft does not name end now. A draft that says what is there already changes nothing. Raises
    MatchMissing, ChangedMeanwhile, Invalid, and Conflict for a badge or a slot that somebody else holds.
    """
    require_id(person_id, "id", "A person's id")
    person = session.get(Person, person_id)
    require_match(if_match, None if person is None else person.etag, "This person")
    name = require_name(draft.name, "name")
    _require_group(draft.group)
    _require_hours(draft.hours)

    is_new = person is None
    if person is None:
        person = Person(id=person_id, name=name, group=draft.group, etag=0)
        session.add(person)
        session.flush()
    renamed, regrouped = person.name != name, person.group != draft.group
    person.name, person.group = name, draft.group
    revived = person.ended_at is not None
    person.ended_at = None
    ruled = [
        _replace_hours(session, person_id, draft.hours),
        replace_badges(session, person_id, draft.badges, occasion),
        replace_points(session, person_id, draft.points, occasion),
    ]
    if not (is_new or renamed or regrouped or revived or any(ruled)):
        return person
    person.etag += 1
    if is_new or revived or regrouped or any(ruled):  # blocks and badges' roles go by the group
        raise_revision(session, occasion.now)
    audit.record_change(
        session,
        "person",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=person_id,
        why=occasion.why,
    )
    acts.record(session, PersonSaved(), occasion, person=person_id, what="created" if is_new else "changed")
    session.flush()
    return person


def end_person(session: Session, person_id: str, *, if_match: str | None, occasion: Occasion) -> Person:
    """End a person: badges and points end now; a phone still in comes out with the badge's next tap (promise 2)."""
    person = require_person(session, person_id)
    require_match(if_match, person.etag, "This person")
    if person.ended_at is not None:
        return person
    end_every_badge(session, person_id, occasion)
    end_every_point(session, person_id, occasion)
    person.ended_at = occasion.now.utc
    person.etag += 1
    raise_revision(session, occasion.now)
    audit.record_change(
        session,
        "person_ended",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=person_id,
        why=occasion.why,
    )
    acts.record(session, PersonSaved(), occasion, person=person_id, what="ended")
    session.flush()
    return person


def person_of_exact_name(session: Session, name: str) -> str:
    """Find the one person of exactly this name, for roles that see no list. Raises Invalid, NotFound, Conflict."""
    exact = require_name(name, "name")
    people = session.scalars(select(Person.id).where(Person.name == exact, Person.ended_at.is_(None))).all()
    if not people:
        raise NotFound(
            "Nobody has exactly this name.", what_to_do="Write the name as it stands on the staff list.", field="name"
        )
    if len(people) > 1:
        raise Conflict("Several people have this name.", what_to_do="Ask the office to do it.", field="name")
    return people[0]


def require_person(session: Session, person_id: str) -> Person:
    """Find a person; raises NotFound."""
    person = session.get(Person, person_id) if is_id(person_id) else None
    if person is None:
        raise NotFound("There is no such person.", what_to_do="Look on the page People and badges.", field="id")
    return person


def _require_group(group: str) -> None:
    if group not in GROUPS:
        raise Invalid("That is not a staff group.", what_to_do=f"Choose one of {', '.join(GROUPS)}.", field="group")


def _require_hours(hours: Week) -> None:
    for problem in hours_problems(hours):
        raise Invalid(problem.error, what_to_do=problem.what_to_do, field=problem.field)


def _replace_hours(session: Session, person_id: str, hours: Week) -> bool:
    rows = session.scalars(select(WorkingHours).where(WorkingHours.person_id == person_id)).all()
    wanted = {(day, span.start, span.end) for day, spans in enumerate(hours) for span in spans}
    if {(row.weekday, row.start, row.end) for row in rows} == wanted:
        return False
    session.execute(delete(WorkingHours).where(WorkingHours.person_id == person_id))
    session.add_all(
        WorkingHours(person_id=person_id, weekday=day, start=start, end=end) for day, start, end in sorted(wanted)
    )
    return True
