"""How the device's parts are, each with what to do: shown by the fault lamp and on the Cabinets page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Condition(StrEnum):
    """What is known of a part."""

    OK = "ok"
    FAULT = "fault"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One part, since when, and what a person can do about it."""

    part: str
    state: Condition
    since: datetime
    what_to_do: str


class Health:
    """The parts by name; says whether anything has changed since it was last asked."""

    def __init__(self) -> None:
        self._parts: dict[str, PartHealth] = {}

    def set(self, part: str, state: Condition, since: datetime, what_to_do: str = "") -> bool:
        """Note a part's state; True when that is news."""
        before = self._parts.get(part)
        if before is not None and (before.state, before.what_to_do) == (state, what_to_do):
            return False
        self._parts[part] = PartHealth(part, state, since, what_to_do)
        return before is None or before.state is not state

    @property
    def faulty(self) -> bool:
        """Whether the fault lamp must be on."""
        return any(part.state is Condition.FAULT for part in self._parts.values())

    def parts(self) -> list[PartHealth]:
        """Every part, in the order in which they were first heard of."""
        return list(self._parts.values())


def reader_part(name: str) -> str:
    """The part's name of a reader that the configuration calls so."""
    return name if name.startswith("reader") else f"reader_{name}"
