"""Orders to cabinets: signed and sent once, answered on the row, lapsed, never twice; a nonce is good once."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from admin_web.access import Role
from admin_web.database.accounts import Account
from admin_web.database.engine import Database
from admin_web.database.orders import CommandOrder
from admin_web.database.people import Person, PersonPoint
from admin_web.database.publishing import DeviceStatus
from admin_web.errors import Conflict, Forbidden, Invalid, NotFound
from admin_web.ingest.orders import OrderSender
from admin_web.queries.approvals import read_approvals
from admin_web.queries.orders import read_orders
from admin_web.services.actor import Actor
from admin_web.services.expiry import expire_due
from admin_web.services.occasion import Occasion
from admin_web.services.orders import Opening, approve_tap, order_opening
from broker.messages.approval import (
    ApprovalAsked,
    ApprovalAskedPrivate,
    ApprovalExpired,
    ApprovalGiven,
    ApprovalPrivate,
)
from broker.messages.order import CommandObeyed, CommandRefused
from broker.messages.wire import Command, read_addressed
from broker.signed import Purpose, open_signed

Make = Callable[[], Occasion]
BADGE = "1:" + "a" * 64
NONCES = ("11" * 16, "22" * 16, "33" * 16)


class Orders:
    """A school whose Robins stands ready, with a sender that keeps what it sent."""

    def __init__(self, school: Any) -> None:
        self.school = school
        self.sent: list[tuple[str, bytes]] = []
        with school.database.write() as session:
            for id, group in (("amara-osei", "classroom"), ("kwame-asante", "SLT")):
                session.add(Person(id=id, name=id.replace("-", " ").title(), group=group))
                session.flush()
            session.add(PersonPoint(person_id="amara-osei", point_id="robins", starts=school.clock.now().utc))
        self.hear(NONCES[0])

    @property
    def database(self) -> Database:
        database: Database = self.school.database
        return database

    def hear(self, nonce: str | None, *, online: bool = True) -> None:
        """Let the cabinet have told its nonce."""
        with self.database.write() as session:
            session.merge(DeviceStatus(device="robins", online=online, status=json.dumps({"nonce": nonce})))

    def sender(self) -> OrderSender:
        """The sender as ingest builds it: it remembers nothing."""
        clock, key = self.school.clock, self.school.signing_key
        return OrderSender(
            self.database,
            clock,
            site="ashgrove",
            signing_key=key,
            send=lambda device, payload: self.sent.append((device, payload)),
            machine_clock=clock.machine_now,
        )

    def commands(self) -> list[Command]:
        """What went out, checked as the cabinet does."""
        key = self.school.signing_key.public_key()
        return [
            read_addressed(Command, open_signed(key, Purpose.COMMAND, payload), site="ashgrove", device=device)
            for device, payload in self.sent
        ]

    def ask(self, nonce: str = NONCES[2], person: str | None = "amara-osei") -> str:
        """Let the cabinet ask for a senior leader; gives the event's name."""
        cabinet = self.school.cabinets["robins"]
        tap = cabinet.tap_refused("amara", person, "restricted")
        private = ApprovalAskedPrivate(badge=BADGE, person=person, reason="restricted")
        asked = cabinet.append(ApprovalAsked(point="robins", tap=str(tap), nonce=nonce), private)
        self.school.deliver("robins")
        self.tap = tap
        return f"robins/{cabinet.outbox.epoch}/{asked}"

    def answer(self, message: Any, private: Any = None) -> None:
        """Let the cabinet answer."""
        self.school.cabinets["robins"].append(message, private)
        self.school.deliver("robins")

    def rows(self) -> list[CommandOrder]:
        """The orders as they are."""
        with self.database.read() as session:
            return list(session.scalars(select(CommandOrder).order_by(CommandOrder.id)))


@pytest.fixture
def orders(school: Any) -> Orders:
    return Orders(school)


def opening(reason: str = "badge_lost", person: str = "amara-osei", point: str = "robins") -> Opening:
    return Opening(person, point, reason)


def order_one(orders: Orders, occasion: Make) -> None:
    with orders.database.write() as session:
        order_opening(session, opening(), occasion=occasion())


