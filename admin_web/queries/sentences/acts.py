"""Sentences about what people do in the office and what central notices: the acts of the device `central`."""

from collections.abc import Callable

from admin_web.queries.sentences.sentence import Sentence, Strong, Tone, say
from admin_web.queries.sentences.told import Told

NOTICED = {
    "storage_went_back": ("’s storage was put back to an earlier state.", "A normal failure: check its memory card"),
    "cloned": (" exists twice: two devices write in its name.", "Switch one off, and add a new device for it"),
    "altered": (" sent other content for an event that is held.", "Tell the data compliance officer"),
    "quarantined": (" sent something that could not be read.", "It is kept as it came"),
    "central_went_back": (" holds events that central had lost: its database was put back.", "They are being refilled"),
    "events_missing": (" no longer keeps some events that central lacks.", "They cannot be had back"),
    "clock_untrusted": (
        " let phones be taken out while its clock was not trusted.",
        "Check its network: the clock is set by it",
    ),
    "rules_stale": (
        " let phones be taken out at a time that its rules do not cover.",
        "Check whether it is heard, and the school year",
    ),
    "bundle_too_large": ("’s rules do not fit: too many people or blocks.", "The last good rules stay in force"),
}
"""What central notices about a device, and what to do; said on the page Cabinets as well."""


def person_saved(told: Told) -> Sentence:
    """Tell that a person was made, changed or ended."""
    what = told.event.text("what")
    verb = {"created": " added ", "ended": " ended "}.get(what or "", " changed ")
    return say(told.actor(), verb, told.who(), ".", icon="people", tone=Tone.WHO)


def badge_assigned(told: Told) -> Sentence:
    """Tell that a badge is a person's from now on."""
    return _about_badge(told, " gave a badge to ", ".", Tone.WHO)


def badge_ended(told: Told) -> Sentence:
    """Tell that a badge is nobody's any more."""
    return _about_badge(told, " ended a badge of ", ".", Tone.WHO)


def badge_lost(told: Told) -> Sentence:
    """Tell that a badge was reported lost."""
    return _about_badge(told, " marked a badge of ", " lost.", Tone.NO, "It opens nothing from now on")


def badge_found(told: Told) -> Sentence:
    """Tell that a lost badge is back."""
    return _about_badge(told, " marked a badge of ", " found.", Tone.WHO)


def _about_badge(told: Told, verb: str, end: str, tone: Tone, second: str | None = None) -> Sentence:
    return say(told.actor(), verb, told.holder(), end, icon="badge", tone=tone, second=(told.badge(), second))


def badge_pooled(told: Told) -> Sentence:
    """Tell that a badge went into the cover pool or out of it."""
    out = told.event.text("what") == "removed"
    where = " took a badge out of the cover pool." if out else " put a badge into the cover pool."
    return say(told.actor(), where, icon="badge", tone=Tone.WHO, second=(told.badge(),))


def point_added(told: Told) -> Sentence:
    """Tell that a storage point was added."""
    return say(told.actor(), " added or changed the place ", told.point(), ".", icon="cabinet", tone=Tone.WHO)


def device_added(told: Told) -> Sentence:
    """Tell that a device was registered."""
    device = told.event.text("device") or ""
    return say(told.actor(), " added the device ", Strong(device), ".", icon="cabinet", tone=Tone.WHO)


def restricted_saved(told: Told) -> Sentence:
    """Tell that the restricted times of a place were changed, or given up for its area's timetable."""
    if told.event.text("what") is not None:
        return say(told.actor(), " let ", told.point(), " follow the timetable again.", icon="timetable", tone=Tone.WHO)
    return say(
        told.actor(), " changed the restricted times of ", told.point(), ".", icon="timetable", tone=Tone.WHO,
        question="What was changed?",
    )  # fmt: skip


def rules_published(told: Told) -> Sentence:
    """Tell that bundles of a revision went out."""
    return say(f"Rules {told.event.text('revision') or ''} were sent to the cabinets.", icon="timetable")


def account(verb: str) -> Callable[[Told], Sentence]:
    """Tell what happened to an account, which is named by its number: names change."""

    def tell(told: Told) -> Sentence:
        number = told.event.private.get("account")
        named = told.names.actors.get(f"account:{number}", f"account {number}" if number else "an account")
        return say(told.actor(), f" {verb} the account of ", Strong(named), ".", icon="sign-in", tone=Tone.WHO)

    return tell


def token(verb: str) -> Callable[[Told], Sentence]:
    """Tell what happened to a program's token."""

    def tell(told: Told) -> Sentence:
        number = told.event.private.get("token")
        return say(told.actor(), f" {verb} the API token ", Strong(str(number or "")), ".", icon="key", tone=Tone.WHO)

    return tell


def school_imported(told: Told) -> Sentence:
    """Tell that a file was imported."""
    return say(
        told.actor(), " imported people, badges and places from a file.", icon="register", tone=Tone.WHO,
        second=(told.event.text("what"),),
    )  # fmt: skip


def exception_raised(told: Told) -> Sentence:
    """Tell what central noticed about a device; it accuses nobody."""
    kind = told.event.text("kind") or ""
    says, what_to_do = NOTICED.get(kind, (f": {kind.replace('_', ' ')}.", "Look at the page Cabinets"))
    device = told.event.text("device")
    name = told.names.place(told.event.point, device) or "Central"
    return say(
        Strong(name), says, icon="warning", tone=Tone.OFF, solid=True, second=(what_to_do,),
        question="What did central notice?",
    )  # fmt: skip
