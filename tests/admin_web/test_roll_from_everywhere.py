"""A roll-call begun, ticked and ended at the screen, in the web view and on a tablet, with any of them cut off: one.

The screen's own code and its `reception.db`, central's services and publisher, and a tablet as `roll.js` keeps ticks.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from admin_web.database.engine import Database
from admin_web.database.visits import RollFact, RollPrint, Visit
from admin_web.errors import Conflict
from admin_web.events.projection import Drawn
from admin_web.events.rolls import ROLL, recent_rolls
from admin_web.events.visits import follow_visits
from admin_web.queries.roll import open_roll
from admin_web.rules.visits_publisher import VisitsPublisher
from admin_web.services.points import add_reception
from admin_web.services.roll import Tick, add_ticks, begin_roll, end_roll
from broker.envelope import decode_event
from broker.instants import read_instant
from broker.keys import new_recovery_key, new_signing_key
from broker.outbox import Outbox
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import open_connection
from kiosk.reception.central import ReceptionCentral
from kiosk.reception.roll import Roll, kept_rolls
from kiosk.reception.store import OpenVisit, ReceptionStore
from policy.clock import ClockQuality, Moment
from policy.ids import PointId
from policy.roll_call import RollCall
from policy.rules import Point, PointKind

KEY = new_signing_key()
VISITS = [f"{number:016x}" for number in range(1, 5)]
BY = "joanne-birtles"


@dataclass
class Tablet:
    """What `roll.js` keeps: ticks until central has them, and whether it has begun a roll-call by itself."""

    online: bool = True
    shown: str = ""
    kept: dict[str, datetime] = field(default_factory=dict)
    begun: tuple[bool, datetime] | None = None


class School:
    """The three places, with their cables."""

    def __init__(self, database: Database, clock: Any, occasion: Callable[[], Any], file: Path, skew: int) -> None:
        self.database, self.clock, self.occasion, self.file = database, clock, occasion, file
        self.skew = timedelta(seconds=skew)
        self.tablet, self.kiosk_online, self.sent = Tablet(), True, 0
        self.messages: list[tuple[str, bytes]] = []
        self.publisher = VisitsPublisher(
            database, clock, site="ashgrove", signing_key=KEY, send=lambda *sent: self.messages.append(sent)
        )
        self.key = new_signing_key()
        self.central = ReceptionCentral(
            KEY.public_key(), "ashgrove", "reception", Point(PointId("reception"), PointKind.BOX, 1, buttons=False)
        )
        self.ticked: set[str] = set()
        self.start_kiosk()
        with self.store.transaction():
            for visit in VISITS:
                since = clock.utc
                self.store.add_visit(
                    OpenVisit(visit, f"Visitor {visit[-1]}", None, "", None, None, since, since + timedelta(hours=9))
                )

    def start_kiosk(self) -> None:
        connection = open_connection(self.file)
        outbox = Outbox(connection, "ashgrove", "reception", self.key, 7, recovery=new_recovery_key().public_key())
        self.store = ReceptionStore(connection, outbox, 7)
        self.store.create_schema()
        with self.store.transaction():
            outbox.open_epoch(self.now)
        self.kiosk = Roll(self.store, Journal(self.store), "reception", kept_rolls(self.store, self.central))

    @property
    def now(self) -> Moment:
        """By the kiosk's clock."""
        return Moment(self.clock.utc + self.skew, ClockQuality.SYNCED, self.clock.boottime_ns)

    def do(self, what: str, which: int) -> None:
        self.clock.advance(seconds=20)
        drill, visit = bool(which % 2), VISITS[which]
        getattr(self, what)(drill, visit)
        self.sync()

    def web_begin(self, drill: bool, _: str) -> None:
        with suppress(Conflict), self.database.write() as session:
            begin_roll(session, drill, by=BY, occasion=self.occasion())

    def web_tick(self, drill: bool, visit: str) -> None:
        with self.database.write() as session:
            add_ticks(session, (Tick(visit),), drill, by=BY, occasion=self.occasion())
        self.ticked.add(visit)

    def web_end(self, _: bool, __: str) -> None:
        with suppress(Conflict), self.database.write() as session:
            end_roll(session, by=BY, occasion=self.occasion())

    def kiosk_begin(self, drill: bool, _: str) -> None:
        read = self.kiosk.begin(drill, BY, self.now)
        assert not read.is_over, "whoever begins one sees it called"

    def kiosk_tick(self, _: bool, visit: str) -> None:
        read = self.kiosk.seen(visit, BY, self.now)
        if any(one.seen for one in read.visitors if one.visit == visit):  # else no roll has ever been called
            self.ticked.add(visit)

    def kiosk_end(self, _: bool, __: str) -> None:
        self.kiosk.end(BY, self.now)

    def kiosk_restart(self, _: bool, __: str) -> None:
        self.store.close()
        self.start_kiosk()

    def cut_kiosk(self, _: bool, __: str) -> None:
        self.kiosk_online = not self.kiosk_online

    def tablet_tick(self, _: bool, visit: str) -> None:
        self.tablet.kept.setdefault(visit, self.clock.utc)
        self.ticked.add(visit)

    def tablet_begin(self, drill: bool, _: str) -> None:
        if not self.tablet.online:
            self.tablet.begun = (drill, self.clock.utc)

    def cut_tablet(self, _: bool, __: str) -> None:
        self.tablet.online = not self.tablet.online

    def sync(self) -> None:
        """Whatever has a cable says what it has to say."""
        self.clock.advance(seconds=1)
        if self.tablet.online:
            self._send_tablet()
        if self.kiosk_online:
            self._send_kiosk()
        self.publisher.publish_due()
        if self.kiosk_online:
            for device, payload in self.messages:
                assert device == "reception"
                self.kiosk.hear(self.central.visits(payload))
            self.messages.clear()

    def _send_tablet(self) -> None:
        tablet = self.tablet
        with self.database.write() as session:
            if tablet.begun is not None:
                drill, at = tablet.begun
                with suppress(Conflict):
                    begin_roll(session, drill, by=BY, occasion=self.occasion(), at=at)
            ticks = tuple(Tick(visit, at) for visit, at in tablet.kept.items())
            if ticks:
                drill = tablet.begun is None or tablet.begun[0]
                add_ticks(session, ticks, drill, by=BY, occasion=self.occasion(), of=tablet.shown)
            roll = open_roll(session, self.clock.utc)
        tablet.begun, tablet.shown = None, "" if roll is None else roll.handle
        tablet.kept.clear()

    def _send_kiosk(self) -> None:
        with sqlite3.connect(self.file) as connection:
            rows = connection.execute("SELECT event, private FROM outbox_event ORDER BY position").fetchall()
        connection.close()
        told = []
        for position, (event, private) in enumerate(rows[self.sent :], self.sent):
            said = decode_event(event)
            if said.name in ROLL:
                _, epoch, sequence = said.id.split("/")
                beside = json.loads(private)
                at = read_instant(said.time)
                told.append(
                    Drawn(position, said.name, int(sequence), said.data, beside, at, None, 1, "reception", epoch, True)
                )
        self.sent = len(rows)
        with self.database.write() as session:
            follow_visits(session, told, self.clock.utc)

    def known(self, rolls: tuple[RollCall, ...]) -> list[tuple[bool, bool, list[str]]]:
        return [(roll.drill, roll.is_open(self.clock.utc), sorted(roll.seen)) for roll in rolls]


