"""Clause 25: the next tap within two minutes at the chosen cabinet confirms, whatever the cabinet decided about it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from admin_web.database.events import Event
from admin_web.database.policy_texts import BadgeConfirmation
from admin_web.queries.acknowledgements import Confirmed, confirmed_by, read_tap_awaited
from admin_web.services.acknowledgements import TAP_WITHIN, ask_for_tap, confirm_policy_text
from admin_web.services.badges import assign_badge, end_badge, mark_badge_lost
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.policy_texts import hash_of, publish_policy_text
from broker.messages.tap import TapGranted, TapGrantedPrivate
from policy.clock import ClockQuality
from policy.gesture import Intent

AT = Callable[[], Occasion]
WORDS = "Phones are here at own risk."


@pytest.fixture
def asked(school: Any, clock: Any, occasion: AT, reference_of: Callable[[str], str]) -> int:
    """Amara shall confirm by her next tap at Robins; Bilal taps there too. They got badges a minute before."""
    with school.database.write() as session:
        for id, name in (("amara", "Amara Osei"), ("bilal", "Bilal Hussain")):
            save_person(session, id, PersonDraft(name, "classroom"), if_match=None, occasion=occasion())
            assign_badge(session, reference_of(id), id, occasion=occasion())
        publish_policy_text(session, WORDS, occasion=occasion())
    clock.advance(minutes=1)
    return ask(school, occasion())


def ask(school: Any, at: Occasion, person: str = "amara", point: str = "robins") -> int:
    with school.database.write() as session:
        return ask_for_tap(session, person, point, occasion=at).id


def confirmed(school: Any, person: str = "amara") -> Confirmed | None:
    with school.database.read() as session:
        return confirmed_by(session, person).get(1)


def tap(school: Any, badge: str = "amara", *, person: str | None = "amara", device: str = "robins") -> None:
    school.cabinets[device].tap_granted(badge, person, Intent.PUT_IN)
    school.deliver(device)


def test_a_granted_tap_confirms_the_version_and_cites_the_event(school: Any, clock: Any, asked: int) -> None:
    clock.advance(seconds=20)
    tap(school)
    found = confirmed(school)
    assert found is not None
    assert (found.how, found.hash, found.at) == ("badge", hash_of(WORDS), clock.now().utc)
    with school.database.read() as session:
        awaited = read_tap_awaited(session, asked)
        assert awaited.tap is not None
        device, epoch, sequence = awaited.tap.split("/")
        cited = session.scalars(
            select(Event).where(Event.device == device, Event.epoch == epoch, Event.sequence == int(sequence))
        ).one()
        assert cited.type == "tap.granted.v1"
    told = school.all(Event, Event.type == "policy_text.acknowledged.v1")
    assert len(told) == 1
    assert awaited.tap.encode() in told[0].body
    assert told[0].point_id == "robins"


@pytest.mark.parametrize("reason", ["restricted", "no_intent", "children_present", "badge_not_known_here"])
def test_a_refused_tap_confirms_as_well(school: Any, asked: int, reason: str) -> None:
    person = None if reason == "badge_not_known_here" else "amara"
    school.cabinets["robins"].tap_refused("amara", person, reason)
    school.deliver("robins")
    assert confirmed(school) is not None


def test_only_the_person_only_there_and_only_in_time(school: Any, clock: Any, asked: int) -> None:
    tap(school, "bilal", person="bilal")
    tap(school, device="kitchen")
    tap(school, "unknown", person=None)
    clock.advance(seconds=TAP_WITHIN.total_seconds() + 1)
    tap(school)
    assert confirmed(school) is None
    assert confirmed(school, "bilal") is None


def test_the_last_moment_counts(school: Any, clock: Any, asked: int) -> None:
    clock.advance(seconds=TAP_WITHIN.total_seconds())
    tap(school)
    assert confirmed(school) is not None


def test_a_tap_before_the_question_does_not_count(school: Any, clock: Any, asked: int) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.time = clock.now().utc.replace(second=0, minute=0)
    tap(school)
    assert confirmed(school) is None


def test_a_tap_that_arrives_late_counts_by_when_it_was(school: Any, clock: Any, asked: int) -> None:
    clock.advance(seconds=30)
    school.cabinets["robins"].tap_granted("amara", "amara", Intent.PUT_IN)
    clock.advance(hours=3)
    school.deliver("robins")
    assert confirmed(school) is not None


def test_a_clock_that_is_not_set_proves_no_two_minutes(school: Any, asked: int) -> None:
    school.cabinets["robins"].quality = ClockQuality.FLOOR
    tap(school)
    assert confirmed(school) is None


@pytest.mark.parametrize("change", [mark_badge_lost, end_badge])
def test_a_lost_or_ended_badge_confirms_nothing_whoever_holds_it(
    school: Any, clock: Any, asked: int, occasion: AT, reference_of: Callable[[str], str], change: Any
) -> None:
    with school.database.write() as session:
        change(session, reference_of("amara"), occasion=occasion())
    clock.advance(seconds=10)
    tap(school)
    assert confirmed(school) is None


def test_the_same_frame_again_confirms_once(school: Any, asked: int) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.tap_granted("amara", "amara", Intent.PUT_IN)
    frames = cabinet.frames()
    school.send("robins", *frames)
    school.send("robins", *frames)
    assert school.count(Event, Event.type == "policy_text.acknowledged.v1") == 1


def test_a_question_that_was_asked_again_elsewhere_counts_only_there(school: Any, asked: int, occasion: AT) -> None:
    ask(school, occasion(), point="kitchen")
    tap(school)
    assert confirmed(school) is None
    tap(school, device="kitchen")
    assert confirmed(school) is not None


def test_whoever_confirmed_on_the_own_page_meanwhile_has_confirmed_once(school: Any, asked: int, occasion: AT) -> None:
    with school.database.write() as session:
        confirm_policy_text(session, "amara", if_match='"1"', occasion=occasion())
    tap(school)
    found = confirmed(school)
    assert found is not None
    assert found.how == "web"
    assert school.all(BadgeConfirmation)[0].closed_at is not None


def test_a_version_published_meanwhile_is_not_the_one_that_was_read(school: Any, asked: int, occasion: AT) -> None:
    with school.database.write() as session:
        publish_policy_text(session, WORDS + " Anew.", if_match='"1"', occasion=occasion())
    tap(school)
    with school.database.read() as session:
        assert set(confirmed_by(session, "amara")) == {1}


def test_two_people_may_be_awaited_at_one_cabinet(school: Any, asked: int, occasion: AT) -> None:
    ask(school, occasion(), person="bilal")
    tap(school, "bilal", person="bilal")
    tap(school)
    assert confirmed(school) is not None
    assert confirmed(school, "bilal") is not None


def test_a_cabinet_that_names_somebody_else_than_the_badge_s_owner_confirms_for_nobody(
    school: Any, asked: int, reference_of: Callable[[str], str]
) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.append(
        TapGranted(point="robins", intent=Intent.PUT_IN, opens=True),
        TapGrantedPrivate(
            badge=reference_of("bilal"), person="amara", slot=None, reason="put_in", clause="7", offered=2
        ),
    )
    school.deliver("robins")
    assert confirmed(school) is None, "the badge decides whose tap it was, by central's own links"
