"""Sentences about visitors: signed in, rules read, briefed, gone; rings and roll-calls (clauses 21, 22)."""

from datetime import datetime

from admin_web.queries.sentences.sentence import Part, Sentence, Strong, Tone, say
from admin_web.queries.sentences.told import Told
from admin_web.queries.stored_events import Privacy
from admin_web.queries.visit_words import BRIEFED_HOW, RINGS, TICKS, language_words, reason_words

_TOLD = {"spoken": "told the phone rules by the office", "paper": "given the phone rules on paper"}


def signed_in(told: Told) -> Sentence:
    """Tell that a visitor came, and to see whom."""
    host = (" to see ", told.who()) if told.event.person is not None else ()
    lanyard = told.event.text("lanyard")
    by: tuple[Part, ...] = (" signed in at reception", *host, ".")
    if told.event.text("by") is not None:
        by = (" was signed in by ", _by(told), *host, ".")
    return say(
        _visitor(told), *by, icon="visitor", tone=Tone.WHO,
        second=(
            told.event.text("organisation"), reason_words(told.event.text("reason")),
            f"lanyard {lanyard}" if lanyard else None,
            "needs the phone with them" if told.event.private.get("needs_phone") is True else None,
            told.hidden(), "clause 21",
        ),
    )  # fmt: skip


def rules_read(told: Told) -> Sentence:
    """Tell which words were read, and for how long they stood there."""
    language, seconds = told.event.text("language"), told.event.number("seconds")
    version, how = told.event.number("version"), told.event.text("how")
    if how is not None:
        return say(
            _visitor(told), f" was {_TOLD.get(how, 'told the phone rules')}",
            f", in {language_words(language)}" if language else "", ".", icon="tick", tone=Tone.IN,
            second=(f"version {version}" if version else None, told.hidden(), "clause 22"),
        )  # fmt: skip
    return say(
        _visitor(told), " read the phone rules", f" in {language_words(language)}" if language else "", ".",
        icon="tick", tone=Tone.IN,
        second=(
            f"version {version}" if version else None,
            f"{seconds} seconds on the screen" if seconds is not None else None, told.hidden(), "clause 22",
        ),
    )  # fmt: skip


def checked(told: Told) -> Sentence:
    """Tell what the office noted of a visitor: seen, and which lanyard it gave."""
    ticks, lanyard = told.event.private.get("ticks"), told.event.text("lanyard")
    seen = [TICKS.get(str(tick), str(tick)) for tick in ticks] if isinstance(ticks, (list, tuple)) else []
    return say(
        _by(told), " noted what reception has seen of ", _visitor(told), ".", icon="badge", tone=Tone.WHO,
        second=(", ".join(seen) or "nothing ticked", f"lanyard {lanyard}" if lanyard else "no lanyard", told.hidden()),
    )  # fmt: skip


def briefed(told: Told) -> Sentence:
    """Tell that a host said the visitor knows the rules; at a cabinet it is whoever waited."""
    visitor: tuple[Part, ...] = ("whoever waited for them",)
    if told.event.data.get("visit") is not None:
        visitor = (_visitor(told),)
    how, point = told.event.text("how") or "", told.event.point
    where = None if point is None else f"by badge at {told.names.place(point)}"
    return say(
        told.who(), " said that ", *visitor, " has been told the phone rules.", icon="host-ok", tone=Tone.IN,
        second=(where or BRIEFED_HOW.get(how, how.replace("_", " ")), "clause 21"),
    )  # fmt: skip


def signed_out(told: Told) -> Sentence:
    """Tell how a visit ended, or that nobody could tell which one did."""
    how = told.event.text("how")
    if how == "not_signed_out":
        return say(
            _visitor(told), " was not signed out by closing time.", icon="visitor",
            second=("When they left is not known",),
        )  # fmt: skip
    if how == "unsure":
        typed = told.event.text("name")
        return say(
            Strong(typed) if typed else "Somebody",
            " wanted to sign out, and the reception screen could not tell whose visit it was.",
            icon="warning", tone=Tone.OUT, second=("The office was rung",),
        )  # fmt: skip
    by = "The office signed out " if how == "office" else ""
    return say(by, _visitor(told), "." if by else " signed out at reception.", icon="visitor")


def delivery(told: Told) -> Sentence:
    """Tell that something was brought."""
    return say("A delivery came to reception.", icon="delivery", second=(told.event.text("company"), told.hidden()))


