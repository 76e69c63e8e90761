"""What the reception screen and the cabinets are told: the bundle, who waits, answers to rings and own records."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.engine import Database
from admin_web.database.orders import CommandOrder
from admin_web.database.people import UnknownBadge
from admin_web.database.visits import Visit
from admin_web.errors import ChangedMeanwhile, Conflict, Forbidden
from admin_web.events.central import record_act
from admin_web.ingest.orders import OrderSender
from admin_web.ingest.records import record_of
from admin_web.queries.people import read_unknown_badges
from admin_web.rules.publisher import RulesPublisher
from admin_web.rules.reception import build_reception
from admin_web.services.actor import Actor
from admin_web.services.badges import add_to_cover_pool, assign_badge
from admin_web.services.expected import ExpectedDraft, allow_images, expect_no_more, expect_visitor
from admin_web.services.expiry import expire_due, is_anything_over
from admin_web.services.points import add_reception
from admin_web.services.reception import (
    RegularDraft,
    add_regular_visitor,
    remove_lanyard,
    save_lanyard,
    save_settings,
)
from admin_web.services.visitor_rules import hash_of, publish_visitor_rules, rules_now, save_draft, texts_of
from admin_web.services.visitor_words import LINES, SUGGESTED
from admin_web.services.visits import answer_ring, brief_for_host, brief_own_visitor, sign_out_visit
from broker.keys import new_signing_key
from broker.messages.help import HelpAsked, HelpKind
from broker.messages.reception_bundle import ReceptionBundle
from broker.messages.visit import VisitSignedIn
from broker.messages.wire import Command
from broker.signed import Purpose, open_signed
from policy.clock import Moment

HELEN = "00000000000000aa"
NONCE = "b" * 32


@pytest.fixture
def screen(rooms: Database, occasion: Callable[[], Any]) -> Database:
    """The school with a reception screen and its first rules."""
    with rooms.write() as session:
        add_reception(session, "reception", event_key=bytes(32), certificate_serial="2", occasion=occasion())
        save_settings(session, "01632 960143", 17 * 60 + 30, if_match=None, occasion=occasion())
        save_lanyard(session, "14", "green", occasion=occasion())
    return rooms


def sign_in(database: Database, now: Moment, visit: str = HELEN, **private: Any) -> None:
    """Let a visit begin, by central itself: its events are drawn like the screen's."""
    said = {
        "name": "Helen Farrow",
        "organisation": None,
        "reason": "meeting",
        "host": "amara-osei",
        "role": None,
        "room": None,
        "needs_phone": False,
        "lanyard": "14",
        "badge": None,
        "ticks": [],
        "expected": None,
        "image_permission": False,
        **private,
    }
    with database.write() as session:
        record_act(session, VisitSignedIn(visit=visit), said, now)


def bundle_of(database: Database, clock: Any) -> ReceptionBundle:
    with database.read() as session:
        made = build_reception(session, "reception", clock.now())
    return ReceptionBundle.from_bytes(made.to_body())


def test_the_first_screen_brings_the_first_rules_with_machine_translations_unchecked(
    screen: Database, clock: Any
) -> None:
    bundle = bundle_of(screen, clock)
    assert (bundle.kind, bundle.point, bundle.telephone) == ("reception", "reception", "01632 960143")
    assert bundle.closing.isoformat() == "17:30:00"
    assert set(bundle.texts.languages) == set(SUGGESTED)
    assert {code for code, text in bundle.texts.languages.items() if text.checked} == {"en"}
    english = bundle.texts.languages["en"].lines
    assert [line.id for line in english] == list(LINES)
    assert [line.id for line in english if line.tick] == ["images"]
    assert bundle.texts.hash == hash_of({one: (words, one == "en") for one, words in SUGGESTED.items()})


def test_the_bundle_names_rooms_jobs_hosts_and_live_badges(screen: Database, clock: Any) -> None:
    bundle = bundle_of(screen, clock)
    assert [room.name for room in bundle.rooms] == ["Kitchen", "Robins", "Wrens"]
    assert [role.id for role in bundle.roles] == ["slt", "office", "site_team"]
    hosts = {host.person: host for host in bundle.hosts}
    assert (hosts["amara-osei"].room, hosts["mei-ling-cho"].role) == ("robins", "office")
    assert {badge.person for badge in bundle.badges} == set(hosts)


