"""Badges: assigned, ended, lost, found, and the cover pool; a badge is one person's, the pool's or a visitor's."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin_web.database.people import Badge, BadgePerson, Person, UnknownBadge
from admin_web.database.reception import Lanyard, RegularVisitor
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.services import acts, audit
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_revision
from admin_web.services.texts import require_name, require_reference
from broker.messages.central import BadgeAssigned, BadgeEnded, BadgeFound, BadgeLost, BadgePooled


def replace_badges(session: Session, person_id: str, wanted: tuple[str, ...], occasion: Occasion) -> bool:
    """Let a person's open badges be exactly those wanted; tells whether anything changed. Raises Invalid, Conflict.

    The caller raises the revision and writes the audit; each badge that changes hands is an event of its own.
    """
    for index, reference in enumerate(wanted):
        require_reference(reference, f"badges[{index}]")
        if reference in wanted[:index]:
            raise Invalid("The same badge stands twice.", what_to_do="Give each badge once.", field=f"badges[{index}]")
    links = session.scalars(
        select(BadgePerson).where(BadgePerson.person_id == person_id, BadgePerson.ends.is_(None))
    ).all()
    held = {link.badge for link in links}
    for link in links:
        if link.badge not in wanted:
            link.ends = occasion.now.utc
            session.get_one(Badge, link.badge).ends = None
            acts.record(session, BadgeEnded(), occasion, person=person_id, badge=link.badge)
    for index, reference in enumerate(wanted):
        if reference not in held:
            _link(session, reference, person_id, f"badges[{index}]", occasion)
            acts.record(session, BadgeAssigned(), occasion, person=person_id, badge=reference)
    session.flush()
    return held != set(wanted)


def end_every_badge(session: Session, person_id: str, occasion: Occasion) -> None:
    """End all of a person's badges now."""
    replace_badges(session, person_id, (), occasion)


def assign_badge(
    session: Session, reference: str, person_id: str, *, ends: datetime | None = None, occasion: Occasion
) -> None:
    """Give a badge to a person from now on; a lost badge that is given again counts as found.

    With `ends` it is a temporary badge that ends by itself then. Raises Invalid, NotFound, and Conflict where another
    person or the cover pool has it.
    """
    require_reference(reference, "badge")
    _require_end_ahead(ends, occasion)
    person = session.get(Person, person_id)
    if person is None or person.ended_at is not None:
        raise NotFound("There is no such person now.", what_to_do="Add the person first.", field="person")
    if reference in open_badges(session, person_id):
        return
    _link(session, reference, person_id, "badge", occasion)
    session.get_one(Badge, reference).ends = ends
    _changed(session, person, "badge_assigned", occasion)
    acts.record(session, BadgeAssigned(), occasion, person=person_id, badge=reference)


def end_badge(session: Session, reference: str, *, occasion: Occasion) -> None:
    """End a person's badge now; a phone still in comes out with its next tap (promise 2). Raises NotFound."""
    link = session.scalars(
        select(BadgePerson).where(BadgePerson.badge == reference, BadgePerson.ends.is_(None))
    ).first()
    if link is None:
        raise NotFound("Nobody has this badge now.", what_to_do="Load the page again.", field="badge")
    link.ends = occasion.now.utc
    session.get_one(Badge, reference).ends = None
    _changed(session, session.get_one(Person, link.person_id), "badge_ended", occasion)
    acts.record(session, BadgeEnded(), occasion, person=link.person_id, badge=reference)


def set_badge_end(session: Session, reference: str, ends: datetime | None, *, occasion: Occasion) -> None:
    """Let a person's badge end by itself at a time, or no more; a phone still in then comes out with its next tap.

    Raises NotFound, Invalid for a time that has passed.
    """
    badge, holder = session.get(Badge, reference), badge_holder(session, reference)
    if badge is None or holder is None:
        raise NotFound("Nobody has this badge now.", what_to_do="Load the page again.", field="badge")
    _require_end_ahead(ends, occasion)
    if badge.ends == ends:
        return
    badge.ends = ends
    _changed(session, session.get_one(Person, holder), "badge_end_set", occasion)
    acts.record(session, BadgeAssigned(), occasion, person=holder, badge=reference, what="until" if ends else "open")


def end_badges_over(session: Session, occasion: Occasion) -> int:
    """End the links of temporary badges whose time has come; the cabinets know it already. Tells how many."""
    over = session.execute(
        select(BadgePerson, Badge)
        .join(Badge, Badge.reference == BadgePerson.badge)
        .where(BadgePerson.ends.is_(None), Badge.ends <= occasion.now.utc)
    ).all()
    for link, badge in over:
        link.ends, badge.ends = badge.ends, None
        session.get_one(Person, link.person_id).etag += 1
        acts.record(session, BadgeEnded(), occasion, person=link.person_id, badge=link.badge, what="by itself")
    return len(over)


def mark_badge_lost(session: Session, reference: str, *, occasion: Occasion) -> None:
    """Let a badge open nothing from now on; it stays its person's. Raises NotFound."""
    badge = session.get(Badge, reference)
    if badge is None:
        raise NotFound("There is no such badge.", what_to_do="Load the page again.", field="badge")
    if badge.lost_at is not None:
        return
    badge.lost_at = occasion.now.utc
    holder = badge_holder(session, reference)
    _changed(session, None if holder is None else session.get_one(Person, holder), "badge_lost", occasion)
    acts.record(session, BadgeLost(), occasion, person=holder, badge=reference)


