"""The port `Air`: frames out, answers in; what finding cards needs of a chip, and all it needs."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Received:
    """An answer from the air."""

    data: bytes
    bits: int
    """How many bits of `data` count, alignment included."""
    collision: int | None
    """Where cards first differed, counted from 1 at the first received bit; None: nowhere."""
    is_garbled: bool


class Air(Protocol):
    """One antenna."""

    def exchange(self, data: bytes, *, last_bits: int = 0, align: int = 0, answer_bits: int = 0) -> Received | None:
        """Send a frame and wait for its answer; None when no card began one in 1 ms.

        `last_bits`: how many bits of the last byte are sent (0: all); `align`: at which bit of its first byte the
        answer goes on; `answer_bits`: how long an answer is expected, so that it is asked for when it is there.
        """
        ...

    def halt(self) -> None:
        """Send the selected card to sleep (HLTA)."""
        ...
