"""Visits and the roll on a real `reception.db`, with a clock that is moved by hand."""

import json
import random
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.envelope import decode_event
from broker.keys import new_recovery_key, new_signing_key
from broker.messages.roll_told import RollsTold
from broker.messages.waiting import HostsWaited
from broker.outbox import Outbox
from broker.signed import Purpose, sign
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import open_connection
from kiosk.errors import CommandRefused, StorageFailed
from kiosk.reception.central import ReceptionCentral, VerifiedRolls
from kiosk.reception.content import Content
from kiosk.reception.flow.effects import NewVisit, RulesRead
from kiosk.reception.roll import Roll, kept_rolls
from kiosk.reception.store import ReceptionStore
from kiosk.reception.visits import Visits, ends_at
from policy.clock import ClockQuality, Moment
from policy.ids import PointId
from policy.roll_call import RollFact, Said, fold_roll_calls
from policy.rules import Point, PointKind, Revision
from policy.visitors import NOBODY

MORNING = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)


def a_visit(name: str = "Amy Birch", **change: Any) -> NewVisit:
    made = NewVisit(
        name=name,
        organisation=None,
        reason="meeting",
        host="joanne-birtles",
        role=None,
        room=None,
        seeing="Joanne Birtles",
        needs_phone=False,
        badge=None,
        ticks=(),
        expected=None,
        image_permission=False,
        rules=RulesRead(3, "ab" * 32, "en", 20, ("images",)),
        contractor=False,
    )
    return replace(made, **change)


class LowestFirst(random.Random):
    """Chance that always gives the first lanyard."""

    def choice(self, seq: Any) -> Any:
        return seq[0]


class Desk:
    """Visits and roll on one database, which can be opened again."""

    def __init__(self, directory: Path, content: Content) -> None:
        self.file, self.content = directory / "reception.db", content
        self.chance: random.Random = LowestFirst()
        self.key, self.recovery = new_signing_key(), new_recovery_key().public_key()
        self.utc, self.quality, self.boottime = MORNING, ClockQuality.SYNCED, 10**12
        self.open()

    def open(self) -> None:
        connection = open_connection(self.file)
        outbox = Outbox(connection, "school", "reception", self.key, 7, recovery=self.recovery)
        self.store = ReceptionStore(connection, outbox, 7)
        self.store.create_schema()
        with self.store.transaction():
            outbox.open_epoch(self.now)
        journal = Journal(self.store)
        self.visits, self.roll = Visits(self.store, journal, self.chance), Roll(self.store, journal, "reception")
        self.visits.hear(self.content, self.now)

    @property
    def now(self) -> Moment:
        return Moment(self.utc, self.quality, self.boottime)

    def later(self, **by: float) -> Moment:
        delta = timedelta(**by)
        self.utc += delta
        self.boottime += delta // timedelta(microseconds=1) * 1000
        return self.now

    def sign_in(self, name: str = "Amy Birch", **change: Any) -> str | None:
        lanyard = self.visits.sign_in(a_visit(name, **change), self.later(seconds=1))
        return None if lanyard is None else lanyard.number

    def names(self) -> list[str]:
        return [visit.name for visit in self.store.open_visits()]

    def events(self, prefix: str = "visit.") -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        connection = sqlite3.connect(self.file)
        rows = connection.execute("SELECT event, private FROM outbox_event ORDER BY position").fetchall()
        connection.close()
        told = [(decode_event(event), json.loads(private or b"{}")) for event, private in rows]
        return [(event.name[:-3], event.data, private) for event, private in told if event.name.startswith(prefix)]


@pytest.fixture
def desk(tmp_path: Path, make_content: Callable[..., Content]) -> Iterator[Desk]:
    made = Desk(tmp_path, make_content())
    yield made
    made.store.close()


def test_lanyards_are_given_once_and_come_back(desk: Desk) -> None:
    assert [desk.sign_in(f"Visitor {n}") for n in range(4)] == ["14", "15", "16", None]
    assert desk.visits.sign_out_by_name("visitor 1", "15", desk.now)
    assert desk.sign_in("Late Comer") == "15"


