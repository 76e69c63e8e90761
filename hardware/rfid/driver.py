"""The driver of one MFRC522 reader: looks, tells what is new, and sees that the chip stays alive (flow 1, step 1)."""

import logging
from typing import Protocol

from hardware.errors import ReaderTrouble
from hardware.pace import Pace
from hardware.reader import ReaderEvent, ReaderFailed, ReaderFault, ReaderRecovered
from hardware.rfid.air import Air
from hardware.rfid.anticollision import Look, find_cards
from hardware.rfid.presence import Presence

log = logging.getLogger(__name__)

AGAIN_AFTER_NS = 500_000_000
"""How often a reader that failed is set up again."""
NOISY_LOOKS = 40
"""So many looks in a row that understood nothing (2 s) are a fault, not a badly held card."""
CLEAR_LOOKS = 10
"""So many clear looks in a row end it."""
RESET_S = 0.001


class ReaderChip(Air, Protocol):
    """What the driver needs of a chip; `hardware.rfid.chip.Chip` is the one there is."""

    def set_up(self) -> None:
        """Reset it, set its registers and see that it works; raises ReaderTrouble or OSError."""
        ...

    def version(self) -> int:
        """Its VersionReg."""
        ...

    def Close_MFRC522(self) -> None:  # noqa: N802 - the package's name
        """Switch the field off and close the bus."""
        ...


class ResetLine(Protocol):
    """The chip's reset pin, as a gpiozero OutputDevice has it: on is running, off is reset."""

    def on(self) -> None:
        """Let the chip run."""
        ...

    def off(self) -> None:
        """Hold it in reset."""
        ...

    def close(self) -> None:
        """Let go of the pin."""
        ...


class Mfrc522Reader:
    """A badge reader for 13.56 MHz cards (125 kHz door fobs cannot be read).

    Wire an RC522 module to 3.3 V, GND, SCK 11, MOSI 10, MISO 9, SDA to CE0 (8) or CE1 (7), and RST to its own pin.

        board = open_board(parse_board(table, source))
        reader = board.readers[0]
        while True:
            print(reader.poll()); sleep(0.05)
    """

    def __init__(self, name: str, chip: ReaderChip, reset: ResetLine | None, pace: Pace) -> None:
        self._name = name
        self._chip = chip
        self._reset = reset
        self._pace = pace
        self._presence = Presence(name)
        self._is_set_up = False
        self._is_closed = False
        self._fault: ReaderFault | None = None
        self._again_ns = 0
        self._noisy = 0
        self._clear = 0

    @property
    def name(self) -> str:
        return self._name

    def poll(self) -> list[ReaderEvent]:
        now = self._pace.now_ns()
        events: list[ReaderEvent] = []
        look = Look((), is_disturbed=True)
        if self._is_set_up or now >= self._again_ns:
            try:
                if not self._is_set_up:
                    self._set_up()
                look = find_cards(self._chip)
            except (ReaderTrouble, OSError) as trouble:
                events += self._watch_over(_fault_of(trouble))
            else:
                events += self._judge(look)
        return events + self._presence.fold(look.uids, self._pace.now_ns(), is_clear=not look.is_disturbed)

    def version(self) -> int | None:
        try:
            version = self._chip.version()
        except OSError:
            return None
        return version if version not in (0x00, 0xFF) else None

    def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._chip.Close_MFRC522()
        except OSError as fault:
            log.debug("reader %s was not there to be closed: %s", self._name, fault)
        if self._reset is not None:
            self._reset.close()

    def _set_up(self) -> None:
        if self._reset is not None:
            self._reset.off()
            self._pace.sleep(RESET_S)
            self._reset.on()
            self._pace.sleep(RESET_S)
        self._chip.set_up()
        self._is_set_up = True

    def _watch_over(self, fault: ReaderFault) -> list[ReaderEvent]:
        """The watchdog: report, reset and set up again; if that does not help, every half second anew."""
        events = self._fail(fault)
        self._is_set_up = False
        try:
            self._set_up()
        except (ReaderTrouble, OSError):
            self._again_ns = self._pace.now_ns() + AGAIN_AFTER_NS
        else:
            events += self._recover()
        return events

    def _judge(self, look: Look) -> list[ReaderEvent]:
        """A look that came to its end: does it say that the reader has recovered, or hears only noise?"""
        if look.is_disturbed and not look.uids:
            self._noisy, self._clear = self._noisy + 1, 0
        else:
            self._noisy, self._clear = 0, self._clear + 1
        if self._fault is ReaderFault.NOISE:
            return self._recover() if self._clear >= CLEAR_LOOKS else []
        events = self._recover() if self._fault is not None else []
        return events + (self._fail(ReaderFault.NOISE) if self._noisy >= NOISY_LOOKS else [])

    def _fail(self, fault: ReaderFault) -> list[ReaderEvent]:
        if self._fault is not None:
            return []
        self._fault = fault
        log.warning("reader %s failed: %s", self._name, fault)
        return [ReaderFailed(self._name, fault)]

    def _recover(self) -> list[ReaderEvent]:
        self._fault, self._noisy, self._clear = None, 0, 0
        log.warning("reader %s works again", self._name)
        return [ReaderRecovered(self._name)]


def _fault_of(trouble: ReaderTrouble | OSError) -> ReaderFault:
    return trouble.fault if isinstance(trouble, ReaderTrouble) else ReaderFault.NOT_THERE
