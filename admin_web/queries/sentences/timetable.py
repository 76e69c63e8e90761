"""Sentences about the timetable and the places it is for: acts of the device `central`."""

from collections.abc import Callable

from admin_web.queries.sentences.sentence import Sentence, Strong, Tone, say
from admin_web.queries.sentences.told import Told


def drafted(verb: str, second: str) -> Callable[[Told], Sentence]:
    """Tell that a draft was begun or thrown away."""

    def tell(told: Told) -> Sentence:
        return say(
            told.actor(), f" {verb} a draft of the timetable.", icon="timetable", tone=Tone.WHO,
            second=(f"version {_number(told, 'version')}", second),
        )  # fmt: skip

    return tell


def published(told: Told) -> Sentence:
    """Tell that a timetable went live."""
    return say(
        told.actor(), f" published version {_number(told, 'version')} of the timetable.",
        icon="timetable", tone=Tone.WHO, second=(told.event.text("what"), "clause 12"),
        question="What was changed?",
    )  # fmt: skip


def rolled_back(told: Told) -> Sentence:
    """Tell that an older timetable is live again."""
    return say(
        told.actor(), f" rolled the timetable back to version {_number(told, 'to')}.",
        icon="timetable", tone=Tone.WHO,
        second=(f"It is version {_number(told, 'version')} now", told.event.text("what"), "clause 12"),
        question="What was changed?",
    )  # fmt: skip


def area_saved(told: Told) -> Sentence:
    """Tell that a place was made or changed."""
    name = told.event.text("what") or told.event.text("area") or "a place"
    return say(told.actor(), " made or changed the place ", Strong(name), ".", icon="timetable", tone=Tone.WHO)


def _number(told: Told, field: str) -> str:
    number = told.event.number(field)
    return "" if number is None else str(number)
