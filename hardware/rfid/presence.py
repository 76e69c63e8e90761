"""Folds what look after look found into presentations: presented once, held at 3 s, removed when really gone. Pure."""

from dataclasses import dataclass

from hardware.reader import BadgeHeld, BadgePresented, BadgeRemoved, RandomBadge, ReaderEvent
from hardware.rfid.frames import RANDOM_ID

HELD_NS = 3_000_000_000
MISSES = 3
"""So many clear looks in a row must miss a card before it counts as gone: cards flicker at the edge of the field."""
GONE_NS = 1_000_000_000
"""A card unseen for this long is gone, however unclear the looks were."""


@dataclass(slots=True)
class _Presentation:
    since_ns: int
    seen_ns: int
    misses: int = 0
    is_held: bool = False


def is_random(uid: bytes) -> bool:
    """Whether the card made this UID up (ISO/IEC 14443-3, 6.5.4): it identifies nobody."""
    return len(uid) == 4 and uid[0] == RANDOM_ID


class Presence:
    """The cards in front of one reader."""

    def __init__(self, reader: str) -> None:
        self._reader = reader
        self._here: dict[bytes, _Presentation] = {}
        self._random: _Presentation | None = None

    def fold(self, uids: tuple[bytes, ...], now_ns: int, *, is_clear: bool) -> list[ReaderEvent]:
        """Take in one look; `is_clear` is False when it may have missed somebody."""
        events: list[ReaderEvent] = []
        known = [uid for uid in uids if not is_random(uid)]
        self._fold_random(any(map(is_random, uids)), now_ns, is_clear, events)
        for uid, card in tuple(self._here.items()):
            if uid in known:
                card.seen_ns, card.misses = now_ns, 0
                if not card.is_held and now_ns - card.since_ns >= HELD_NS:
                    card.is_held = True
                    events.append(BadgeHeld(uid, now_ns, self._reader))
            elif _is_gone(card, now_ns, is_clear):
                del self._here[uid]
                events.append(BadgeRemoved(uid, now_ns, self._reader))
        for uid in known:
            if uid not in self._here:
                self._here[uid] = _Presentation(now_ns, now_ns)
                events.append(BadgePresented(uid, now_ns, self._reader))
        return events

    def _fold_random(self, is_here: bool, now_ns: int, is_clear: bool, events: list[ReaderEvent]) -> None:
        # A phone may make up another UID at every look, so all made-up ones together are one presentation.
        if is_here:
            if self._random is None:
                self._random = _Presentation(now_ns, now_ns)
                events.append(RandomBadge(now_ns, self._reader))
            self._random.seen_ns, self._random.misses = now_ns, 0
        elif self._random is not None and _is_gone(self._random, now_ns, is_clear):
            self._random = None


def _is_gone(card: _Presentation, now_ns: int, is_clear: bool) -> bool:
    card.misses += is_clear
    return card.misses >= MISSES or now_ns - card.seen_ns >= GONE_NS
