"""What a cabinet looked at to decide a tap, in its order: badge, wish, time. Told from what the event itself says."""

from collections.abc import Mapping
from dataclasses import dataclass

from admin_web.queries.sentences.sentence import Strong, Tone
from admin_web.queries.sentences.told import Told
from policy.decision import Reason

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


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at."""

    title: str
    text: str
    icon: str
    tone: Tone


_TIME_SAYS: Mapping[str, Step] = {
    Reason.LEAVING: Step("Their working day is over", "Own property is never kept from its holder", "shift", Tone.IN),
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
}


def steps_of(told: Told) -> list[Step]:
    """List what was looked at; nothing for events that are no taps, or whose private part is gone."""
    if told.event.type not in ("tap.granted.v1", "tap.refused.v1") or not told.event.private:
        return []
    reason, intent = told.event.text("reason"), told.event.text("intent")
    steps = [_badge(told, reason)]
    if intent in _WISHES:
        steps.append(Step(*_WISHES[intent]))
    elif reason == Reason.NO_INTENT:
        steps.append(Step("No button was pressed", "Within 5 seconds of the tap", "tap", Tone.NO))
    if intent == "take_out":
        steps += _time(told, reason)
    return steps


def _badge(told: Told, reason: str | None) -> Step:
    who = told.who()
    title, tone = _BADGE_SAYS.get(reason or "", ("The badge is live", Tone.IN))
    name = who.text if isinstance(who, Strong) else str(who)
    place = told.point()
    place_name = place.text if isinstance(place, Strong) else str(place)
    return Step(title, f"{name}, at {place_name}", "badge", tone)


def _time(told: Told, reason: str | None) -> list[Step]:
    block, starts, ends = told.block_name(), told.instant("block", "from"), told.instant("block", "until")
    span = f"{block[0].upper()}{block[1:]}, {starts} to {ends}" if block and starts and ends else ""
    if reason == Reason.RESTRICTED:
        next_time = told.instant("next_allowed")
        after = Step("It is allowed again", f"From {next_time}", "clock", Tone.OFF)
        during = Step("Phones stay away at this time", span, "children", Tone.NO)
        return [during, after] if next_time else [during]
    step = _TIME_SAYS.get(reason or "")
    if reason == Reason.BREAK:
        return [Step("It is a break", span, "clock", Tone.IN)]
    return [] if step is None else [step]
