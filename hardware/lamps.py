"""What lamps and beeper say: the one table (signal -> lamp, rhythm, beep, length), and who wins a lamp. Pure.

docs/wiring.md repeats the table for people; a test holds the two equal.
"""

from dataclasses import dataclass
from enum import StrEnum


class Lamp(StrEnum):
    """The three lamps, in fixed places, so that colour is never alone in saying something."""

    RED = "red"
    """Top."""
    AMBER = "amber"
    """Middle."""
    GREEN = "green"
    """Bottom."""


class Rhythm(StrEnum):
    """How a lamp shines."""

    OFF = "off"
    STEADY = "steady"
    SLOW = "slow"
    """Half a second on, half a second off: 1 Hz."""
    DOUBLE = "double"
    """Two short flashes a second."""


class Beep(StrEnum):
    """What is heard once when a signal begins."""

    NONE = "none"
    ONE_SHORT = "one short"
    TWO_SHORT = "two short"
    ONE_LONG = "one long"


class Signal(StrEnum):
    """What a cabinet can say to the person in front of it."""

    PUT_IN = "put_in"
    OUT = "out"
    APPROVAL_AWAITED = "approval_awaited"
    VISITOR_WAITING = "visitor_waiting"
    REFUSED = "refused"
    PRESS_A_BUTTON = "press_a_button"
    """Also: hold one badge, and badge not known."""
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Show:
    """How one signal is shown."""

    lamp: Lamp
    rhythm: Rhythm
    beep: Beep
    seconds: float | None
    """How long it stands; None: until it is cleared."""
    means: str
    """The words for people."""


TABLE: dict[Signal, Show] = {
    Signal.PUT_IN: Show(Lamp.GREEN, Rhythm.STEADY, Beep.ONE_SHORT, 3.0, "put in"),
    Signal.OUT: Show(Lamp.AMBER, Rhythm.STEADY, Beep.TWO_SHORT, None, "out"),
    Signal.APPROVAL_AWAITED: Show(Lamp.AMBER, Rhythm.SLOW, Beep.NONE, None, "approval awaited"),
    Signal.VISITOR_WAITING: Show(
        Lamp.AMBER, Rhythm.DOUBLE, Beep.NONE, None, "visitor waiting for somebody of this room"
    ),
    Signal.REFUSED: Show(Lamp.RED, Rhythm.STEADY, Beep.ONE_LONG, 3.0, "refused"),
    Signal.PRESS_A_BUTTON: Show(
        Lamp.RED, Rhythm.DOUBLE, Beep.ONE_LONG, 3.0, "hold one badge, press a button, or badge not known"
    ),
    Signal.FAULT: Show(Lamp.RED, Rhythm.SLOW, Beep.NONE, None, "fault"),
}

PRIORITY: tuple[Signal, ...] = (Signal.APPROVAL_AWAITED, Signal.FAULT, Signal.VISITOR_WAITING, Signal.OUT)
"""Which of several standing signals a lamp shows. A timed one, the answer to a tap, goes before them for its 3 s."""


def rhythms(standing: frozenset[Signal], timed: Signal | None) -> dict[Lamp, Rhythm]:
    """Say what every lamp shows, given the signals that stand and the timed one that is running, if any."""
    shown = dict.fromkeys(Lamp, Rhythm.OFF)
    for signal in reversed(PRIORITY):
        if signal in standing:
            shown[TABLE[signal].lamp] = TABLE[signal].rhythm
    if timed is not None:
        shown[TABLE[timed].lamp] = TABLE[timed].rhythm
    return shown
