"""What is wrong with something the office entered: the field, a sentence, and what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps an entry from being saved."""

    field: str
    """Where it stands, in the words of the API: `blocks[0].breaks[1]`, `working_hours.mon`."""
    error: str
    what_to_do: str
