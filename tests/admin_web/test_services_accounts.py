"""Accounts, the owner link and tokens: made once, kept as hashes, and the school always has a headteacher."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from admin_web.access import Role
from admin_web.database.accounts import Account, ApiToken, Audit, OwnerLink, WebSession
from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.errors import Conflict, Invalid, NotFound, Refused
from admin_web.services.accounts import (
    AccountDraft,
    change_password,
    change_role,
    create_account,
    end_account,
    school_words,
)
from admin_web.services.actor import OWNER_LINK
from admin_web.services.occasion import Occasion
from admin_web.services.owner_link import create_owner_link, has_headteacher, is_owner_link_open, use_owner_link
from admin_web.services.passwords import PasswordHash
from admin_web.services.points import PointDraft, save_point
from admin_web.services.sessions import find_session, open_session
from admin_web.services.tokens import create_token, end_token, find_token

AT = Callable[[], Occasion]
HASH = PasswordHash("$argon2id$not-a-real-one")
RUTH = AccountDraft("Ruth Ashcombe", "r.ashcombe", Role.HEADTEACHER)
TOM = AccountDraft("Tom Hallworth", "t.hallworth", Role.SLT)


def create(database: Database, draft: AccountDraft, at: Occasion) -> int:
    with database.write() as session:
        return create_account(session, draft, HASH, occasion=at).id


def test_the_owner_link_makes_the_first_headteacher_once(database: Database, occasion: AT) -> None:
    at = Occasion(OWNER_LINK, occasion().now, occasion().machine_now)
    with database.write() as session:
        secret = create_owner_link(session, machine_now=at.machine_now)
        assert is_owner_link_open(session, secret)
        assert not is_owner_link_open(session, secret[:-1])
        assert not has_headteacher(session)
    with database.write() as session:
        account = use_owner_link(session, secret, "Ruth Ashcombe", "R.Ashcombe", HASH, occasion=at)
        assert (account.role, account.sign_in_name) == ("headteacher", "r.ashcombe")
        assert has_headteacher(session)
    with pytest.raises(NotFound), database.write() as session:
        use_owner_link(session, secret, "Daniel Achterberg", "d.achterberg", HASH, occasion=at)


def test_an_owner_link_that_was_used_wrongly_stays_open(database: Database, occasion: AT) -> None:
    with database.write() as session:
        secret = create_owner_link(session, machine_now=occasion().machine_now)
    with pytest.raises(Invalid), database.write() as session:
        use_owner_link(session, secret, "", "r.ashcombe", HASH, occasion=occasion())
    with database.read() as session:
        assert is_owner_link_open(session, secret)


def test_a_new_owner_link_ends_the_old_one_and_any_headteacher_ends_them_all(database: Database, occasion: AT) -> None:
    with database.write() as session:
        old = create_owner_link(session, machine_now=occasion().machine_now)
        new = create_owner_link(session, machine_now=occasion().machine_now)
        assert (is_owner_link_open(session, old), is_owner_link_open(session, new)) == (False, True)
    create(database, RUTH, occasion())
    with database.read() as session:
        assert not is_owner_link_open(session, new)


def test_a_sign_in_name_is_taken_for_ever(database: Database, occasion: AT) -> None:
    create(database, RUTH, occasion())
    tom = create(database, TOM, occasion())
    with database.write() as session:
        end_account(session, tom, occasion=occasion())
    with pytest.raises(Conflict):
        create(database, AccountDraft("Tom Other", " T.HALLWORTH ", Role.STAFF), occasion())


@pytest.mark.parametrize(
    ("draft", "kind", "field"),
    [
        (AccountDraft("", "x.y", Role.STAFF), Invalid, "name"),
        (AccountDraft("Grace Adeyemi", "x", Role.STAFF), Invalid, "sign_in"),
        (AccountDraft("Grace Adeyemi", "grace a", Role.STAFF), Invalid, "sign_in"),
        (AccountDraft("Grace Adeyemi", "g" * 61, Role.STAFF), Invalid, "sign_in"),
        (AccountDraft("Grace Adeyemi", "g\x00a", Role.STAFF), Invalid, "sign_in"),
        (AccountDraft("Grace Adeyemi", "g.adeyemi", Role.STAFF, "p-9"), NotFound, "person"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    database: Database, occasion: AT, draft: AccountDraft, kind: type[Refused], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        create(database, draft, occasion())
    assert (type(refused.value), refused.value.field) == (kind, field)


def test_the_last_headteacher_stays(database: Database, occasion: AT) -> None:
    ruth = create(database, RUTH, occasion())
    with pytest.raises(Conflict), database.write() as session:
        end_account(session, ruth, occasion=occasion())
    with pytest.raises(Conflict), database.write() as session:
        change_role(session, ruth, Role.SLT, occasion=occasion())
    create(database, AccountDraft("Siân Pritchard", "s.pritchard", Role.HEADTEACHER), occasion())
    with database.write() as session:
        end_account(session, ruth, occasion=occasion())


@pytest.mark.parametrize("act", ["role", "password", "end"])
def test_a_change_of_an_account_signs_it_out_everywhere_and_is_written_down(
    database: Database, occasion: AT, act: str
) -> None:
    create(database, RUTH, occasion())
    tom = create(database, TOM, occasion())
    with database.write() as session:
        token = open_session(session, tom, machine_now=occasion().machine_now)
    with database.write() as session:
        if act == "role":
            change_role(session, tom, Role.OFFICE, occasion=occasion())
        elif act == "password":
            change_password(session, tom, PasswordHash("$argon2id$another"), occasion=occasion())
        else:
            end_account(session, tom, occasion=occasion())
    with database.read() as session:
        assert find_session(session, token, machine_now=occasion().machine_now) is None
        assert session.scalars(select(WebSession)).all() == []
        rows = session.scalars(select(Audit).order_by(Audit.id.desc()).limit(1)).one()
        assert (rows.act, rows.actor) == ("changed.account", "account:1")
        type_ = session.scalars(select(Event.type).order_by(Event.id.desc()).limit(1)).one()
        assert type_ == ("account.ended.v1" if act == "end" else "account.changed.v1")
    with pytest.raises(NotFound), database.write() as session:
        end_account(session, 99, occasion=occasion())


def test_secrets_are_kept_as_hashes_only(database: Database, occasion: AT) -> None:
    ruth = create(database, RUTH, occasion())
    with database.write() as session:
        secrets = [
            create_owner_link(session, machine_now=occasion().machine_now),
            open_session(session, ruth, machine_now=occasion().machine_now),
            create_token(session, "Bench", Role.HEADTEACHER, occasion=occasion()).secret,
        ]
        hashes = [
            *session.scalars(select(OwnerLink.token_hash)),
            *session.scalars(select(WebSession.token_hash)),
            *session.scalars(select(ApiToken.token_hash)),
        ]
        words = repr([tuple(row) for row in session.execute(select(Audit.__table__))])
        words += repr([tuple(row) for row in session.execute(select(Event.body))])
    assert len(hashes) == len(set(secrets)) == 3
    for secret in secrets:
        assert secret.encode() not in hashes
        assert secret not in words


def test_a_token_has_a_role_and_ends_at_once(database: Database, occasion: AT) -> None:
    with database.write() as session:
        token = create_token(session, "Rota program", Role.OFFICE, occasion=occasion())
        found = find_token(session, token.secret)
        assert found is not None
        assert (found.role, found.is_token) == (Role.OFFICE, True)
        assert find_token(session, token.secret + "x") is None
        assert find_token(session, "\udcff") is None
    with database.write() as session:
        end_token(session, token.id, occasion=occasion())
        assert find_token(session, token.secret) is None
    with pytest.raises(NotFound), database.write() as session:
        end_token(session, token.id, occasion=occasion())


def test_the_school_s_own_words_are_its_name_and_its_places(database: Database, occasion: AT) -> None:
    with database.write() as session:
        save_point(session, PointDraft("robins", "Robins' cloakroom", "one_door"), occasion=occasion())
        words = school_words(session, "Ruth Ashcombe")
    assert {"ashgrove", "Ashgrove Primary", "robins", "Robins' cloakroom", "Ruth Ashcombe"} <= set(words)


def test_an_account_s_name_and_role_stay_out_of_the_public_bytes(database: Database, occasion: AT) -> None:
    create(database, TOM, occasion())
    with database.read() as session:
        public = b"".join(session.scalars(select(Event.body)))
        assert session.scalars(select(Account.name)).one() == "Tom Hallworth"
    assert b"Hallworth" not in public
    assert b"slt" not in public
