"""Sentences about the registers: school phones, pupils' phones, the rules that staff confirm, phone checks."""

from collections.abc import Callable

from admin_web.queries.sentences.sentence import Sentence, Strong, Tone, say
from admin_web.queries.sentences.told import Told
from admin_web.services.school_phones import PURPOSES


def school_phone(verb: str, end: str = "") -> Callable[[Told], Sentence]:
    """Tell that a school phone came into the register, was put right or left it."""

    def tell(told: Told) -> Sentence:
        return say(told.actor(), f" {verb} the school phone ", _asset(told), f"{end}.", icon="telephone", tone=Tone.WHO)

    return tell


def school_phone_taken(told: Told) -> Sentence:
    """Tell who took a school phone, what for and until when."""
    purpose = told.event.text("purpose") or ""
    due = told.event.moment(told.event.data.get("due"))
    return say(
        told.who(), " took the school phone ", _asset(told), ".", icon="telephone", tone=Tone.WHO,
        second=(
            PURPOSES.get(purpose, purpose.replace("_", " ")),
            None if due is None else f"due {told.times.near(due, told.event.time)}",
            "clause 14",
        ),
    )  # fmt: skip


def school_phone_returned(told: Told) -> Sentence:
    """Tell that a school phone came back."""
    return say(told.who(), " returned the school phone ", _asset(told), ".", icon="telephone", tone=Tone.WHO)


def confiscated(verb: str, where: str) -> Callable[[Told], Sentence]:
    """Tell which member of staff brought a pupil's phone, or handed it over; of the pupil nothing is known here."""

    def tell(told: Told) -> Sentence:
        number = told.event.text("number") or ""
        return say(
            told.who(), f" {verb} a pupil’s phone {where}.", icon="register", tone=Tone.WHO,
            second=(f"number {number}" if number else None, "clause 24"),
        )  # fmt: skip

    return tell


def policy_text_published(told: Told) -> Sentence:
    """Tell that there is a new version of the rules."""
    return say(
        told.actor(), f" published version {_version(told)} of the phone rules.", icon="log", tone=Tone.WHO,
        second=("Everybody is asked to confirm it", "clause 25"),
    )  # fmt: skip


def policy_text_acknowledged(told: Told) -> Sentence:
    """Tell that somebody confirmed a version."""
    place = told.event.text("point")
    by_badge = ("By badge at ", told.point()) if told.event.text("how") == "badge" and place else None
    second = "".join(part.text if isinstance(part, Strong) else part for part in by_badge) if by_badge else None
    return say(
        told.who(), f" confirmed version {_version(told)} of the phone rules.", icon="tick", tone=Tone.IN,
        second=(second, "clause 25"),
    )  # fmt: skip


def policy_text_badge_asked(told: Told) -> Sentence:
    """Tell that somebody's next tap shall confirm."""
    return say(
        told.actor(), " asked for a tap of ", told.who(), " at ", told.point(), " to confirm the phone rules.",
        icon="tap", tone=Tone.WHO, second=(f"version {_version(told)}",),
    )  # fmt: skip


def phone_check_recorded(told: Told) -> Sentence:
    """Tell that a phone check was recorded, and nothing of it."""
    return say(told.actor(), " recorded a phone check.", icon="shield", tone=Tone.WHO, second=("clause 2",))


def _asset(told: Told) -> Strong:
    return Strong(told.event.text("what") or "")


def _version(told: Told) -> str:
    number = told.event.number("version")
    return "" if number is None else str(number)