def test_the_screen_hears_what_the_office_said_of_a_visit(
    screen: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    sign_in(screen, clock.now())
    clock.advance(minutes=5)
    with screen.write() as session:
        brief_for_host(session, HELEN, None, occasion=occasion())
    with pytest.raises(Conflict), screen.write() as session:
        brief_for_host(session, HELEN, None, occasion=occasion())
    (known,) = bundle_of(screen, clock).visits
    assert (known.briefed, known.ended) == (True, None)
    with screen.write() as session:
        sign_out_visit(session, HELEN, occasion=occasion())
    (known,) = bundle_of(screen, clock).visits
    assert known.ended == "office"


def test_nobody_confirms_for_a_visitor_of_somebody_else(
    screen: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    sign_in(screen, clock.now())
    with pytest.raises(Forbidden), screen.write() as session:
        brief_own_visitor(session, HELEN, "bilal-hussain", occasion=occasion())


def test_a_permission_for_images_that_is_withdrawn_leaves_the_bundle_with_the_next_revision(
    screen: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    sent: list[tuple[str, bytes]] = []
    key = new_signing_key()
    publisher = RulesPublisher(
        screen, clock, site="ashgrove", signing_key=key, send=lambda device, payload: sent.append((device, payload))
    )
    now = clock.now().utc
    with screen.write() as session:
        draft = ExpectedDraft("Jasvinder Gill", now, now + timedelta(hours=2), host="amara-osei", image_permission=True)
        id = expect_visitor(session, draft, occasion=occasion()).id
    publisher.publish_due()
    first = dict(sent)["reception"]
    assert ReceptionBundle.from_bytes(open_signed(key.public_key(), Purpose.RULES, first)).expected[0].image_permission
    sent.clear()
    with screen.write() as session:
        allow_images(session, id, False, if_match='"1"', occasion=occasion())
    publisher.publish_due()
    second = ReceptionBundle.from_bytes(open_signed(key.public_key(), Purpose.RULES, dict(sent)["reception"]))
    assert not second.expected[0].image_permission
    with screen.write() as session:
        expect_no_more(session, id, occasion=occasion())
    assert bundle_of(screen, clock).expected == []


def test_a_regular_visitor_has_a_badge_that_nobody_else_has(
    screen: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    taken = bundle_of(screen, clock).badges[0].reference
    with pytest.raises(Conflict), screen.write() as session:
        add_regular_visitor(session, RegularDraft(taken, "Faisal Rehman"), occasion=occasion())
    with screen.write() as session:
        add_regular_visitor(session, RegularDraft("1:" + "e" * 64, "Faisal Rehman"), occasion=occasion())
    assert [one.name for one in bundle_of(screen, clock).regular] == ["Faisal Rehman"]


def test_a_visitors_badge_waits_for_no_name_and_becomes_no_members_of_staff(
    screen: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    regular, lanyard = "1:" + "e" * 64, "1:" + "f" * 64
    with screen.write() as session:
        for one in (regular, lanyard):
            session.add(UnknownBadge(reference=one, seen_at=occasion().now.utc, taps=1))
        add_regular_visitor(session, RegularDraft(regular, "Faisal Rehman"), occasion=occasion())
        save_lanyard(session, "15", "blue", reference=lanyard, occasion=occasion())
        assert read_unknown_badges(session) == []
    for one in (regular, lanyard):
        with pytest.raises(Conflict, match="This badge is "), screen.write() as session:
            assign_badge(session, one, "amara-osei", occasion=occasion())
        with pytest.raises(Conflict, match="This badge is "), screen.write() as session:
            add_to_cover_pool(session, one, occasion=occasion())
    with pytest.raises(Conflict), screen.write() as session:
        save_lanyard(session, "015", "blue", occasion=occasion())
    with screen.write() as session:
        remove_lanyard(session, "15", occasion=occasion())
        assert [one.reference for one in read_unknown_badges(session)] == [lanyard]
        assign_badge(session, lanyard, "amara-osei", occasion=occasion())


def test_other_english_words_make_every_translation_unchecked(
    screen: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    with screen.write() as session:
        polish = save_draft(session, "pl", SUGGESTED["pl"], checked=True, if_match='"1001"', occasion=occasion())
        assert polish.checked
        words = {**SUGGESTED["en"], "silent": "Please keep it silent."}
        save_draft(session, "en", words, checked=True, if_match='"1001"', occasion=occasion())
        with pytest.raises(ChangedMeanwhile):  # it was a translation of the other words
            save_draft(session, "ur", SUGGESTED["ur"], checked=True, if_match='"1001"', occasion=occasion())
        rules = publish_visitor_rules(session, if_match='"1"', occasion=occasion())
        assert rules.version == 2
        assert not texts_of(session, 2)["pl"].checked
        assert json.loads(texts_of(session, 2)["en"].lines)["silent"] == "Please keep it silent."
        assert json.loads(texts_of(session, 1)["en"].lines)["silent"] == "Keep it silent."
    with pytest.raises(Conflict), screen.write() as session:
        publish_visitor_rules(session, if_match='"2"', occasion=occasion())
    with screen.read() as session:
        live = rules_now(session)
        assert live is not None
        assert live.version == 2


def test_another_word_in_any_language_or_a_speakers_check_is_another_hash(
    screen: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    """The screen lets a visitor read again by it, and the record says by it what was read."""
    seen = [bundle_of(screen, clock).texts.hash]
    quieter = {**SUGGESTED["ur"], "silent": "براہ کرم فون خاموش رکھیں۔"}
    for number, words, checked in ((1, quieter, False), (2, quieter, True)):
        with screen.write() as session:
            edition = f'"{number * 1000 + 1}"'
            save_draft(session, "ur", words, checked=checked, if_match=edition, occasion=occasion())
            publish_visitor_rules(session, if_match=f'"{number}"', occasion=occasion())
        seen.append(bundle_of(screen, clock).texts.hash)
    assert len(set(seen)) == 3


def test_a_form_opened_before_a_publication_overwrites_nothing_that_was_published(
    screen: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    with screen.write() as session:
        quieter = {**SUGGESTED["ur"], "silent": "براہ کرم فون خاموش رکھیں۔"}
        save_draft(session, "ur", quieter, checked=True, if_match='"1001"', occasion=occasion())
        publish_visitor_rules(session, if_match='"1"', occasion=occasion())
    with pytest.raises(ChangedMeanwhile), screen.write() as session:
        save_draft(session, "ur", SUGGESTED["ur"], checked=False, if_match='"1001"', occasion=occasion())


def test_a_ring_is_answered_once_by_a_command_that_names_its_nonce(
    screen: Database, clock: Any, occasion: Callable[[], Any]
) -> None:
    with screen.write() as session:
        record_act(session, HelpAsked(kind=HelpKind.OFFICE, nonce=NONCE), {"visit": None}, clock.now())
        answer_ring(session, NONCE, occasion=occasion())
    with screen.write() as session:
        answer_ring(session, NONCE, occasion=occasion())  # pressed twice by the same person
    other = Actor.account(3, Role.OFFICE, "Mei-Ling Cho")
    with pytest.raises(Conflict), screen.write() as session:
        answer_ring(session, NONCE, occasion=replace(occasion(), actor=other))
    sent: list[bytes] = []
    key = new_signing_key()
    sender = OrderSender(
        screen, clock, site="ashgrove", signing_key=key, send=lambda _, payload: sent.append(payload),
        machine_clock=clock.machine_now,
    )  # fmt: skip
    assert sender.send_due() == 1
    command = Command.from_bytes(open_signed(key.public_key(), Purpose.COMMAND, sent[0]))
    assert (command.command, command.nonce) == ("help_answered", NONCE)


def test_an_own_record_is_at_most_ten_lines_in_the_words_of_the_web_view(screen: Database, clock: Any) -> None:
    for number in range(12):
        sign_in(screen, clock.now(), f"{number:016x}")
        clock.advance(minutes=1)
    with screen.read() as session:
        lines = record_of(session, "amara-osei", clock.now())
    assert len(lines) == 10
    assert lines[0].text == "Helen Farrow signed in at reception to see Amara Osei."
    assert lines[0].at > lines[-1].at


def test_closing_time_ends_what_the_screen_did_not(screen: Database, clock: Any) -> None:
    sign_in(screen, clock.now())
    with screen.read() as session:
        assert not is_anything_over(session, clock.now())
    clock.advance(hours=9, minutes=44)  # 17:44: the screen's own time still
    with screen.read() as session:
        assert not is_anything_over(session, clock.now())
    clock.advance(minutes=2)
    with screen.read() as session:
        assert is_anything_over(session, clock.now())
    with screen.write() as session:
        expire_due(session, clock.now())
    with screen.read() as session:
        assert session.get_one(Visit, HELEN).ended_how == "not_signed_out"
        assert not is_anything_over(session, clock.now())


def test_what_the_office_does_is_written_down(screen: Database, clock: Any, occasion: Callable[[], Any]) -> None:
    sign_in(screen, clock.now())
    with screen.write() as session:
        sign_out_visit(session, HELEN, occasion=occasion())
    with screen.read() as session:
        acts = set(session.scalars(select(Audit.act)))
        assert {"changed.visitor_signed_out", "changed.visitor_rules_published", "changed.reception_lanyard"} <= acts
        assert session.scalars(select(CommandOrder.id)).all() == []
