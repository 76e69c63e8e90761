"""Sentences about a device itself: starts, its log and clock, readers, storage, and the rules it was sent."""

from admin_web.queries.sentences.sentence import Sentence, Tone, say
from admin_web.queries.sentences.told import Told

_READER_FAULTS = {
    "not_there": "It does not answer: check its cable and supply",
    "stuck": "It answers and does not finish: it is set up again and again",
    "restarted": "Its supply dipped: it has been set up again",
    "noise": "Its answers are garbled: check the cable, and metal near the reader",
}

_WHY_NOT = {
    "bad_signature": "It was not signed by this school’s central",
    "foreign": "It was meant for another device",
    "malformed": "It could not be read",
    "not_newer": "It is not newer than what is in force",
    "other_point": "It is for another kind of place than this device stands at",
    "unknown_command": "This device does not know the command",
    "late": "It came more than 120 s after the cabinet had asked",
    "used": "It had been carried out already",
    "unknown_nonce": "It answers nothing that this device has asked since its last start",
    "over": "What was asked had ended already",
    "not_here": "No phone of this person’s is kept here",
    "not_committed": "The device could not write it down, so it opened nothing",
}


def started(told: Told) -> Sentence:
    """Tell that a program runs."""
    cut_off = told.event.data.get("unclean") is True
    return say(
        told.point(), " started.",
        icon="power", second=("The run before was cut off" if cut_off else None, _version(told)),
    )  # fmt: skip


def _version(told: Told) -> str | None:
    version = told.event.text("version")
    return None if version is None else f"version {version}"


def stopping(told: Told) -> Sentence:
    """Tell that a program ends in order."""
    return say(told.point(), " stopped in order.", icon="power")


def epoch_started(told: Told) -> Sentence:
    """Tell that a run of the log began."""
    if told.event.data.get("previous") is None:
        return say(told.point(), " began its log.", icon="log")
    return say(told.point(), " began a new part of its log.", icon="log", second=("As at every start",))


def forked(told: Told) -> Sentence:
    """Tell that a device was shown two histories."""
    return say(
        told.point(), " was shown two histories that cannot both be true.",
        icon="warning", tone=Tone.NO, solid=True, second=("Tell the data compliance officer",),
    )  # fmt: skip


def anchored(told: Told) -> Sentence:
    """Tell that a clock became trusted."""
    return say("The clock of ", told.point(), " was set.", icon="clock", second=("Earlier times were put right by it",))


def reader_failed(told: Told) -> Sentence:
    """Tell that a reader answers no more, or wrongly."""
    fault = told.event.text("fault") or ""
    return say(
        "The reader of ", told.point(), " is not answering.",
        icon="fault", tone=Tone.NO, solid=True, second=(_READER_FAULTS.get(fault, fault),),
    )  # fmt: skip


def reader_recovered(told: Told) -> Sentence:
    """Tell that a reader answers again."""
    return say("The reader of ", told.point(), " answers again.", icon="tick", tone=Tone.IN)


def storage_low(told: Told) -> Sentence:
    """Tell that little room is left."""
    return say(
        told.point(), " has little room left on its disk.",
        icon="fault", tone=Tone.OUT, second=(_free(told), "make room on it"),
    )  # fmt: skip


def storage_full(told: Told) -> Sentence:
    """Tell that no room is left: essential events go on."""
    return say(
        told.point(), " has no room left on its disk, or cannot write to it.",
        icon="fault", tone=Tone.NO, solid=True, second=(_free(told), "make room, or replace the memory card"),
    )  # fmt: skip


def storage_recovered(told: Told) -> Sentence:
    """Tell that there is room again."""
    return say(told.point(), " has room on its disk again.", icon="tick", tone=Tone.IN, second=(_free(told),))


def _free(told: Told) -> str | None:
    free = told.event.number("free_kb")
    if free is None:
        return None
    return f"{free // 1024:,} MB free" if free >= 10_240 else f"{free:,} kB free"


def rules_applied(told: Told) -> Sentence:
    """Tell that a revision is in force at a device."""
    return say(told.point(), f" works by rules {told.event.text('revision') or ''} now.", icon="timetable")


def rules_refused(told: Told) -> Sentence:
    """Tell that a bundle was refused and the last good one stays."""
    revision = told.event.text("revision")
    return say(
        told.point(), f" refused rules {revision}." if revision else " refused rules it was sent.",
        icon="shield", tone=Tone.NO, solid=True, second=(_why_not(told), "the last good rules stay in force"),
        question="Why were they refused?",
    )  # fmt: skip


def command_obeyed(told: Told) -> Sentence:
    """Tell that a command was carried out."""
    return say(told.point(), f" carried out a command: {_words(told.event.text('command'))}.", icon="shield")


def command_refused(told: Told) -> Sentence:
    """Tell that a command was refused."""
    return say(
        told.point(), f" refused a message from central: {_words(told.event.text('command'))}.",
        icon="shield", tone=Tone.NO, solid=True, second=(_why_not(told),), question="Why was it refused?",
    )  # fmt: skip


def _why_not(told: Told) -> str | None:
    why = told.event.text("why")
    return None if why is None else _WHY_NOT.get(why, _words(why))


def _words(code: str | None) -> str:
    return (code or "unknown").replace("_", " ")
