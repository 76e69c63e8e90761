"""Every event has its sentence, in the words of look.md: who, what, where, then why and when next."""

import hashlib
from typing import Any

import pytest

from admin_web.database.events import Event
from admin_web.events.kinds import LogKind
from admin_web.queries.api_events import last_event_id, types_of_kind
from admin_web.queries.cabinets import ABOUT_DEVICES
from admin_web.queries.names import names_for
from admin_web.queries.school_time import school_time
from admin_web.queries.sentences.acts import NOTICED
from admin_web.queries.sentences.catalogue import TELLERS, tell
from admin_web.queries.sentences.sentence import Sentence
from admin_web.queries.stored_events import StoredEvent, read_events, stored_events
from admin_web.web.views.access_log import KIND_WORDS
from broker.messages.catalogue import MESSAGES
from policy.decision import Reason

LESSONS = {"name": "Lessons", "from": "2026-11-24T10:45:00.000Z", "until": "2026-11-24T12:00:00.000Z"}
BREAK = {"name": "Lessons", "from": "2026-11-24T10:30:00.000Z", "until": "2026-11-24T10:45:00.000Z"}


@pytest.fixture
def last(school: Any) -> Any:
    """Tells the newest event of the database."""

    def newest() -> Sentence:
        with school.database.read() as session:
            event = read_events(session, stored_events().where(Event.id == last_event_id(session)))[0]
            return tell(event, names_for(session, [event]), school_time(session, school.clock.now().utc))

    return newest


def test_the_catalogue_of_sentences_is_the_catalogue_of_messages() -> None:
    assert set(TELLERS) == set(MESSAGES)


def test_every_kind_of_row_has_words_to_filter_by() -> None:
    assert set(KIND_WORDS) == set(LogKind)


def test_everything_central_can_notice_has_words() -> None:
    assert set(NOTICED) == set(ABOUT_DEVICES)


def test_put_in(school: Any, last: Any) -> None:
    school.events.add(
        "robins", "tap.granted.v1", school.at("08:31"), _granted("put_in"), point="robins", intent="put_in", opens=True
    )
    assert last().text == "Amara Osei declared a phone in at Robins."
    assert last().second_text == ""


def _granted(reason: str, **more: Any) -> dict[str, Any]:
    return {"badge": "1:" + "a" * 64, "person": "amara-osei", "slot": 1, "reason": reason, "clause": "11", **more}


@pytest.mark.parametrize(
    ("reason", "more", "second"),
    [
        ("break", {"block": BREAK}, "Break until 10:45 · clause 11"),
        ("leaving", {}, "Their day is over · clause 11"),
        ("outside_formal_time", {}, "Outside formal school time · clause 11"),
        ("taken_after_end", {}, "The badge or the place had ended with a phone still in · clause 11"),
        ("clock_untrusted", {}, "The cabinet’s clock was not trusted, so it was allowed and flagged · clause 11"),
        ("rules_stale", {}, "The cabinet’s rules do not cover this time, so it was allowed and flagged · clause 11"),
        ("some_later_reason", {}, "some later reason · clause 11"),
    ],
)
def test_take_out(school: Any, last: Any, reason: str, more: dict[str, Any], second: str) -> None:
    school.events.add(
        "robins",
        "tap.granted.v1",
        school.at("10:33"),
        _granted(reason, **more),
        point="robins",
        intent="take_out",
        opens=True,
    )
    assert last().text == "Amara Osei declared a phone out at Robins."
    assert last().second_text == second


def test_an_emergency_is_told_and_asks_to_be_reviewed(school: Any, last: Any) -> None:
    school.events.add(
        "robins",
        "tap.granted.v1",
        school.at("10:33"),
        _granted("emergency"),
        point="robins",
        intent="take_out",
        opens=True,
    )
    assert last().text == "Amara Osei opened Robins in an emergency, by holding TAKE OUT."
    assert last().solid


def test_a_refusal_names_the_block_and_the_next_time(school: Any, last: Any) -> None:
    school.events.refuse(
        "joanne-birtles",
        "wrens",
        school.at("10:52:08"),
        "restricted",
        block=LESSONS,
        next_allowed="2026-11-24T12:00:00.000Z",
    )
    assert last().text == "Joanne Birtles was refused at Wrens: lessons until 12:00."
    assert last().second_text == "Next at 12:00 · clause 12"
    assert last().question == "Why was this refused?"


@pytest.mark.parametrize(
    ("reason", "person", "says"),
    [
        ("badge_lost", "amara-osei", "Amara Osei was refused at Wrens: the badge is marked lost."),
        ("badge_ended", "amara-osei", "Amara Osei was refused at Wrens: the badge has ended."),
        ("hold_one_badge", "amara-osei", "Amara Osei was refused at Wrens: two badges at once."),
        ("no_intent", "amara-osei", "Amara Osei tapped at Wrens and pressed no button."),
        ("badge_random", None, "A card that shows a new number each time was refused at Wrens."),
        ("badge_not_known_here", None, "A badge nobody knows was tapped at Wrens."),
        ("some_later_reason", "amara-osei", "Amara Osei was refused at Wrens."),
    ],
)
def test_other_refusals(school: Any, last: Any, reason: str, person: str | None, says: str) -> None:
    badge = None if reason == "badge_random" else "1:" + "b" * 64
    school.events.refuse(person, "wrens", school.at("10:52"), reason, badge=badge, intent=None)
    assert last().text == says


