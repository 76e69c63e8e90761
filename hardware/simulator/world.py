"""One device's surroundings: readers, pins, locks, doors, lamps, hands; what the bench moves and what it sees."""

import heapq
import itertools
import logging
from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any

from hardware.settings import BoardConfig
from hardware.simulator.clock import SimulatorClock
from hardware.simulator.errors import UnknownPart
from hardware.simulator.pins import Header
from hardware.simulator.radio.card import Card
from hardware.simulator.radio.chip import Chip, ChipFault
from hardware.simulator.rhythms import LampWatch

log = logging.getLogger(__name__)

HISTORY = 500
READER_FAULTS = {"unplugged": ChipFault.MISO_LOW, "stuck": ChipFault.DEAD_RADIO}
NOISE_RATE = 0.05


class World:
    """Everything on the other end of a device's wires."""

    def __init__(self, clock: SimulatorClock, wiring: BoardConfig, random: Random | None = None) -> None:
        self.clock = clock
        self.random = random if random is not None else Random(0)
        self.header = Header(self._driven)
        self.powered = True
        self.beeps = 0
        self.transfers = 0
        """SPI frames so far, on all chips."""
        self.history: deque[dict[str, Any]] = deque(maxlen=HISTORY)
        self.chips: dict[tuple[int, int], Chip] = {}
        self.doors_open: dict[int, bool] = {}
        self.jammed: set[int] = set()
        self.releases: dict[int, int] = {}
        self.lamps = {"red": LampWatch(), "amber": LampWatch(), "green": LampWatch()}
        self._coils_on: set[int] = set()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.wiring = wiring
        self.wire(wiring)

    # ---- wiring

    def wire(self, wiring: BoardConfig) -> None:
        """Put the parts on the pins where the program's configuration says they are."""
        self.wiring = wiring
        for reader in wiring.readers:
            if (reader.bus, reader.device) not in self.chips:
                self.chips[reader.bus, reader.device] = Chip(self.clock, self.random)
        for slot in wiring.locks:
            self.releases.setdefault(slot, 0)
            self.doors_open.setdefault(slot, False)
        for slot in wiring.doors:
            self._show_door(slot)
        self._show_feedback()

    # ---- the program's side

    def transfer(self, bus: int, device: int, out: bytes, speed_hz: int) -> bytes:
        """One SPI frame; takes its time on the clock. Nothing on that chip select: MISO floats low."""
        self.transfers += 1
        self.clock.spend(len(out) * 8_000_000 / speed_hz)
        self.settle()
        chip = self.chips.get((bus, device))
        return chip.transfer(out) if chip is not None else bytes(len(out))

    def program_left(self) -> None:
        """The program is gone: pins stay driven, what it told about lamps no longer counts."""
        for watch in self.lamps.values():
            watch.told = None

    # ---- time

    def at(self, us: float, action: Callable[[], None]) -> None:
        """Do something at a time on the clock."""
        heapq.heappush(self._due, (us, next(self._order), action))

    def settle(self) -> None:
        """Do what has fallen due."""
        while self._due and self._due[0][0] <= self.clock.now_us():
            heapq.heappop(self._due)[2]()

    def next_due_us(self) -> float | None:
        """When something falls due next."""
        return self._due[0][0] if self._due else None

    # ---- the bench's hands

    def hold_badges(self, uids: list[bytes], hold_ms: float, reader: int = 0) -> None:
        """Hold cards up together; they leave by themselves."""
        if not self.chips or reader not in range(len(self.chips)):
            raise UnknownPart(f"There is no reader {reader}; this device has {len(self.chips)}, counted from 0.")
        chip = list(self.chips.values())[reader]
        now = self.clock.now_us()
        cards = [Card(uid, enters_us=now, leaves_us=now + hold_ms * 1000) for uid in uids]
        chip.field.cards += cards
        for uid in uids:
            self.note("card_in", uid=uid.hex(), reader=reader)

        def gone() -> None:
            chip.field.settle(self.clock.now_us())
            for uid in uids:
                self.note("card_out", uid=uid.hex(), reader=reader)

        self.at(now + hold_ms * 1000, gone)

    def move_door(self, slot: int, is_open: bool) -> None:
        """Open or close a door by hand."""
        self._known(slot, self.doors_open, "door")
        if self.doors_open[slot] != is_open:
            self.doors_open[slot] = is_open
            self.note("door_opened" if is_open else "door_closed", slot=slot)
            self._show_door(slot)

    def press(self, name: str, hold_ms: float) -> None:
        """Press a button for a while."""
        pin = self.wiring.buttons.get(name)
        if pin is None:
            names = ", ".join(self.wiring.buttons) or "none"
            raise UnknownPart(f"There is no button {name!r}; this device has: {names}.")
        self.note("button_down", name=name)
        self.header.force(pin, False)

        def up() -> None:
            self.note("button_up", name=name)
            self.header.force(pin, None)

        self.at(self.clock.now_us() + hold_ms * 1000, up)

    def break_reader(self, fault: str | None, reader: int = 0) -> None:
        """Give a reader a fault (unplugged, stuck, noise) or none."""
        if reader not in range(len(self.chips)):
            raise UnknownPart(f"There is no reader {reader}; this device has {len(self.chips)}, counted from 0.")
        if fault not in (None, "noise", *READER_FAULTS):
            raise UnknownPart(f"There is no reader fault {fault!r}; write unplugged, stuck, noise or null.")
        chip = list(self.chips.values())[reader]
        if chip.fault is ChipFault.MISO_LOW and fault != "unplugged":
            chip.brown_out()
        chip.fault = READER_FAULTS.get(fault) if fault is not None else None
        chip.field.crackle = fault == "noise"
        chip.field.bit_error_rate = NOISE_RATE if fault == "noise" else 0.0
        self.note("reader_fault", fault=fault, reader=reader)

    def break_relay(self, slot: int, fault: str | None) -> None:
        """Jam the relay of a lock, or free it."""
        self._known(slot, self.releases, "lock")
        if fault not in (None, "jammed"):
            raise UnknownPart(f"There is no relay fault {fault!r}; write jammed or null.")
        if fault is None:
            self.jammed.discard(slot)
        else:
            self.jammed.add(slot)
        self.note("relay_fault", fault=fault, slot=slot)
        self._show_coil(slot)

    def power(self, on: bool) -> None:
        """Cut the power (every pin drops, every chip forgets) or give it back."""
        if on == self.powered:
            return
        self.powered = on
        self.note("power", on=on)
        self.header.drop()
        self.lamps = {name: LampWatch() for name in self.lamps}
        for chip in self.chips.values():
            chip.power(on)

    # ---- what the bench sees

    def state(self) -> dict[str, Any]:
        """Everything that can be seen from outside."""
        now = self.clock.now_us()
        return {
            "powered": self.powered,
            "lamps": {name: watch.rhythm(now) for name, watch in self.lamps.items()},
            "beeps": self.beeps,
            "slots": [
                {
                    "slot": slot,
                    "lock": "released" if slot in self._coils_on else "locked",
                    "door": self._door_word(slot),
                }
                for slot in sorted(self.releases)
            ],
            "releases": {str(slot): count for slot, count in sorted(self.releases.items())},
        }

    def note(self, what: str, **more: Any) -> None:
        """Write a change into the history, with its CLOCK_BOOTTIME."""
        self.history.append({"at_ns": round(self.clock.now_us() * 1000), "what": what, **more})

    # ---- inner wires

    def _door_word(self, slot: int) -> str:
        if slot not in self.wiring.doors:
            return "unknown"
        return "open" if self.doors_open[slot] else "closed"

    def _known(self, slot: int, parts: dict[int, Any], word: str) -> None:
        if slot not in parts:
            raise UnknownPart(f"There is no {word} at slot {slot}; this device has slots {sorted(parts)}.")

    def _show_door(self, slot: int) -> None:
        door = self.wiring.doors.get(slot)
        if door is not None:
            # A reed between the pin and ground: made (low) or broken (left to the pull-up).
            made = self.doors_open.get(slot, False) != (door.closed_level == "low")
            self.header.force(door.pin, False if made else None)

    def _show_feedback(self) -> None:
        feedback = self.wiring.lock_feedback
        if feedback is not None:
            self.header.force(feedback.pin, bool(self._coils_on) == feedback.active_high)

    def _driven(self, pin: int, level: bool | None) -> None:
        """An output was switched, or (None) let go."""
        wiring = self.wiring
        for reader in wiring.readers:
            if reader.reset_pin == pin:
                # The module's own resistor pulls reset up when nobody drives it.
                self.chips[reader.bus, reader.device].hold_reset(level is False)
        for slot, lock in wiring.locks.items():
            if lock.pin == pin:
                self._show_coil(slot, level)
        lamps = wiring.lamps
        for name, watch in self.lamps.items():
            if lamps is not None and getattr(lamps, name) == pin:
                self._show_lamp(name, watch, level is not None and level == lamps.active_high)
        if wiring.beeper is not None and wiring.beeper.pin == pin and level == wiring.beeper.active_high:
            self.beeps += 1
            self.note("beep")

    def _show_lamp(self, name: str, watch: LampWatch, lit: bool) -> None:
        before = watch.rhythm(self.clock.now_us())
        watch.edge(lit, self.clock.now_us())
        after = watch.rhythm(self.clock.now_us())
        if after != before:
            self.note("lamp", lamp=name, rhythm=after)

    def _show_coil(self, slot: int, level: bool | None = None) -> None:
        on = level is not None and level == self.wiring.locks[slot].active_high and slot not in self.jammed
        if on == (slot in self._coils_on):
            return
        if on:
            self._coils_on.add(slot)
            self.releases[slot] += 1
        else:
            self._coils_on.discard(slot)
        self.note("coil_on" if on else "coil_off", slot=slot)
        self._show_feedback()