OPS = [
    *("web_begin", "web_tick", "web_tick", "web_end", "kiosk_begin", "kiosk_tick", "kiosk_tick", "kiosk_end"),
    *("kiosk_restart", "cut_kiosk", "cut_kiosk", "tablet_tick", "tablet_tick", "tablet_begin", "cut_tablet"),
]
STEPS = st.lists(st.tuples(st.sampled_from(OPS), st.integers(0, 3)), min_size=4, max_size=14)
BOTH_AT_ONCE = [
    *[("cut_kiosk", 0), ("web_begin", 1), ("kiosk_begin", 1), ("web_tick", 0), ("kiosk_tick", 1), ("kiosk_tick", 2)],
    *[("cut_tablet", 0), ("tablet_tick", 3), ("web_tick", 1)],
]


@pytest.fixture
def central(rooms: Database, occasion: Callable[[], Any], clock: Any) -> Database:
    """A school with a screen and four visitors."""
    with rooms.write() as session:
        add_reception(session, "reception", event_key=bytes(32), certificate_serial="2", occasion=occasion())
        for visit in VISITS:
            session.add(
                Visit(id=visit, since=clock.utc, name=f"Visitor {visit[-1]}", needs_phone=False, image_permission=False)
            )
    return rooms


@seed(20261124)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(steps=BOTH_AT_ONCE, skew=-2)
@example(steps=[*BOTH_AT_ONCE, ("kiosk_end", 0)], skew=2)
@given(steps=STEPS, skew=st.sampled_from([-2, 0, 2]))
def test_ticks_made_anywhere_in_any_order_with_any_cable_cut_become_their_union(
    central: Database,
    clock: Any,
    occasion: Callable[[], Any],
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int]],
    skew: int,
) -> None:
    clock.advance(days=1)
    with central.write() as session:
        session.execute(delete(RollFact))
        session.execute(delete(RollPrint))
    school = School(central, clock, occasion, tmp_path_factory.mktemp("kiosk") / "reception.db", skew)
    school.publisher.publish_due()
    school.messages.clear()
    for what, which in steps:
        school.do(what, which)
    school.kiosk_online = school.tablet.online = True
    for _ in range(2):
        school.sync()
    with central.read() as session:
        rolls = recent_rolls(session, clock.utc)
        under_way = open_roll(session, clock.utc)
    school.store.close()
    school.start_kiosk()  # a restart forgets nothing either
    at_kiosk = school.kiosk.read(school.now)
    assert {visit for roll in rolls for visit in roll.seen} == school.ticked
    assert school.known(school.kiosk._rolls(school.now)) == school.known(rolls)
    assert (None if at_kiosk.is_over else at_kiosk.drill) == (None if under_way is None else under_way.drill)
    if under_way is not None:
        assert {one.visit for one in at_kiosk.visitors if one.seen} == under_way.seen
    school.store.close()


