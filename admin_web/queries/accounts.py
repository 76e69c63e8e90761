"""Accounts and API tokens that are in force: what the page Accounts shows."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.accounts import Account, ApiToken


def read_accounts(session: Session) -> Sequence[Account]:
    """Read the accounts that have not ended, by name."""
    return session.scalars(
        select(Account).where(Account.ended_at.is_(None)).order_by(func.lower(Account.name), Account.id)
    ).all()


def read_tokens(session: Session) -> Sequence[ApiToken]:
    """Read the tokens that have not ended, newest first."""
    return session.scalars(select(ApiToken).where(ApiToken.ended_at.is_(None)).order_by(ApiToken.id.desc())).all()
