"""Decisions and door facts as messages of the catalogue, public and private part apart (flow 1, step 5)."""

from broker.instants import write_instant
from broker.messages.door import (
    DoorClosed,
    DoorHeldOpen,
    DoorNotOpened,
    DoorOpened,
    DoorOpenedUnreleased,
    LockEnergised,
    LockFailed,
    SlotPrivate,
)
from broker.messages.draft import Draft, flag, number, text
from broker.messages.message import Message, PrivatePart
from broker.messages.tap import Block, PhoneDeclared, PhonePrivate, PutInRepeated, TapGranted, TapRefused
from kiosk.cabinet.doors import Closed, DoorFact, HeldOpen, NotOpened, Opened, OpenedUnreleased
from policy.decision import BlockNamed, Decision
from policy.gesture import Intent
from policy.ids import BadgeReference, PersonId
from policy.rules import Point, PointKind
from policy.state import Declaration, Declared

Entry = tuple[Message, PrivatePart | None]
"""An event to be: its public and its private part."""


_DOOR: dict[type[DoorFact], type[DoorOpened | DoorClosed | DoorHeldOpen | DoorNotOpened]] = {
    Opened: DoorOpened,
    Closed: DoorClosed,
    HeldOpen: DoorHeldOpen,
    NotOpened: DoorNotOpened,
}


class Wording:
    """Puts what happened at one point into messages; a locker bank's slots are personal, one door's are not."""

    def __init__(self, point: Point) -> None:
        self._point = point.id
        self._bank = point.kind is PointKind.BANK

    def granted(self, decision: Decision, offered: int) -> Draft:
        """A tap that was granted."""
        badge, intent = _granted(decision)
        data = f'{{"point":"{self._point}","intent":"{intent}","opens":{flag(decision.slot is not None)}}}'
        private = (
            f'{{"badge":"{badge}","person":{text(decision.person)},"slot":{number(decision.slot)},'
            f'"reason":"{decision.reason}","clause":"{decision.clause}","block":{_write_block(decision.block)},'
            f'"repeated":{flag(decision.repeated)},"offered":{offered}}}'
        )
        return Draft(TapGranted, data, private)

    def refused(self, decision: Decision) -> Draft:
        """A tap that was refused."""
        next_allowed = None if decision.next_allowed is None else write_instant(decision.next_allowed)
        private = (
            f'{{"badge":{text(decision.badge)},"person":{text(decision.person)},'
            f'"reason":"{decision.reason}","clause":"{decision.clause}","intent":{text(decision.intent)},'
            f'"block":{_write_block(decision.block)},"next_allowed":{text(next_allowed)}}}'
        )
        return Draft(TapRefused, f'{{"point":"{self._point}"}}', private)

    def declared(self, tap: int, decision: Decision, declaration: Declaration) -> Draft:
        """What a granted tap declared."""
        intent, state = _granted(decision)[1], declaration.state
        data = f'{{"point":"{self._point}","tap":"{tap}","intent":"{intent}","state":"{state}"}}'
        return Draft(PhoneDeclared, data, _write_phone(declaration.badge, decision.person, declaration.slot))

    def taken_back(self, tap: int, declaration: Declaration, person: str | None, state: Declared) -> Entry:
        """A declaration that does not hold, since the door stayed shut."""
        private = PhonePrivate(badge=declaration.badge, person=person, slot=declaration.slot)
        return PhoneDeclared(point=self._point, tap=str(tap), intent=Intent.NOT_OPENED, state=state), private

    def repeated(self, tap: int, decision: Decision) -> Draft:
        """PUT IN by somebody already declared in."""
        private = _write_phone(_granted(decision)[0], decision.person, decision.slot)
        return Draft(PutInRepeated, f'{{"point":"{self._point}","tap":"{tap}"}}', private)

    def energised(self, tap: int, slot: int, ms: int) -> Entry:
        """A coil had its pulse."""
        return LockEnergised(point=self._point, tap=str(tap), slot=self._public(slot), ms=ms), self._private(slot)

    def lock_failed(self, tap: int | None, slot: int, fault: str) -> Entry:
        """A coil could not be driven."""
        said = LockFailed(point=self._point, tap=_text(tap), slot=self._public(slot), fault=fault)
        return said, self._private(slot)

    def door(self, fact: DoorFact) -> Entry:
        """What a door did."""
        slot, private = self._public(fact.slot), self._private(fact.slot)
        if isinstance(fact, OpenedUnreleased):
            return DoorOpenedUnreleased(point=self._point, slot=slot, tap=None), private
        return _DOOR[type(fact)](point=self._point, slot=slot, tap=_text(fact.tap)), private

    def _public(self, slot: int) -> int | None:
        return None if self._bank else slot

    def _private(self, slot: int) -> SlotPrivate | None:
        return SlotPrivate(slot=slot) if self._bank else None


def _granted(decision: Decision) -> tuple[BadgeReference, Intent]:
    if decision.badge is None or decision.intent is None:
        raise ValueError("a grant names its badge and its intent")
    return decision.badge, decision.intent


def _text(tap: int | None) -> str | None:
    return None if tap is None else str(tap)


def write_block(block: BlockNamed | None) -> Block | None:
    """Write the block that a decision names, if it names one."""
    if block is None:
        return None
    return Block(name=block.name, starts=write_instant(block.starts), ends=write_instant(block.ends))


def _write_block(block: BlockNamed | None) -> str:
    if block is None:
        return "null"
    starts, ends = write_instant(block.starts), write_instant(block.ends)
    return f'{{"name":{text(block.name)},"from":"{starts}","until":"{ends}"}}'


def _write_phone(badge: BadgeReference, person: PersonId | None, slot: int | None) -> str:
    """The private part of what is said of a phone."""
    return f'{{"badge":"{badge}","person":{text(person)},"slot":{number(slot)}}}'
