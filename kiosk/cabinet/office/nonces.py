"""Numbers that a signed command answers: each good once, and for 120 s of the cabinet's monotonic time (clause 16).

They live in memory only: after a restart none is known, so no command that was signed before can be obeyed again.
"""

import secrets
from dataclasses import dataclass

from policy.approval import APPROVAL_WAITS
from policy.clock import Moment

LATE, USED, UNKNOWN_NONCE = "late", "used", "unknown_nonce"
"""The codes that `command.refused` carries for a nonce that is not good."""

GOOD_NS = int(APPROVAL_WAITS.total_seconds()) * 1_000_000_000
RENEWED_NS = GOOD_NS // 2
"""The one in the status is replaced when it is this old, so that what central read is still good for a minute."""
KEPT_NS = 10 * GOOD_NS
"""For so long it can still be said why a nonce is not good any more."""


@dataclass(slots=True)
class _Made:
    command: str
    at_ns: int
    is_used: bool = False


class Nonces:
    """The nonces of one run."""

    def __init__(self) -> None:
        self._made: dict[str, _Made] = {}
        self._standing: dict[str, str] = {}

    def make(self, command: str, now: Moment) -> str:
        """Make a nonce that one command of this name may answer."""
        self._made = {nonce: one for nonce, one in self._made.items() if now.boottime_ns - one.at_ns < KEPT_NS}
        nonce = secrets.token_hex(16)
        self._made[nonce] = _Made(command, now.boottime_ns)
        return nonce

    def standing(self, command: str, now: Moment) -> str:
        """Tell the nonce that stands in the status for a command: a new one when it was used, or is a minute old."""
        nonce = self._standing.get(command)
        made = None if nonce is None else self._made.get(nonce)
        if nonce is None or made is None or made.is_used or now.boottime_ns - made.at_ns >= RENEWED_NS:
            nonce = self._standing[command] = self.make(command, now)
        return nonce

    def problem(self, command: str, nonce: str, now: Moment) -> str | None:
        """Say why a command may not be obeyed for this nonce; None when it may."""
        made = self._made.get(nonce)
        if made is None or made.command != command:
            return UNKNOWN_NONCE
        if made.is_used:
            return USED
        return LATE if now.boottime_ns - made.at_ns > GOOD_NS else None

    def use(self, nonce: str) -> None:
        """Spend a nonce, once what it ordered has been committed."""
        self._made[nonce].is_used = True
