"""Folds the badges of senior leaders and of the office, before all others (flow 1, step 2; clauses 6 and 16).

Such a badge is a second one, beside somebody's TAKE OUT that waits for it, or a first one, before the badge of
somebody who goes home. What means neither is passed on and is a tap like any other. Pure: time is handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.cabinet.gestures import Gestures
from kiosk.cabinet.seniors.here import Here
from policy.approval import SENT_HOME_WAITS
from policy.decide import REPEAT_UNTIL_NS
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference
from policy.standing import Standing

WAIT_NS = int(SENT_HOME_WAITS.total_seconds()) * 1_000_000_000
"""So long a badge that may say *Going home* waits for the badge of whoever goes."""


@dataclass(frozen=True, slots=True)
class _Sender:
    """The badge that was tapped last of those that may say *Going home*."""

    badge: BadgeReference
    at_ns: int
    is_live: bool
    """It keeps a phone here too: then its tap also waits for a button, in the other fold."""


class Seniors:
    """The fold of one point, in front of `gestures`, to which it hands every card that means nothing special.

    Times are CLOCK_BOOTTIME in ns. What happens exactly when a time is up still counts as in time.
    """

    def __init__(self, gestures: Gestures, *, buttons: bool) -> None:
        self._gestures = gestures
        self._buttons = buttons
        self._sender: _Sender | None = None
        self._lying: set[BadgeReference] = set()
        """Cards in the field whose tap was taken here."""
        self._said: dict[BadgeReference, bool] = {}
        """Badges whose last tap was taken here, and whether it has said something."""
        self._approved: dict[BadgeReference, int] = {}
        """Badges whose last tap approved, and when."""

    def deadline(self) -> int | None:
        """When `tick` has something to do next, in either fold."""
        waiting, own = self._gestures.deadline(), None if self._sender is None else self._sender.at_ns + WAIT_NS
        return waiting if own is None else own if waiting is None else min(waiting, own)

    def tick(self, now_ns: int) -> tuple[Gesture, ...]:
        """Let time pass in both folds."""
        return (*self._expire(now_ns), *self._gestures.tick(now_ns))

    def cards(
        self,
        presented: Sequence[BadgeReference],
        removed: Sequence[BadgeReference],
        now_ns: int,
        here: Here,
        *,
        random: bool = False,
    ) -> tuple[Gesture, ...]:
        """Cards came and left, all of one poll; a stranger beside a card that was taken here counts for nothing."""
        made = self._expire(now_ns - 1)
        if not random and not removed and len(presented) == 1 and self._is_plain(presented[0], here):
            return (*made, *self._gestures.cards(presented, removed, now_ns, here.standing))
        self._lying.difference_update(removed)
        passed: list[BadgeReference] = []
        for badge in dict.fromkeys(presented):
            made += self._arrived(badge, now_ns, here, passed)
        if self._lying:
            passed = [badge for badge in passed if here.standing(badge).known]
            random = False
        return (*made, *self._gestures.cards(passed, removed, now_ns, here.standing, random=random))

    def held(self, badge: BadgeReference, here: Here) -> bool:
        """A card has lain there for 3 s: whether it says that children stay in; one tap says one thing."""
        if self._said.get(badge, False) or not here.is_senior(badge):
            return False
        self._said[badge] = True
        if self._sender is not None and self._sender.badge == badge:
            self._sender = None
        self._gestures.hush(badge)
        return True

    def forget_cards(self) -> None:
        """The reader failed: what was in its field is not known any more."""
        self._lying.clear()
        self._gestures.forget_cards()

    def _is_plain(self, badge: BadgeReference, here: Here) -> bool:
        """Whether a single card that came has nothing to do with this fold, as most: what `_arrived` would pass on."""
        if here.asking or self._sender is not None or self._lying:
            return False
        return badge not in self._said and badge not in self._approved and not here.is_sender(badge)

    def _arrived(self, badge: BadgeReference, now: int, here: Here, passed: list[BadgeReference]) -> list[Gesture]:
        """Take one card that came, or pass it on."""
        if self._gestures.is_same_tap(badge, now):
            if badge in self._said:
                self._lying.add(badge)
            passed.append(badge)
            return []
        self._said.pop(badge, None)
        if here.standing(badge) is Standing.AFTER_END:
            passed.append(badge)
            return []  # a phone is still in here: its tap is TAKE OUT at once, whatever else the badge may say
        is_live = here.standing(badge) is Standing.LIVE
        if is_live and self._puts_in(badge, now):
            self._take(badge, now, says=True)
            return [Gesture((badge,), Intent.PUT_IN)]
        asker = here.asker_for(badge)
        if asker is not None and not (is_live and self._gestures.pressed(now)):
            self._take(badge, now, says=True)
            self._approved[badge] = now
            return [Gesture((asker,), Intent.TAKE_OUT, approver=badge)]
        sender = self._sender
        if sender is not None and is_live and self._goes_home(sender, badge, now, here):
            return [self._send_home(sender, badge, now)]
        return self._begin_waiting(badge, now, here, passed, is_live=is_live)

    def _puts_in(self, badge: BadgeReference, now: int) -> bool:
        """Whether it has just approved: where no buttons are, the same badge again puts in (promise 1)."""
        approved_ns = self._approved.pop(badge, None)
        return not self._buttons and approved_ns is not None and now - approved_ns <= REPEAT_UNTIL_NS

    def _goes_home(self, sender: _Sender, badge: BadgeReference, now: int, here: Here) -> bool:
        """Whether the sender's badge speaks for this one; putting in is never turned into anything else."""
        if self._gestures.pressed(now) is Intent.PUT_IN or not here.sends_home(sender.badge, badge):
            return False
        return not sender.is_live or self._gestures.waits_alone(sender.badge)

    def _send_home(self, sender: _Sender, badge: BadgeReference, now: int) -> Gesture:
        self._sender = None
        self._said[sender.badge] = True
        self._gestures.let_go(sender.badge)
        self._gestures.use_press(now)
        self._take(badge, now, says=True)
        return Gesture((badge,), Intent.TAKE_OUT, sent_home_by=sender.badge)

    def _begin_waiting(
        self, badge: BadgeReference, now: int, here: Here, passed: list[BadgeReference], *, is_live: bool
    ) -> list[Gesture]:
        """Let a badge that may say *Going home* wait for the other; with a button pressed it declares, like any."""
        waits = here.is_sender(badge) and self._gestures.pressed(now) is None
        ended = self._end_sender() if waits else []
        if waits:
            self._sender = _Sender(badge, now, is_live)
        if waits and not is_live:
            self._take(badge, now, says=False)
        else:
            passed.append(badge)
        return ended

    def _take(self, badge: BadgeReference, now: int, *, says: bool) -> None:
        """Count a card's tap without handing it on."""
        self._lying.add(badge)
        self._said[badge] = says
        self._gestures.note(badge, now)

    def _end_sender(self) -> list[Gesture]:
        """End a wait: a badge carried for its role only declares nothing, and is told so."""
        sender, self._sender = self._sender, None
        return [] if sender is None or sender.is_live else [Gesture((sender.badge,), None)]

    def _expire(self, now: int) -> list[Gesture]:
        return self._end_sender() if self._sender is not None and now >= self._sender.at_ns + WAIT_NS else []
