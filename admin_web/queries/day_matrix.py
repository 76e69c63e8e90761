"""A day's matrix ready to be drawn: one strip a person, what another timetable changes marked under it and in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from admin_web.queries.handles import handle_of
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.told import inside
from admin_web.services.what_if_day import Change, DayAsked, Effect, PersonDay, Stretch
from policy.decision import Decision, Outcome, Reason
from policy.rules import Span
from policy.timetable import format_minutes

WIDTH, _EDGE = 640, 14
"""Of the drawing, and of the room for half an hour's figure at both ends of it."""
_EARLIEST, _LATEST = 8 * 60, 16 * 60
_LETTER = 7.3
"""Width of a letter of the names on the pieces, in units of the drawing."""
_ALLOWED_BY = {Reason.PERMISSION: "Permission", Reason.LEAVING: "Day over", Reason.TAKEN_AFTER_END: "Ended"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch on the strip."""

    x: float
    width: float
    kind: str
    """`block`, `children` (staying in), `withdrawn` or `allowed`."""
    name: str | None
    """Written on it where there is room."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What another timetable changes, under the strip."""

    x: float
    width: float
    effect: Effect


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One person's day."""

    handle: str | None
    """What stands for the person in a URL; None for the cover pool."""
    name: str
    group: str
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    words: str
    changes: tuple[str, ...]
    has_badge: bool = True


@dataclass(frozen=True, slots=True)
class DayMatrix:
    """Everybody's day at a place."""

    rows: tuple[MatrixRow, ...]
    hours: tuple[tuple[float, int], ...]
    asked: int
    """How many people it is about, also where only those with a change are shown."""
    changed: int
    """How many of them another timetable allows or refuses something."""
    is_compared: bool

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of pieces there are, for the legend."""
        return frozenset(piece.kind for row in self.rows for piece in row.pieces)


def lay_out(found: DayAsked, times: SchoolTime, *, is_compared: bool, only_changed: bool = False) -> DayMatrix:
    """Place everybody's day on strips of one scale."""
    first, last = _bounds(found)

    def place_of(minute: int) -> float:
        inner = WIDTH - 2 * _EDGE
        return round(_EDGE + (min(max(minute, first), last) - first) * inner / (last - first), 1)

    shown = [person for person in found.people if person.changes or not (only_changed and is_compared)]
    step = 1 if last - first <= 12 * 60 else 2
    return DayMatrix(
        rows=tuple(_row(person, place_of, times) for person in shown),
        hours=tuple((place_of(hour * 60), hour) for hour in range(first // 60, last // 60 + 1, step)),
        asked=len(found.people),
        changed=sum(any(one.effect is not Effect.RENAMES for one in person.changes) for person in found.people),
        is_compared=is_compared,
    )


def _bounds(found: DayAsked) -> tuple[int, int]:
    """Choose the whole hours that hold every refusal and every change."""
    spans = [one.span for person in found.people for one in person.stretches if one.decision.outcome is Outcome.REFUSED]
    spans = [span for span in spans if span != Span(0, 24 * 60)]
    spans += [one.span for person in found.people for one in person.changes]
    first = min([_EARLIEST, *(span.start for span in spans)]) // 60 * 60
    return first, -(-max([_LATEST, *(span.end for span in spans)]) // 60) * 60


def _row(person: PersonDay, place_of: Callable[[int], float], times: SchoolTime) -> MatrixRow:
    pieces = tuple(_pieces(person, place_of))
    marks = []
    for change in person.changes:
        x = place_of(change.span.start)
        marks.append(Mark(x, round(place_of(change.span.end) - x, 1), change.effect))
    return MatrixRow(
        handle=None if person.person is None else handle_of(person.person),
        name=person.name,
        group=person.group,
        pieces=pieces,
        marks=tuple(marks),
        words=_words(person, times),
        changes=tuple(_change_words(change) for change in person.changes),
        has_badge=bool(person.stretches),
    )


def _pieces(person: PersonDay, place_of: Callable[[int], float]) -> Iterator[Piece]:
    for stretch in person.stretches:
        x = place_of(stretch.span.start)
        width = round(place_of(stretch.span.end) - x, 1)
        name = _name(stretch.decision)
        if width > 0 and (name is not None or stretch.decision.outcome is Outcome.REFUSED):
            kind = _kind(stretch.decision)
            # On the hatching of children staying in no letter can be read.
            fits = name is not None and width > _LETTER * len(name) + 12 and kind != "children"
            yield Piece(x, width, kind, name if fits else None)


def _kind(decision: Decision) -> str:
    if decision.outcome is Outcome.GRANTED:
        return "allowed"
    return {Reason.CHILDREN_PRESENT: "children", Reason.WITHDRAWN: "withdrawn"}.get(decision.reason, "block")


def _name(decision: Decision) -> str | None:
    if decision.outcome is Outcome.GRANTED:
        return _ALLOWED_BY.get(decision.reason)
    return decision.reason.value.replace("_", " ") if decision.block is None else decision.block.name


def _words(person: PersonDay, times: SchoolTime) -> str:
    """Say when the phone stays in, and from when the day is over."""
    if not person.stretches:
        return "No badge, so nothing can be asked for."
    refused = [one for one in person.stretches if one.decision.outcome is Outcome.REFUSED]
    if not refused:
        return "Taking out is allowed all day."
    return "Not now: " + "; ".join(f"{_from_to(one.span)} {_said(one)}" for one in refused) + "."


def _said(stretch: Stretch) -> str:
    name = inside(_name(stretch.decision) or "")
    return f"{name}, withdrawn" if stretch.decision.reason is Reason.WITHDRAWN else name


def _change_words(change: Change) -> str:
    before, after = (inside(_name(one) or "") for one in (change.before, change.after))
    match change.effect:
        case Effect.REFUSES:
            return f"{_from_to(change.span)} would be refused: {after}"
        case Effect.ALLOWS:
            return f"{_from_to(change.span)} would be allowed"
        case Effect.RENAMES:
            return f"{_from_to(change.span)} {after} in place of {before}"


def _from_to(span: Span) -> str:
    return f"{format_minutes(span.start)} to {format_minutes(span.end)}"
