"""Clauses 1, 13, 17, 25: what staff confirm is a version with its hash; a new one asks anew, and old ones stay."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from admin_web.database.engine import Database
from admin_web.database.events import Event, EventPrivate
from admin_web.database.policy_texts import Acknowledgement, PolicyText
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid, MatchMissing, NotFound
from admin_web.queries.acknowledgements import confirmed_by, count_groups, read_standings, read_version
from admin_web.services.acknowledgements import ask_for_tap, confirm_policy_text
from admin_web.services.badges import assign_badge, mark_badge_lost
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, end_person, save_person
from admin_web.services.points import PointDraft, save_point
from admin_web.services.policy_texts import (
    LONGEST,
    hash_of,
    policy_text_now,
    publish_policy_text,
    says_own_risk,
    suggested_words,
    tidy_words,
)
from admin_web.services.revision import current_revision
from policy.clauses import CLAUSES

AT = Callable[[], Occasion]
ROOT = Path(__file__).parents[2]
FIRST = "Phones are here at own risk.\n\n# Silent\nOff or silent."
SECOND = f"{FIRST}\n\nBluetooth is off."
BADGE = "1:" + "a" * 64


@pytest.fixture
def school(database: Database, occasion: AT) -> Database:
    """Two people and a cabinet; Amara has a badge."""
    with database.write() as session:
        save_person(session, "amara", PersonDraft("Amara Osei", "classroom"), if_match=None, occasion=occasion())
        save_person(session, "owen", PersonDraft("Owen Castleton", "site team"), if_match=None, occasion=occasion())
        save_point(session, PointDraft("robins", "Robins", "one_door"), occasion=occasion())
        assign_badge(session, BADGE, "amara", occasion=occasion())
    return database


def publish(database: Database, words: str, at: Occasion, if_match: str | None, *, although: bool = False) -> int:
    with database.write() as session:
        return publish_policy_text(session, words, if_match=if_match, although=although, occasion=at).version


def confirm(database: Database, person: str, at: Occasion, if_match: str | None) -> None:
    with database.write() as session:
        confirm_policy_text(session, person, if_match=if_match, occasion=at)


def test_clause_25_a_version_is_words_and_their_hash(school: Database, occasion: AT) -> None:
    assert publish(school, FIRST, occasion(), None) == 1
    with school.read() as session:
        text = policy_text_now(session)
        assert text is not None
        assert text.hash == hashlib.sha256(FIRST.encode()).hexdigest()
        assert read_version(session, 1).parts == ((None, "Phones are here at own risk."), ("Silent", "Off or silent."))


def test_clause_25_a_new_version_resets_to_outstanding_and_old_ones_stay(school: Database, occasion: AT) -> None:
    publish(school, FIRST, occasion(), None)
    confirm(school, "amara", occasion(), '"1"')
    with school.read() as session:
        standings = read_standings(session, 1)
        assert [(one.name, one.now is not None) for one in standings] == [
            ("Amara Osei", True),
            ("Owen Castleton", False),
        ]
    assert publish(school, SECOND, occasion(), '"1"') == 2
    with school.read() as session:
        assert [one.now for one in read_standings(session, 2)] == [None, None]
        before = read_standings(session, 2)[0].before
        assert before is not None
        assert (before.version, before.hash) == (1, hash_of(FIRST))
        assert session.get_one(PolicyText, 1).words == FIRST
        assert set(confirmed_by(session, "amara")) == {1}


def test_confirming_twice_is_once(school: Database, occasion: AT) -> None:
    publish(school, FIRST, occasion(), None)
    for _ in range(2):
        confirm(school, "amara", occasion(), '"1"')
    with school.read() as session:
        assert len(session.scalars(select(Acknowledgement)).all()) == 1


def test_nobody_confirms_a_version_they_did_not_see(school: Database, occasion: AT) -> None:
    with pytest.raises(ChangedMeanwhile):
        confirm(school, "amara", occasion(), '"1"')
    publish(school, FIRST, occasion(), None)
    publish(school, SECOND, occasion(), '"1"')
    with pytest.raises(ChangedMeanwhile):
        confirm(school, "amara", occasion(), '"1"')
    with pytest.raises(MatchMissing):
        confirm(school, "amara", occasion(), None)
    with school.read() as session:
        assert confirmed_by(session, "amara") == {}


def test_somebody_unknown_or_gone_confirms_nothing(school: Database, occasion: AT) -> None:
    publish(school, FIRST, occasion(), None)
    with school.write() as session:
        end_person(session, "owen", if_match="*", occasion=occasion())
    for person in ("owen", "nobody", "\x00"):
        with pytest.raises(NotFound):
            confirm(school, person, occasion(), '"1"')


def test_two_who_publish_at_once_do_not_overwrite_each_other(school: Database, occasion: AT) -> None:
    publish(school, FIRST, occasion(), None)
    publish(school, SECOND, occasion(), '"1"')
    with pytest.raises(ChangedMeanwhile):
        publish(school, "Something else, at own risk.", occasion(), '"1"')
    with pytest.raises(MatchMissing):
        publish(school, "Something else, at own risk.", occasion(), None)
    with school.read() as session:
        text = policy_text_now(session)
        assert text is not None
        assert text.words == SECOND


def test_the_same_words_again_ask_nobody_again(school: Database, occasion: AT) -> None:
    publish(school, FIRST, occasion(), None)
    with pytest.raises(Conflict, match="word for word"):
        publish(school, FIRST.replace("\n", "\r\n") + "  \n\n\n", occasion(), '"1"')


def test_an_older_text_can_be_published_again_as_a_new_version(school: Database, occasion: AT) -> None:
    publish(school, FIRST, occasion(), None)
    publish(school, SECOND, occasion(), '"1"')
    assert publish(school, FIRST, occasion(), '"2"') == 3


def test_clause_1_the_text_to_begin_with_says_at_own_risk(school: Database, occasion: AT) -> None:
    words = suggested_words()
    assert "at own risk" in words
    assert CLAUSES["1"].words in words
    assert publish(school, words, occasion(), None) == 1


def test_clause_1_a_text_without_it_is_published_only_knowingly(school: Database, occasion: AT) -> None:
    with pytest.raises(Conflict, match="own risk") as refused:
        publish(school, "Phones stay away.", occasion(), None)
    assert refused.value.field == "although"
    assert publish(school, "Phones stay away.", occasion(), None, although=True) == 1
    assert says_own_risk("at your OWN RISK")
    assert not says_own_risk("at your own risky game")


def test_clauses_13_and_17_stand_in_the_text_to_begin_with() -> None:
    words = suggested_words()
    for clause in ("13", "17"):
        assert CLAUSES[clause].words in words
    assert "off or silent" in words
    assert "Bluetooth" in words
    assert "must not show children their phones" in words


def test_clause_1_the_product_never_says_that_the_school_secures_a_phone() -> None:
    """Over every template, script, text and document of the product; the school's own clauses may ask for locks."""
    wrong = []
    places = [
        path
        for top in ("admin_web", "kiosk", "broker", "policy", "hardware", "demo", "docs")
        for path in (ROOT / top).rglob("*")
    ]
    places += list(ROOT.glob("*.md"))
    for path in places:
        if path.suffix not in {".html", ".py", ".js", ".md", ".svg", ".json", ".toml"} or not path.is_file():
            continue
        words = " ".join(path.read_text(encoding="utf-8").lower().split())
        wrong += [f"{path.relative_to(ROOT)}: {phrase}" for phrase in PROMISES if phrase in words]
    assert wrong == []
    assert len(places) > 300


