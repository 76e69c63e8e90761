"""Cabinets are told for whom visitors wait, each no more than it needs, and their rules stay as they were."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.events.central import record_act
from admin_web.rules.bundle import build_bundle
from admin_web.rules.publisher import RulesPublisher
from admin_web.rules.visits_publisher import VisitsPublisher
from admin_web.rules.waiting import waiting_by_device
from admin_web.services.badges import mark_badge_lost
from admin_web.services.points import add_reception
from admin_web.services.reception import save_settings
from admin_web.services.revision import cabinets_revision, current_revision, raise_generation, raise_revision
from admin_web.services.roll import Tick, add_ticks, begin_roll
from admin_web.services.visits import brief_own_visitor
from broker.keys import new_signing_key
from broker.messages.bundle import Bundle
from broker.messages.central import RulesPublished
from broker.messages.roll_told import RollsTold
from broker.messages.visit import VisitSignedIn
from broker.messages.waiting import HostsWaited
from broker.signed import Purpose, open_signed
from policy.clock import Moment
from policy.rules import Revision
from policy.visitors import NOBODY

HELEN, JASVINDER = "00000000000000aa", "00000000000000bb"
KEY = new_signing_key()


def badge_of(person: str) -> str:
    """The reference of somebody's badge, as the school has it."""
    return f"1:{hashlib.sha256(person.encode()).hexdigest()}"


@pytest.fixture
def school(rooms: Database, occasion: Callable[[], Any]) -> Database:
    """The school with a reception screen and its first rules."""
    with rooms.write() as session:
        add_reception(session, "reception", event_key=bytes(32), certificate_serial="2", occasion=occasion())
        save_settings(session, "01632 960143", 17 * 60 + 30, if_match=None, occasion=occasion())
    return rooms


class Told:
    """The publishers of ingest, and what they sent."""

    def __init__(self, database: Database, clock: Any) -> None:
        self.visits_sent: list[tuple[str, bytes]] = []
        self.rules_sent: list[str] = []
        self.revisions: dict[str, Revision] = {}
        self.visits = VisitsPublisher(
            database, clock, site="ashgrove", signing_key=KEY, send=lambda *sent: self.visits_sent.append(sent)
        )
        self.rules = RulesPublisher(database, clock, site="ashgrove", signing_key=KEY, send=self._send_rules)

    def _send_rules(self, device: str, payload: bytes) -> None:
        body = json.loads(open_signed(KEY.public_key(), Purpose.RULES, payload))
        self.rules_sent.append(device)
        self.revisions[device] = Revision(body["generation"], body["number"])

    def publish(self) -> None:
        """Do what ingest does after every commit."""
        self.visits_sent.clear()
        self.rules_sent.clear()
        self.rules.publish_due()
        self.visits.publish_due()

    def of(self, device: str) -> HostsWaited:
        """What a cabinet was told last."""
        payload = dict(self.visits_sent)[device]
        return HostsWaited.from_bytes(open_signed(KEY.public_key(), Purpose.VISITS, payload))


@pytest.fixture
def told(school: Database, clock: Any) -> Told:
    """Publishers of a school that has been told everything once."""
    made = Told(school, clock)
    made.publish()
    return made


def sign_in(database: Database, now: Moment, visit: str = HELEN, **private: Any) -> None:
    """Let a visit begin, as when the event of the screen is drawn."""
    said = {
        "name": "Helen Farrow",
        "organisation": None,
        "reason": "meeting",
        "host": "amara-osei",
        "role": None,
        "room": None,
        "needs_phone": False,
        "lanyard": None,
        "badge": None,
        "ticks": [],
        "expected": None,
        "image_permission": False,
        **private,
    }
    with database.write() as session:
        record_act(session, VisitSignedIn(visit=visit), said, now)


def test_a_host_is_named_at_their_own_cabinet_and_is_a_badge_at_every_other(
    school: Database, told: Told, clock: Any
) -> None:
    sign_in(school, clock.now())
    told.publish()
    assert {device for device, _ in told.visits_sent} == {"kitchen", "robins", "wrens"}
    robins, wrens = told.of("robins"), told.of("wrens")
    assert ([one.person for one in robins.here], robins.elsewhere) == (["amara-osei"], [])
    assert (wrens.here, [one.badge for one in wrens.elsewhere]) == ([], [badge_of("amara-osei")])
    assert b"amara-osei" not in dict(told.visits_sent)["wrens"]


def test_no_rule_changes_by_a_visitor_and_no_bundle_says_a_word_of_one(
    school: Database, told: Told, clock: Any
) -> None:
    with school.read() as session:
        before = build_bundle(session, "wrens", clock.now())
    sign_in(school, clock.now())
    with school.read() as session:
        rules = build_bundle(session, "wrens", clock.now())
    assert rules == before
    assert badge_of("amara-osei").encode() not in Bundle.from_rules(rules, site="ashgrove", device="wrens").to_body()


