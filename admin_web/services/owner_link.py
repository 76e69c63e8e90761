"""The one-time owner link: whoever stands at the server opens it once and makes the first headteacher account."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin_web.access import Role
from admin_web.database.accounts import Account, OwnerLink
from admin_web.errors import NotFound
from admin_web.services.accounts import AccountDraft, create_account
from admin_web.services.occasion import Occasion
from admin_web.services.passwords import PasswordHash
from admin_web.services.secrets import hash_secret, new_secret


def create_owner_link(session: Session, *, machine_now: datetime) -> str:
    """Make the link's secret; an older unused one ends."""
    session.execute(delete(OwnerLink).where(OwnerLink.used_at.is_(None)))
    secret = new_secret()
    session.add(OwnerLink(token_hash=hash_secret(secret), created_at=machine_now))
    session.flush()
    return secret


def is_owner_link_open(session: Session, secret: str) -> bool:
    """Tell whether a link can still be used."""
    link = session.get(OwnerLink, hash_secret(secret))
    return link is not None and link.used_at is None


def use_owner_link(
    session: Session,
    secret: str,
    name: str,
    sign_in_name: str,
    password_hash: PasswordHash,
    *,
    occasion: Occasion,
) -> Account:
    """Make the first headteacher account, which uses the link up. Raises NotFound, Invalid, Conflict."""
    if not is_owner_link_open(session, secret):
        raise NotFound(
            "This link has been used or is not complete.",
            what_to_do="Sign in with the account that was made, or run `phonekeep-admin owner-link` on the server.",
        )
    return create_account(session, AccountDraft(name, sign_in_name, Role.HEADTEACHER), password_hash, occasion=occasion)


def has_headteacher(session: Session) -> bool:
    """Tell whether somebody has made the first account already."""
    found = select(Account.id).where(Account.role == Role.HEADTEACHER.value, Account.ended_at.is_(None)).limit(1)
    return session.scalars(found).first() is not None
