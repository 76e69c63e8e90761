"""What needs somebody now, in a row for each kind: places and numbers, never a name (look: exception card)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.events import Event, EventPrivate, ExceptionRow
from admin_web.events.day_exceptions import DayKind
from admin_web.queries.cabinets import CabinetState
from admin_web.queries.on_site import waiting_minutes
from admin_web.queries.rings import read_rings
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.exceptions import icon_of, kind_words
from admin_web.queries.sentences.sentence import Tone
from broker.instants import read_instant
from policy.overdue import OFF_SITE_VISIT
from policy.rules import Revision

JUST = timedelta(minutes=5)
_READ_AT_MOST = 500
_PLACES_NAMED = 4


@dataclass(frozen=True, slots=True)
class Need:
    """One row: what it is, where, and the one thing to do about it."""

    icon: str
    tone: Tone
    solid: bool
    title: str
    text: str
    action: str
    """What the button says."""
    path: str
    is_ring: bool = False
    """Whether `path` answers a ring, for those who may: one press."""


_TITLES: Mapping[str, tuple[str, str]] = {
    DayKind.EMERGENCY: ("1 phone taken out in an emergency", "{} phones taken out in an emergency"),
    DayKind.OPENED_UNRELEASED: ("1 door opened without a badge", "{} doors opened without a badge"),
    DayKind.HELD_OPEN: ("1 door held open", "{} doors held open"),
    DayKind.NOT_OPENED: ("1 door released and not opened", "{} doors released and not opened"),
    DayKind.PUT_IN_REPEATED: ("1 phone put in again", "{} phones put in again"),
    DayKind.IMPOSSIBLE_BADGE: ("1 badge at two places at once", "{} badges at two places at once"),
    DayKind.CLOCK_UNTRUSTED: ("1 cabinet let phones out by a clock not trusted", "{} cabinets by a clock not trusted"),
    DayKind.RULES_STALE: ("1 cabinet’s rules did not cover the day", "{} cabinets’ rules did not cover the day"),
    DayKind.NOT_BRIEFED: ("1 visit without a briefing noted", "{} visits without a briefing noted"),
}
_TEXTS: Mapping[str, str] = {
    DayKind.EMERGENCY: "TAKE OUT was held for 5 seconds. Was a school phone at hand?",
    DayKind.OPENED_UNRELEASED: "Was it the key?",
    DayKind.HELD_OPEN: "Not closed since: close it.",
    DayKind.NOT_OPENED: "What was declared with it was taken back.",
    DayKind.PUT_IN_REPEATED: "Already declared in; it opened, as putting in always does.",
    DayKind.IMPOSSIBLE_BADGE: "Mark it as lost if it was copied, and look at both clocks.",
    DayKind.CLOCK_UNTRUSTED: "The network sets the clock: is it plugged in?",
    DayKind.RULES_STALE: "Is it heard, and does the school year go on?",
    DayKind.NOT_BRIEFED: "It ended before anybody had noted that the visitor was told the phone rules.",
}

_OVER_TEXTS: Mapping[str, str] = {
    DayKind.HELD_OPEN: "Closed since.",
    DayKind.CLOCK_UNTRUSTED: "The clock has been set since.",
    DayKind.RULES_STALE: "New rules have arrived since.",
}


def needs_of_exceptions(
    session: Session, places: Mapping[str, str], times: SchoolTime, now: datetime
) -> tuple[list[Need], list[Need]]:
    """Read what waits to be reviewed, a row a kind: what needs somebody now, and what has solved itself."""
    rows = session.scalars(
        select(ExceptionRow)
        .where(ExceptionRow.reviewed_at.is_(None))
        .order_by(ExceptionRow.id.desc())
        .limit(_READ_AT_MOST)
    ).all()
    by_kind: dict[str, list[ExceptionRow]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    needs = _overdue(session, by_kind.pop(DayKind.OVERDUE, []), places, times, now)
    for kind in DayKind:
        found = by_kind.pop(kind, [])
        if found:
            running = [row for row in found if row.ended_at is None or kind not in _OVER_TEXTS]
            over = [row for row in found if row not in running]
            needs[0].extend(_need(kind, running, places, times))
            needs[1].extend(_need(kind, over, places, times, over=True))
    for noticed, found in by_kind.items():
        title = f"{kind_words(noticed)}: {_where(found, places)}"
        text = "Central noticed it, and it waits to be reviewed. The page Cabinets says what to do."
        needs[0].append(Need("warning", Tone.OFF, True, title, text, "Review", f"/exceptions?kind={noticed}"))
    return needs


def _need(
    kind: DayKind, found: list[ExceptionRow], places: Mapping[str, str], times: SchoolTime, *, over: bool = False
) -> list[Need]:
    """Make one row of the exceptions of one kind, of which those that are over by themselves are apart."""
    if not found:
        return []
    one, many = _TITLES[kind]
    title = one if len(found) == 1 else many.format(_number(len(found)))
    text = f"{_where(found, places)}{_when(found, times)}. {_OVER_TEXTS[kind] if over else _TEXTS[kind]}"
    tone = Tone.IN if over else Tone.OUT
    return [Need(icon_of(kind), tone, not over, title, text, "Review", f"/exceptions?kind={kind}")]


def needs_of_visitors(session: Session, now: datetime) -> list[Need]:
    """Name the rings from reception, and the visitors whom nobody has met for 10 minutes, as numbers."""
    needs = []
    for ring in read_rings(session, now):
        waited = f"{ring.minutes} min ago" if ring.minutes else "just now"
        often = f"{ring.times} times, first " if ring.times > 1 else ""
        text = f"Rung {often}{waited}." + (" Nobody answered for 60 seconds." if ring.senior else "")
        path = f"/on-site/rings/{ring.nonce}/answer"
        needs.append(Need("bell", Tone.WHO, True, ring.words, text, "I am coming", path, is_ring=True))
    late = waiting_minutes(session, now)
    if late:
        who = "1 visitor waits" if len(late) == 1 else f"{len(late)} visitors wait"
        text = f"For {max(late)} minutes. Nobody has said that they know the phone rules."
        needs.append(Need("host-wait", Tone.WHO, True, f"{who} for a host", text, "See who", "/on-site"))
    return needs


def needs_of_cabinets(cabinets: Sequence[CabinetState], current: Revision, times: SchoolTime) -> list[Need]:
    """Name the cabinets with a fault, and those that are not heard."""
    needs = []
    for cabinet in cabinets:
        if cabinet.since is None and cabinet.heard_at is None:
            continue  # not set up yet: the page Cabinets says so
        if not cabinet.online:
            since = cabinet.since or cabinet.heard_at
            fresh = cabinet.applied is None or cabinet.carries(current)
            rules = "" if fresh else f", with rules {cabinet.applied} instead of {current}"
            needs.append(
                Need(
                    "offline",
                    Tone.OFF,
                    True,
                    f"{cabinet.name} not heard since {times.near(since)}" if since else f"{cabinet.name} not heard",
                    f"It works on its own{rules}. Is the network cable in?",
                    "What to check",
                    "/cabinets?show=attention",
                )
            )
            continue
        for part in cabinet.faults[:3]:
            name = str(part.get("part", "a part")).replace("_", " ").replace("-", " ")
            text = str(part.get("what_to_do") or "Look at it.")
            title = f"{cabinet.name}: {name} at fault"
            needs.append(Need("fault", Tone.NO, True, title, text, "What to check", "/cabinets?show=attention"))
    return needs


def _overdue(
    session: Session, rows: Sequence[ExceptionRow], places: Mapping[str, str], times: SchoolTime, now: datetime
) -> tuple[list[Need], list[Need]]:
    needs: list[Need] = []
    out = [row for row in rows if row.ended_at is None]
    path = f"/exceptions?kind={DayKind.OVERDUE}"
    blocks = _blocks(session, out)
    for trip in (False, True):
        of = [row for row in out if (blocks.get(row.id, ("", None))[0] == OFF_SITE_VISIT) is trip]
        if not of:
            continue
        number = "1 phone" if len(of) == 1 else f"{_number(len(of))} phones"
        ended = {times.near(until) for row in of if (until := blocks.get(row.id, ("", None))[1]) is not None}
        what = "The visit ended" if trip else "Break ended"
        grace = "15 minutes of grace are over" if trip else "5 minutes of grace are over"
        text = f"{_where(of, places)}. " + (f"{what} at {ended.pop()}; {grace}." if len(ended) == 1 else "")
        title = f"{number} not back from {'a visit' if trip else 'break'}"
        needs.append(Need("overdue", Tone.OUT, True, title, text.strip(), "See which", path))
    back = [row for row in rows if row.ended_at is not None]
    if not back:
        return needs, []
    just = any(row.ended_at is not None and now - row.ended_at <= JUST for row in back)
    title = (
        f"{'1 phone' if len(back) == 1 else f'{_number(len(back))} phones'} {'is' if len(back) == 1 else 'are'} back"
    )
    text = f"{_where(back, places)}. Declared in again{' just now' if just else ''}; still to be reviewed."
    return needs, [Need("phone-in", Tone.IN, False, title, text, "Review", path)]


def _blocks(session: Session, rows: Sequence[ExceptionRow]) -> dict[int, tuple[str, datetime | None]]:
    """Read of each overdue the name and the end of its break or visit."""
    found: dict[int, tuple[str, datetime | None]] = {}
    for row in rows[:50]:
        device, epoch, sequence = json.loads(row.cites)[0].split("/")
        private = session.scalar(
            select(EventPrivate.private)
            .join(Event, Event.id == EventPrivate.event_id)
            .where(Event.device == device, Event.epoch == epoch, Event.sequence == int(sequence))
        )
        block = json.loads(private).get("block") if private is not None else None
        if isinstance(block, dict):
            found[row.id] = (str(block.get("name")), _instant(block.get("until")))
    return found


def _instant(value: object) -> datetime | None:
    try:
        return read_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _where(rows: Sequence[ExceptionRow], places: Mapping[str, str]) -> str:
    """Name the places of rows: `Owls and Swifts`."""
    names = list(
        dict.fromkeys(
            places.get(row.point_id or "", "Central" if row.device in (None, "central") else str(row.device))
            for row in rows
        )
    )
    if len(names) > _PLACES_NAMED:
        names = [*names[: _PLACES_NAMED - 1], f"{len(names) - _PLACES_NAMED + 1} more"]
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _when(rows: Sequence[ExceptionRow], times: SchoolTime) -> str:
    if len(rows) == 1:
        day = times.day_of(rows[0].raised_at)
        return f" at {times.minute(rows[0].raised_at)}" if day == times.today else f", {times.near(rows[0].raised_at)}"
    earlier = sum(times.day_of(row.raised_at) != times.today for row in rows)
    return f", {_number(earlier)} of them on an earlier day" if earlier else ", today"


def _number(number: int) -> str:
    return f"{number}+" if number >= _READ_AT_MOST else f"{number:,}"