PROMISES = tuple(
    f"{word} {by}"
    for word in ("secured", "kept safe", "guarded", "protected", "insured", "guaranteed")
    for by in ("by the school", "by phonekeep")
) + ("your phone is safe", "phone is secure", "safely stored", "phone stored", "securely stored")


@pytest.mark.parametrize(
    ("words", "is_kept"),
    [
        ('At own risk.\n<script>alert(1)</script> & "quotes"', True),
        ("At own risk. 📵👩‍🏫", True),
        ("At own risk. موبائل \u200f!", True),
        ("At own risk." + "x" * (LONGEST - 12), True),
        ("At own risk." + "x" * LONGEST, False),
        ("", False),
        (" \n \n", False),
        ("At own risk.\x00", False),
        ("At own risk.\n\u202eksir", False),
        ("At own risk.\n\ue000", False),
    ],
)
def test_a_text_is_kept_as_written_or_refused(school: Database, occasion: AT, words: str, is_kept: bool) -> None:
    if is_kept:
        publish(school, words, occasion(), None)
        with school.read() as session:
            assert session.get_one(PolicyText, 1).words == words
    else:
        with pytest.raises(Invalid) as refused:
            publish(school, words, occasion(), None)
        assert refused.value.field == "words"


def test_line_ends_and_forms_of_letters_make_no_other_hash() -> None:
    assert tidy_words("\ufeffSi\u0302an\r\nrisk \t\n\n\n\nend\n") == "Sîan\nrisk\n\nend"


