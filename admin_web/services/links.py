"""Where a person keeps a phone: links from a moment until another, and who holds which slot of a bank."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import DeclaredState, PersonPoint
from admin_web.database.places import Point
from admin_web.errors import Conflict, Invalid
from admin_web.services.occasion import Occasion
from policy.rules import PointKind
from policy.state import Declared


@dataclass(frozen=True, slots=True)
class PointChoice:
    """A point somebody keeps a phone at: with the slot at a bank, without one everywhere else."""

    point: str
    slot: int | None = None


def replace_points(session: Session, person_id: str, wanted: tuple[PointChoice, ...], occasion: Occasion) -> bool:
    """Let a person's open links be exactly those wanted; tells whether anything changed. Raises Invalid, Conflict."""
    for index, choice in enumerate(wanted):
        field = f"points[{index}]"
        if any(other.point == choice.point for other in wanted[:index]):
            raise Invalid("The same point stands twice.", what_to_do="Give each point once.", field=f"{field}.id")
        _require_fitting(session, choice, field)
    open_links = session.scalars(
        select(PersonPoint).where(PersonPoint.person_id == person_id, PersonPoint.ends.is_(None))
    ).all()
    kept = {PointChoice(link.point_id, link.slot) for link in open_links} & set(wanted)
    changed = False
    for link in open_links:
        if PointChoice(link.point_id, link.slot) not in kept:
            link.ends = occasion.now.utc
            changed = True
    session.flush()
    for index, choice in enumerate(wanted):
        if choice in kept:
            continue
        if choice.slot is not None:
            _require_free(session, choice, person_id, f"points[{index}].slot")
        session.add(
            PersonPoint(person_id=person_id, point_id=choice.point, slot=choice.slot, starts=occasion.links_start)
        )
        changed = True
    session.flush()
    return changed


def end_every_point(session: Session, person_id: str, occasion: Occasion) -> None:
    """End all of a person's links now."""
    replace_points(session, person_id, (), occasion)


def slot_holder(session: Session, point_id: str, slot: int) -> str | None:
    """Name the holder of a slot: the linked person, else whoever was last declared in there and is so still."""
    linked = session.scalars(
        select(PersonPoint.person_id).where(
            PersonPoint.point_id == point_id, PersonPoint.slot == slot, PersonPoint.ends.is_(None)
        )
    ).first()
    return linked if linked is not None else _declared_in(session, point_id, slot, except_for=None)


def _declared_in(session: Session, point_id: str, slot: int, except_for: str | None) -> str | None:
    found = select(DeclaredState.holder).where(
        DeclaredState.point_id == point_id, DeclaredState.slot == slot, DeclaredState.state == Declared.IN.value
    )
    return session.scalars(found if except_for is None else found.where(DeclaredState.holder != except_for)).first()


def _require_fitting(session: Session, choice: PointChoice, field: str) -> None:
    point = session.get(Point, choice.point)
    if point is None:
        raise Invalid(
            f"There is no point {choice.point!r}.",
            what_to_do="Choose one that exists, or add it with `phonekeep-admin point add`.",
            field=f"{field}.id",
        )
    is_bank = point.kind == PointKind.BANK
    if is_bank and choice.slot is None:
        raise Invalid(
            f"{point.name} is a locker bank, so a slot is needed.",
            what_to_do=f"Give a slot from 1 to {point.slots}.",
            field=f"{field}.slot",
        )
    if is_bank and not 1 <= (choice.slot or 0) <= point.slots:
        raise Invalid(
            f"{point.name} has no slot {choice.slot}.",
            what_to_do=f"Give a slot from 1 to {point.slots}.",
            field=f"{field}.slot",
        )
    if not is_bank and choice.slot is not None:
        raise Invalid(
            f"{point.name} has one door and no slots.", what_to_do="Leave the slot out.", field=f"{field}.slot"
        )


def _require_free(session: Session, choice: PointChoice, person_id: str, field: str) -> None:
    assert choice.slot is not None
    taken = session.scalars(
        select(PersonPoint.id).where(
            PersonPoint.point_id == choice.point,
            PersonPoint.slot == choice.slot,
            PersonPoint.ends.is_(None),
            PersonPoint.person_id != person_id,
        )
    ).first()
    if taken is not None:
        raise Conflict(
            f"Slot {choice.slot} of {choice.point} belongs to somebody else.",
            what_to_do="Choose a free slot, or end the other person's link first.",
            field=field,
        )
    if _declared_in(session, choice.point, choice.slot, except_for=person_id) is not None:
        raise Conflict(
            f"Slot {choice.slot} of {choice.point} still holds a phone: its last holder is declared in.",
            what_to_do="Choose another slot, or let that phone be taken out first.",
            field=field,
        )
