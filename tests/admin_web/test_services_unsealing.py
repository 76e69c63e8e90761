"""What came back sealed from the cabinets' archives is opened with the key from the safe, and nothing else opens it."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from admin_web.database.engine import Database
from admin_web.database.events import ErasedCommitment, Event, EventPrivate, LogRow
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.unsealing import Opener, unseal_events
from broker.envelope import decode_event
from broker.keys import new_recovery_key
from broker.sealing import Sealer, unseal

AT = Callable[[], Occasion]
KEY = new_recovery_key()
OPENER: Opener = partial(unseal, KEY)


@pytest.fixture
def sealed(database: Database, occasion: AT) -> Database:
    """Three people were saved; their events have come back sealed, as after a restored backup."""
    with database.write() as session:
        for number in range(3):
            draft = PersonDraft("Katarzyna Wójcik", "cleaning")
            save_person(session, f"p-{number}", draft, if_match=None, occasion=occasion())
    sealer = Sealer(KEY.public_key())
    with database.write() as session:
        for kept, leaf in session.execute(
            select(EventPrivate, Event.leaf).join(Event, Event.id == EventPrivate.event_id)
        ):
            assert kept.private is not None
            assert kept.salt is not None
            kept.sealed = sealer.seal(kept.private, kept.salt, leaf)
            kept.private = kept.salt = None
        for row in session.scalars(select(LogRow)):
            row.person_id = None
    return database


def people_in_the_log(database: Database) -> list[str | None]:
    with database.read() as session:
        return list(session.scalars(select(LogRow.person_id).order_by(LogRow.event_id)))


def count(database: Database, opener: Opener, at: Occasion) -> tuple[int, int, int]:
    told = unseal_events(database, opener, occasion=at)
    return told.opened, told.erased, told.refused


def test_the_right_key_fills_in_what_was_sealed_and_names_the_rows(sealed: Database, occasion: AT) -> None:
    assert people_in_the_log(sealed) == [None] * 3
    assert count(sealed, OPENER, occasion()) == (3, 0, 0)
    assert people_in_the_log(sealed) == ["p-0", "p-1", "p-2"]
    with sealed.read() as session:
        for kept in session.scalars(select(EventPrivate)):
            assert (kept.sealed, kept.private is None, kept.salt is None) == (None, False, False)
    assert count(sealed, OPENER, occasion()) == (0, 0, 0)


def test_another_school_s_key_changes_nothing(sealed: Database, occasion: AT) -> None:
    assert count(sealed, partial(unseal, new_recovery_key()), occasion()) == (0, 0, 3)
    assert people_in_the_log(sealed) == [None] * 3
    assert count(sealed, OPENER, occasion()) == (3, 0, 0)


def test_what_does_not_fit_the_event_s_commitment_is_not_believed(sealed: Database, occasion: AT) -> None:
    def forge(what: bytes, leaf: bytes) -> tuple[bytes, bytes]:
        private, salt = OPENER(what, leaf)
        return private.replace(b"p-1", b"p-9"), salt

    assert count(sealed, forge, occasion()) == (2, 0, 1)
    assert people_in_the_log(sealed) == ["p-0", None, "p-2"]


def test_what_was_erased_stays_erased(sealed: Database, occasion: AT) -> None:
    with sealed.write() as session:
        body = session.scalars(
            select(Event.body).join(EventPrivate, EventPrivate.event_id == Event.id).order_by(Event.id)
        ).first()
        assert body is not None
        session.add(ErasedCommitment(commitment=decode_event(body).commitment, erased_at=occasion().machine_now))
    assert count(sealed, OPENER, occasion()) == (2, 1, 0)
    assert people_in_the_log(sealed) == [None, "p-1", "p-2"]
    with sealed.read() as session:
        assert len(session.scalars(select(EventPrivate)).all()) == 2
