"""Reference wirings: the pins of docs/wiring.md, which a simulator assumes until a program tells it its own."""

from types import MappingProxyType

from hardware.settings import (
    BeeperConfig,
    BoardConfig,
    DoorConfig,
    FeedbackConfig,
    LampsConfig,
    LockConfig,
    ReaderConfig,
)

READER = ReaderConfig(name="reader", bus=0, device=0, reset_pin=25)
LAMPS = LampsConfig(red=4, amber=5, green=6, active_high=True)
BEEPER = BeeperConfig(pin=21, active_high=True)
FEEDBACK = FeedbackConfig(pin=3, active_high=False)
BUTTONS = MappingProxyType({"put_in": 20, "take_out": 19})
ONE_DOOR_LOCK, ONE_DOOR_CONTACT = 17, 24
BANK_LOCKS = (12, 13, 16, 17, 22, 23)
BANK_CONTACTS = (18, 19, 20, 24, 26, 27)


def one_door(buttons: bool = True) -> BoardConfig:
    """A cabinet with one door."""
    return BoardConfig(
        readers=(READER,),
        locks=MappingProxyType({1: LockConfig(ONE_DOOR_LOCK, active_high=True)}),
        doors=MappingProxyType({1: DoorConfig(ONE_DOOR_CONTACT)}),
        lamps=LAMPS,
        beeper=BEEPER,
        buttons=BUTTONS if buttons else MappingProxyType({}),
        lock_feedback=FEEDBACK,
    )


def reception() -> BoardConfig:
    """A reception: a reader beside the screen, and nothing that moves."""
    return BoardConfig(readers=(READER,), locks=MappingProxyType({}))


def bank(slots: int = 6) -> BoardConfig:
    """A locker bank of up to six slots; it has no pins left for buttons."""
    if not 1 <= slots <= len(BANK_LOCKS):
        raise ValueError(f"a bank on the header alone has 1 to {len(BANK_LOCKS)} slots, not {slots}")
    return BoardConfig(
        readers=(READER,),
        locks=MappingProxyType({n + 1: LockConfig(BANK_LOCKS[n], active_high=True) for n in range(slots)}),
        doors=MappingProxyType({n + 1: DoorConfig(BANK_CONTACTS[n]) for n in range(slots)}),
        lamps=LAMPS,
        beeper=BEEPER,
        lock_feedback=FEEDBACK,
    )