def test_open_for_is_signed_with_the_cabinets_own_nonce_and_sent_once(orders: Orders, occasion: Make) -> None:
    order_one(orders, occasion)
    assert orders.sender().send_due() == 1
    assert orders.sender().send_due() == 0, "a restart sends nothing twice"
    command = orders.commands()[0]
    assert (command.command, command.nonce, command.holder) == ("open_for", NONCES[0], "amara-osei")
    assert [row.state for row in orders.rows()] == ["sent"]


def test_what_was_not_answered_is_sent_again_after_a_connect_with_the_same_nonce(
    orders: Orders, occasion: Make
) -> None:
    order_one(orders, occasion)
    orders.sender().send_due()
    assert orders.sender().send_again() == 1
    assert [command.nonce for command in orders.commands()] == [NONCES[0]] * 2


def test_the_cabinets_answer_lands_on_the_row_and_the_page_says_so(orders: Orders, occasion: Make, clock: Any) -> None:
    order_one(orders, occasion)
    orders.sender().send_due()
    orders.answer(CommandObeyed(command="open_for", nonce=NONCES[0]))
    assert orders.rows()[0].state == "obeyed"
    assert orders.sender().send_again() == 0
    with orders.database.read() as session:
        assert [order.words for order in read_orders(session, clock.utc)] == ["The cabinet has opened."]


def test_a_refusal_says_why_and_does_not_undo_what_was_obeyed(orders: Orders, occasion: Make, clock: Any) -> None:
    order_one(orders, occasion)
    orders.sender().send_due()
    orders.answer(CommandRefused(command="open_for", why="late", nonce=NONCES[0]))
    orders.answer(CommandObeyed(command="open_for", nonce=NONCES[1]))
    assert (orders.rows()[0].state, orders.rows()[0].why) == ("refused", "late")
    with orders.database.read() as session:
        assert "it came too late" in read_orders(session, clock.utc)[0].words


def test_a_nonce_is_used_once_and_the_second_order_waits_for_the_next(orders: Orders, occasion: Make) -> None:
    with orders.database.write() as session:
        session.add(PersonPoint(person_id="kwame-asante", point_id="robins", starts=orders.school.clock.now().utc))
    order_one(orders, occasion)
    with orders.database.write() as session:
        order_opening(session, opening(person="kwame-asante"), occasion=occasion())
    assert orders.sender().send_due() == 1
    assert orders.sender().send_due() == 0
    orders.hear(NONCES[1])
    assert orders.sender().send_due() == 1
    assert [(command.holder, command.nonce) for command in orders.commands()] == [
        ("amara-osei", NONCES[0]),
        ("kwame-asante", NONCES[1]),
    ]


def test_an_order_that_could_not_be_sent_in_time_lapses_and_is_never_sent(
    orders: Orders, occasion: Make, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders.hear(None)
    order_one(orders, occasion)
    clock.advance(seconds=121)
    orders.hear(NONCES[1])
    assert orders.sender().send_due() == 0
    monkeypatch.setattr("admin_web.services.expiry.machine_now", clock.machine_now)
    with orders.database.write() as session:
        assert expire_due(session, clock.now()) == 1
    assert (orders.rows()[0].state, orders.rows()[0].why) == ("lapsed", "not_sent")


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        (opening(reason="because"), Invalid),
        (opening(point="kitchen"), Invalid),
        (opening(person="nobody"), NotFound),
        (opening(point="attic"), Invalid),
    ],
)
def test_what_cannot_be_opened_is_refused(orders: Orders, occasion: Make, what: Opening, kind: type[Exception]) -> None:
    with pytest.raises(kind), orders.database.write() as session:
        order_opening(session, what, occasion=occasion())
    assert orders.rows() == []


def test_a_cabinet_that_is_not_heard_is_opened_with_the_key(orders: Orders, occasion: Make) -> None:
    orders.hear(NONCES[0], online=False)
    with pytest.raises(Conflict, match="key from the office"), orders.database.write() as session:
        order_opening(session, opening(), occasion=occasion())


def test_a_second_press_within_the_two_minutes_orders_nothing(orders: Orders, occasion: Make) -> None:
    order_one(orders, occasion)
    with pytest.raises(Conflict, match="just been ordered"):
        order_one(orders, occasion)


