"""Web sessions: a hashed token, new at every sign-in; 15 minutes idle, 12 hours at most."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin_web.access import Role
from admin_web.database.accounts import Account, WebSession
from admin_web.services.actor import Actor
from admin_web.services.secrets import hash_secret, new_secret

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=30)
"""How old `seen_at` may be before a request writes it anew: not every click needs a transaction."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session a cookie is."""

    account_id: int
    name: str
    role: Role
    person_id: str | None
    created_at: datetime
    seen_at: datetime

    @property
    def actor(self) -> Actor:
        """The account as the audit names it."""
        return Actor.account(self.account_id, self.role, self.name)

    def needs_touch(self, machine_now: datetime) -> bool:
        """Tell whether `touch_session` is due for a request made by the person (never for a live feed)."""
        return machine_now - self.seen_at >= SEEN_EVERY


def open_session(session: Session, account_id: int, *, machine_now: datetime) -> str:
    """Begin a session and give its token, to be set as the cookie and shown nowhere else."""
    _forget_ended(session, machine_now)
    token = new_secret()
    session.add(
        WebSession(token_hash=hash_secret(token), account_id=account_id, created_at=machine_now, seen_at=machine_now)
    )
    session.flush()
    return token


def find_session(session: Session, token: str, *, machine_now: datetime) -> SignedIn | None:
    """Find whose session a cookie is; None if it is unknown, idle too long, too old, or the account has ended."""
    row = session.execute(
        select(WebSession, Account)
        .join(Account, Account.id == WebSession.account_id)
        .where(WebSession.token_hash == hash_secret(token), Account.ended_at.is_(None))
    ).first()
    if row is None:
        return None
    found, account = row
    if machine_now - found.seen_at >= IDLE or machine_now - found.created_at >= ABSOLUTE:
        return None
    return SignedIn(
        account_id=account.id,
        name=account.name,
        role=Role(account.role),
        person_id=account.person_id,
        created_at=found.created_at,
        seen_at=found.seen_at,
    )


def touch_session(session: Session, token: str, *, machine_now: datetime) -> None:
    """Note that the person did something, so that the idle time begins anew."""
    found = session.get(WebSession, hash_secret(token))
    if found is not None:
        found.seen_at = machine_now
        session.flush()


def close_session(session: Session, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    session.execute(delete(WebSession).where(WebSession.token_hash == hash_secret(token)))


def _forget_ended(session: Session, machine_now: datetime) -> None:
    session.execute(
        delete(WebSession).where(
            (WebSession.seen_at <= machine_now - IDLE) | (WebSession.created_at <= machine_now - ABSOLUTE)
        )
    )