def test_the_next_number_does_not_tell_how_many_visitors_are_here(
    tmp_path: Path, make_content: Callable[..., Content]
) -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")
    content = make_content(lanyards=[{"number": str(n), "colour": "green"} for n in range(1, 31)])
    orders = []
    for at, chance in enumerate((random.Random(seed), random.Random(seed), random.Random(seed + 1))):
        (tmp_path / str(at)).mkdir()
        desk = Desk(tmp_path / str(at), content)
        desk.chance = desk.visits._chance = chance
        numbers = [desk.sign_in(f"Visitor {n}") for n in range(30)]
        desk.store.close()
        assert len(set(numbers)) == 30
        orders.append(numbers)
    assert orders[0] == orders[1], "the same seed gives the same numbers"
    assert orders[0] != orders[2]
    assert orders[0] != sorted(orders[0], key=lambda number: int(number or 0))


def test_only_contractors_get_the_contractors_lanyards(desk: Desk) -> None:
    assert desk.sign_in("Gareth Pugh", contractor=True) == "71"
    assert desk.sign_in("Second Pugh", contractor=True) == "14"


def test_a_name_and_number_must_belong_together(desk: Desk, badges: Any) -> None:
    desk.sign_in("Amy Birch")
    desk.sign_in("Bo Lind")
    assert not desk.visits.sign_out_by_name("Amy Birch", "15", desk.now)
    assert not desk.visits.sign_out_by_name("Nobody Here", "14", desk.now)
    assert desk.names() == ["Amy Birch", "Bo Lind"]
    unsure = [(data, private) for name, data, private in desk.events() if name == "visit.signed_out"]
    assert [data["how"] for data, _ in unsure] == ["unsure", "unsure"]
    assert [data["visit"] is None for data, _ in unsure] == [False, True]
    assert unsure[1][1] == {"name": "Nobody Here"}
    assert desk.visits.sign_out_by_name("  AMY  birch ", "014", desk.now)
    assert desk.names() == ["Bo Lind"]


def test_who_leaves_while_nothing_is_compared_is_noted_and_all_of_them_ring_once(desk: Desk) -> None:
    desk.sign_in("Amy Birch")
    for name in ("amy  birch", "Nobody Here"):
        desk.visits.leave_unsure(name, desk.now)
        assert desk.visits.unsure is None, "what the ring is about"
    assert desk.names() == ["Amy Birch"]
    unsure = [(data, private["name"]) for name, data, private in desk.events() if name == "visit.signed_out"]
    assert [(data["how"], data["visit"] is None, name) for data, name in unsure] == [
        ("unsure", False, "amy  birch"),
        ("unsure", True, "Nobody Here"),
    ]


def test_two_visitors_of_one_name_are_told_apart_by_their_lanyards(desk: Desk) -> None:
    desk.sign_in("Amy Birch")
    desk.sign_in("Amy Birch")
    assert desk.visits.sign_out_by_name("Amy Birch", "15", desk.now)
    [left] = desk.store.open_visits()
    assert left.lanyard == "14"
    assert not desk.visits.sign_out_by_name("Amy Birch", "15", desk.now)


def test_a_lanyard_held_twice_is_one_sign_out(desk: Desk, badges: Any) -> None:
    desk.sign_in()
    assert desk.visits.sign_out_by_badge(badges["lanyard"], desk.now)
    assert desk.visits.sign_out_by_badge(badges["lanyard"], desk.later(seconds=5))
    assert not desk.visits.sign_out_by_badge(badges["lanyard"], desk.later(minutes=5))
    assert [data["how"] for name, data, _ in desk.events() if name == "visit.signed_out"] == ["lanyard", "unsure"]


