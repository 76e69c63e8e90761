"""A small school for every test of the rules: who works when, what is restricted, and moments by the wall clock."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policy.clock import ClockQuality, Moment
from policy.decide import decide
from policy.decision import Decision
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, HolderId, PersonId, PointId, holder_of
from policy.rules import (
    BadgeKind,
    BadgeRules,
    DatedBlock,
    Entitlement,
    Permission,
    PermissionKind,
    PersonRules,
    Point,
    PointKind,
    PointLink,
    Restriction,
    Revision,
    RoomState,
    Rules,
    Settings,
    Span,
    Week,
)
from policy.state import Declaration, Declared, State
from policy.timetable import BlockRow, dated_blocks_of, parse_minutes

LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)


class School:
    """Builds rules, states and moments; Tuesday 24 November 2026 unless a test says otherwise."""

    amara = BadgeReference("1:amara")
    bilal = BadgeReference("1:bilal")
    cover = BadgeReference("1:cover")
    head = BadgeReference("1:head")
    leader = BadgeReference("1:leader")
    office = BadgeReference("1:office")
    stranger = BadgeReference("1:stranger")
    zone = "Europe/London"

    def span(self, text: str) -> Span:
        """Read "08:50-12:00"."""
        starts, ends = text.split("-")
        return Span(parse_minutes(starts), parse_minutes(ends))

    def week(self, *texts: str) -> Week:
        """The same spans from Monday to Friday."""
        return (tuple(self.span(text) for text in texts),) * 5 + ((), ())

    def at(self, text: str, *, quality: ClockQuality = ClockQuality.SYNCED, fold: int = 0, ns: int = 0) -> Moment:
        """Read "10:40" or "2026-10-25 01:30" of the wall clock; `fold` 1 is the second time round in autumn."""
        text = text if " " in text else f"2026-11-24 {text}"
        wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone), fold=fold)
        return Moment(wall.astimezone(UTC), quality, ns)

    def lessons(self, *rows: str, day: str | None = None) -> tuple[DatedBlock, ...]:
        """Blocks of one day from "Lessons 08:50-12:00, break 10:40-10:55"."""
        on = date.fromisoformat(day or "2026-11-24")
        blocks = []
        for row in rows:
            block, *breaks = row.split(", ")
            name, text = block.rsplit(" ", 1)
            holes = tuple(self.span(hole.removeprefix("break ")) for hole in breaks)
            blocks.append(DatedBlock(on, self.span(text), name, holes))
        return tuple(blocks)

    def one_door(self, *, buttons: bool = True) -> Point:
        return Point(PointId("robins"), PointKind.ONE_DOOR, 1, buttons)

    def bank(self, *, buttons: bool = False) -> Point:
        return Point(PointId("kitchen"), PointKind.BANK, 6, buttons)

    def person(
        self,
        name: str,
        *hours: str,
        slot: int | None = None,
        ends: datetime | None = None,
        week: Week | None = None,
        group: str = "classroom",
        going_home: str | None = None,
    ) -> PersonRules:
        links = (PointLink(slot, LONG_AGO, ends),)
        said = None if going_home is None else self.at(going_home).utc
        return PersonRules(PersonId(name), week if week is not None else self.week(*hours), links, group, said)

    def permission(
        self, span: str, *, kind: PermissionKind = PermissionKind.TRIP, person: str = "amara", id: str = "farm"
    ) -> Permission:
        """From "09:30 until 14:00", or with dates as in "2026-11-20 09:30 until 2026-11-27 14:00"."""
        starts, ends = span.split(" until ")
        return Permission(id, PersonId(person), kind, self.at(starts).utc, self.at(ends).utc)

    def restriction(
        self, *takes: Entitlement, person: str | None = "amara", since: str = "08:00", ends: str | None = None
    ) -> Restriction:
        """Withdraw when nothing is named: that takes everything."""
        return Restriction(
            None if person is None else PersonId(person),
            frozenset(takes or Entitlement),
            self.at(since).utc,
            None if ends is None else self.at(ends).utc,
        )

    def room_state(self, span: str) -> RoomState:
        """Children staying in, from "12:00 until 13:00"."""
        starts, ends = span.split(" until ")
        return RoomState(self.at(starts).utc, self.at(ends).utc)

    def badge(
        self,
        reference: BadgeReference,
        person: str | None = None,
        *,
        kind: BadgeKind = BadgeKind.PERSONAL,
        starts: datetime = LONG_AGO,
        ends: datetime | None = None,
        lost: datetime | None = None,
        role: str | None = None,
    ) -> BadgeRules:
        return BadgeRules(reference, kind, None if person is None else PersonId(person), starts, ends, lost, role)

    def rules(
        self,
        *rows: str,
        blocks: tuple[DatedBlock, ...] = (),
        people: tuple[PersonRules, ...] | None = None,
        badges: tuple[BadgeRules, ...] = (),
        first: str = "2026-11-23",
        last: str = "2026-12-22",
        settings: Settings | None = None,
        kind: PointKind = PointKind.ONE_DOOR,
        permissions: tuple[Permission, ...] = (),
        restrictions: tuple[Restriction, ...] = (),
        room_states: tuple[RoomState, ...] = (),
        room_states_ended: datetime | None = None,
    ) -> Rules:
        """Rules of a point with Amara, Bilal, a cover-pool and three role badges; `badges` replaces single ones."""
        known = [
            self.badge(self.amara, "amara"),
            self.badge(self.bilal, "bilal"),
            self.badge(self.cover, kind=BadgeKind.COVER),
            self.badge(self.head, kind=BadgeKind.ROLE, role="headteacher"),
            self.badge(self.leader, kind=BadgeKind.ROLE, role="SLT"),
            self.badge(self.office, kind=BadgeKind.ROLE, role="office"),
            *badges,
        ]
        slots = (2, 4) if kind is PointKind.BANK else (None, None)
        everybody = people or (
            self.person("amara", "08:00-16:00", slot=slots[0]),
            self.person("bilal", "08:00-16:00", slot=slots[1]),
        )
        return Rules(
            revision=Revision(1, 7),
            issued=datetime(2026, 10, 1, tzinfo=UTC),
            zone=self.zone,
            first=date.fromisoformat(first),
            last=date.fromisoformat(last),
            point=PointId("robins"),
            kind=kind,
            slots=6 if kind is PointKind.BANK else 1,
            settings=settings or Settings(cover_hours=self.week("08:00-16:30")),
            blocks=(*self.lessons(*rows), *blocks),
            people={person.id: person for person in everybody},
            badges={badge.reference: badge for badge in known},
            room_states=room_states,
            room_states_ended=room_states_ended,
            permissions=permissions,
            restrictions=restrictions,
        )

    def every_weekday(self, *rows: BlockRow, first: str = "2026-10-19", days: int = 60) -> tuple[DatedBlock, ...]:
        start = date.fromisoformat(first)
        return dated_blocks_of(rows, start, start + timedelta(days=days))

    def declared(
        self,
        badge: BadgeReference,
        person: str | None,
        state: Declared,
        *,
        at: str = "08:40",
        slot: int = 1,
        refused: Mapping[BadgeReference, int] | None = None,
    ) -> State:
        """A state in which one holder declared something by the wall clock."""
        moment = self.at(at)
        day = moment.utc.astimezone(ZoneInfo(self.zone)).date()
        holder = holder_of(None if person is None else PersonId(person), badge)
        return State({holder: Declaration(holder, badge, state, slot, moment.utc, day)}, refused or {})

    def both(self, *states: State) -> State:
        """Put the declarations of several states together."""
        together: dict[HolderId, Declaration] = {}
        for state in states:
            together.update(state.declarations)
        return State(together)

    def tap(
        self,
        rules: Rules,
        badge: BadgeReference,
        now: Moment,
        intent: Intent | None = None,
        *,
        state: State | None = None,
        point: Point | None = None,
        emergency: bool = False,
        approver: BadgeReference | None = None,
        approved: bool = False,
        sent_home_by: BadgeReference | None = None,
    ) -> Decision:
        """Decide one badge's gesture, at a one-door cabinet with buttons unless told otherwise."""
        gesture = Gesture((badge,), intent, emergency, approver=approver, approved=approved, sent_home_by=sent_home_by)
        return decide(rules, point or self.one_door(), state or State(), gesture, now)

    def open_for(self, rules: Rules, holder: str, state: State | None = None, point: Point | None = None) -> Decision:
        """Decide what the office's command does for a named holder whose badge is lost, at 09:00."""
        gesture = Gesture((), Intent.TAKE_OUT, opened_for=HolderId(holder))
        return decide(rules, point or self.one_door(), state or State(), gesture, self.at("09:00"))


@pytest.fixture(scope="session")
def school() -> School:
    return School()
