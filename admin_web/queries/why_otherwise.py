"""Why of what is no tap: doors, phones not back, approvals, rules, and what the office did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.permissions import PermissionGiven
from admin_web.database.places import Point
from admin_web.queries.cabinets import read_cabinets
from admin_web.queries.looked_at import Step
from admin_web.queries.obeying import obeying
from admin_web.queries.permissions import read_permission
from admin_web.queries.sentences.sentence import Strong, Tone
from admin_web.queries.sentences.told import Told
from admin_web.services.restrictions import REASONS
from broker.topics import CENTRAL
from policy.clauses import STORED_IN
from policy.overdue import OFF_SITE_VISIT
from policy.permission import GrantKind
from policy.rules import PointKind, Revision


@dataclass(frozen=True, slots=True)
class Otherwise:
    """An explanation of an event that no rule of taking out decided."""

    steps: Sequence[Step] = ()
    title: str = "What it rests on"
    clause: str | None = None


def otherwise(session: Session, told: Told) -> Otherwise:
    """Explain an event that is no tap; nothing for one that its sentence says in full."""
    kind = told.event.type.rpartition(".")[0]
    explain = _EXPLAINED.get(kind)
    if explain is not None:
        return explain(session, told)
    if told.event.device == CENTRAL and told.event.private.get("actor") is not None:
        return Otherwise(_act(session, told, kind), "Who, and what it changed", _clause_of_act(session, told, kind))
    notes = _NOTED.get(kind, ())
    return Otherwise(notes, clause=_stored_in(session, told) if notes and kind not in _NO_CLAUSE else None)


_NOTED: Mapping[str, Sequence[Step]] = {
    "door.opened_unreleased": (
        Step("No lock had been released", "So it was opened with the key, or by force", "key", Tone.NO),
    ),
    "door.held_open": (
        Step("It stood open for 20 seconds", "An open door keeps no phone away from children", "door-open", Tone.OUT),
    ),
    "door.not_opened": (
        Step("A lock had been released", "For the tap that is told below", "unlock", Tone.OFF),
        Step("The door stayed shut for 10 seconds", "So what the tap declared was taken back", "door-closed", Tone.OFF),
    ),
    "put_in.repeated": (
        Step("Putting in is never refused by a rule", "So it opened", "phone-in", Tone.IN),
        Step("A phone was declared in already", "Whether it was put in twice is looked at", "pocket", Tone.OUT),
    ),
    "phone.declared": (
        Step("A declaration", "A door cannot see a phone: this is what the tap said", "pocket", Tone.OFF),
    ),
    "rules.applied": (
        Step("Signed by this school’s central", "The cabinet checked that, and works by them now", "seal", Tone.IN),
    ),
    "rules.refused": (
        Step("What a cabinet cannot check it does not obey", "The last good rules stay in force", "shield", Tone.NO),
    ),
    "command.obeyed": (Step("An order of the office", "Signed by central, and in time", "seal", Tone.IN),),
    "command.refused": (
        Step("A cabinet obeys what central signed for it, once and in time", "This was not that", "shield", Tone.NO),
    ),
}  # fmt: skip
_NO_CLAUSE = frozenset({"rules.applied", "rules.refused", "command.obeyed", "command.refused"})


def _stored_in(session: Session, told: Told) -> str | None:
    kind = session.scalar(select(Point.kind).where(Point.id == told.event.point))
    return None if kind is None else STORED_IN[PointKind(kind)]


def _overdue(session: Session, told: Told) -> Otherwise:
    """After a break or a visit: what allowed it, the grace, and that nothing allows it any more."""
    event, name = told.event, told.block_name() or "a break"
    is_visit = name.casefold() == OFF_SITE_VISIT.casefold()
    starts, ended, due = told.instant("block", "from"), told.instant("block", "until"), told.instant("due")
    block = event.private.get("block")
    until = event.moment(block.get("until")) if isinstance(block, dict) else None
    due_at = event.moment(event.private.get("due"))
    steps = []
    if starts and ended:
        what = "It was taken out for a visit" if is_visit else "It was taken out in a break"
        steps.append(Step(what, f"{name[0].upper()}{name[1:]}, {starts} to {ended}", "phone-out", Tone.OUT))
    if until is not None and due_at is not None:
        grace = round((due_at - until).total_seconds() / 60)
        steps.append(Step(f"{grace} minutes of grace", f"Until {due}", "clock", Tone.OFF))
    steps.append(
        Step("It was not declared in again", "And taking out is not allowed at that time", "overdue", Tone.OUT)
    )
    return Otherwise(steps, clause="15" if is_visit else "11")


def _approval(session: Session, told: Told) -> Otherwise:
    named = told.block_name()
    ends = told.instant("block", "until")
    steps = [Step("Taking out was refused", "In an emergency a senior leader may approve it", "refused", Tone.NO)]
    if named:
        until = f" until {ends}" if ends else ""
        steps.append(Step("Phones stay away at this time", f"{named}{until}", "children", Tone.NO))
    steps.append(Step("120 seconds", "By the cabinet’s own count, also without a network", "waiting", Tone.OUT))
    return Otherwise(steps, clause="16")


def _children_in(session: Session, told: Told) -> Otherwise:
    by = told.names.holders.get(told.event.text("badge") or "", "A senior leader")
    steps = [Step("A senior leader’s badge was held for 3 seconds", by, "badge", Tone.WHO)]
    until = told.instant("until")
    if until:
        steps.append(Step("It ends by itself", f"At {until}", "clock", Tone.OFF))
    return Otherwise(steps, clause="6")


def _going_home(session: Session, told: Told) -> Otherwise:
    by = told.names.holders.get(told.event.text("by") or "", "A senior leader or the office")
    steps = [
        Step("Another badge said it", f"{by}, at most 5 seconds before", "badge", Tone.WHO),
        Step("The day is over for today", "Own property is never kept from its holder", "shift", Tone.IN),
    ]
    return Otherwise(steps, clause="12")


def _used(session: Session, told: Told) -> Otherwise:
    row = session.get(PermissionGiven, told.event.text("permission") or "")
    if row is None:
        return Otherwise(clause="15")
    return Otherwise([_permission_step(session, told, row)], clause=GrantKind(row.kind).clause)


_EXPLAINED: Mapping[str, Callable[[Session, Told], Otherwise]] = {
    "phone.overdue": _overdue,
    "approval.asked": _approval,
    "approval.given": _approval,
    "approval.expired": _approval,
    "room.children_in": _children_in,
    "person.going_home": _going_home,
    "permission.used": _used,
}

_CLAUSES: Mapping[str, str] = {
    "restriction.made": "4",
    "restriction.ended": "4",
    "room_state.set": "6",
    "room_state.ended": "6",
    "going_home.said": "12",
    "storage.confirmed": "8",
    "restricted.saved": "12",
    "timetable.drafted": "12",
    "timetable.published": "12",
    "timetable.rolled_back": "12",
    "exception.reviewed": "18",
    "school_phone.added": "14",
    "school_phone.changed": "14",
    "school_phone.taken": "14",
    "school_phone.returned": "14",
    "school_phone.ended": "14",
    "confiscated.held": "24",
    "confiscated.released": "24",
    "policy_text.published": "25",
    "policy_text.acknowledged": "25",
    "policy_text.badge_asked": "25",
    "phone_check.recorded": "2",
}
_RULES = (
    "permission",
    "restriction",
    "room_state",
    "going_home",
    "restricted",
    "timetable",
    "badge",
    "person",
    "point",
)
"""Acts of these families change what cabinets work by."""
_EFFECTS: Mapping[str, Step] = {
    "restriction.made": Step(
        "Putting in and the end of the day stay", "Only what was named is taken away", "pocket", Tone.IN
    ),
    "permission.granted": Step("It ends by itself", "Nobody has to take it back", "clock", Tone.OFF),
    "permission.expired": Step("It ended by itself", "As it was given", "clock", Tone.OFF),
    "room_state.set": Step("It ends by itself", "Until then taking out is refused there", "clock", Tone.OFF),
    "going_home.said": Step(
        "Their day is over for today", "Own property is never kept from its holder", "shift", Tone.IN
    ),
    "no_phone.said": Step("That counts as done", "No reason is asked", "pocket-empty", Tone.OFF),
    "badge.lost": Step("It opens nothing from then on", "The office opens for the person instead", "badge", Tone.NO),
}


def _clause_of_act(session: Session, told: Told, kind: str) -> str | None:
    if kind.startswith("permission."):
        granted = told.event.text("kind")
        return GrantKind(granted).clause if granted in set(GrantKind) else None
    if kind == "command.ordered":
        return "16" if told.event.text("command") == "approve" else "1"
    return _CLAUSES.get(kind)


def _act(session: Session, told: Told, kind: str) -> list[Step]:
    """Tell who did it, what in particular, what that does, and whether the cabinets work by it."""
    steps = [_actor(told)]
    permission = session.get(PermissionGiven, told.event.text("permission") or "")
    if permission is not None:
        steps.append(_permission_step(session, told, permission))
    elif kind.startswith("restriction."):
        steps.append(_restriction_step(told))
    if kind in _EFFECTS:
        steps.append(_EFFECTS[kind])
    if kind.partition(".")[0] in _RULES:
        steps += _carried(session, told)
    return steps


def _actor(told: Told) -> Step:
    actor = told.actor()
    name = actor.text if isinstance(actor, Strong) else actor
    how = {
        "account": "Signed in to the office",
        "token": "A program, by the API",
        "console": "At the server itself",
        "central": "By itself, without anybody",
        "ingest": "By itself, without anybody",
        "owner-link": "By the one-time link of the first run",
    }
    return Step(name, how.get((told.event.text("actor") or "").partition(":")[0], "In the office"), "people", Tone.WHO)


def _permission_step(session: Session, told: Told, row: PermissionGiven) -> Step:
    kept = read_permission(session, row, told.times, told.event.time)
    starts, ends = (told.times.near(moment, told.event.time) for moment in (row.starts, row.ends))
    text = f"{kept.purpose_words}, {kept.area_words}, {starts} until {ends}, given by {kept.granter}"
    return Step(kept.kind_words, text, "permission", Tone.IN)


def _restriction_step(told: Told) -> Step:
    event = told.event
    code, _, group = (event.text("what") or "").partition(": ")
    whom = {"person": told.who(), "group": f"everyone in {group}", "everyone": "everyone"}.get(
        event.text("scope") or ""
    )
    name = whom.text if isinstance(whom, Strong) else whom or "somebody"
    taken = "Everything that can be" if event.text("restriction") == "withdraw" else "Some of it"
    ends = event.moment(event.data.get("ends"))
    until = "until it is given back" if ends is None else f"until {told.times.near(ends, event.time)}"
    reason = REASONS.get(code, code.replace("_", " "))
    return Step(f"{taken} is taken from {name}", f"{reason[:1].upper()}{reason[1:]}, {until}", "no-phone", Tone.OUT)


def _carried(session: Session, told: Told) -> list[Step]:
    """Say which rules carried it, and how many cabinets work by them or newer ones today."""
    generation, _, number = told.event.rules.partition(".")
    if not (generation.isdecimal() and number.isdecimal()):
        return []
    there = obeying(read_cabinets(session, told.times), Revision(int(generation), int(number)), told.times)
    tone = Tone.IN if there.complete else Tone.OUT
    return [Step(f"Rules {told.event.rules} carry it to the cabinets", f"In force on {there.short}", "timetable", tone)]
