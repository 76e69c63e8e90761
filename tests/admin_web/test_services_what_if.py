"""What if: the answer is the cabinet's own, in any school, at any time, whatever has been said, taken or ended."""

import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from admin_web.database.days import GoingHome
from admin_web.database.people import Badge, BadgePerson, DeclaredState, Person, PersonPoint, WorkingHours
from admin_web.database.permissions import PermissionArea, PermissionGiven, PermissionPerson
from admin_web.database.places import Device, Point
from admin_web.database.restricted import RestrictedBlock, RestrictedBreak, RestrictedTimes
from admin_web.database.restrictions import RestrictionMade
from admin_web.database.room_states import RoomStateSet
from admin_web.database.timetable import Area, TimetableVersion
from admin_web.errors import Conflict, Invalid
from admin_web.rules.bundle import build_bundle
from admin_web.rules.timetables import write_document
from admin_web.services.what_if import GESTURES, Question, ask_what_if, read_when
from admin_web.services.what_if_day import DayAsked, Effect, ask_day
from broker.messages.bundle import Bundle
from policy import rules as values
from policy.clock import ClockQuality, Moment
from policy.day_plan import BlockKind, DayPlan, PlannedBlock, Target
from policy.decide import decide
from policy.decision import Outcome, Reason
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, HolderId
from policy.rules import PointKind
from policy.school_calendar import Dates, SchoolYear, Term
from policy.school_timetable import SchoolTimetable
from policy.standing import standing
from policy.state import Declaration, Declared, State

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 24, 10, 20, tzinfo=UTC)
POINTS = (("robins", PointKind.ONE_DOOR, 1), ("kitchen", PointKind.BANK, 6), ("store", PointKind.BOX, 1))
GROUPS = ("classroom", "catering", "SLT", "office", "headteacher", "agency")
SEEDS = range(12)


def reference(name: str) -> str:
    return "1:" + hashlib.sha256(name.encode()).hexdigest()