def test_closing_time_ends_visits_without_a_made_up_time_and_once(desk: Desk) -> None:
    desk.sign_in()
    assert desk.visits.close_day(desk.later(hours=8)) == 0
    assert desk.visits.close_day(desk.later(hours=1)) == 1
    assert desk.visits.close_day(desk.later(hours=1)) == 0
    ended = [data for name, data, _ in desk.events() if name == "visit.signed_out"]
    assert [data["how"] for data in ended] == ["not_signed_out"]


def test_a_visit_ends_at_the_closing_time_though_the_program_was_off(desk: Desk) -> None:
    desk.sign_in()
    desk.store.close()
    desk.later(days=1)
    desk.open()
    assert desk.visits.close_day(desk.now) == 1
    desk.sign_in()
    signed_in = [data["visit"] for name, data, _ in desk.events() if name == "visit.signed_in"]
    assert len(set(signed_in)) == 2
    assert desk.names() == ["Amy Birch"]


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-11-24T09:00:00+00:00", "2026-11-24T18:00:00+00:00"),
        ("2026-11-24T18:00:00+00:00", "2026-11-25T00:00:00+00:00"),
        ("2026-11-24T19:30:00+00:00", "2026-11-25T00:00:00+00:00"),
        ("2026-07-01T16:30:00+00:00", "2026-07-01T17:00:00+00:00"),  # British summer time
        ("2026-10-24T20:00:00+00:00", "2026-10-24T23:00:00+00:00"),  # the night the clocks go back
    ],
)
def test_a_visit_ends_at_closing_or_at_the_midnight_after_it(since: str, until: str) -> None:
    end = ends_at(datetime.fromisoformat(since).astimezone(UTC), time(18), "Europe/London")
    assert end == datetime.fromisoformat(until)


def test_a_clock_that_was_not_set_ends_no_visit_until_it_is(desk: Desk) -> None:
    desk.quality, desk.utc = ClockQuality.FLOOR, MORNING - timedelta(days=40)
    desk.sign_in()
    desk.later(hours=10)
    assert desk.visits.close_day(desk.now) == 0
    desk.quality, desk.utc = ClockQuality.SYNCED, MORNING + timedelta(hours=2)
    assert desk.visits.close_day(desk.now) == 0
    assert desk.names() == ["Amy Birch"]
    assert desk.visits.close_day(desk.later(hours=8)) == 1


def test_a_visit_from_the_future_ends_today_once_the_clock_is_right(desk: Desk) -> None:
    desk.utc += timedelta(days=5 * 365)
    desk.sign_in()
    desk.utc = MORNING
    assert desk.visits.close_day(desk.now) == 0
    assert desk.visits.close_day(desk.later(hours=10)) == 1


def test_what_central_knows_of_visits_is_taken_in(desk: Desk, make_content: Callable[..., Content]) -> None:
    desk.sign_in("Amy Birch")
    desk.sign_in("Bo Lind")
    amy, bo = [visit.visit for visit in desk.store.open_visits()]
    known = [
        {"visit": amy, "name": "Amy Birch", "since": "2026-11-24T09:12:00.000Z", "ended": "office"},
        {"visit": bo, "name": "Bo Lind", "since": "2026-11-24T09:12:00.000Z", "briefed": True, "lanyard": "17"},
        {"visit": "c" * 16, "name": "Cy Other", "since": "2026-11-24T08:12:00.000Z", "lanyard": "16"},
        {"visit": "d" * 16, "name": "Di Gone", "since": "2026-11-23T08:12:00.000Z"},
    ]
    desk.visits.hear(make_content(number=2, visits=known), desk.now)
    assert sorted(desk.names()) == ["Bo Lind", "Cy Other"]
    assert desk.visits.waiting_for("joanne-birtles")[0].briefed
    assert [data for name, data, _ in desk.events() if name == "visit.signed_out"] == []
    assert [(one.name, one.where) for one in desk.roll.read(desk.now).visitors] == [
        ("Bo Lind", "Joanne Birtles"),
        ("Cy Other", ""),
    ]
    assert desk.sign_in("Third Comer") == "14"
    assert desk.visits.sign_out_by_name("Bo Lind", "17", desk.now)  # the lanyard that the office gave instead


