"""What a cabinet looks at to decide a tap, in its order: badge, wish, right, rule. Of taps that were, and what if."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from admin_web.queries.sentences.sentence import Tone
from policy.decision import Reason
from policy.ruling import CHILDREN_IN


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at."""

    title: str
    text: str
    icon: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Looked:
    """A decided tap in words, whether it happened or is only asked about."""

    who: str
    place: str
    reason: str
    intent: str | None
    day: str = ""
    """`Tuesday`."""
    rules: str = ""
    """The revision it was decided by."""
    group: str = ""
    block: str | None = None
    """The block's name as it reads inside a sentence."""
    span: str | None = None
    """`10:45 to 12:00`."""
    until: str | None = None
    next: str | None = None
    """When TAKE OUT is allowed again."""
    repeated: bool = False
    permission: str | None = None
    """Kind, purpose, end and granter of the permission that allowed."""
    approval: str | None = None
    """Who approved, or what became of the asking."""
    taken: str | None = None
    """What was withdrawn, by whom."""
    by: str | None = None
    """Whose badge said *Going home*."""


_BADGE_SAYS: Mapping[str, tuple[str, Tone]] = {
    Reason.BADGE_LOST: ("The badge is marked lost", Tone.NO),
    Reason.BADGE_ENDED: ("The badge had ended", Tone.NO),
    Reason.BADGE_NOT_KNOWN_HERE: ("The badge is not known here", Tone.NO),
    Reason.BADGE_RANDOM: ("The card shows a new number each time", Tone.NO),
    Reason.HOLD_ONE_BADGE: ("Two badges known here were held at once", Tone.NO),
    Reason.TAKEN_AFTER_END: ("The badge or the place had ended", Tone.OUT),
}
_WISHES = {
    "put_in": ("PUT IN was asked for", "Putting in is never refused by a rule", "phone-in", Tone.IN),
    "take_out": ("TAKE OUT was asked for", "Whether that is allowed depends on the time", "phone-out", Tone.OFF),
    "no_phone": (
        "Both buttons: no phone today",
        "That counts as done, and no reason is asked",
        "pocket-empty",
        Tone.OFF,
    ),
}
_GRANTED_BY: Mapping[str, Step] = {
    Reason.TAKEN_AFTER_END: Step(
        "The phone was still declared in",
        "Own property is never kept from its holder: it opens once",
        "unlock",
        Tone.OUT,
    ),
    Reason.OUTSIDE_FORMAL_TIME: Step("Nothing is restricted at this time", "No block covers it", "clock", Tone.IN),
    Reason.CLOCK_UNTRUSTED: Step(
        "The clock was not trusted", "So taking out is allowed, and flagged", "clock", Tone.OUT
    ),
    Reason.RULES_STALE: Step(
        "The rules do not cover this time", "So it is allowed, and flagged", "timetable", Tone.OUT
    ),
    Reason.EMERGENCY: Step(
        "TAKE OUT was held for 5 seconds", "An emergency opens, and is reviewed", "telephone", Tone.OUT
    ),
    Reason.OPENED_FOR: Step(
        "The office opened for this person", "No rule is asked: their own phone lies there", "unlock", Tone.OUT
    ),
}


def steps_of(looked: Looked) -> list[Step]:
    """List what is looked at until the answer is found; what would have come after it is not asked."""
    steps = [] if looked.reason == Reason.OPENED_FOR else [_badge(looked)]
    if looked.intent in _WISHES:
        steps.append(Step(*_WISHES[looked.intent]))
    elif looked.reason == Reason.NO_INTENT:
        steps.append(Step("No button was pressed", "Within 5 seconds of the tap", "tap", Tone.NO))
    if looked.repeated:
        steps.append(Step("Already declared in", "It opens all the same, and is looked at later", "pocket", Tone.OUT))
    if looked.intent == "take_out":
        steps += _time(looked)
    return steps


def _badge(looked: Looked) -> Step:
    title, tone = _BADGE_SAYS.get(looked.reason, ("The badge is live", Tone.IN))
    who = f"{looked.who}, {looked.group}" if looked.group else looked.who
    may = f"{who}, may use {looked.place}" if tone is Tone.IN else f"{who}, at {looked.place}"
    return Step(title, may, "badge", tone)


def _time(looked: Looked) -> Iterator[Step]:
    """Tell right and rule, in the order in which policy asks them."""
    reason = looked.reason
    if reason in _GRANTED_BY:
        yield _GRANTED_BY[Reason(reason)]
    elif reason == Reason.LEAVING:
        said = (
            f"{looked.by} said Going home by badge" if looked.by else "By their working hours, or Going home was said"
        )
        yield Step("Their day is over", f"{said}; own property is never kept from its holder", "shift", Tone.IN)
    elif reason == Reason.PERMISSION:
        yield Step("A permission holds", looked.permission or "Given by the headteacher", "permission", Tone.IN)
    elif reason == Reason.BREAK:
        yield Step("It is a break", _when(looked), "clock", Tone.IN)
    elif reason == Reason.APPROVAL:
        yield Step("A senior leader approved", looked.approval or "Within 120 seconds", "waiting", Tone.IN)
    elif reason in _STAYS_IN:
        yield from _refused(looked)


_STAYS_IN = (Reason.RESTRICTED, Reason.CHILDREN_PRESENT, Reason.WITHDRAWN)


def _refused(looked: Looked) -> Iterator[Step]:
    if looked.reason == Reason.CHILDREN_PRESENT or (looked.block or "").casefold() == CHILDREN_IN.casefold():
        yield Step("Children are staying in", _when(looked), "children", Tone.NO)
    else:
        yield Step("Phones stay away at this time", _when(looked), "children", Tone.NO)
    if looked.reason == Reason.WITHDRAWN:
        text = looked.taken or "A break or a permission would have allowed it"
        yield Step("The headteacher has withdrawn it for now", text, "no-phone", Tone.NO)
    else:
        nobody = looked.approval or "nobody approved it"
        yield Step(
            "No exception applies", f"Their day is not over, no permission holds, {nobody}", "permission", Tone.OFF
        )
    if looked.next:
        yield Step("It is allowed again", f"From {looked.next}", "clock", Tone.OFF)


def _when(looked: Looked) -> str:
    """`Tuesday, lessons 10:45 to 12:00, rules 1.42`."""
    named = " ".join(part for part in (looked.block, looked.span) if part)
    return ", ".join(part for part in (looked.day, named, f"rules {looked.rules}" if looked.rules else "") if part)