def test_begun_at_both_with_the_cable_cut_it_is_one_with_every_tick_and_one_paper_and_either_end_ends_it(
    central: Database, clock: Any, occasion: Callable[[], Any], tmp_path: Path
) -> None:
    school = School(central, clock, occasion, tmp_path / "reception.db", 0)
    for what, which in BOTH_AT_ONCE:
        school.do(what, which)
    assert {one.visit for one in school.kiosk.read(school.now).visitors if one.seen} == {VISITS[1], VISITS[2]}
    school.do("cut_kiosk", 0)
    school.do("cut_tablet", 0)
    with central.read() as session:
        [roll] = recent_rolls(session, clock.utc)
        assert (len(roll.begun), sorted(roll.seen)) == (2, VISITS)
        assert session.query(RollPrint).count() == 1
    assert all(one.seen for one in school.kiosk.read(school.now).visitors)
    school.do("kiosk_end", 0)
    with central.read() as session:
        assert open_roll(session, clock.utc) is None
    school.do("web_begin", 1)
    assert not school.kiosk.read(school.now).is_over
    school.do("cut_kiosk", 0)
    school.do("web_end", 0)
    school.do("web_begin", 1)
    school.do("kiosk_end", 0)  # of the one before, which is all it has heard of
    school.do("cut_kiosk", 0)
    assert not school.kiosk.read(school.now).is_over
    school.do("web_end", 0)
    assert school.kiosk.read(school.now).is_over
    school.store.close()
