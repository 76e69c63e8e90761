"""The answer of a what-if in words: who would be told what, and everything it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.permissions import PermissionGiven
from admin_web.database.places import Point
from admin_web.queries.day_strip import DayStrip, span_on, strip_of
from admin_web.queries.looked_at import Looked, Step, steps_of
from admin_web.queries.permissions import KIND_WORDS
from admin_web.queries.school_time import WEEKDAYS, SchoolTime
from admin_web.queries.sentences.sentence import Sentence, Strong, Tone, say
from admin_web.queries.sentences.told import inside
from admin_web.services.what_if import Answer
from policy.clauses import CLAUSES, Clause
from policy.decision import Outcome, Reason
from policy.gesture import Intent
from policy.permission import PURPOSES, GrantKind
from policy.rules import Span
from policy.ruling import blocks_on, is_for

_WISHES = {
    Intent.PUT_IN: ("could put a phone in", "phone-in", Tone.IN),
    Intent.TAKE_OUT: ("could take a phone out", "phone-out", Tone.OUT),
    Intent.NO_PHONE: ("could say that there is no phone today", "pocket-empty", Tone.OFF),
}
_BECAUSE = {
    Reason.TAKEN_AFTER_END: "the badge or the place has ended with a phone still in",
    Reason.LEAVING: "their day is over",
    Reason.PERMISSION: "a permission holds",
    Reason.BREAK: "it is a break",
    Reason.OUTSIDE_FORMAL_TIME: "nothing is restricted",
    Reason.BADGE_LOST: "the badge is marked lost",
    Reason.BADGE_ENDED: "the badge has ended",
    Reason.BADGE_NOT_KNOWN_HERE: "their badge is not known there",
}


@dataclass(frozen=True, slots=True)
class AnswerTold:
    """A what-if's answer ready to be shown."""

    sentence: Sentence
    steps: Sequence[Step]
    clause: Clause
    strip: DayStrip
    person: str
    place: str


def tell_answer(session: Session, answer: Answer, times: SchoolTime) -> AnswerTold:
    """Put an answer into words."""
    person = session.get(Person, answer.question.person)
    point = session.get(Point, answer.question.point)
    assert person is not None, "the answer is about somebody"
    assert point is not None, "the answer is about a place"
    return AnswerTold(
        sentence=_sentence(answer, person.name, point.name, times),
        steps=steps_of(_looked(session, answer, person, point, times)),
        clause=CLAUSES[answer.decision.clause],
        strip=_strip(answer, point.name, times),
        person=person.name,
        place=point.name,
    )


def _sentence(answer: Answer, who: str, place: str, times: SchoolTime) -> Sentence:
    """`Amara Osei would be refused at Robins: lessons until 12:00.`"""
    decision, question = answer.decision, answer.question
    until = None if decision.block is None else times.near(decision.block.ends, question.at)
    if decision.outcome is Outcome.GRANTED:
        words, icon, tone = _WISHES[question.gesture]
        because = _BECAUSE.get(decision.reason)
        if decision.reason is Reason.BREAK and until:
            because = f"it is a break until {until}"
        end = "." if because is None or question.gesture is not Intent.TAKE_OUT else f": {because}."
        return say(Strong(who), f" {words} at ", Strong(place), end, icon=icon, tone=tone)
    if decision.block is not None:
        because = f"{inside(decision.block.name)} until {until}"
    else:
        because = _BECAUSE.get(decision.reason, decision.reason.value.replace("_", " "))
    allowed = None if decision.next_allowed is None else times.near(decision.next_allowed, question.at)
    second = (f"Next at {allowed}" if allowed else None,)
    return say(
        Strong(who),
        " would be refused at ",
        Strong(place),
        f": {because}.",
        icon="refused",
        tone=Tone.NO,
        second=second,
    )


def _looked(session: Session, answer: Answer, person: Person, point: Point, times: SchoolTime) -> Looked:
    decision, at = answer.decision, answer.question.at
    block = decision.block
    starts, ends = (None, None) if block is None else (times.near(block.starts, at), times.near(block.ends, at))
    return Looked(
        who=person.name,
        place=point.name,
        reason=decision.reason,
        intent=answer.question.gesture,
        day=WEEKDAYS[times.day_of(at).weekday()],
        rules=str(answer.rules.revision),
        group=person.group,
        block=None if block is None else inside(block.name),
        span=None if block is None else f"{starts} to {ends}",
        until=ends,
        next=None if decision.next_allowed is None else times.near(decision.next_allowed, at),
        repeated=decision.repeated,
        permission=_permission(session, answer, times),
        approval="nobody has approved it" if decision.asks_approval else None,
    )


def _permission(session: Session, answer: Answer, times: SchoolTime) -> str | None:
    row = session.get(PermissionGiven, answer.decision.permission or "")
    if row is None:
        return None
    kind = GrantKind(row.kind)
    purpose = PURPOSES[kind].get(row.purpose, row.purpose.replace("_", " "))
    return f"{KIND_WORDS[kind]}: {purpose}, until {times.near(row.ends, answer.question.at)}"


def _strip(answer: Answer, place: str, times: SchoolTime) -> DayStrip:
    """The day as the rules have it for this person: with the blocks of the staff group."""
    local = times.local(answer.question.at)
    person = answer.decision.person
    blocks = [block for block in blocks_on(answer.rules, local.date()) if is_for(answer.rules, block, person)]
    return strip_of(place, blocks, local.hour * 60 + local.minute, _children_in(answer, times))


def _children_in(answer: Answer, times: SchoolTime) -> list[Span]:
    """Give the children staying in that was said, as far as it lies on the day asked about."""
    day = times.day_of(answer.question.at)
    spans = (span_on(times, day, said.starts, said.ends) for said in answer.room_states)
    return [span for span in spans if span is not None]