def test_a_badge_known_elsewhere_is_told_with_its_persons_name(school: Any, last: Any) -> None:
    school.events.refuse(
        None, "wrens", school.at("10:52"), "badge_not_known_here", badge=_reference("amara-osei"), intent=None
    )
    assert last().text == "Amara Osei was refused at Wrens: their badge is not known there."
    assert last().second_text.startswith("They keep their phone somewhere else")


def _reference(name: str) -> str:
    return "1:" + hashlib.sha256(name.encode()).hexdigest()


def test_every_reason_of_a_refusal_has_words_of_its_own(school: Any, last: Any) -> None:
    said = set()
    for reason in (
        *(Reason.BADGE_RANDOM, Reason.BADGE_NOT_KNOWN_HERE, Reason.BADGE_LOST, Reason.BADGE_ENDED),
        *(Reason.HOLD_ONE_BADGE, Reason.NO_INTENT, Reason.RESTRICTED),
    ):
        school.events.refuse(None, "wrens", school.at("10:52"), reason.value, badge="1:" + "c" * 64, intent=None)
        said.add(last().text)
    assert len(said) == 7


def test_a_phone_that_is_not_back(school: Any, last: Any) -> None:
    private = {
        "person": "bilal-hussain",
        "badge": "1:" + "d" * 64,
        "slot": 1,
        "block": BREAK,
        "due": "2026-11-24T10:50:00.000Z",
    }
    school.events.add("robins", "phone.overdue.v1", school.at("10:50"), private, point="robins")
    assert last().text == "Bilal Hussain’s phone is not back at Robins."
    assert last().second_text == "Break ended 10:45, grace to 10:50 · clause 11"


def test_a_phone_that_is_not_back_after_a_visit_cites_the_clause_of_visits(school: Any, last: Any) -> None:
    private = {
        "person": "bilal-hussain",
        "badge": "1:" + "d" * 64,
        "slot": 1,
        "block": {"name": "Off-site visit", "from": "2026-11-24T09:00:00.000Z", "until": "2026-11-24T10:35:00.000Z"},
        "due": "2026-11-24T10:50:00.000Z",
    }
    school.events.add("robins", "phone.overdue.v1", school.at("10:50"), private, point="robins")
    assert last().second_text == "Off-site visit ended 10:35, grace to 10:50 · clause 15"


def test_a_door_without_an_unlock_asks_and_accuses_nobody(school: Any, last: Any) -> None:
    school.events.add(
        "kitchen", "door.opened_unreleased.v1", school.at("09:00"), {"slot": 4}, point="kitchen", tap=None, slot=None
    )
    assert last().text == "The door of Kitchen, locker 4 opened with no unlock."
    assert last().second_text == "Was it the key?"


def test_a_block_on_another_day_is_named_with_the_day(school: Any, last: Any) -> None:
    school.events.refuse(
        "joanne-birtles",
        "wrens",
        school.at("10:52"),
        "restricted",
        block={**LESSONS, "name": "Monday club"},
        next_allowed="2026-11-26T12:00:00.000Z",
    )
    assert last().text == "Joanne Birtles was refused at Wrens: Monday club until 12:00; next at Thursday 12:00."
    assert last().second_text == "clause 12"


def test_sealed_and_erased_details_are_said_without_a_name(school: Any, last: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("08:31"), sealed=True)
    assert last().text == "Somebody’s phone is declared in at Robins."
    school.events.refuse("amara-osei", "robins", school.at("08:31"), "restricted")
    school.events.add(
        "robins",
        "tap.granted.v1",
        school.at("08:31"),
        _granted("put_in"),
        point="robins",
        intent="put_in",
        opens=True,
        sealed=True,
    )
    assert last().text == "Somebody declared a phone in at Robins."
    assert last().second_text == "Details are being recovered"
    school.events.add(
        "robins",
        "tap.granted.v1",
        school.at("08:31"),
        _granted("put_in"),
        point="robins",
        intent="put_in",
        opens=True,
        erased=True,
    )
    assert last().text == "A person, erased, declared a phone in at Robins."


def test_every_message_is_told_without_its_private_part_too(school: Any) -> None:
    with school.database.read() as session:
        times = school_time(session, school.clock.now().utc)
        names = names_for(session, [])
    for type in MESSAGES:
        bare = StoredEvent(
            id=1,
            device="robins",
            epoch="a" * 16,
            sequence=1,
            type=type,
            point="robins",
            tap=None,
            time=school.at("10:00"),
            quality="exact",
            committed_at=school.at("10:00"),
            rules="1.1",
            data={},
        )
        told = tell(bare, names, times)
        assert told.text.endswith("."), type
        assert "None" not in told.text + told.second_text, type


def test_a_type_of_a_later_version_is_told_by_its_name(school: Any) -> None:
    with school.database.read() as session:
        times = school_time(session, school.clock.now().utc)
        names = names_for(session, [])
    event = StoredEvent(
        1, "robins", "a", 1, "book.lent.v1", "robins", None, school.at("10:00"), "exact", school.at("10:00"), "1.1", {}
    )
    assert tell(event, names, times).text == "Robins reports book: lent."


def test_a_kind_names_whole_dotted_parts() -> None:
    assert set(types_of_kind("tap")) == {"tap.granted.v1", "tap.refused.v1"}
    assert types_of_kind("tap.granted") == ("tap.granted.v1",)
    assert types_of_kind("tap.granted.v1") == ("tap.granted.v1",)
    assert types_of_kind("ta") == ()
    assert types_of_kind("tap.grant") == ()
