"""How long a page waits, and what then: a question, or an end (kiosk.md: Time-out)."""

from dataclasses import dataclass

from kiosk.reception.flow.screen import Page

SECOND_NS = 1_000_000_000
COUNTDOWN_S = 30
RING_S = 60
"""After so long without an answer senior leaders are rung too, and the telephone is shown."""
RING_KEPT_S = 600
"""After so long nobody waits for this ring any more."""
FOLDED_NS = 300 * SECOND_NS
"""Who asks for the same within this time rings nobody anew, unless the office has answered."""
UNLOCKED_S = 20
"""So long after the last touch reception's boxes stay open that a staff badge opened."""
MISSES = 3
MISSES_NS = 300 * SECOND_NS
"""After so many names and numbers that did not fit within this time, none is compared for as long."""
MERGED_NS = 250_000_000
"""A press so soon after the page has turned was meant for the page before."""
SAME_NS = 500_000_000
"""The same press so soon after itself is one press."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a page waits for a finger."""

    seconds: int
    asks: bool
    """Whether *Do you need more time?* comes first."""


USUAL = Patience(60, asks=True)
PATIENCE = {
    Page.WELCOME: Patience(120, asks=False),
    Page.PHONE_RULES: Patience(120, asks=True),
    Page.PAPERS: Patience(120, asks=True),
    Page.HELP: Patience(120, asks=True),
    Page.PHONE_CALL: Patience(120, asks=True),
    Page.SAVING: Patience(30, asks=False),
    Page.DONE: Patience(30, asks=False),
    Page.SIGNED_OUT: Patience(10, asks=False),
    Page.TELL_OFFICE: Patience(120, asks=False),
    Page.DELIVERY_DONE: Patience(120, asks=False),
    Page.STAFF: Patience(30, asks=False),
    Page.HOST_HERE: Patience(30, asks=False),
    Page.BRIEFED: Patience(8, asks=False),
    Page.MY_EVENTS: Patience(30, asks=False),
    Page.ROLL: Patience(600, asks=False),
    Page.CLOSED: Patience(60, asks=False),
}


def patience_of(page: Page) -> Patience:
    """How long a page waits."""
    return PATIENCE.get(page, USUAL)
