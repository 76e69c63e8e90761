"""Sentences about exceptions: what happened, neutrally; a person explains, and nobody is accused (promise 3)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from admin_web.events.day_exceptions import DayKind
from admin_web.queries.sentences.acts import NOTICED
from admin_web.queries.sentences.sentence import Sentence, Strong, Tone, say
from admin_web.queries.sentences.told import Told
from policy.overdue import OFF_SITE_VISIT

KIND_WORDS: Mapping[str, str] = {
    DayKind.OVERDUE: "Phone not back",
    DayKind.EMERGENCY: "Opened in an emergency",
    DayKind.OPENED_UNRELEASED: "Opened without a badge",
    DayKind.HELD_OPEN: "Door held open",
    DayKind.NOT_OPENED: "Door not opened",
    DayKind.PUT_IN_REPEATED: "Put in again",
    DayKind.IMPOSSIBLE_BADGE: "Badge at two places at once",
    DayKind.CLOCK_UNTRUSTED: "Clock not trusted",
    DayKind.RULES_STALE: "Rules did not cover the day",
    DayKind.NOT_BRIEFED: "No briefing noted",
    "storage_went_back": "Storage put back",
    "cloned": "Two devices in one name",
    "altered": "Other content for an event",
    "quarantined": "Could not be read",
    "central_went_back": "Central was put back",
    "events_missing": "Events missing",
    "bundle_too_large": "Rules do not fit",
}
"""Every kind of exception in a few words, in the order in which filters list them."""

ICONS: Mapping[str, str] = {
    DayKind.OVERDUE: "overdue",
    DayKind.EMERGENCY: "telephone",
    DayKind.OPENED_UNRELEASED: "key",
    DayKind.HELD_OPEN: "door-open",
    DayKind.NOT_OPENED: "door-closed",
    DayKind.PUT_IN_REPEATED: "pocket",
    DayKind.IMPOSSIBLE_BADGE: "badge",
    DayKind.CLOCK_UNTRUSTED: "clock",
    DayKind.RULES_STALE: "timetable",
    DayKind.NOT_BRIEFED: "host-wait",
}


HELD_OPEN_AFTER = timedelta(seconds=20)
"""A door is said to be held open when it has been open for so long."""


def kind_words(kind: str) -> str:
    """Say a kind in a few words."""
    return KIND_WORDS.get(kind, kind.replace("_", " ").capitalize())


def icon_of(kind: str) -> str:
    """Name the icon of a kind."""
    return ICONS.get(kind, "warning")


def of_device(name: str, kind: str) -> Sentence:
    """Tell what central noticed about a device."""
    says, what_to_do = NOTICED.get(kind, (f": {kind_words(kind).lower()}.", "Look at the page Cabinets"))
    return say(Strong(name), says, icon="warning", tone=Tone.OFF, solid=True, second=(what_to_do,))


def overdue(told: Told, solved_at: datetime | None) -> Sentence:
    """Tell that a phone was not back by its time, and when it was."""
    who, due = told.who(), told.instant("due")
    block = told.event.private.get("block")
    trip = isinstance(block, dict) and block.get("name") == OFF_SITE_VISIT
    ended = told.instant("block", "until")
    back = None if solved_at is None else told.times.near(solved_at, told.event.time)
    return say(
        Strong(who.text) if isinstance(who, Strong) else who, "’s phone was not back at ", told.place(),
        f" by {due}." if due else ".",
        icon="overdue", tone=Tone.OUT if back is None else Tone.IN, solid=back is None,
        second=(
            (f"Off-site visit until {ended}" if trip else f"Break until {ended}") if ended else told.hidden(),
            f"declared in again at {back}" if back else "not declared in since",
            f"clause {15 if trip else 11}",
        ),
    )  # fmt: skip


def two_places(first: Told, second: Told) -> Sentence:
    """Tell that a badge was at two places within the walking time."""
    apart = abs(int((second.event.time - first.event.time).total_seconds()))
    badge = first.badge()
    return say(
        "A badge of " if isinstance(first.who(), Strong) else "The badge of ", first.who(), " was tapped at ",
        first.point(), " and at ", second.point(),
        f", {apart} seconds apart." if apart != 1 else ", one second apart.",
        icon="badge", tone=Tone.OUT, solid=True,
        second=(badge, "nobody walks that in the time: mark it as lost if it was copied, and look at both clocks"),
    )  # fmt: skip


def held_open(told: Told, closed_at: datetime | None) -> Sentence:
    """Tell for how long a door stood open, and whether it still does."""
    open_for = None if closed_at is None else closed_at - told.event.time + HELD_OPEN_AFTER
    since = None if closed_at is None else told.times.near(closed_at, told.event.time)
    return say(
        "The door of ", told.place(),
        f" stood open for {_long(open_for)}." if open_for else " was held open for 20 seconds.",
        icon="door-open", tone=Tone.OUT if since is None else Tone.IN, solid=since is None,
        second=("not closed since" if since is None else f"closed at {since}",),
    )  # fmt: skip


def _long(time: timedelta) -> str:
    """Say how long something took: in seconds, from two minutes on in minutes, from two hours on in hours."""
    seconds = max(int(time.total_seconds()), 0)
    for size, words in ((3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {words}"
    return f"{seconds} seconds"


def grouped(told: Told, kind: str, events: int, ended_at: datetime | None) -> Sentence:
    """Tell how often something was allowed because a cabinet could not know better, and since when it does."""
    clock = kind == DayKind.CLOCK_UNTRUSTED
    times = "once" if events == 1 else f"{events} times"
    because = "its clock was not trusted" if clock else "its rules did not cover the time"
    check = "Check its network: the clock is set by it" if clock else "Check whether it is heard, and the school year"
    if ended_at is not None:
        since = told.times.near(ended_at, told.event.time)
        check = f"its clock has been set again at {since}" if clock else f"new rules arrived at {since}"
    return say(
        told.point(), f" let phones be taken out {times} while {because}.",
        icon=icon_of(kind), tone=Tone.OUT if ended_at is None else Tone.IN, solid=ended_at is None, second=(check,),
    )  # fmt: skip