def test_everybody_of_a_room_or_with_a_job_is_a_host_and_a_lost_badge_speaks_for_nobody(
    school: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    sign_in(school, clock.now(), host=None, room="robins")
    sign_in(school, clock.now(), JASVINDER, host=None, role="office")
    with school.write() as session:
        mark_badge_lost(session, badge_of("patrick-devlin"), occasion=occasion())
    with school.read() as session:
        waiting = waiting_by_device(session)
    assert set(waiting["robins"].here) == {"amara-osei", "patrick-devlin"}
    assert set(waiting["kitchen"].elsewhere) == {badge_of("amara-osei"), badge_of("mei-ling-cho")}


def test_one_sign_in_sends_the_screens_bundle_and_nobody_elses_and_an_edit_sends_everybodys(
    school: Database, told: Told, clock: Any, occasion: Callable[[], Any]
) -> None:
    with school.read() as session:
        of_cabinets, newest = cabinets_revision(session), current_revision(session)
    sign_in(school, clock.now())
    with school.write() as session:  # as `commit_plan` does it with the event
        brief_own_visitor(session, HELEN, "amara-osei", occasion=occasion())
    told.publish()
    assert told.rules_sent == ["reception"]
    with school.read() as session:
        assert cabinets_revision(session) == of_cabinets
        assert current_revision(session) == Revision(1, newest.number + 1)
    told.rules_sent.clear()
    told.rules.publish_all()  # after a connect: cabinets get the revision they have, so nothing looks newer than it is
    assert told.revisions == {
        **dict.fromkeys(("kitchen", "robins", "wrens"), of_cabinets),
        "reception": Revision(1, newest.number + 1),
    }
    with school.write() as session:
        revision = raise_revision(session, clock.now())
    told.publish()
    assert told.rules_sent == ["kitchen", "reception", "robins", "wrens"]
    with school.read() as session:  # the log says only what cabinets were sent
        logged = session.scalars(select(Event.type).where(Event.type == RulesPublished.type)).all()
        assert len(logged) == 2
    assert revision == Revision(1, newest.number + 2)


def test_a_cabinet_is_told_again_only_when_something_changes_for_it(
    school: Database, told: Told, clock: Any, occasion: Callable[[], Any]
) -> None:
    assert told.visits_sent == []  # nobody ever waited
    sign_in(school, clock.now())
    told.publish()
    first = told.of("wrens").edition
    told.publish()
    assert told.visits_sent == []
    clock.advance(minutes=1)
    sign_in(school, clock.now(), JASVINDER, reason="collect", host=None)  # for nobody in particular
    told.publish()
    assert (told.visits_sent, told.rules_sent) == ([], [])
    with school.write() as session:
        brief_own_visitor(session, HELEN, "amara-osei", occasion=occasion())
    told.publish()
    assert told.of("wrens").read() == NOBODY
    assert told.of("wrens").edition == Revision(first.generation, first.number + 1)


def test_after_a_connect_everybody_hears_the_same_again_and_in_a_new_generation_something_newer(
    school: Database, told: Told, clock: Any
) -> None:
    sign_in(school, clock.now())
    told.publish()
    first, edition = dict(told.visits_sent), told.of("robins").edition
    told.visits_sent.clear()
    assert told.visits.publish_all() == 3
    assert dict(told.visits_sent) == first
    with school.write() as session:
        raise_generation(session, 1, clock.now())
    told.publish()
    assert told.of("robins").edition > edition


def test_a_tick_is_one_small_message_for_the_screen_and_nothing_for_any_cabinet(
    school: Database, told: Told, clock: Any, occasion: Callable[[], Any]
) -> None:
    sign_in(school, clock.now(), host=None)
    told.publish()
    with school.write() as session:
        begin_roll(session, True, by="kwame-asante", occasion=occasion())
    told.publish()
    assert (told.rules_sent, [device for device, _ in told.visits_sent]) == ([], ["reception"])
    clock.advance(seconds=20)
    for _ in range(2):
        with school.write() as session:
            add_ticks(session, (Tick(HELEN),), True, by="kwame-asante", occasion=occasion())
    told.publish()
    ((device, payload),) = told.visits_sent
    assert (told.rules_sent, device) == ([], "reception")
    assert len(payload) < 600
    rolls = RollsTold.from_bytes(open_signed(KEY.public_key(), Purpose.VISITS, payload))
    assert [(roll.drill, roll.seen, roll.ended) for roll in rolls.rolls] == [(True, [HELEN], None)]
    told.publish()
    assert told.visits_sent == []
    assert told.visits.publish_all() == 1  # after a connect: the broker may have lost it
    clock.advance(hours=5)
    told.publish()
    assert RollsTold.from_bytes(open_signed(KEY.public_key(), Purpose.VISITS, told.visits_sent[0][1])).rolls == []
