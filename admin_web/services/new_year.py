"""Leavers and a new academic year in one go: who leaves, who changes group or place, saved as a whole or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person, PersonPoint, WorkingHours
from admin_web.errors import ChangedMeanwhile, Refused
from admin_web.services.badges import open_badges
from admin_web.services.etags import etag_of
from admin_web.services.links import PointChoice
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, end_person, require_person, save_person
from policy.rules import NO_HOURS, Span, Week


@dataclass(frozen=True, slots=True)
class YearChange:
    """What becomes of one person."""

    person: str
    etag: int
    """The edition that was looked at; another one means that somebody changed it meanwhile."""
    leaves: bool
    group: str = ""
    points: tuple[PointChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class YearDone:
    """How many it was."""

    left: int
    changed: int


def change_year(session: Session, changes: Sequence[YearChange], *, occasion: Occasion) -> YearDone:
    """Carry out all of it in the caller's transaction: first who leaves, then who gives a place up, then who gets one.

    So lockers can be swapped. Raises ChangedMeanwhile naming the person, and what saving a person raises, with the
    field `rows[i]`; nothing is then kept.
    """
    drafts: dict[int, PersonDraft] = {}
    for index, change in enumerate(changes):
        with _at(index):
            person = require_person(session, change.person)
            if person.etag != change.etag or person.ended_at is not None:
                raise ChangedMeanwhile(
                    f"{person.name} was changed by somebody else in the meantime.",
                    what_to_do="Begin again with the list as it is now.",
                )
            if change.leaves:
                end_person(session, change.person, if_match=etag_of(person.etag), occasion=occasion)
            else:
                drafts[index] = _draft(session, person, change)
    for index, draft in drafts.items():
        kept = tuple(point for point in draft.points if point in set(_points(session, changes[index].person)))
        _save(session, index, changes[index].person, replace(draft, points=kept), occasion)
    for index, draft in drafts.items():
        _save(session, index, changes[index].person, draft, occasion)
    return YearDone(left=sum(change.leaves for change in changes), changed=len(drafts))


def _draft(session: Session, person: Person, change: YearChange) -> PersonDraft:
    return PersonDraft(
        name=person.name,
        group=change.group,
        badges=tuple(open_badges(session, person.id)),
        points=change.points,
        hours=_hours(session, person.id),
    )


def _save(session: Session, index: int, person_id: str, draft: PersonDraft, occasion: Occasion) -> None:
    with _at(index):
        etag = session.get_one(Person, person_id).etag
        save_person(session, person_id, draft, if_match=etag_of(etag), occasion=occasion)


def _points(session: Session, person_id: str) -> list[PointChoice]:
    rows = session.scalars(select(PersonPoint).where(PersonPoint.person_id == person_id, PersonPoint.ends.is_(None)))
    return [PointChoice(row.point_id, row.slot) for row in rows]


def _hours(session: Session, person_id: str) -> Week:
    week: list[list[Span]] = [[] for _ in NO_HOURS]
    for row in session.scalars(select(WorkingHours).where(WorkingHours.person_id == person_id)):
        week[row.weekday].append(Span(row.start, row.end))
    return tuple(tuple(sorted(day)) for day in week)


@contextmanager
def _at(index: int) -> Iterator[None]:
    """Say in which row a refusal stands."""
    try:
        yield
    except Refused as refusal:
        refusal.field = f"rows[{index}]"
        raise
