"""Sign-in: throttled per name and per source, with the same answer and the same time whoever does not exist."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from admin_web.access import Role
from admin_web.database.accounts import Account, SignInAttempt
from admin_web.database.engine import Database
from admin_web.errors import NotSignedIn, TooManyAttempts
from admin_web.services import audit
from admin_web.services.actor import Actor
from admin_web.services.passwords import verify_password
from admin_web.services.sessions import open_session

WINDOW = timedelta(minutes=15)
PER_NAME = 10
"""Refused sign-ins for one name within the window, from wherever."""
PER_SOURCE = 30
"""Refused sign-ins from one address within the window, whatever the name: a school has one address."""
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Opened:
    """A sign-in that succeeded: the new session's token and whose it is."""

    token: str
    account_id: int
    role: Role


def sign_in(database: Database, sign_in_name: str, password: str, *, source: str, machine_now: datetime) -> Opened:
    """Check a name and password and open a session. Raises NotSignedIn, TooManyAttempts.

    The attempt is written down before the password is looked at and struck out when it was right, so that many at
    once are counted as well. The slow hash is computed outside any transaction.
    """
    name = _tidied(sign_in_name)
    subjects = _subjects(name, source)
    with database.write() as session:
        attempts = _count_attempt(session, subjects, machine_now)
        account = session.scalars(
            select(Account).where(Account.sign_in_name == name, Account.ended_at.is_(None))
        ).first()
        known = None if account is None else (account.id, account.password_hash)
    if attempts is None:
        raise TooManyAttempts(
            "There were too many refused sign-ins.",
            what_to_do="Wait 15 minutes, then try again; the office or the headteacher can set a new password.",
        )
    if not verify_password(None if known is None else known[1], password) or known is None:
        raise NotSignedIn(
            "The name or the password is not right.", what_to_do="Check both, also the Caps Lock key, and try again."
        )
    with database.write() as session:
        return _open(session, known, attempts, subjects[0], machine_now)


def _open(session: Session, known: tuple[int, str], attempts: list[int], name: str, machine_now: datetime) -> Opened:
    account = session.get_one(Account, known[0])
    if account.ended_at is not None or account.password_hash != known[1]:
        raise NotSignedIn("This account has just been changed.", what_to_do="Sign in again.")
    session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(attempts) | (SignInAttempt.subject == name)))
    actor = Actor.account(account.id, Role(account.role), account.name)
    audit.record_change(session, "signed_in", actor=actor, machine_now=machine_now, person_id=account.person_id)
    token = open_session(session, account.id, machine_now=machine_now)
    return Opened(token, account.id, Role(account.role))


def _count_attempt(session: Session, subjects: tuple[str, str], machine_now: datetime) -> list[int] | None:
    """Write the attempt down under both subjects and give the rows' ids; None where either has had too many."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < machine_now - KEPT))
    for subject, most in zip(subjects, (PER_NAME, PER_SOURCE), strict=True):
        counted = session.scalar(
            select(func.count()).where(SignInAttempt.subject == subject, SignInAttempt.at > machine_now - WINDOW)
        )
        if (counted or 0) >= most:
            return None
    rows = [SignInAttempt(subject=subject, at=machine_now) for subject in subjects]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def _subjects(name: str, source: str) -> tuple[str, str]:
    hashed = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"name:{hashed}", f"source:{source[:70]}"


def _tidied(sign_in_name: str) -> str:
    """Bring whatever was typed into the kept form; what no database column could hold becomes a name nobody has."""
    name = sign_in_name.strip().casefold()
    return (
        name if len(name) <= 60 and name.isprintable() else "\ufffd" + hashlib.sha256(repr(name).encode()).hexdigest()
    )