def test_an_unsure_sign_out_leaves_the_visitor_on_the_roll(desk: Desk, make_content: Callable[..., Content]) -> None:
    desk.sign_in()
    [visit] = desk.store.open_visits()
    known = [{"visit": visit.visit, "name": "Amy Birch", "since": "2026-11-24T09:12:00.000Z", "ended": "unsure"}]
    desk.visits.hear(make_content(number=2, visits=known), desk.now)
    assert desk.names() == ["Amy Birch"]


def test_a_host_briefs_each_own_visitor_once(desk: Desk, badges: Any) -> None:
    desk.sign_in("Amy Birch")
    desk.sign_in("Bo Lind", host="sian-pritchard")
    every = [visit.visit for visit in desk.store.open_visits()]
    for _ in range(2):
        desk.visits.brief(every, "joanne-birtles", badges["staff"], desk.now)
    briefed = [(data, private) for name, data, private in desk.events() if name == "visit.briefed"]
    assert len(briefed) == 1
    assert briefed[0][0] == {"visit": every[0], "point": None, "how": "kiosk_badge"}
    assert briefed[0][1]["person"] == "joanne-birtles"


def test_the_roll_only_grows_and_survives_a_power_cut(desk: Desk) -> None:
    desk.sign_in("Amy Birch")
    desk.sign_in("Bo Lind")
    first = desk.store.open_visits()[0].visit
    assert [one.seen for one in desk.roll.begin(True, "ruth-ashcombe", desk.now).visitors] == [False, False]
    desk.roll.seen(first, "ruth-ashcombe", desk.now)
    desk.roll.seen(first, "ruth-ashcombe", desk.now)
    desk.store.close()
    desk.open()
    read = desk.roll.begin(True, "ruth-ashcombe", desk.now)
    assert (read.drill, read.is_over) == (True, False)
    assert [one.seen for one in read.visitors] == [True, False]
    desk.roll.end("ruth-ashcombe", desk.now)
    desk.roll.end("ruth-ashcombe", desk.now)
    assert [name for name, _, _ in desk.events("roll.")] == ["roll.begun", "roll.seen", "roll.ended"]
    assert desk.roll.read(desk.now).is_over
    assert not any(one.seen for one in desk.roll.begin(True, "ruth-ashcombe", desk.later(seconds=1)).visitors)


def told_of(number: int, *facts: RollFact) -> VerifiedRolls:
    return VerifiedRolls(NOBODY, Revision(1, number), b"", facts)


def test_a_roll_begun_in_the_office_is_gone_on_with_and_an_older_message_is_no_news(desk: Desk) -> None:
    desk.sign_in("Amy Birch")
    [visit] = [one.visit for one in desk.store.open_visits()]
    began = RollFact("central/00000000000000aa/7", Said.BEGUN, True, MORNING)
    ended = RollFact("central/00000000000000aa/8", Said.ENDED, True, MORNING, roll=began.event)
    assert desk.roll.read(desk.now).is_over
    assert desk.roll.hear(told_of(1, began))
    read = desk.roll.begin(None, "ruth-ashcombe", desk.now)
    assert (read.drill, read.is_over, read.since) == (True, False, "09:12")
    desk.roll.seen(visit, "ruth-ashcombe", desk.now)
    assert [(name, data.get("roll")) for name, data, _ in desk.events("roll.")] == [("roll.seen", began.event)]
    assert desk.roll.hear(told_of(3, began, ended))
    assert not desk.roll.hear(told_of(2, began))
    over = desk.roll.begin(None, "ruth-ashcombe", desk.now)
    assert (over.is_over, [one.seen for one in over.visitors]) == (True, [True])
    desk.roll.end("ruth-ashcombe", desk.now)
    assert not desk.roll.begin(True, "ruth-ashcombe", desk.now).is_over  # within the same second
    assert [name for name, _, _ in desk.events("roll.")] == ["roll.seen", "roll.begun"]
    assert desk.events("roll.")[1][1]["after"] == began.event


