"""Sentences about taps, and about phones that a tap declares in or out."""

from collections.abc import Callable, Mapping

from admin_web.queries.sentences.sentence import Sentence, Strong, Tone, say
from admin_web.queries.sentences.told import Told
from policy.decision import NOT_NOW, Reason
from policy.overdue import OFF_SITE_VISIT

_WHY_OUT: Mapping[str, str] = {
    Reason.LEAVING: "Their day is over",
    Reason.OUTSIDE_FORMAL_TIME: "Outside formal school time",
    Reason.TAKEN_AFTER_END: "The badge or the place had ended with a phone still in",
    Reason.CLOCK_UNTRUSTED: "The cabinet’s clock was not trusted, so it was allowed and flagged",
    Reason.RULES_STALE: "The cabinet’s rules do not cover this time, so it was allowed and flagged",
    Reason.PERMISSION: "The headteacher permitted it",
    Reason.APPROVAL: "A senior leader approved it",
    Reason.OPENED_FOR: "The office opened for them",
}

_WHY_REFUSED: Mapping[str, tuple[str, str]] = {
    Reason.BADGE_LOST: (": the badge is marked lost", "Found again? The office can say so"),
    Reason.BADGE_ENDED: (": the badge has ended", "The office can give a new one"),
    Reason.HOLD_ONE_BADGE: (": two badges at once", "Hold one badge at a time"),
}


def granted(told: Told) -> Sentence:
    """Tell a tap that was granted."""
    intent, reason = told.event.text("intent"), told.event.text("reason")
    if reason == Reason.EMERGENCY:
        return say(
            told.who(), " opened ", told.place(), " in an emergency, by holding TAKE OUT.",
            icon="telephone", tone=Tone.OUT, solid=True, second=("To be reviewed", told.clause()),
            question="Why did it open?",
        )  # fmt: skip
    if intent == "put_in":
        return say(
            told.who(), " declared a phone in at ", told.place(), ".",
            icon="phone-in", tone=Tone.IN, second=(told.hidden(),), question="What happened?",
        )  # fmt: skip
    if intent == "no_phone":
        return say(
            told.who(), " declared no phone today at ", told.point(), ".",
            icon="pocket-empty", second=(told.hidden(), "No reason is asked"), question="What happened?",
        )  # fmt: skip
    at_break = reason == Reason.BREAK
    return say(
        told.who(), " declared a phone out at ", told.place(), ".",
        icon="phone-out", tone=Tone.OUT if at_break or reason in _FLAGGED else Tone.OFF,
        second=(told.hidden(), _why_out(told, reason), told.clause()), question="Why did it open?",
    )  # fmt: skip


_FLAGGED = (Reason.CLOCK_UNTRUSTED, Reason.RULES_STALE, Reason.TAKEN_AFTER_END)


def _why_out(told: Told, reason: str | None) -> str | None:
    if reason == Reason.BREAK:
        until = told.instant("block", "until")
        return "In a break" if until is None else f"Break until {until}"
    return None if reason is None else _WHY_OUT.get(reason, reason.replace("_", " "))


