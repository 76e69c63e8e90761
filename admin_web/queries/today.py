"""Everything the page Today shows, by role: places and numbers, and never a name (look: Today)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.events import LogRow
from admin_web.events.kinds import LogKind
from admin_web.queries.approvals import ApprovalShown, read_approvals
from admin_web.queries.cabinets import CabinetState, read_cabinets
from admin_web.queries.coming_up import Coming, coming_up
from admin_web.queries.rooms_today import RoomToday, SchoolDay, read_rooms
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.today_needs import Need, needs_of_cabinets, needs_of_exceptions, needs_of_visitors
from admin_web.queries.today_strips import TodayStrips, today_strips
from admin_web.services.revision import cabinets_revision
from policy.approval import APPROVAL_WAITS
from policy.rules import Revision

_OUTCOME_SHOWN = timedelta(minutes=4)
_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


@dataclass(frozen=True, slots=True)
class Today:
    """The page."""

    approvals: tuple[ApprovalShown, ...]
    needs: tuple[Need, ...]
    solved: tuple[Need, ...]
    rooms: tuple[RoomToday, ...]
    strips: TodayStrips | None
    has_formal_time: bool
    expected: int
    declared_in: int
    declared_out: int
    refused: int
    heard: int
    applied: int
    cabinets: int
    revision: Revision
    part_of_day: str
    coming: tuple[Coming, ...]

    @property
    def waiting(self) -> int:
        """How many things need somebody."""
        return sum(one.waits for one in self.approvals) + len(self.needs)

    @property
    def title(self) -> str:
        """The page's heading."""
        number = self.waiting
        if number == 0:
            return f"All quiet this {self.part_of_day}"
        if number == 1:
            return "One thing needs somebody"
        return f"{_WORDS[number] if number < len(_WORDS) else number} things need somebody"


def read_today(session: Session, times: SchoolTime, now: datetime, *, sees_exceptions: bool) -> Today:
    """Read the page; `sees_exceptions` is whether what is about people may stand there at all."""
    day = SchoolDay(session, times)
    rooms = read_rooms(session, day, times, now)
    cabinets, current = read_cabinets(session, times), cabinets_revision(session)
    needs: list[Need] = []
    solved: list[Need] = []
    if sees_exceptions:
        needs, solved = needs_of_exceptions(session, {point.id: point.name for point in day.points}, times, now)
    needs = needs_of_visitors(session, now) + needs
    needs += needs_of_cabinets(cabinets, current, times)
    return Today(
        approvals=tuple(one for one in read_approvals(session, now) if one.waits or now - one.at < _OUTCOME_SHOWN),
        needs=tuple(needs),
        solved=tuple(solved),
        rooms=tuple(rooms),
        strips=today_strips(session, day.points, day.blocks, times, now),
        has_formal_time=day.has_formal_time,
        expected=sum(room.count.expected for room in rooms),
        declared_in=sum(room.count.declared_in for room in rooms),
        declared_out=sum(room.count.declared_out for room in rooms),
        refused=_refused(session, times),
        heard=_heard(cabinets),
        applied=sum(cabinet.carries(current) for cabinet in cabinets),
        cabinets=len(cabinets),
        revision=current,
        part_of_day=_part_of_day(times.local(now).hour),
        coming=tuple(coming_up(session, day.blocks, times, now)),
    )


def approval_seconds() -> int:
    """How long an asking waits: what the ring is full of."""
    return int(APPROVAL_WAITS.total_seconds())


def _heard(cabinets: Sequence[CabinetState]) -> int:
    return sum(cabinet.online for cabinet in cabinets)


def _refused(session: Session, times: SchoolTime) -> int:
    begins, ends = times.bounds(times.today)
    question = (
        select(func.count())
        .select_from(LogRow)
        .where(LogRow.kind == LogKind.REFUSED.value, LogRow.time >= begins, LogRow.time < ends)
    )
    return session.scalar(question) or 0


def _part_of_day(hour: int) -> str:
    return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"
