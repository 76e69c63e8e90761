"""Accounts, sessions, tokens, the owner link, throttling and the audit of looks; all times are the machine's own."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime


class Account(Base):
    """Somebody who may sign in to the admin web view."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    sign_in_name: Mapped[str] = mapped_column(String(60), unique=True)
    """Lower case; what is typed at sign-in."""
    role: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class WebSession(Base):
    """A signed-in browser, by the hash of its cookie."""

    __tablename__ = "web_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)


class ApiToken(Base):
    """A bearer token with a role, by its hash."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(24))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class OwnerLink(Base):
    """The one-time link that makes the first headteacher account."""

    __tablename__ = "owner_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SignInAttempt(Base):
    """A refused sign-in, for throttling per account name and source; kept 90 days."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    """`name:<sign-in name hash>` or `source:<address>`."""
    at: Mapped[datetime] = mapped_column(UtcTime)


class Audit(Base):
    """Who looked at or changed what: one row a look; for an API token one row per filter and hour, with a count."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "at"), Index(None, "person_id", "at"))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor: Mapped[str] = mapped_column(String(140))
    """`account:<id>`, `token:<id>` or `console`."""
    act: Mapped[str] = mapped_column(String(48))
    """`looked.access_log`, `changed.person`, ..."""
    person_id: Mapped[str | None] = mapped_column(String(40))
    """Whose record it was, where it was one person's."""
    filter: Mapped[str] = mapped_column(default="{}")
    rows: Mapped[int] = mapped_column(default=0)
    count: Mapped[int] = mapped_column(default=1)
    why: Mapped[str | None] = mapped_column(String(200))
