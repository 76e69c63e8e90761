"""What a door contact means: opened by whom, held open, or not opened after all (flow 1, step 6; policy-clauses: Door).

Pure: every method gets its moment in CLOCK_BOOTTIME ns and returns what there is to say.
"""

from dataclasses import dataclass, field

from policy.ids import HolderId
from policy.state import Declaration

SECOND_NS = 1_000_000_000
HELD_OPEN_NS = 20 * SECOND_NS
NOT_OPENED_NS = 10 * SECOND_NS


@dataclass(frozen=True, slots=True)
class Undo:
    """A declaration to be taken back if the door stays shut."""

    holder: HolderId
    before: Declaration | None
    """What stood there before the first pulse; None when nothing had ever been declared."""
    made: Declaration
    """What was declared with the last pulse; if something else stands there by then, nothing is taken back."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The door opened after a pulse; `tap` is the sequence of the tap that sent it."""

    slot: int
    tap: int


@dataclass(frozen=True, slots=True)
class OpenedUnreleased:
    """The door opened and no pulse had released it: key or force."""

    slot: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The door closed; `tap` is the one that had opened it, None when none had."""

    slot: int
    tap: int | None


@dataclass(frozen=True, slots=True)
class HeldOpen:
    """The door has been open for 20 s; said once an opening."""

    slot: int
    tap: int | None


@dataclass(frozen=True, slots=True)
class NotOpened:
    """10 s after the end of the last pulse the door had been closed throughout."""

    slot: int
    tap: int
    undo: tuple[Undo, ...]


DoorFact = Opened | OpenedUnreleased | Closed | HeldOpen | NotOpened


@dataclass(slots=True)
class _Release:
    """Pulses at a slot whose door has not been opened yet."""

    tap: int
    pulses: int = 0
    """On, or waiting for their turn."""
    until: int | None = None
    """When the door counts as not opened; None while a pulse is on or waits for its turn."""
    undo: dict[HolderId, Undo] = field(default_factory=dict)
    seen_open: bool = False
    """The door stood open at one of the pulses, so nobody needed it to open: it was not closed throughout."""


class DoorWatch:
    """One slot's door."""

    def __init__(self, slot: int, is_open: bool | None, now: int) -> None:
        self._slot = slot
        self._open = is_open
        self._open_since = now if is_open else None
        self._opened_by: int | None = None
        self._release: _Release | None = None

    @property
    def is_open(self) -> bool | None:
        """Whether the door is open; None when no sensor says so."""
        return self._open

    def sense(self, is_open: bool | None) -> None:
        """Take up what the contact shows when no edge said so: None once it has stopped working."""
        if is_open is None:
            self._open = None
            self._open_since = None

    def release(self, tap: int, undo: Undo | None) -> None:
        """A pulse is on its way for this tap; until it ends nothing counts as not opened."""
        if self._release is None:
            self._release = _Release(tap)
        self._release.tap = tap
        self._release.pulses += 1
        self._release.until = None
        self._release.seen_open = self._release.seen_open or self._open is True
        if undo is not None:
            first = self._release.undo.get(undo.holder, undo)
            self._release.undo[undo.holder] = Undo(undo.holder, first.before, undo.made)

    def pulse_ended(self, now: int) -> None:
        """A pulse is over, or failed: after the last one the 10 s begin (again)."""
        release = self._release
        if release is None:
            return
        release.pulses -= 1
        if release.pulses <= 0:
            release.until = now + NOT_OPENED_NS

    def opened(self, now: int) -> DoorFact | None:
        """An edge: the door opened."""
        if self._open:
            return None
        self._open, self._open_since = True, now
        release, self._release = self._release, None
        if release is None:
            self._opened_by = None
            return OpenedUnreleased(self._slot)
        self._opened_by = release.tap
        return Opened(self._slot, release.tap)

    def closed(self) -> DoorFact | None:
        """An edge: the door closed."""
        was_open, self._open = self._open, False
        self._open_since = None
        if not was_open:
            return None
        tap, self._opened_by = self._opened_by, None
        return Closed(self._slot, tap)

    def tick(self, now: int) -> list[DoorFact]:
        """What time alone has made true."""
        facts: list[DoorFact] = []
        if self._open_since is not None and now - self._open_since >= HELD_OPEN_NS:
            self._open_since = None
            facts.append(HeldOpen(self._slot, self._opened_by))
        release = self._release
        if release is not None and release.until is not None and now >= release.until:
            self._release = None
            if self._open is False and not release.seen_open:
                facts.append(NotOpened(self._slot, release.tap, tuple(release.undo.values())))
        return facts
