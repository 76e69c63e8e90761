"""Sentences about what is said at a cabinet by badge besides a phone: approvals, going home, children staying in."""

from admin_web.queries.sentences.sentence import Sentence, Tone, say
from admin_web.queries.sentences.told import Told

_ENDED = {
    "put_in": " asked for a senior leader, and put the phone in again",
    "taken_out": " asked for a senior leader, and took the phone out without one",
    "asked_again": " asked for a senior leader again",
    "another_asked": " asked for a senior leader, and then somebody else asked",
    "withdrawn": " asked for a senior leader, and approvals were withdrawn",
    "badge_ended": " asked for a senior leader, and the badge was lost or ended",
}
"""What ended an asking that needed no answer any more; without such a reason nobody came in time."""


def approval_given(told: Told) -> Sentence:
    """Tell that a senior leader approved, and whether by badge or in the office."""
    account = told.event.text("reason") == "account"
    return say(
        told.who(), " was allowed by a senior leader at ", told.point(), ".",
        icon="waiting", tone=Tone.IN, second=("Approved in the office" if account else told.hidden(), "clause 16"),
    )  # fmt: skip


def approval_ended(told: Told) -> Sentence:
    """Tell that an asking ended without an answer."""
    nobody = " asked for a senior leader, and nobody came in time"
    why = told.event.text("reason") or ""
    return say(
        told.who(), f"{_ENDED.get(why, nobody)} at ", told.point(), ".",
        icon="waiting", tone=Tone.OFF if why in _ENDED else Tone.NO, second=(told.hidden(), "clause 16"),
    )  # fmt: skip


def permission_used(told: Told) -> Sentence:
    """Tell that a phone was taken out by a permission."""
    return say(
        told.who(), " used a permission at ", told.point(), ".",
        icon="permission", tone=Tone.OUT, second=(told.hidden(), "The headteacher permitted it"),
    )  # fmt: skip


def children_in(told: Told) -> Sentence:
    """Tell that children are staying in, said by a senior leader's badge at the cabinet."""
    until = told.instant("until")
    return say(
        "Children are staying in at ", told.point(), f", until {until}." if until else ".",
        icon="children", tone=Tone.WHO, question="Why was it said?",
        second=(told.hidden(), "Said at the cabinet, by a senior leader’s badge", "clause 6"),
    )  # fmt: skip


def going_home(told: Told) -> Sentence:
    """Tell that somebody goes home, said by another's badge at the cabinet."""
    return say(
        told.who(), " is going home, said at ", told.point(), ".",
        icon="sign-out", tone=Tone.OFF, second=(told.hidden(), "By a senior leader’s or the office’s badge"),
    )  # fmt: skip
