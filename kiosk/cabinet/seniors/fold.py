"""Folds the badges of senior leaders, of the office and of hosts, before all others (flow 1, 2; clauses 6, 16, 21).

Such a badge is a second one, beside somebody's TAKE OUT that waits for it, or a first one, before the badge of
somebody who goes home; held for 3 s it says something. What means none of it is passed on and is a tap like any other.
Pure: time is handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.cabinet.gestures import Gestures
from kiosk.cabinet.seniors.here import Here
from policy.approval import SENT_HOME_WAITS
from policy.decide import REPEAT_UNTIL_NS
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference
from policy.standing import Standing

WAIT_NS = int(SENT_HOME_WAITS.total_seconds()) * 1_000_000_000
"""So long a badge that may say *Going home* waits for the badge of whoever goes."""
GIVEN_UP_NS = 5_000_000_000
"""A card whose hold is waited for, and of which nothing more is heard, was tapped: the reader has lost it."""


class Said(StrEnum):
    """What a badge says that is held for 3 s; for a host whose visitor waits always the first."""

    BRIEFED = "briefed"
    CHILDREN_IN = "children_in"


@dataclass(frozen=True, slots=True)
class _Sender:
    """The badge that was tapped last of those that may say *Going home*."""

    badge: BadgeReference
    at_ns: int
    is_live: bool
    """It keeps a phone here too: then its tap also waits for a button, in the other fold."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A host's card that lies in the field: held it speaks of a visitor, taken away sooner it was a tap."""

    badge: BadgeReference
    at_ns: int
    is_live: bool


class Seniors:
    """The fold of one point, in front of `gestures`, to which it hands every card that means nothing special.

    Times are CLOCK_BOOTTIME in ns. What happens exactly when a time is up still counts as in time.
    """

    def __init__(self, gestures: Gestures, *, buttons: bool) -> None:
        self._gestures = gestures
        self._buttons = buttons
        self._sender: _Sender | None = None
        self._laid: _Laid | None = None
        self._lying: set[BadgeReference] = set()
        """Cards in the field whose tap was taken here."""
        self._said: dict[BadgeReference, bool] = {}
        """Badges whose last tap was taken here, and whether it has said something."""
        self._approved: dict[BadgeReference, int] = {}
        """Badges whose last tap approved, and when."""

    def deadline(self) -> int | None:
        """When `tick` has something to do next, in either fold."""
        waiting, own = self._gestures.deadline(), None if self._sender is None else self._sender.at_ns + WAIT_NS
        if self._laid is not None:
            given_up = self._laid.at_ns + GIVEN_UP_NS
            own = given_up if own is None else min(own, given_up)
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
        if not random and not removed and len(presented) == 1 and self.is_plain(presented[0], here):
            return (*made, *self._gestures.cards(presented, removed, now_ns, here.standing))
        self._lying.difference_update(removed)
        if self._laid is not None and self._laid.badge in removed:
            made += self._end_laid()
        passed: list[BadgeReference] = []
        for badge in dict.fromkeys(presented):
            made += self._arrived(badge, now_ns, here, passed)
        if passed and self._laid is not None:
            made += self._end_beside()
        if self._lying:
            passed = [badge for badge in passed if here.standing(badge).known]
            random = False
        return (*made, *self._gestures.cards(passed, removed, now_ns, here.standing, random=random))

    def held(self, badge: BadgeReference, here: Here) -> Said | None:
        """A card has lain there for 3 s: what that says, if anything; one tap says one thing."""
        if self._said.get(badge, False) or self._gestures.in_emergency(badge):
            return None
        said = Said.BRIEFED if here.is_host(badge) else Said.CHILDREN_IN if here.is_senior(badge) else None
        if said is None:
            return None
        self._said[badge] = True
        if self._laid is not None and self._laid.badge == badge:
            self._laid = None
        if self._sender is not None and self._sender.badge == badge:
            self._sender = None
        self._gestures.hush(badge)
        return said

    def forget_cards(self) -> None:
        """The reader failed: what was in its field is not known any more."""
        self._lying.clear()
        self._gestures.forget_cards()

    def is_plain(self, badge: BadgeReference, here: Here) -> bool:
        """Whether a single card that came has nothing to do with this fold, as most: what `_arrived` would pass on."""
        if here.asker is not None or self._sender is not None or self._lying or self._laid is not None:
            return False
        if badge in self._said or badge in self._approved:
            return False
        return not here.is_sender(badge) and not here.is_host(badge)

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
        if self._may_be_held(badge, now, here, is_live=is_live):
            self._take(badge, now, says=False)
            ended, self._laid = self._end_laid(), _Laid(badge, now, is_live)
            return ended
        return self._begin_waiting(badge, now, here, passed, is_live=is_live)

    def _may_be_held(self, badge: BadgeReference, now: int, here: Here, *, is_live: bool) -> bool:
        """Whether a host's card is left to lie before it counts as a tap, since the tap would not be what is meant.

        Elsewhere than at the host's own cabinet that would be a refusal, and where no buttons are a TAKE OUT, perhaps
        refused. A tap that puts in is never kept waiting, nor is one that waits anyway.
        """
        if not here.is_host(badge) or self._gestures.pressed(now) is not None:
            return False
        if not is_live:
            return not here.is_sender(badge)
        return not self._buttons and not here.puts_in(badge)

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

    def _end_laid(self) -> list[Gesture]:
        """A host's card was taken away before it spoke: a tap after all."""
        laid, self._laid = self._laid, None
        return [] if laid is None else [Gesture((laid.badge,), None)]

    def _end_beside(self) -> list[Gesture]:
        """Another card came beside a host's: a bank judges the two together, and a stranger counts for nothing."""
        laid = self._laid
        if laid is None or not laid.is_live or self._gestures.is_bank:
            self._laid = None
            return []
        return self._end_laid()

    def _expire(self, now: int) -> list[Gesture]:
        made: list[Gesture] = []
        if self._laid is not None and now >= self._laid.at_ns + GIVEN_UP_NS:
            made += self._end_laid()
        if self._sender is not None and now >= self._sender.at_ns + WAIT_NS:
            made += self._end_sender()
        return made
