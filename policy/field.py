"""Which of several cards in the reader's field count (policy-clauses: Several cards in the field)."""

from collections.abc import Callable, Iterable

from policy.clock import Moment
from policy.ids import BadgeReference
from policy.rules import Point, Rules
from policy.standing import Standing, standing
from policy.state import State

_TELLING = (Standing.LOST, Standing.ENDED, Standing.NOT_KNOWN_HERE)


def who_counts(
    rules: Rules, point: Point, state: State, references: Iterable[BadgeReference], now: Moment
) -> tuple[BadgeReference, ...]:
    """Pick the badges that count: the one known here, all that are known if several are, else the most telling one.

    Of cards that are not known here one is picked, a lost one before an ended one before a stranger, so that it is
    refused under its own reason. Empty only when no card was given.
    """
    return pick_counting(references, lambda reference: standing(rules, point, state, reference, now))


def pick_counting(
    references: Iterable[BadgeReference], ask: Callable[[BadgeReference], Standing]
) -> tuple[BadgeReference, ...]:
    """Pick as `who_counts` does, asking for each badge's standing."""
    standings = {reference: ask(reference) for reference in references}
    known = tuple(reference for reference, what in standings.items() if what.known)
    if known or not standings:
        return known
    return (min(standings, key=lambda reference: _TELLING.index(standings[reference])),)
