"""What a badge is and may say here at one moment: what the folds ask about the cards in front of them (flow 1, 2)."""

from kiosk.cabinet.visitors import Ask
from policy.approval import approves, is_sender_home, is_senior_leader, sends_home
from policy.clock import Moment
from policy.decide import decide
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference
from policy.rules import Point, Rules
from policy.standing import Bearer, Standing, bearer_of
from policy.state import State


class Here:
    """One moment at one point; `asker` is the badge whose TAKE OUT waits for a senior leader.

    `hosts` tells whose visitors a badge speaks of; None while nobody is waited for.
    """

    __slots__ = ("_bearers", "_hosts", "_now", "_point", "_rules", "_state", "asker")

    def __init__(
        self,
        rules: Rules,
        point: Point,
        state: State,
        asker: BadgeReference | None,
        now: Moment,
        hosts: Ask | None = None,
    ) -> None:
        self._rules = rules
        self._point = point
        self._state = state
        self.asker = asker
        self._hosts = hosts
        self._now = now
        self._bearers: dict[BadgeReference, Bearer] = {}

    def standing(self, badge: BadgeReference) -> Standing:
        """What the badge is here; the folds ask more than once, and between badge and lock."""
        known = self._bearers.get(badge)
        if known is None:
            known = bearer_of(self._rules, self._point, self._state, badge, self._now)
            self._bearers[badge] = known
        return known.standing

    def bearer(self, badges: tuple[BadgeReference, ...]) -> Bearer | None:
        """What has been found out of a gesture's badge, until something is committed; None when nobody has asked."""
        return self._bearers.get(badges[0]) if len(badges) == 1 else None

    def asker_for(self, badge: BadgeReference) -> BadgeReference | None:
        """Whose TAKE OUT a tap of this badge approves; None when nobody's."""
        if self.asker is None:
            return None
        bearer = bearer_of(self._rules, self._point, self._state, self.asker, self._now)
        return self.asker if approves(self._rules, badge, bearer, self._now) else None

    def is_host(self, badge: BadgeReference) -> bool:
        """Whether a visitor waits for the badge's person, so that a hold of it says that the visitor has been told."""
        return self._hosts is not None and self._hosts(badge) is not None

    def puts_in(self, badge: BadgeReference) -> bool:
        """Whether a tap of this badge with no button would be PUT IN now: inferred, where no buttons are."""
        gesture = Gesture((badge,), None)
        decision = decide(self._rules, self._point, self._state, gesture, self._now, self.bearer((badge,)))
        return decision.intent is Intent.PUT_IN

    def is_senior(self, badge: BadgeReference) -> bool:
        """Whether the badge may say that children stay in."""
        return is_senior_leader(self._rules, badge, self._now)

    def is_sender(self, badge: BadgeReference) -> bool:
        """Whether the badge may say *Going home* for somebody."""
        return is_sender_home(self._rules, badge, self._now)

    def sends_home(self, sender: BadgeReference, goer: BadgeReference) -> bool:
        """Whether the one says it for the other: a live badge here, and another person's."""
        bearer = bearer_of(self._rules, self._point, self._state, goer, self._now)
        return bearer.standing is Standing.LIVE and sends_home(self._rules, sender, bearer, self._now)
