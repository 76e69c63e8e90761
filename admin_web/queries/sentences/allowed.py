"""Sentences about what the office allows, takes away, says of a day and orders: acts of the device `central`."""

from collections.abc import Callable

from admin_web.queries.permissions import KIND_WORDS
from admin_web.queries.sentences.sentence import Part, Sentence, Strong, Tone, say
from admin_web.queries.sentences.told import Told
from admin_web.services.orders import APPROVE, REASONS
from admin_web.services.restrictions import REASONS as RESTRICTION_REASONS
from policy.permission import PURPOSES, GrantKind

_CLAUSES = {kind.value: kind.clause for kind in GrantKind}


def permission(verb: str, tone: Tone) -> Callable[[Told], Sentence]:
    """Tell that a permission was given, withdrawn, or ended by itself."""

    def tell(told: Told) -> Sentence:
        kind, ends = told.event.text("kind") or "", told.instant_of("ends")
        clause = _CLAUSES.get(kind)
        second = (_purpose(told, kind), f"until {ends}" if ends else None, f"clause {clause}" if clause else None)
        if not verb:
            return say("A permission of ", _subject(told), " ended.", icon="permission", tone=tone, second=second)
        preposition = " to " if verb == "gave" else " of "
        return say(
            told.actor(), f" {verb} a permission", preposition, _subject(told), ".",
            icon="permission", tone=tone, second=second,
        )  # fmt: skip

    return tell


def _subject(told: Told) -> Part:
    return told.who() if told.event.person is not None else "an expected visit"


def _purpose(told: Told, kind: str) -> str | None:
    known = {one.value: one for one in GrantKind}.get(kind)
    what = told.event.text("what")
    if known is None or what is None:
        return None
    words = PURPOSES[known].get(what, what.replace("_", " "))
    return words[:1].upper() + words[1:] if words != KIND_WORDS[known].lower() else KIND_WORDS[known]


def restriction_made(told: Told) -> Sentence:
    """Tell that something was taken away, from whom and why."""
    ends = told.instant_of("ends")
    what = "withdrew breaks, permissions and approvals from" if _is_withdrawal(told) else "restricted"
    return say(
        told.actor(), f" {what} ", _whom(told), ".",
        icon="no-phone", tone=Tone.NO, question="Why was it taken away?",
        second=(_reason(told), f"until {ends}" if ends else "until it is given back", "clause 4"),
    )  # fmt: skip


def restriction_ended(told: Told) -> Sentence:
    """Tell that what was taken away was given back, or that its time was over."""
    if told.event.text("actor") == "central":
        return say("What was taken from ", _whom(told), " is back: its time was over.", icon="tick", tone=Tone.WHO)
    return say(told.actor(), " gave back what was taken from ", _whom(told), ".", icon="tick", tone=Tone.WHO)


def _is_withdrawal(told: Told) -> bool:
    return told.event.text("restriction") == "withdraw"


def _whom(told: Told) -> Part:
    scope = told.event.text("scope")
    if scope == "everyone":
        return "everyone"
    if scope == "group":
        group = (told.event.text("what") or "").partition(": ")[2]
        return Strong(f"everyone in {group}") if group else "a group"
    return told.who()


def _reason(told: Told) -> str | None:
    code = (told.event.text("what") or "").partition(": ")[0]
    words = RESTRICTION_REASONS.get(code, code.replace("_", " "))
    return words[:1].upper() + words[1:] or None


def room_state_set(told: Told) -> Sentence:
    """Tell that children are staying in."""
    starts, ends = told.instant_of("starts"), told.instant_of("ends")
    return say(
        told.actor(), " said that children stay in at ", _room(told), f" until {ends}." if ends else ".",
        icon="children", tone=Tone.WHO, second=(f"from {starts}" if starts else None, "clause 6"),
    )  # fmt: skip


def room_state_ended(told: Told) -> Sentence:
    """Tell that children staying in is over."""
    if told.event.text("actor") == "central":
        return say("Children staying in at ", _room(told), " is over.", icon="children", second=("By itself",))
    return say(told.actor(), " ended children staying in at ", _room(told), ".", icon="children", tone=Tone.WHO)


def _room(told: Told) -> Part:
    area = told.event.text("area")
    return told.point() if area is None else Strong(area)


def going_home_said(told: Told) -> Sentence:
    """Tell that somebody's day is over."""
    return say(
        told.actor(), " said that ", told.who(), " goes home.",
        icon="shift", tone=Tone.WHO, second=("The phone comes out for the rest of the day",),
    )  # fmt: skip


def no_phone_said(told: Told) -> Sentence:
    """Tell that somebody has no phone with them, or has one again."""
    what = told.event.text("what")
    says = {"today": " has no phone with them today.", "ended": " has a phone with them again."}
    return say(
        told.who(), says.get(what or "", " has no phone with them until they say otherwise."),
        icon="no-phone", second=("No reason is asked",),
    )  # fmt: skip


def storage_confirmed(told: Told) -> Sentence:
    """Tell that somebody confirmed where the phone lies."""
    return say(told.who(), " confirmed that the phone lies in the office.", icon="tick", second=("clause 8",))


def group_changed(told: Told) -> Sentence:
    """Tell that a staff group's duty was changed."""
    group = Strong(told.event.text("what") or "a group")
    return say(told.actor(), " changed the duty of the group ", group, ".", icon="people", tone=Tone.WHO)


def settings_saved(told: Told) -> Sentence:
    """Tell that a setting of the school was changed."""
    what = told.event.text("what") or ""
    return say(
        told.actor(), " changed the school’s settings.",
        icon="edit", tone=Tone.WHO, second=(what[:1].upper() + what[1:] or None,),
    )  # fmt: skip


def command_ordered(told: Told) -> Sentence:
    """Tell that a cabinet was ordered to do something at once."""
    name = Strong(told.names.place(None, told.event.text("device")) or "a cabinet")
    if told.event.text("command") == APPROVE:
        return say(
            told.actor(), " approved the tap of ", told.who(), " at ", name, ".",
            icon="waiting", tone=Tone.IN, second=("In the web view", "clause 16"),
        )  # fmt: skip
    why = REASONS.get(told.event.text("what") or "")
    return say(
        told.actor(), " let ", name, " open for ", told.who(), ".",
        icon="unlock", tone=Tone.OUT, second=(None if why is None else f"Because {why}", "To be reviewed"),
        question="Why did it open?",
    )  # fmt: skip
