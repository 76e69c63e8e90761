"""Tells from what epochs cite whether a storage was put back, or two devices write in one name (flow 1, step 8).

Pure. A storage put back is a normal failure of a card; nothing is refused and nobody accused. Whatever may still be
explained by events that are on their way back to a restored central is not held against anybody.
"""

from collections.abc import Iterable, Mapping

from admin_web.events.exceptions import ExceptionKind
from admin_web.events.positions import Position


def judge_new_epoch(new: Position, known: Iterable[Position]) -> ExceptionKind | None:
    """Judge an epoch's first event by what it cites; `known` are the device's other epochs."""
    epochs = {position.epoch: position for position in known if position.epoch != new.epoch}
    cited_by = [position for position in epochs.values() if position.previous == new.epoch]
    if new.previous is None:
        return ExceptionKind.STORAGE_WENT_BACK if epochs and not cited_by else None
    before = epochs.get(new.previous)
    if before is None:
        return None
    has_successor = any(position.previous == new.previous for position in epochs.values())
    if before.upto > (new.previous_sequence or 0) or has_successor:
        return ExceptionKind.STORAGE_WENT_BACK
    later = [position for position in epochs.values() if position.ordinal > before.ordinal]
    with_new = {**epochs, new.epoch: new}
    if any(_left_behind(position, new.epoch, new.upto, with_new) for position in later):
        return ExceptionKind.CLONED
    return None


def judge_growth(grown: Position, first: int, known: Iterable[Position]) -> ExceptionKind | None:
    """Judge new events of an epoch, from `first` on, when later epochs of the device are known already."""
    epochs = {position.epoch: position for position in known}
    epochs[grown.epoch] = grown
    later = [position for position in epochs.values() if position.ordinal > grown.ordinal]
    if any(_left_behind(position, grown.epoch, first, epochs) for position in later):
        return ExceptionKind.CLONED
    return None


def _left_behind(later: Position, epoch: str, sequence: int, epochs: Mapping[str, Position]) -> bool:
    """Tell whether a later epoch goes back to a point before `sequence` of `epoch`: then both branches have grown.

    False as long as the way back is not known.
    """
    steps = 0
    while later.epoch != epoch and steps <= len(epochs):
        if later.previous == epoch:
            return (later.previous_sequence or 0) < sequence
        if later.previous is None:
            return True
        before = epochs.get(later.previous)
        if before is None:
            return False
        later, steps = before, steps + 1
    return False
