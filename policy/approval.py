"""What a senior leader's or the office's badge may do beside somebody else's (clauses 6 and 16, promise 2)."""

from datetime import timedelta

from policy.clock import Moment
from policy.ids import BadgeReference
from policy.rules import BadgeRules, Rules
from policy.standing import Bearer, ruling_time

SENIOR_LEADERS = frozenset({"SLT", "headteacher"})
"""Staff groups that may approve a TAKE OUT and say that children stay in."""
SENDERS_HOME = SENIOR_LEADERS | {"office"}
"""Staff groups that may say *Going home* for somebody."""

APPROVAL_WAITS = timedelta(seconds=120)
"""For so long a refused TAKE OUT may be approved, by the cabinet's monotonic time."""
SENT_HOME_WAITS = timedelta(seconds=5)
"""So soon after a sender's badge the badge of the one who goes home has to follow."""
HOLD_OF_ROOM = timedelta(seconds=3)
"""A senior leader's badge held for so long says that children are staying in."""


def is_senior_leader(rules: Rules, reference: BadgeReference, now: Moment) -> bool:
    """Whether it is a live badge of the SLT or the headteacher, at whatever point its own phone is kept."""
    return _live(rules, reference, now, SENIOR_LEADERS) is not None


def is_sender_home(rules: Rules, reference: BadgeReference, now: Moment) -> bool:
    """Whether it is a live badge by which *Going home* may be said for somebody."""
    return _live(rules, reference, now, SENDERS_HOME) is not None


def approves(rules: Rules, reference: BadgeReference, asker: Bearer, now: Moment) -> bool:
    """Whether this badge's tap approves the asker's TAKE OUT: a senior leader's, and another person's (clause 16)."""
    return _is_anothers(_live(rules, reference, now, SENIOR_LEADERS), asker)


def sends_home(rules: Rules, reference: BadgeReference, goer: Bearer, now: Moment) -> bool:
    """Whether this badge's tap says *Going home* for the other; nobody sends himself home with a badge."""
    return _is_anothers(_live(rules, reference, now, SENDERS_HOME), goer)


def _live(rules: Rules, reference: BadgeReference, now: Moment, roles: frozenset[str]) -> BadgeRules | None:
    badge = rules.badges.get(reference)
    if badge is None or badge.role not in roles or badge.lost is not None:
        return None
    at = ruling_time(rules, now)
    return badge if badge.starts <= at and (badge.ends is None or at < badge.ends) else None


def _is_anothers(badge: BadgeRules | None, bearer: Bearer) -> bool:
    """Tell two people apart; one carried for its role only names no person, and then the badges have to differ."""
    if badge is None or badge.reference == bearer.badge:
        return False
    return badge.person is None or badge.person != bearer.person
