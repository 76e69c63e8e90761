"""What a sentence is: parts of which some are strong, a second line, an icon and its colour."""

from dataclasses import dataclass, field
from enum import StrEnum


class Tone(StrEnum):
    """The five status colours of the look; never the only carrier of a meaning."""

    IN = "in"
    OUT = "out"
    NO = "no"
    WHO = "who"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Strong:
    """A name in a sentence."""

    text: str


Part = str | Strong


@dataclass(frozen=True, slots=True)
class Sentence:
    """One event, told."""

    parts: tuple[Part, ...]
    icon: str
    tone: Tone = Tone.OFF
    solid: bool = False
    """Somebody must act, or look at it."""
    second: tuple[str, ...] = field(default_factory=tuple)
    """The second line's pieces: reason, next allowed time, clause."""
    question: str = "What happened?"
    """The heading of the detail."""

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part.text if isinstance(part, Strong) else part for part in self.parts)

    @property
    def second_text(self) -> str:
        """The second line as plain text; empty where there is none."""
        return " · ".join(self.second)


def say(
    *parts: Part,
    icon: str,
    tone: Tone = Tone.OFF,
    second: tuple[str | None, ...] = (),
    solid: bool = False,
    question: str = "What happened?",
) -> Sentence:
    """Build a sentence; pieces of the second line that are None or empty fall away."""
    return Sentence(
        parts=parts,
        icon=icon,
        tone=tone,
        solid=solid,
        second=tuple(piece for piece in second if piece),
        question=question,
    )
