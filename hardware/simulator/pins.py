"""The forty-pin header's GPIO lines: who drives them, what they read, who watches; and a history of driven levels."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

PINS = range(28)


class Mode(Enum):
    """How the program has set a pin up."""

    FLOATING = 0
    PULL_UP = 1
    PULL_DOWN = 2
    OUTPUT = 3


@dataclass(slots=True)
class Line:
    """One pin."""

    mode: Mode = Mode.FLOATING
    driven: bool = False
    """Level the program drives, if an output."""
    outside: bool | None = None
    """Level a part on the other end forces, if any."""

    @property
    def level(self) -> bool:
        """What the pin reads; a floating one reads low here."""
        if self.mode is Mode.OUTPUT:
            return self.driven
        if self.outside is not None:
            return self.outside
        return self.mode is Mode.PULL_UP


class Header:
    """All pins; tells `on_driven` when an output changes and every watcher when an input does."""

    def __init__(self, on_driven: Callable[[int, bool | None], None]) -> None:
        self._on_driven = on_driven
        self._lines = {pin: Line() for pin in PINS}
        self._watchers: dict[int, list[Callable[[int, bool], None]]] = {pin: [] for pin in PINS}

    def set_mode(self, pin: int, mode: Mode, level: bool = False) -> None:
        """Make a pin an input with a pull, or an output that drives `level` from its first moment."""
        line = self._lines[pin]
        before = self._drives(line)
        line.mode, line.driven = mode, level
        self._tell_driven(pin, before)

    def write(self, pin: int, level: bool) -> None:
        """Drive an output; on an input nothing happens, as on a Pi."""
        line = self._lines[pin]
        if line.mode is Mode.OUTPUT:
            before = self._drives(line)
            line.driven = level
            self._tell_driven(pin, before)

    def read(self, pin: int) -> bool:
        """Read a pin's level."""
        return self._lines[pin].level

    def force(self, pin: int, level: bool | None) -> None:
        """A part outside pulls an input to a level, or lets go (None)."""
        line = self._lines[pin]
        before = line.level
        line.outside = level
        if line.mode is not Mode.OUTPUT and line.level != before:
            for watcher in tuple(self._watchers[pin]):
                watcher(pin, line.level)

    def watch(self, pin: int, watcher: Callable[[int, bool], None]) -> Callable[[], None]:
        """Tell `watcher` every change of an input; returns what ends it."""
        self._watchers[pin].append(watcher)
        return lambda: self._watchers[pin].remove(watcher) if watcher in self._watchers[pin] else None

    def drop(self) -> None:
        """Power is gone: every pin is a floating input."""
        for pin in PINS:
            self.set_mode(pin, Mode.FLOATING)

    @staticmethod
    def _drives(line: Line) -> bool | None:
        return line.driven if line.mode is Mode.OUTPUT else None

    def _tell_driven(self, pin: int, before: bool | None) -> None:
        after = self._drives(self._lines[pin])
        if after != before:
            self._on_driven(pin, after)