class RandomSchool:
    """A school in which everything that rules can hold happens to somebody; one seed, one school."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session = session
        self.dice = random.Random(seed)
        self.people = [f"p{number}" for number in range(12)]
        self.declared: list[DeclaredState] = []
        self.kept: set[tuple[str, str]] = set()

    def fill(self) -> None:
        for id, kind, slots in POINTS:
            self.session.add(Area(id=id, name=id.title()))
            self.session.flush()
            self.session.add(Point(id=id, name=id.title(), kind=kind.value, slots=slots, area_id=id))
            self.session.flush()
            self.session.add(Device(id=id, kind="cabinet", point_id=id, event_key=bytes(32), added_at=NOW))
            self._restrict(id)
        self.session.flush()
        for number, id in enumerate(self.people):
            self._person(number, id)
        self.session.flush()
        for _ in range(8):
            self._permit()
        for _ in range(3):
            self._take_away()
        for point, _, _ in POINTS:
            if self.dice.random() < 0.5:
                self._children_in(point)
        self.session.flush()

    def moment(self, days: float = 3) -> datetime:
        return NOW + timedelta(seconds=self.dice.randint(int(-days * 86400), int(days * 86400)))

    def ask(self) -> tuple[Question, tuple[str, PointKind, int]]:
        """Think of a question, mostly about somebody where they keep their phone, at an hour when it matters."""
        person, place = self.dice.choice(self.people), self.dice.choice(POINTS)
        kept = [one for one in POINTS if (person, one[0]) in self.kept]
        if kept and self.dice.random() < 0.9:
            place = self.dice.choice(kept)
        day = NOW.replace(hour=0, minute=0) + timedelta(days=self.dice.randint(0, 4))
        at = max(NOW, day + timedelta(minutes=self.dice.randint(450, 1050), seconds=self.dice.randint(0, 59)))
        return Question(person, place[0], self.dice.choice((*GESTURES, Intent.TAKE_OUT, Intent.TAKE_OUT)), at), place

    def _restrict(self, point: str) -> None:
        self.session.add(RestrictedTimes(point_id=point, own=True))
        for weekday in range(6):
            start = self.dice.randint(480, 560)
            for name in self.dice.sample(("Lessons", "Phonics", "Choir"), self.dice.randint(1, 3)):
                end = start + self.dice.randint(30, 180)
                block = RestrictedBlock(point_id=point, weekday=weekday, start=start, end=end, name=name)
                self.session.add(block)
                self.session.flush()
                if self.dice.random() < 0.5:
                    hole = start + self.dice.randint(0, 15)
                    self.session.add(RestrictedBreak(block_id=block.id, start=hole, end=hole + 15))
                start = end + self.dice.randint(0, 60)

    def _person(self, number: int, id: str) -> None:
        left = self.moment(60) if self.dice.random() < 0.08 else None
        self.session.add(Person(id=id, name=id.title(), group=self.dice.choice(GROUPS), ended_at=left))
        self.session.flush()
        for weekday in self.dice.sample(range(7), self.dice.randint(4, 7)):
            start = self.dice.randint(400, 560)
            end = start + self.dice.randint(200, 700)
            self.session.add(WorkingHours(person_id=id, weekday=weekday, start=start, end=end))
        for point, kind, _ in self.dice.sample(POINTS, self.dice.choice((0, 1, 1, 2))):
            slot = number % 6 + 1 if kind is PointKind.BANK else None
            if slot is not None and number >= 6:
                continue
            ends = self.moment() if self.dice.random() < 0.1 else None
            starts = NOW - timedelta(days=30)
            self.kept.add((id, point))
            self.session.add(PersonPoint(person_id=id, point_id=point, slot=slot, starts=starts, ends=ends))
        for nth in range(self.dice.choice((0, 1, 1, 1, 1, 2))):
            self._badge(f"{id}-{nth}", id)
        for point, _, _ in self.dice.sample(POINTS, self.dice.choice((0, 0, 1))):
            self._declare(id, point, reference(f"{id}-0"))
        if self.dice.random() < 0.2:
            self.session.add(GoingHome(person_id=id, at=self.moment(1), said_by="account:1"))

    def _badge(self, name: str, person: str) -> None:
        lost = self.moment(1) if self.dice.random() < 0.06 else None
        temporary = self.moment() if self.dice.random() < 0.08 else None
        badge = Badge(reference=reference(name), added_at=NOW - timedelta(days=40), lost_at=lost, ends=temporary)
        self.session.add(badge)
        self.session.flush()
        ends = self.moment(1) if self.dice.random() < 0.06 else None
        starts = NOW - timedelta(days=30)
        self.session.add(BadgePerson(badge=reference(name), person_id=person, starts=starts, ends=ends))

    def _declare(self, holder: str, point: str, badge: str) -> None:
        row = DeclaredState(
            point_id=point,
            holder=holder,
            badge=badge,
            state=self.dice.choice(("in", "out")),
            slot=self.dice.randint(1, 3),
            at=NOW - timedelta(minutes=self.dice.randint(0, 3000)),
            sequence=1,
        )
        self.declared.append(row)
        self.session.add(row)

    def _permit(self) -> None:
        starts = self.moment()
        everywhere = self.dice.random() < 0.6
        given = PermissionGiven(
            id=f"perm-{self.dice.randrange(10**9)}",
            kind=self.dice.choice(("trip", "site_team", "adjustment", "image")),
            purpose="swimming",
            everywhere=everywhere,
            starts=starts,
            ends=starts + timedelta(minutes=self.dice.randint(20, 4000), microseconds=self.dice.randrange(10**6)),
            generation=1,
            number=1,
            granted_by="account:1",
            granted_at=NOW,
            withdrawn_at=NOW if self.dice.random() < 0.2 else None,
        )
        self.session.add(given)
        self.session.flush()
        for person in self.dice.sample(self.people, 4):
            self.session.add(PermissionPerson(permission_id=given.id, person_id=person))
        if not everywhere:
            self.session.add(PermissionArea(permission_id=given.id, area_id=self.dice.choice(POINTS)[0]))

    def _take_away(self) -> None:
        scope = self.dice.choice(("person", "group", "everyone"))
        self.session.add(
            RestrictionMade(
                scope=scope,
                person_id=self.dice.choice(self.people) if scope == "person" else None,
                group=self.dice.choice(GROUPS) if scope == "group" else None,
                breaks=self.dice.random() < 0.6,
                permissions=self.dice.random() < 0.6,
                approvals=self.dice.random() < 0.6,
                reason="event",
                starts=NOW - timedelta(minutes=self.dice.randint(0, 3000)),
                ends=self.moment() if self.dice.random() < 0.5 else None,
                generation=1,
                number=1,
                made_by="account:1",
                made_at=NOW,
            )
        )

    def _children_in(self, point: str) -> None:
        starts = self.moment(0.2)
        self.session.add(
            RoomStateSet(
                point_id=point,
                starts=starts,
                ends=starts + timedelta(minutes=self.dice.randint(5, 90)),
                generation=1,
                number=1,
                set_by="account:1",
                set_at=NOW,
            )
        )

    def state_of(self, point: str) -> State:
        """What the cabinet there remembers."""
        return State(
            declarations={
                HolderId(row.holder): Declaration(
                    holder=HolderId(row.holder),
                    badge=BadgeReference(row.badge),
                    state=Declared(row.state),
                    slot=row.slot,
                    at=row.at,
                    day=row.at.astimezone(LONDON).date(),
                )
                for row in self.declared
                if row.point_id == point
            }
        )

    def rules_of(self, point: str, issued: datetime) -> values.Rules:
        """The rules as its cabinet reads them from the bytes that central signs."""
        built = build_bundle(self.session, point, Moment(issued, ClockQuality.SYNCED, 0))
        body = Bundle.from_rules(built, site="ashgrove", device=point).to_body()
        return Bundle.model_validate_json(body).to_rules()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_if_says_what_the_cabinet_decides_by_the_bytes_it_was_sent(database: Any, seed: int) -> None:
    print(f"seed {seed}")
    reasons = set()
    with database.write() as session:
        school = RandomSchool(session, seed)
        school.fill()
        for _ in range(60):
            question, (_, kind, slots) = school.ask()
            point = question.point
            try:
                answer = ask_what_if(session, question, now=NOW)
            except Conflict:
                continue  # nobody gave this person a badge
            badge = answer.decision.badge
            assert badge is not None
            there = values.Point(answer.rules.point, kind, slots, buttons=True)
            gesture, then = Gesture((badge,), question.gesture), Moment(question.at, ClockQuality.SYNCED, 0)
            # By the bundle the cabinet has now, and by the one it will have been sent by then.
            for issued in (NOW, question.at):
                rules = school.rules_of(point, issued)
                state = school.state_of(point)
                assert decide(rules, there, state, gesture, then) == answer.decision, question
                held = [BadgeReference(reference(f"{question.person}-{nth}")) for nth in range(2)]
                if any(standing(rules, there, state, one, then).known for one in held):
                    assert standing(rules, there, state, badge, then).known, "there is a badge that counts here"
            reasons.add(answer.decision.reason)
    assert len(reasons) >= 4, reasons


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_a_day_says_the_same_at_every_minute_as_the_single_question(database: Any, seed: int) -> None:
    print(f"seed {seed}")
    with database.write() as session:
        school = RandomSchool(session, seed)
        school.fill()
        for point, _, _ in POINTS:
            found = ask_day(session, point, NOW.date(), now=NOW)
            for person in found.people:
                assert person.changes == ()
                for stretch in person.stretches if person.person is not None else ():
                    for minute in {stretch.span.start, stretch.span.end - 1, school.dice.randrange(*_of(stretch))}:
                        at = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=minute)
                        asked = Question(person.person or "", point, Intent.TAKE_OUT, at)
                        single = ask_what_if(session, asked, now=NOW).decision
                        assert (single.outcome, single.reason, single.block, single.permission) == (
                            stretch.decision.outcome,
                            stretch.decision.reason,
                            stretch.decision.block,
                            stretch.decision.permission,
                        ), (person.person, minute)
                if person.stretches:
                    assert person.stretches[0].span.start == 0
                    assert person.stretches[-1].span.end == 24 * 60


def _of(stretch: Any) -> tuple[int, int]:
    return stretch.span.start, stretch.span.end


YEAR = SchoolYear("2026", (Term("Autumn", Dates(date(2026, 9, 1), date(2026, 12, 18))),))
LESSONS = PlannedBlock(values.Span(530, 720), BlockKind.LESSON, "Lessons")
CHOIR = PlannedBlock(values.Span(930, 960), BlockKind.AFTER_SCHOOL_CLUB, "Choir")
PHONICS = PlannedBlock(values.Span(530, 720), BlockKind.LESSON, "Phonics")


def timetable_of(target: Target, *blocks: PlannedBlock) -> SchoolTimetable:
    return SchoolTimetable((YEAR,), (), (DayPlan(target, (blocks,) * 5 + ((), ())),))


def follow(session: Session, live: SchoolTimetable) -> None:
    """Two people, of two groups, at a place that follows the timetable."""
    session.add(Area(id="robins", name="Robins"))
    session.flush()
    session.add(Point(id="robins", name="Robins", kind="one_door", slots=1, area_id="robins"))
    session.flush()
    session.add(Device(id="robins", kind="cabinet", point_id="robins", event_key=bytes(32), added_at=NOW))
    session.add(RestrictedTimes(point_id="robins", own=False))
    session.add(TimetableVersion(id=1, state="live", document=write_document(live), **_BY))
    for id, group in (("amara", "classroom"), ("grace", "catering")):
        session.add(Person(id=id, name=id.title(), group=group))
        session.flush()
        session.add(PersonPoint(person_id=id, point_id="robins", starts=NOW - timedelta(days=9)))
        session.add_all(WorkingHours(person_id=id, weekday=day, start=450, end=1000) for day in range(5))
        session.add(Badge(reference=reference(id), added_at=NOW))
        session.flush()
        session.add(BadgePerson(badge=reference(id), person_id=id, starts=NOW - timedelta(days=9)))
    session.flush()


_BY: Any = {"drafted_by": "account:1", "drafted_at": NOW, "changed_by": "account:1", "changed_at": NOW}


def changes_of(found: DayAsked) -> dict[str, list[tuple[int, int, Effect]]]:
    return {day.name: [(one.span.start, one.span.end, one.effect) for one in day.changes] for day in found.people}


def test_a_draft_shows_exactly_whose_day_it_would_change_and_nothing_is_live_yet(database: Any) -> None:
    room = Target(area="robins")
    live = timetable_of(room, LESSONS)
    with database.write() as session:
        follow(session, live)
        added = ask_day(session, "robins", NOW.date(), now=NOW, timetable=timetable_of(room, LESSONS, CHOIR))
        assert changes_of(added) == {name: [(930, 960, Effect.REFUSES)] for name in ("Amara", "Grace")}
        gone = ask_day(session, "robins", NOW.date(), now=NOW, timetable=timetable_of(room, CHOIR))
        both = [(530, 720, Effect.ALLOWS), (930, 960, Effect.REFUSES)]
        assert changes_of(gone) == {"Amara": both, "Grace": both}
        named = ask_day(session, "robins", NOW.date(), now=NOW, timetable=timetable_of(room, PHONICS))
        assert changes_of(named)["Amara"] == [(530, 720, Effect.RENAMES)]
        same = ask_day(session, "robins", NOW.date(), now=NOW, timetable=live)
        assert changes_of(same) == {"Amara": [], "Grace": []}
        group = ask_day(session, "robins", NOW.date(), now=NOW, timetable=timetable_of(Target(group="catering"), CHOIR))
        assert changes_of(group)["Amara"] == [(530, 720, Effect.ALLOWS)]
        assert (930, 960, Effect.REFUSES) in changes_of(group)["Grace"]
        single = ask_what_if(
            session, Question("amara", "robins", Intent.TAKE_OUT, NOW.replace(hour=15, minute=40)), now=NOW
        )
        assert single.decision.outcome is Outcome.GRANTED
        holiday = ask_day(session, "robins", date(2026, 12, 22), now=NOW, timetable=timetable_of(room, LESSONS, CHOIR))
        assert changes_of(holiday) == {"Amara": [], "Grace": []}


def test_a_place_with_times_of_its_own_is_not_touched_by_a_draft(database: Any) -> None:
    with database.write() as session:
        follow(session, timetable_of(Target(area="robins"), LESSONS))
        session.get_one(RestrictedTimes, "robins").own = True
        session.flush()
        draft = timetable_of(Target(area="robins"), CHOIR)
        assert changes_of(ask_day(session, "robins", NOW.date(), now=NOW, timetable=draft)) == {
            "Amara": [],
            "Grace": [],
        }


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-24T10:52", "2026-11-24T10:52:00+00:00"),
        ("2026-07-24T10:52", "2026-07-24T09:52:00+00:00"),
        ("2026-07-24T10:52:00Z", "2026-07-24T10:52:00+00:00"),
        ("2026-07-24T10:52:00+05:30", "2026-07-24T05:22:00+00:00"),
        ("2026-10-25T01:30", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_a_moment_is_read_as_wall_time_unless_it_says_its_offset(text: str, utc: str) -> None:
    assert read_when(text, "Europe/London").isoformat() == utc


@pytest.mark.parametrize(
    "text", ["", "now", "2026-11-24", "10:52", "2026-02-30T10:00", "1999-01-01T00:00", "2026-03-29T01:30"]
)
def test_what_is_no_moment_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_when(text, "Europe/London")
    assert refused.value.field == "at"
    assert refused.value.what_to_do


def test_somebody_without_a_badge_has_nothing_to_tap_with(database: Any) -> None:
    with database.write() as session:
        RandomSchool(session, 1).fill()
        session.add(Person(id="new", name="New Colleague", group="classroom"))
        with pytest.raises(Conflict, match="has no badge"):
            ask_what_if(session, Question("new", "robins", Intent.TAKE_OUT, NOW), now=NOW)
        session.rollback()


@pytest.mark.parametrize(
    ("person", "point", "gesture", "field"),
    [
        ("nobody", "robins", Intent.TAKE_OUT, "person"),
        ("p0", "nowhere", Intent.TAKE_OUT, "point"),
        ("p0", "robins", Intent.NOT_OPENED, "gesture"),
    ],
)
def test_what_cannot_be_asked_names_its_field(
    database: Any, person: str, point: str, gesture: Intent, field: str
) -> None:
    with database.write() as session:
        RandomSchool(session, 1).fill()
        with pytest.raises(Invalid) as refused:
            ask_what_if(session, Question(person, point, gesture, NOW), now=NOW)
        assert refused.value.field == field


def test_a_badge_that_was_handed_on_is_never_taken_for_the_one_before(database: Any) -> None:
    with database.write() as session:
        session.add(Point(id="robins", name="Robins", kind="one_door", slots=1))
        session.flush()
        session.add(Device(id="robins", kind="cabinet", point_id="robins", event_key=bytes(32), added_at=NOW))
        session.add_all(Person(id=id, name=id, group="classroom") for id in ("before", "after"))
        session.add(Badge(reference=reference("one"), added_at=NOW))
        session.flush()
        early = NOW - timedelta(days=9)
        session.add(BadgePerson(badge=reference("one"), person_id="before", starts=early, ends=NOW - timedelta(days=2)))
        session.add(BadgePerson(badge=reference("one"), person_id="after", starts=NOW - timedelta(days=1)))
        session.add(PersonPoint(person_id="after", point_id="robins", starts=early))
        session.flush()
        with pytest.raises(Conflict):
            ask_what_if(session, Question("before", "robins", Intent.TAKE_OUT, NOW), now=NOW)
        answer = ask_what_if(session, Question("after", "robins", Intent.TAKE_OUT, NOW), now=NOW)
        assert answer.decision.reason is Reason.LEAVING