def mark_badge_found(session: Session, reference: str, *, occasion: Occasion) -> None:
    """Let a lost badge open again. Raises NotFound."""
    badge = session.get(Badge, reference)
    if badge is None or badge.lost_at is None:
        raise NotFound("This badge is not marked lost.", what_to_do="Load the page again.", field="badge")
    badge.lost_at = None
    holder = badge_holder(session, reference)
    _changed(session, None if holder is None else session.get_one(Person, holder), "badge_found", occasion)
    acts.record(session, BadgeFound(), occasion, person=holder, badge=reference)


def mark_badges_lost_by_name(session: Session, name: str, *, occasion: Occasion) -> int:
    """Mark every badge of the one person of exactly this name lost, for roles that see no list; tells how many.

    Raises NotFound for a name that nobody has, Conflict for one that several have.
    """
    exact = require_name(name, "name")
    people = session.scalars(select(Person.id).where(Person.name == exact, Person.ended_at.is_(None))).all()
    if not people:
        raise NotFound(
            "Nobody has exactly this name.",
            what_to_do="Write the name as it stands on the badge list, or ask the office.",
            field="name",
        )
    if len(people) > 1:
        raise Conflict("Several people have this name.", what_to_do="Ask the office to mark the badge.", field="name")
    badges = open_badges(session, people[0])
    if not badges:
        raise NotFound("This person has no badge now.", what_to_do="Ask the office.", field="name")
    for reference in badges:
        mark_badge_lost(session, reference, occasion=occasion)
    return len(badges)


def add_to_cover_pool(session: Session, reference: str, *, label: str | None = None, occasion: Occasion) -> None:
    """Put a badge into the cover pool: live at every one-door cabinet and at no bank. Raises Invalid, Conflict."""
    require_reference(reference, "badge")
    if badge_holder(session, reference) is not None:
        raise Conflict("A person has this badge.", what_to_do="End it there first.", field="badge")
    _require_no_visitors(session, reference, "badge")
    badge = _known_badge(session, reference, occasion)
    if badge.cover:
        return
    badge.cover, badge.cover_since, badge.lost_at = True, occasion.links_start, None
    if label is not None:
        badge.label = require_name(label, "label", at_most=60)
    _changed(session, None, "cover_pool", occasion)
    acts.record(session, BadgePooled(), occasion, badge=reference, what="added")


def remove_from_cover_pool(session: Session, reference: str, *, occasion: Occasion) -> None:
    """Take a badge out of the cover pool now. Raises NotFound."""
    badge = session.get(Badge, reference)
    if badge is None or not badge.cover:
        raise NotFound("This badge is not in the cover pool.", what_to_do="Load the page again.", field="badge")
    badge.cover, badge.cover_since = False, None
    _changed(session, None, "cover_pool", occasion)
    acts.record(session, BadgePooled(), occasion, badge=reference, what="removed")


def open_badges(session: Session, person_id: str) -> list[str]:
    """List the badges a person has now, lost ones too, in the order they were given."""
    return list(
        session.scalars(
            select(BadgePerson.badge)
            .where(BadgePerson.person_id == person_id, BadgePerson.ends.is_(None))
            .order_by(BadgePerson.id)
        )
    )


def badge_holder(session: Session, reference: str) -> str | None:
    """Name the person who has a badge now."""
    return session.scalars(
        select(BadgePerson.person_id).where(BadgePerson.badge == reference, BadgePerson.ends.is_(None))
    ).first()


def _link(session: Session, reference: str, person_id: str, field: str, occasion: Occasion) -> None:
    holder = badge_holder(session, reference)
    if holder is not None:
        raise Conflict(
            "Somebody else has this badge.", what_to_do="End it there first, or use another badge.", field=field
        )
    _require_no_visitors(session, reference, field)
    badge = _known_badge(session, reference, occasion)
    if badge.cover:
        raise Conflict("This badge is in the cover pool.", what_to_do="Take it out of the pool first.", field=field)
    badge.lost_at = badge.ends = None
    session.add(BadgePerson(badge=reference, person_id=person_id, starts=occasion.links_start))
    session.flush()


def _require_end_ahead(ends: datetime | None, occasion: Occasion) -> None:
    if ends is not None and ends <= occasion.now.utc:
        raise Invalid(
            "That time has passed already.", what_to_do="Choose an end that is still to come, or none.", field="ends"
        )


def _require_no_visitors(session: Session, reference: str, field: str) -> None:
    """Check that the reception screen does not take a badge for a visitor's. Raises Conflict."""
    lanyard = session.scalar(select(Lanyard.number).where(Lanyard.reference == reference))
    regular = select(RegularVisitor.id).where(RegularVisitor.reference == reference, RegularVisitor.ended_at.is_(None))
    if lanyard is not None or session.scalar(regular) is not None:
        whose = "a regular visitor’s" if lanyard is None else f"in lanyard {lanyard}"
        raise Conflict(
            f"This badge is {whose}.",
            what_to_do="End that under Expected visitors, Badges and lanyards, or use another badge.",
            field=field,
        )


def _known_badge(session: Session, reference: str, occasion: Occasion) -> Badge:
    """Find or make the badge's row; from now on it is no unknown badge."""
    session.execute(delete(UnknownBadge).where(UnknownBadge.reference == reference))
    badge = session.get(Badge, reference)
    if badge is None:
        badge = Badge(reference=reference, added_at=occasion.links_start, cover=False)
        session.add(badge)
        session.flush()
    return badge


def _changed(session: Session, person: Person | None, act: str, occasion: Occasion) -> None:
    if person is not None:
        person.etag += 1
    raise_revision(session, occasion.now)
    audit.record_change(
        session,
        act,
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=None if person is None else person.id,
        why=occasion.why,
    )
    session.flush()