def test_what_is_told_of_roll_calls_counts_only_if_central_signed_it_for_this_screen(desk: Desk) -> None:
    key = new_signing_key()
    central = ReceptionCentral(key.public_key(), "school", "reception", Point(PointId("x"), PointKind.BOX, 1, False))
    began = fold_roll_calls([RollFact("central/00000000000000aa/7", Said.BEGUN, True, MORNING)])

    def told(device: str, by: Any = key, purpose: Purpose = Purpose.VISITS) -> bytes:
        return sign(by, purpose, RollsTold.write(began, Revision(1, 1), site="school", device=device).to_bytes())

    waiting = HostsWaited.write(NOBODY, Revision(1, 1), site="school", device="reception").to_bytes()
    for payload, why in (
        (told("robins"), "foreign"),
        (told("reception", new_signing_key()), "bad_signature"),
        (told("reception", key, Purpose.RULES), "bad_signature"),
        (sign(key, Purpose.VISITS, waiting), "malformed"),
    ):
        with pytest.raises(CommandRefused) as refused:
            central.visits(payload)
        assert refused.value.why == why
    assert kept_rolls(desk.store, central) is None
    desk.roll.hear(central.visits(told("reception")))
    kept = kept_rolls(desk.store, central)
    assert kept is not None
    assert [fact.event for fact in kept.facts] == ["central/00000000000000aa/7"]
    with desk.store.transaction():
        desk.store.keep("rolls", told("reception", new_signing_key()))  # a card that was in other hands
    assert kept_rolls(desk.store, central) is None


def test_a_roll_begun_by_a_clock_that_was_not_set_is_one_with_the_offices_once_it_is(desk: Desk) -> None:
    desk.sign_in("Amy Birch")
    desk.utc, desk.quality = MORNING - timedelta(hours=15), ClockQuality.FLOOR
    desk.roll.begin(False, "ruth-ashcombe", desk.later(minutes=1))
    desk.roll.seen(desk.store.open_visits()[0].visit, "ruth-ashcombe", desk.later(minutes=1))
    desk.utc, desk.quality = MORNING + timedelta(hours=1), ClockQuality.SYNCED
    desk.roll.hear(told_of(1, RollFact("central/00000000000000aa/7", Said.BEGUN, False, desk.utc)))
    read = desk.roll.read(desk.now)
    assert (read.is_over, read.since, [one.seen for one in read.visitors]) == (False, "10:11", [True])
    desk.utc += timedelta(hours=5)  # the clock jumps, and the roll-call goes on
    desk.roll.forget(desk.now)
    assert [one.seen for one in desk.roll.read(desk.now).visitors] == [True]
    assert not desk.roll.read(desk.now).is_over
    desk.store.close()
    desk.open()
    desk.roll.forget(desk.later(hours=5))
    assert desk.store.said() == ()


def test_ended_visits_are_let_go_after_a_day(desk: Desk) -> None:
    desk.sign_in()
    desk.visits.close_day(desk.later(hours=10))
    desk.visits.forget(desk.later(hours=23))
    assert desk.store.visits_of("joanne-birtles", 10)
    desk.visits.forget(desk.later(hours=2))
    assert not desk.store.visits_of("joanne-birtles", 10)


def test_nobody_is_signed_in_before_any_bundle_has_come(desk: Desk) -> None:
    desk.visits.content = None
    with pytest.raises(StorageFailed, match="no bundle"):
        desk.sign_in()
    assert desk.events() == []


def test_a_sign_in_is_whole_or_not_there(desk: Desk) -> None:
    class Broken(ReceptionStore):
        def add_visit(self, visit: Any) -> None:
            raise sqlite3.OperationalError("disk I/O error")

    broken = Broken(desk.store._connection, desk.store.outbox, 7)
    visits = Visits(broken, Journal(broken))
    visits.content = desk.content
    with pytest.raises(StorageFailed):
        visits.sign_in(a_visit(), desk.now)
    assert desk.events() == []
    assert desk.names() == []
    assert desk.sign_in() == "14"
