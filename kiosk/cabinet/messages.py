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
from broker.messages.message import Message, PrivatePart
from broker.messages.tap import (
    Block,
    PhoneDeclared,
    PhonePrivate,
    PutInRepeated,
    TapGranted,
    TapGrantedPrivate,
    TapRefused,
    TapRefusedPrivate,
)
from kiosk.cabinet.doors import Closed, DoorFact, HeldOpen, NotOpened, Opened, OpenedUnreleased
from policy.decision import BlockNamed, Decision
from policy.gesture import Intent
from policy.ids import BadgeReference
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

    def granted(self, decision: Decision, offered: int) -> Entry:
        """A tap that was granted."""
        badge, intent = _granted(decision)
        private = TapGrantedPrivate(
            badge=badge,
            person=decision.person,
            slot=decision.slot,
            reason=decision.reason.value,
            clause=decision.clause,
            block=_block(decision.block),
            repeated=decision.repeated,
            offered=offered,
        )
        return TapGranted(point=self._point, intent=intent, opens=decision.slot is not None), private

    def refused(self, decision: Decision) -> Entry:
        """A tap that was refused."""
        private = TapRefusedPrivate(
            badge=decision.badge,
            person=decision.person,
            reason=decision.reason.value,
            clause=decision.clause,
            intent=decision.intent,
            block=_block(decision.block),
            next_allowed=None if decision.next_allowed is None else write_instant(decision.next_allowed),
        )
        return TapRefused(point=self._point), private

    def declared(self, tap: int, decision: Decision, declaration: Declaration) -> Entry:
        """What a granted tap declared."""
        intent = _granted(decision)[1]
        private = PhonePrivate(badge=declaration.badge, person=decision.person, slot=declaration.slot)
        return PhoneDeclared(point=self._point, tap=str(tap), intent=intent, state=declaration.state), private

    def taken_back(self, tap: int, declaration: Declaration, person: str | None, state: Declared) -> Entry:
        """A declaration that does not hold, since the door stayed shut."""
        private = PhonePrivate(badge=declaration.badge, person=person, slot=declaration.slot)
        return PhoneDeclared(point=self._point, tap=str(tap), intent=Intent.NOT_OPENED, state=state), private

    def repeated(self, tap: int, decision: Decision) -> Entry:
        """PUT IN by somebody already declared in."""
        badge = _granted(decision)[0]
        private = PhonePrivate(badge=badge, person=decision.person, slot=decision.slot)
        return PutInRepeated(point=self._point, tap=str(tap)), private

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


def _block(block: BlockNamed | None) -> Block | None:
    if block is None:
        return None
    return Block(name=block.name, starts=write_instant(block.starts), ends=write_instant(block.ends))