def help_asked(told: Told) -> Sentence:
    """Tell that the office was rung, and what for."""
    kind = told.event.text("kind") or ""
    if kind == "senior":
        return say(
            "Nobody answered reception for 60 seconds, so senior leaders were rung too.",
            icon="bell", tone=Tone.OUT,
        )  # fmt: skip
    return say(
        f"{RINGS.get(kind, 'Somebody at reception asks for the office')}.", icon="bell", tone=Tone.WHO,
        second=("clause 22" if kind == "need_phone" else None,),
    )  # fmt: skip


def help_answered(told: Told) -> Sentence:
    """Tell who answered a ring."""
    return say(told.actor(), " answered a ring from reception.", icon="bell", tone=Tone.IN)


def record_asked(told: Told) -> Sentence:
    """Tell that somebody looked at their own record at the reception screen."""
    return say(told.who(), " asked for their own record at reception.", icon="register", tone=Tone.WHO)


def roll_begun(told: Told) -> Sentence:
    """Tell that a roll-call began."""
    return say(_by(told), f" began {_roll(told)}.", icon="evacuate", tone=Tone.NO, solid=not _is_drill(told))


def roll_seen(told: Told) -> Sentence:
    """Tell that a visitor was seen."""
    return say(_by(told), " saw ", _visitor(told), f" in {_roll(told)}.", icon="tick", tone=Tone.IN)


def roll_ended(told: Told) -> Sentence:
    """Tell that a roll-call was ended."""
    return say(_by(told), f" ended {_roll(told)}.", icon="evacuate")


def visitor_expected(told: Told) -> Sentence:
    """Tell that somebody is expected, and whether pictures were agreed to."""
    images = told.event.data.get("images") is True
    return say(
        told.actor(), " expects ", _named(told), ".", icon="calendar", tone=Tone.WHO,
        second=("The headteacher has agreed to photos" if images else None, "clause 3" if images else None),
    )  # fmt: skip


def visitor_not_expected(told: Told) -> Sentence:
    """Tell that somebody is expected no more."""
    return say(told.actor(), " took ", _named(told), " off the list of expected visitors.", icon="calendar")


def rules_drafted(told: Told) -> Sentence:
    """Tell that the words of the next version were changed."""
    language = language_words(told.event.text("language") or "")
    checked = "A speaker has checked them" if told.event.data.get("checked") is True else "Not yet checked by a speaker"
    return say(
        told.actor(), f" changed the draft of the visitors’ rules in {language}.", icon="edit", tone=Tone.WHO,
        second=(checked,),
    )  # fmt: skip


def rules_published(told: Told) -> Sentence:
    """Tell that visitors read other words from now on."""
    version = told.event.number("version")
    edition = "a version" if version is None else f"version {version}"
    return say(
        told.actor(), f" published {edition} of the visitors’ rules.", icon="log", tone=Tone.WHO,
        second=("clause 21",),
    )  # fmt: skip


def reception_changed(told: Told) -> Sentence:
    """Tell that something about the reception screen was changed."""
    part = {"lanyard": "a lanyard", "regular_visitor": "a regular visitor"}.get(
        told.event.text("part") or "", "the settings of the reception screen"
    )
    return say(told.actor(), f" changed {part}.", icon="visitor", tone=Tone.WHO)


def not_briefed(told: Told, solved_at: datetime | None) -> Sentence:
    """Tell that a visit ended and nobody had noted a briefing; a later word solves it."""
    host = (" to ", told.who()) if told.event.person is not None else ()
    later = None if solved_at is None else f"noted at {told.times.near(solved_at, told.event.time)}"
    return say(
        "The visit of ", _visitor(told), *host, " ended before a briefing had been noted.",
        icon="host-wait", tone=Tone.OUT if solved_at is None else Tone.IN, solid=solved_at is None,
        second=(later, "clause 21"),
    )  # fmt: skip


def _visitor(told: Told) -> Part:
    """Name the visitor, as far as that is known."""
    name = told.event.text("name") or told.names.visits.get(told.event.text("visit") or "")
    if name:
        return Strong(name)
    return "A visitor, erased," if told.event.privacy is Privacy.ERASED else "A visitor"


def _named(told: Told) -> Part:
    name = told.event.text("what")
    return Strong(name) if name else "a visitor"


def _by(told: Told) -> Part:
    by = told.event.text("by") or ""
    kind, _, badge = by.partition(":")
    name = told.names.holders.get(badge) if kind == "badge" else told.names.people.get(by)
    if name is None:
        name = told.names.actors.get(by)
    return Strong(name) if name else "Somebody of the staff"


def _is_drill(told: Told) -> bool:
    return told.event.data.get("drill") is True


def _roll(told: Told) -> str:
    return "a drill of the roll-call" if _is_drill(told) else "a roll-call"