def refused(told: Told) -> Sentence:
    """Tell a tap that was refused: nothing opened."""
    reason = told.event.text("reason")
    question = "Why was this refused?"
    clause = told.clause()
    if reason in NOT_NOW:
        block, until = told.block_name() or "a restricted time", told.instant("block", "until")
        allowed = told.instant("next_allowed")
        why, second = f"{block}{f' until {until}' if until else ''}", None
        if reason == Reason.WITHDRAWN:
            why, second = "withdrawn for now by the headteacher", why[:1].upper() + why[1:]
        # Where it becomes a yes at another time than the block's end (a break, the end of the day), this says when.
        other = f"; next at {allowed}" if allowed and allowed != until else ""
        return say(
            told.who(), " was refused at ", told.point(), f": {why}{other}.",
            icon="refused", tone=Tone.NO, question=question,
            second=(second, f"Next at {allowed}" if allowed and not other else None, clause),
        )  # fmt: skip
    if reason == Reason.HOLD_ONE_BADGE and told.event.person is None:
        return say(
            "Several badges held up at once were refused at ", told.point(), ".",
            icon="refused", tone=Tone.NO, second=("Each opens a locker of its own: hold one badge", clause),
            question=question,
        )  # fmt: skip
    if reason == Reason.BADGE_NOT_KNOWN_HERE:
        return _not_known(told, question, clause)
    if reason == Reason.NO_INTENT:
        return say(
            told.who(), " tapped at ", told.point(), " and pressed no button.",
            icon="tap", second=("Nothing opened", clause), question="Why did nothing open?",
        )  # fmt: skip
    if reason == Reason.BADGE_RANDOM:
        return say(
            "A card that shows a new number each time was refused at ", told.point(), ".",
            icon="refused", tone=Tone.NO, second=("Phones and bank cards do this: use a school badge", clause),
            question=question,
        )  # fmt: skip
    because, second = _WHY_REFUSED.get(reason or "", ("", ""))
    return say(
        told.who(), " was refused at ", told.point(), f"{because}.",
        icon="refused", tone=Tone.NO, second=(told.hidden(), second, clause), question=question,
    )  # fmt: skip


def _not_known(told: Told, question: str, clause: str | None) -> Sentence:
    """Central knows more than the cabinet: whose badge it is, or that it is nobody's yet."""
    reference = told.event.text("badge")
    known = told.names.badges.get(reference or "")
    if told.event.person is not None:
        lost = known is not None and known.lost
        return say(
            told.who(), " was refused at ", told.point(), ": their badge is not known there.",
            icon="refused", tone=Tone.NO, question=question,
            second=("The badge is marked lost" if lost else "They keep their phone somewhere else", clause),
        )  # fmt: skip
    if known is not None:
        return say(
            told.who() if known.cover else "A badge without a holder", " was refused at ", told.point(), ".",
            icon="badge", question=question,
            second=("Cover badges open no locker" if known.cover else "The badge has ended", clause),
        )  # fmt: skip
    return say("A badge nobody knows was tapped at ", told.point(), ".", icon="badge", question=question)


def declared(told: Told) -> Sentence:
    """Tell what a granted tap declared, or that a declaration was taken back."""
    state = told.event.text("state")
    if told.event.text("intent") == "not_opened":
        return say(
            told.who(), "’s declaration at ", told.place(), " was taken back: the door stayed shut.",
            icon="door-closed",
        )  # fmt: skip
    if state == "in":
        return say(told.who(), "’s phone is declared in at ", told.place(), ".", icon="phone-in", tone=Tone.IN)
    return say(told.who(), "’s phone is declared out at ", told.place(), ".", icon="phone-out", tone=Tone.OUT)


def put_in_repeated(told: Told) -> Sentence:
    """Tell a PUT IN by somebody already declared in: it opens, and is looked at."""
    return say(
        told.who(), " put in again at ", told.place(), ", already declared in.",
        icon="pocket", tone=Tone.OUT, second=("It opened, as putting in always does", "to be reviewed"),
        question="Why is this shown?",
    )  # fmt: skip


def overdue(told: Told) -> Sentence:
    """Tell that a phone was not declared in again when break and grace were over."""
    who = told.who()
    whose = Strong(who.text) if isinstance(who, Strong) else who
    ended, due = told.instant("block", "until"), told.instant("due")
    block = told.event.private.get("block")
    trip = isinstance(block, dict) and block.get("name") == OFF_SITE_VISIT
    what = OFF_SITE_VISIT if trip else "Break"
    return say(
        whose, "’s phone is not back at ", told.place(), ".",
        icon="overdue", tone=Tone.OUT, solid=True, question="Why is this shown?",
        second=(
            f"{what} ended {ended}, grace to {due}" if ended and due else told.hidden(),
            f"clause {15 if trip else 11}",
        ),
    )  # fmt: skip


def approval(what: str, tone: Tone) -> Callable[[Told], Sentence]:
    """Tell the steps of an approval."""

    def tell(told: Told) -> Sentence:
        return say(told.who(), f" {what} at ", told.point(), ".", icon="waiting", tone=tone, second=("clause 16",))

    return tell
