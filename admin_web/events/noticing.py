"""Writes exceptions about the day in the transaction that stores their events (flow 1, step 8).

Level-triggered: what stands in the tables decides, so events that come late, again or unsealed lead to the same rows.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from admin_web.database.events import ExceptionRow
from admin_web.events.day_exceptions import GROUPED, TAPS, DayKind, Shown, name_of, shown_by, subject_of
from admin_web.events.endings import end_by_events
from admin_web.events.overdue import solve_overdue
from admin_web.events.projection import DECLARED, Drawn
from admin_web.events.two_places import badge_subject, find_pairs, impossible_among
from policy.ids import holder_of

CITES_AT_MOST = 50
_IN_ONE_QUESTION = 500

_EXCEPTION = ExceptionRow.__table__.c
_OF_SUBJECTS = (
    select(_EXCEPTION.id, _EXCEPTION.subject, _EXCEPTION.cites, _EXCEPTION.holder, _EXCEPTION.reviewed_at)
    .where(_EXCEPTION.subject.in_(bindparam("subjects", expanding=True)))
    .order_by(_EXCEPTION.id)
)


def notice(session: Session, watched: Sequence[Drawn]) -> None:
    """Write what events show that were stored a moment ago, and what they solve."""
    if not watched:
        return
    shown = [found for one in watched if (found := _shown(one)) is not None]
    taps = [one for one in watched if one.exact and one.type in TAPS]
    _write(session, shown)
    pairs = find_pairs(session, _still_counting(session, taps))
    if pairs:
        _write(session, impossible_among(session, pairs))
    declared = [one for one in watched if one.type == DECLARED and one.private is not None]
    holders = {one.holder for one in shown if one.holder is not None}
    solve_overdue(session, declared, holders)
    end_by_events(session, watched, shown)


def _shown(one: Drawn) -> Shown | None:
    kind = shown_by(one)
    if kind is None:
        return None
    holder = _holder(one) if kind is DayKind.OVERDUE else None
    return Shown(kind, subject_of(one, kind), one.device, one.point, one.time, (name_of(one),), holder)


def _holder(one: Drawn) -> str | None:
    private = one.private or {}
    person, badge = private.get("person"), private.get("badge")
    return None if badge is None else holder_of(person, badge)


def _write(session: Session, shown: Iterable[Shown]) -> None:
    """Add what is new; what is known already changes nothing, but that an overdue phone's holder may be told late."""
    by_subject: dict[str, list[Shown]] = {}
    for one in shown:
        by_subject.setdefault(one.subject, []).append(one)
    if not by_subject:
        return
    known = _known(session, list(by_subject))
    rows: list[dict[str, Any]] = []
    for subject, of_subject in by_subject.items():
        rows += _of_subject(session, of_subject, known.get(subject, []))
    if rows:
        session.execute(insert(ExceptionRow), rows)


def _of_subject(session: Session, shown: Sequence[Shown], known: Sequence[Any]) -> list[dict[str, Any]]:
    """Join events of one subject to its open exception, or begin one: what has been reviewed is over."""
    first = shown[0]
    cited = {name for row in known for name in json.loads(row.cites)}
    if first.kind not in GROUPED:
        for row in known:
            if row.holder is None and first.holder is not None:
                session.execute(update(ExceptionRow).where(ExceptionRow.id == row.id).values(holder=first.holder))
        return [] if known else [_row(first, first.cites)]
    new = list(dict.fromkeys(name for one in shown for name in one.cites if name not in cited))
    if not new:
        return []
    for row in known:
        if row.reviewed_at is None:
            cites = (json.loads(row.cites) + new)[:CITES_AT_MOST]
            session.execute(update(ExceptionRow).where(ExceptionRow.id == row.id).values(cites=json.dumps(cites)))
            return []
    return [_row(first, tuple(new[:CITES_AT_MOST]))]


def _row(shown: Shown, cites: Sequence[str]) -> dict[str, Any]:
    return {
        "kind": shown.kind.value,
        "device": shown.device,
        "point_id": shown.point,
        "raised_at": shown.at,
        "cites": json.dumps(list(cites)),
        "subject": shown.subject,
        "holder": shown.holder,
    }


def _known(session: Session, subjects: Sequence[str]) -> dict[str, list[Any]]:
    """Read the exceptions that there are of subjects."""
    found: dict[str, list[Any]] = {}
    for start in range(0, len(subjects), _IN_ONE_QUESTION):
        for row in session.execute(_OF_SUBJECTS, {"subjects": subjects[start : start + _IN_ONE_QUESTION]}):
            found.setdefault(str(row.subject), []).append(row)
    return found


def _still_counting(session: Session, taps: Sequence[Drawn]) -> list[Drawn]:
    """Leave out badges whose exception of the day cites as many events as it can: a clone in use costs one question.

    What cannot be looked at, since its badge is not known here, is left out too.
    """
    subjects = {one.id: subject for one in taps if (subject := badge_subject(one)) is not None}
    full = {
        subject
        for subject, rows in _known(session, sorted(set(subjects.values()))).items()
        if any(row.reviewed_at is None and _count_cites(row.cites) >= CITES_AT_MOST for row in rows)
    }
    return [one for one in taps if one.id in subjects and subjects[one.id] not in full]


def _count_cites(cites: str) -> int:
    """Count a JSON list of event ids, which hold no quotation marks, without reading it: this is for each batch."""
    return cites.count('"') // 2