def test_counts_come_by_group(school: Database, occasion: AT) -> None:
    publish(school, FIRST, occasion(), None)
    confirm(school, "amara", occasion(), '"1"')
    with school.read() as session:
        counted = [(one.group, one.confirmed, one.outstanding) for one in count_groups(read_standings(session, 1))]
    assert counted == [("classroom", 1, 0), ("site team", 0, 1)]


def test_a_confirmation_is_an_event_with_version_hash_and_way_and_the_person_apart(
    school: Database, occasion: AT
) -> None:
    publish(school, FIRST, occasion(), None)
    confirm(school, "amara", occasion(), '"1"')
    with school.read() as session:
        event, private = session.execute(
            select(Event, EventPrivate.private).join(EventPrivate).where(Event.type == "policy_text.acknowledged.v1")
        ).one()
    assert hash_of(FIRST).encode() in event.body
    assert b'"how":"web"' in event.body
    assert b"amara" not in event.body
    assert private is not None
    assert b"amara" in private


def test_clause_25_nothing_about_it_reaches_a_cabinet(school: Database, occasion: AT) -> None:
    with school.read() as session:
        before = current_revision(session)
    publish(school, FIRST, occasion(), None)
    with school.write() as session:
        ask_for_tap(session, "amara", "robins", occasion=occasion())
    confirm(school, "amara", occasion(), '"1"')
    publish(school, SECOND, occasion(), '"1"')
    with school.read() as session:
        assert current_revision(session) == before
    for path in (*(ROOT / "policy").rglob("*.py"), *(ROOT / "admin_web" / "rules").rglob("*.py")):
        assert not any(word in path.read_text() for word in ("policy_text", "acknowledgement")), path


def test_a_tap_is_awaited_only_of_somebody_who_can_still_confirm_by_one(school: Database, occasion: AT) -> None:
    def ask(person: str, point: str = "robins") -> None:
        with school.write() as session:
            ask_for_tap(session, person, point, occasion=occasion())

    with pytest.raises(ChangedMeanwhile):
        ask("amara")
    publish(school, FIRST, occasion(), None)
    ask("amara")
    for person, point in (("nobody", "robins"), ("", "robins"), ("amara", "attic"), ("amara", "")):
        with pytest.raises(NotFound):
            ask(person, point)
    with pytest.raises(Conflict, match="no live badge"):
        ask("owen")
    with school.write() as session:
        mark_badge_lost(session, BADGE, occasion=occasion())
    with pytest.raises(Conflict, match="no live badge"):
        ask("amara")
    confirm(school, "amara", occasion(), '"1"')
    with pytest.raises(Conflict, match="already"):
        ask("amara")
