"""Door contacts and buttons: debounced here, read again each second, telling with the time of the first edge."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from gpiozero import InputDevice

from hardware.happenings import DoorState
from hardware.pinfactory.guard import contained
from hardware.schedule import Call, Schedule, given_or_own

log = logging.getLogger(__name__)

DEBOUNCE_NS = 30_000_000
"""A contact must be quiet for so long (20 to 50 ms by its data sheet)."""
AGAIN_NS = 1_000_000_000
"""Edges can be lost, so levels are read again this often."""


class Contact(InputDevice):
    """A contact between a pin and ground; base of DoorContact and Button.

    `is_made` is whether it is closed, None when the pin cannot be read.
    """

    def __init__(
        self, pin: int, *, on_change: Callable[[bool, int], None], schedule: Schedule | None, pin_factory: Any
    ) -> None:
        self._on_change = on_change
        self._schedule, self._end_schedule = given_or_own(schedule)
        self._guard = threading.Lock()
        self._confirm: Call | None = None
        self._again: Call | None = None
        self._first_edge_ns = 0
        self._made: bool | None = None
        super().__init__(pin, pull_up=True, pin_factory=pin_factory)
        self._made = self._look()
        self.pin.edges = "both"
        self.pin.when_changed = self._edge
        self._again = self._schedule.call_at(self._schedule.now_ns() + AGAIN_NS, self._look_again)

    @property
    def is_made(self) -> bool | None:
        """Whether the contact is closed, debounced; None when unknown."""
        return self._made

    def close(self) -> None:
        for call in (getattr(self, "_confirm", None), getattr(self, "_again", None)):
            if call is not None:
                call.cancel()
        # gpiozero also closes what was never finished being made.
        if hasattr(self, "_end_schedule"):
            self._end_schedule()
        super().close()

    def _look(self) -> bool | None:
        try:
            return not self.pin.state
        except Exception as fault:
            # Unknown is said as unknown, never as closed.
            log.warning("a contact cannot be read: %s", fault)
            return None

    def _edge(self, _ticks: Any, _level: Any) -> None:
        with self._guard:
            now = self._schedule.now_ns()
            if self._confirm is None:
                self._first_edge_ns = now
            else:
                self._confirm.cancel()
            self._confirm = self._schedule.call_at(now + DEBOUNCE_NS, self._settled)

    def _settled(self) -> None:
        with self._guard:
            self._confirm = None
            at = self._first_edge_ns
        # Looked at outside the guard: a pin may only answer once the thread that brings its edges is free.
        made = self._look()
        changed = made is not None and made != self._made
        self._made = made
        if changed:
            contained(self._on_change, bool(made), at)

    def _look_again(self) -> None:
        if self.closed:
            return
        if self._look() != self._made:
            with self._guard:
                if self._confirm is None:
                    now = self._schedule.now_ns()
                    self._first_edge_ns = now
                    self._confirm = self._schedule.call_at(now + DEBOUNCE_NS, self._settled)
        self._again = self._schedule.call_at(self._schedule.now_ns() + AGAIN_NS, self._look_again)


class DoorContact(Contact):
    """A reed contact that says whether a door is open.

    Wire it between the pin and ground, the magnet on the door so that the contact is made while the door is shut.
    A cut wire then reads as open, never as closed. The pin's own pull-up is used.

        door = DoorContact(24)
        door.when_opened = lambda at_ns: print("open")
        door.when_closed = lambda at_ns: print("closed")
        sleep(60)

    Handlers get the CLOCK_BOOTTIME ns of the first edge and must only enqueue.
    """

    def __init__(
        self, pin: int, *, closed_level: str = "low", schedule: Schedule | None = None, pin_factory: Any = None
    ) -> None:
        self._made_is_closed = closed_level == "low"
        self.when_opened: Callable[[int], None] | None = None
        self.when_closed: Callable[[int], None] | None = None
        super().__init__(pin, on_change=self._changed, schedule=schedule, pin_factory=pin_factory)

    @property
    def state(self) -> DoorState:
        """What the contact says."""
        if self.is_made is None:
            return DoorState.UNKNOWN
        return DoorState.CLOSED if self.is_made == self._made_is_closed else DoorState.OPEN

    @property
    def is_open(self) -> bool | None:
        """Whether the door is open; None when nobody can say."""
        return None if self.state is DoorState.UNKNOWN else self.state is DoorState.OPEN

    def _changed(self, made: bool, at_ns: int) -> None:
        handler = self.when_closed if made == self._made_is_closed else self.when_opened
        if handler is not None:
            handler(at_ns)


class Button(Contact):
    """A push button.

    Wire it between the pin and ground; the pin's own pull-up is used.

        button = Button(20)
        button.when_pressed = lambda at_ns: print("down")
        button.when_released = lambda at_ns: print("up")
        sleep(60)

    Handlers get the CLOCK_BOOTTIME ns of the first edge and must only enqueue.
    """

    def __init__(self, pin: int, *, schedule: Schedule | None = None, pin_factory: Any = None) -> None:
        self.when_pressed: Callable[[int], None] | None = None
        self.when_released: Callable[[int], None] | None = None
        super().__init__(pin, on_change=self._changed, schedule=schedule, pin_factory=pin_factory)

    @property
    def is_pressed(self) -> bool:
        """Whether it is down; one that cannot be read is not."""
        return bool(self.is_made)

    def _changed(self, made: bool, at_ns: int) -> None:
        handler = self.when_pressed if made else self.when_released
        if handler is not None:
            handler(at_ns)