def test_a_press_straight_after_the_door_has_opened_opens_nothing_more(orders: Orders, occasion: Make) -> None:
    order_one(orders, occasion)
    orders.sender().send_due()
    orders.answer(CommandObeyed(command="open_for", nonce=NONCES[0]))
    with pytest.raises(Conflict, match="has just opened"):
        order_one(orders, occasion)
    with orders.database.write() as session:
        for row in session.scalars(select(CommandOrder)):
            row.good_until -= timedelta(seconds=6)
    order_one(orders, occasion)
    assert [row.state for row in orders.rows()] == ["obeyed", "waiting"]


def test_an_approval_answers_the_nonce_that_asked_and_a_second_one_is_told_that_it_was_answered(
    orders: Orders, occasion: Make, clock: Any
) -> None:
    asked = orders.ask()
    with orders.database.read() as session:
        shown = read_approvals(session, clock.utc)
    assert [(one.who, one.place, one.waits, one.seconds) for one in shown] == [("Amara Osei", "Robins", True, 120)]
    with orders.database.write() as session:
        approve_tap(session, asked, occasion=occasion())
    with pytest.raises(Conflict, match="answered already"), orders.database.write() as session:
        approve_tap(session, asked, occasion=occasion())
    orders.sender().send_due()
    assert [(one.command, one.nonce, one.holder) for one in orders.commands()] == [("approve", NONCES[2], None)]
    orders.answer(CommandObeyed(command="approve", nonce=NONCES[2]))
    with orders.database.read() as session:
        assert "has opened" in (read_approvals(session, clock.utc)[0].outcome or "")


def test_what_a_badge_answered_at_the_cabinet_cannot_be_approved_here(orders: Orders, occasion: Make) -> None:
    asked = orders.ask()
    given = ApprovalPrivate(badge=BADGE, person="amara-osei", approver_badge="1:" + "b" * 64)
    orders.answer(ApprovalGiven(point="robins", tap=str(orders.tap)), given)
    with pytest.raises(Conflict, match="answered already"), orders.database.write() as session:
        approve_tap(session, asked, occasion=occasion())


def test_what_the_cabinet_ended_after_120_seconds_is_over_and_not_answered(
    orders: Orders, occasion: Make, clock: Any
) -> None:
    asked = orders.ask()
    expired = ApprovalPrivate(badge=BADGE, person="amara-osei", reason="time")
    orders.answer(ApprovalExpired(point="robins", tap=str(orders.tap)), expired)
    clock.advance(seconds=121)
    with pytest.raises(Conflict, match="120 seconds are over"), orders.database.write() as session:
        approve_tap(session, asked, occasion=occasion())


def test_after_120_seconds_it_is_over(orders: Orders, occasion: Make, clock: Any) -> None:
    asked = orders.ask()
    clock.advance(seconds=120)
    with pytest.raises(Conflict, match="120 seconds are over"), orders.database.write() as session:
        approve_tap(session, asked, occasion=occasion())


def test_nobody_approves_their_own(orders: Orders, clock: Any) -> None:
    asked = orders.ask(person="kwame-asante")
    with orders.database.write() as session:
        account = Account(
            name="Kwame", sign_in_name="kwame", role="slt", person_id="kwame-asante", password_hash="-",
            created_at=clock.utc,
        )  # fmt: skip
        session.add(account)
        session.flush()
        actor = Actor.account(account.id, Role.SLT, "Kwame")
    with pytest.raises(Forbidden), orders.database.write() as session:
        approve_tap(session, asked, occasion=Occasion(actor, clock.now(), clock.machine_now()))


@pytest.mark.parametrize("name", ["", "robins", "robins/x/1", "robins/0123456789abcdef/999", "a/b/" + "9" * 30])
def test_an_asking_that_is_none_is_not_found(orders: Orders, occasion: Make, name: str) -> None:
    with pytest.raises(NotFound), orders.database.write() as session:
        approve_tap(session, name, occasion=occasion())


def test_a_command_is_for_one_device_and_of_centrals_signature(orders: Orders, occasion: Make) -> None:
    order_one(orders, occasion)
    orders.sender().send_due()
    device, payload = orders.sent[0]
    with pytest.raises(Exception, match="not central's"):
        open_signed(Ed25519PrivateKey.generate().public_key(), Purpose.COMMAND, payload)
    body = open_signed(orders.school.signing_key.public_key(), Purpose.COMMAND, payload)
    with pytest.raises(Exception, match="not used"):
        read_addressed(Command, body, site="ashgrove", device="kitchen")
    assert device == "robins"
    assert orders.rows()[0].good_until - orders.school.clock.machine_now() == timedelta(seconds=120)
