"""Accounts: made, given another role or password, ended; the school is never left without a headteacher."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from admin_web.access import Role
from admin_web.database.accounts import Account, OwnerLink, WebSession
from admin_web.database.people import Person
from admin_web.database.places import Point, Site
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.services import acts, audit
from admin_web.services.occasion import Occasion
from admin_web.services.passwords import PasswordHash
from admin_web.services.texts import require_name
from broker.messages.central import AccountChanged, AccountCreated, AccountEnded
from broker.messages.message import Message


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """A new account: whose, what is typed at sign-in, which role."""

    name: str
    sign_in_name: str
    role: Role
    person_id: str | None = None


def create_account(
    session: Session, draft: AccountDraft, password_hash: PasswordHash, *, occasion: Occasion
) -> Account:
    """Make an account; its password was checked by `hash_password`. Raises Invalid, Conflict, NotFound."""
    name = require_name(draft.name, "name")
    sign_in_name = tidy_sign_in_name(draft.sign_in_name)
    if session.scalars(select(Account.id).where(Account.sign_in_name == sign_in_name)).first() is not None:
        raise Conflict(
            "This sign-in name is taken.",
            what_to_do="Choose another one, also if the account has ended.",
            field="sign_in",
        )
    if draft.person_id is not None and session.get(Person, draft.person_id) is None:
        raise NotFound("There is no such person.", what_to_do="Add the person first, or leave it out.", field="person")
    account = Account(
        name=name,
        sign_in_name=sign_in_name,
        role=draft.role.value,
        person_id=draft.person_id,
        password_hash=password_hash,
        created_at=occasion.machine_now,
    )
    session.add(account)
    session.flush()
    if draft.role is Role.HEADTEACHER:
        close_owner_links(session, occasion.machine_now)
    _changed(session, AccountCreated(), account, "created", occasion)
    return account


def change_role(session: Session, account_id: int, role: Role, *, occasion: Occasion) -> Account:
    """Give an account another role, in force at once. Raises NotFound, and Conflict for the last headteacher."""
    account = require_account(session, account_id)
    if account.role == role.value:
        return account
    if account.role == Role.HEADTEACHER:
        _require_another_headteacher(session, account)
    account.role = role.value
    if role is Role.HEADTEACHER:
        close_owner_links(session, occasion.machine_now)
    _sign_out_everywhere(session, account)
    _changed(session, AccountChanged(), account, "role", occasion)
    return account


def change_password(session: Session, account_id: int, password_hash: PasswordHash, *, occasion: Occasion) -> Account:
    """Give an account another password and end its sessions. Raises NotFound."""
    account = require_account(session, account_id)
    account.password_hash = password_hash
    _sign_out_everywhere(session, account)
    _changed(session, AccountChanged(), account, "password", occasion)
    return account


def end_account(session: Session, account_id: int, *, occasion: Occasion) -> Account:
    """End an account and its sessions now. Raises NotFound, and Conflict for the last headteacher."""
    account = require_account(session, account_id)
    if account.role == Role.HEADTEACHER:
        _require_another_headteacher(session, account)
    account.ended_at = occasion.machine_now
    _sign_out_everywhere(session, account)
    _changed(session, AccountEnded(), account, "ended", occasion)
    return account


def require_account(session: Session, account_id: int) -> Account:
    """Find an account that has not ended. Raises NotFound."""
    account = session.get(Account, account_id)
    if account is None or account.ended_at is not None:
        raise NotFound("There is no such account now.", what_to_do="Load the page Accounts again.", field="account")
    return account


def school_words(session: Session, *more: str) -> tuple[str, ...]:
    """Gather the school's own words, which no password may be made of; read them before hashing."""
    sites = session.execute(select(Site.id, Site.name)).all()
    points = session.execute(select(Point.id, Point.name)).all()
    return (*(word for row in (*sites, *points) for word in row), *more)


def tidy_sign_in_name(text: str) -> str:
    """Bring a sign-in name into the form it is kept in: lower case, no spaces around. Raises Invalid."""
    name = text.strip().casefold()
    if not 2 <= len(name) <= 60 or any(letter.isspace() or not letter.isprintable() for letter in name):
        raise Invalid(
            "That cannot be a sign-in name.",
            what_to_do="Use 2 to 60 characters without spaces, for example r.ashcombe.",
            field="sign_in",
        )
    return name


def close_owner_links(session: Session, machine_now: datetime) -> None:
    """Let no owner link be good any more: there is a headteacher now, who makes the other accounts."""
    session.execute(update(OwnerLink).where(OwnerLink.used_at.is_(None)).values(used_at=machine_now))


def _require_another_headteacher(session: Session, account: Account) -> None:
    others = session.scalar(
        select(func.count()).where(
            Account.role == Role.HEADTEACHER.value, Account.ended_at.is_(None), Account.id != account.id
        )
    )
    if not others:
        raise Conflict(
            "This is the last account of a headteacher.",
            what_to_do="Make another headteacher's account first.",
            field="role",
        )


def _sign_out_everywhere(session: Session, account: Account) -> None:
    session.execute(delete(WebSession).where(WebSession.account_id == account.id))


def _changed(session: Session, message: Message, account: Account, what: str, occasion: Occasion) -> None:
    audit.record_change(
        session,
        "account",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=account.person_id,
        filter={"account": account.id, "what": what, "role": account.role},
        why=occasion.why,
    )
    acts.record(
        session,
        message,
        occasion,
        person=account.person_id,
        account=account.id,
        what=f"{what}: {account.name}, {account.role}",
    )
    session.flush()
