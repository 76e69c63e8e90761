"""What the doctor found: one line a part, and what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a part is."""

    OK = "ok"
    LOOK = "look"
    """Works, but somebody should look at it."""
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's."""

    part: str
    verdict: Verdict
    what: str
    what_to_do: str = "nothing to do"

    def __str__(self) -> str:
        return f"{self.verdict.value:<6}{self.part:<13}{self.what}; {self.what_to_do}."


def ok(part: str, what: str) -> Finding:
    """A part that is as it should be."""
    return Finding(part, Verdict.OK, what)


def look(part: str, what: str, what_to_do: str) -> Finding:
    """A part that works, but."""
    return Finding(part, Verdict.LOOK, what, what_to_do)


def fault(part: str, what: str, what_to_do: str) -> Finding:
    """A part that does not work."""
    return Finding(part, Verdict.FAULT, what, what_to_do)


Check = Callable[[], list[Finding]]
"""Looks at one part; never raises for what it is there to find."""
