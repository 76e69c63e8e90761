"""The cabinet: lock, door, lamps, beeper and buttons as one gpiozero device; what happens to it lands on one queue."""

from functools import partial
from queue import SimpleQueue
from typing import Any

from gpiozero import CompositeDevice, InputDevice

from hardware.devices.beeper import Beeper
from hardware.devices.contacts import Button, DoorContact
from hardware.devices.lamps import Lamps, TellRhythm
from hardware.devices.lock import LockRelay
from hardware.devices.turns import CoilTurns
from hardware.happenings import BoardEvent, ButtonPressed, ButtonReleased, DoorClosed, DoorOpened
from hardware.pinfactory.guard import attempted
from hardware.schedule import Schedule
from hardware.settings import BoardConfig


class Cabinet(CompositeDevice):
    """All pins of a board, wired as docs/wiring.md says.

        cabinet = Cabinet(config, schedule=ThreadSchedule())
        cabinet.locks[1].release()
        print(cabinet.events.get())
        cabinet.close()

    Its devices are also there by name: `lock_1`, `door_1`, `lamps`, `beeper`, `button_put_in`.
    """

    def __init__(
        self, config: BoardConfig, *, schedule: Schedule, tell: TellRhythm | None = None, pin_factory: Any = None
    ) -> None:
        self.events: SimpleQueue[BoardEvent] = SimpleQueue()
        self.locks: dict[int, LockRelay] = {}
        self.doors: dict[int, DoorContact] = {}
        self.buttons: dict[str, Button] = {}
        self._feedback: InputDevice | None = None
        self._turns: CoilTurns | None = None
        made: list[Any] = []
        try:
            named = self._make(config, schedule, tell, pin_factory, made)
            super().__init__(pin_factory=pin_factory, _order=tuple(named), **named)
        except BaseException:
            # A half-built cabinet lets go of its pins, so that no coil is left driven.
            for device in made:
                device.close()
            raise

    def close(self) -> None:
        # gpiozero also closes what was never finished being made.
        if hasattr(self, "_turns") and self._turns is not None:
            self._turns.close()
            self._turns = None
        # Coils first, and each for itself: one pin that fails must not keep the next lock driven.
        for lock in getattr(self, "locks", {}).values():
            attempted(lock.close)
        if getattr(self, "_all", None):
            super().close()

    def _make(
        self, config: BoardConfig, schedule: Schedule, tell: TellRhythm | None, factory: Any, made: list[Any]
    ) -> dict[str, Any]:
        named: dict[str, Any] = {}

        def add(name: str, device: Any) -> Any:
            made.append(device)
            named[name] = device
            return device

        senses = None
        if config.lock_feedback is not None:
            high = config.lock_feedback.active_high
            self._feedback = add(
                "lock_feedback", InputDevice(config.lock_feedback.pin, pull_up=not high, pin_factory=factory)
            )
            senses = partial(_is_active, self._feedback)
        self._turns = CoilTurns(schedule, senses)
        for slot, lock in config.locks.items():
            self.locks[slot] = add(
                f"lock_{slot}",
                LockRelay(
                    lock.pin, active_high=lock.active_high, slot=slot, pulse_s=lock.pulse_ms / 1000,
                    continuous=lock.continuous, turns=self._turns, pin_factory=factory,
                ),
            )  # fmt: skip
        for slot, door in config.doors.items():
            contact = DoorContact(door.pin, closed_level=door.closed_level, schedule=schedule, pin_factory=factory)
            contact.when_opened = partial(self._put, DoorOpened, slot)
            contact.when_closed = partial(self._put, DoorClosed, slot)
            self.doors[slot] = add(f"door_{slot}", contact)
        for name, pin in config.buttons.items():
            button = Button(pin, schedule=schedule, pin_factory=factory)
            button.when_pressed = partial(self._put, ButtonPressed, name)
            button.when_released = partial(self._put, ButtonReleased, name)
            self.buttons[name] = add(f"button_{name}", button)
        beeper = None
        if config.beeper is not None:
            pin, high, muted = config.beeper.pin, config.beeper.active_high, config.beeper.muted
            beeper = Beeper(pin, active_high=high, muted=muted, schedule=schedule, pin_factory=factory)
            add("beeper", beeper)
        lamps = config.lamps
        if lamps is not None:
            add(
                "lamps",
                Lamps(
                    red=lamps.red, amber=lamps.amber, green=lamps.green, active_high=lamps.active_high,
                    beeper=beeper, schedule=schedule, tell=tell, pin_factory=factory,
                ),
            )  # fmt: skip
        return named

    def _put(self, kind: Any, which: Any, at_ns: int) -> None:
        self.events.put(kind(which, at_ns))


def _is_active(device: InputDevice) -> bool:
    return bool(device.is_active)
