"""Sentences about locks and doors: what the effects of a tap did, and what a door did without one."""

from admin_web.queries.sentences.sentence import Sentence, Tone, say
from admin_web.queries.sentences.told import Told

_LOCK_FAULTS = {
    "no_current": "No current flowed: a jammed relay, a broken wire or no supply",
    "still_on": "The current went on after the pulse: a welded relay",
    "switched_off": "The board was switched off at that moment",
    "unreachable": "The lock’s pin could not be driven",
}


def energised(told: Told) -> Sentence:
    """Tell that a coil had its pulse."""
    return say("The lock of ", told.place(), " was released.", icon="unlock", tone=Tone.IN)


def lock_failed(told: Told) -> Sentence:
    """Tell that a coil could not be driven."""
    fault = told.event.text("fault") or ""
    return say(
        "The lock of ", told.place(), " did not work.",
        icon="fault", tone=Tone.NO, solid=True, second=(_LOCK_FAULTS.get(fault, fault), "the key is in the office"),
        question="What happened?",
    )  # fmt: skip


def opened(told: Told) -> Sentence:
    """Tell that a released door was opened."""
    return say("The door of ", told.place(), " was opened.", icon="door-open")


def closed(told: Told) -> Sentence:
    """Tell that a door was closed."""
    return say("The door of ", told.place(), " was closed.", icon="door-closed")


def held_open(told: Told) -> Sentence:
    """Tell that a door stood open for longer than it should."""
    return say("The door of ", told.place(), " was held open for 20 seconds.", icon="door-open")


def not_opened(told: Told) -> Sentence:
    """Tell that nobody opened a released door."""
    return say(
        "The door of ", told.place(), " was released and not opened.",
        icon="door-closed", second=("What was declared with it was taken back",),
    )  # fmt: skip


def opened_unreleased(told: Told) -> Sentence:
    """Tell that a door opened though no lock was released; the sentence asks and accuses nobody."""
    return say(
        "The door of ", told.place(), " opened with no unlock.",
        icon="key", tone=Tone.OUT, second=("Was it the key?",), question="Why is this shown?",
    )  # fmt: skip
