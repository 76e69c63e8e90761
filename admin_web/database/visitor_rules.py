"""The rules that visitors read: versions that stay as they are, and the draft of the next one, by language."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, UtcTime


class VisitorRules(Base):
    """One published version; the highest is the one that counts."""

    __tablename__ = "visitor_rules"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the words in every language, in hex; see `services.visitor_rules.hash_of`."""
    published_at: Mapped[datetime] = mapped_column(UtcTime)
    published_by: Mapped[str] = mapped_column(String(140))


class VisitorRulesText(Base):
    """A version's words in one language."""

    __tablename__ = "visitor_rules_text"

    version: Mapped[int] = mapped_column(ForeignKey("visitor_rules.version"), primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(3), primary_key=True)
    lines: Mapped[str]
    """JSON object: id of a line -> its words."""
    checked: Mapped[bool]
    """Whether a speaker had checked it."""
    checked_by: Mapped[str | None] = mapped_column(String(140))


class VisitorRulesDraft(Base):
    """The next version's words in one language, as somebody last saved them."""

    __tablename__ = "visitor_rules_draft"

    language: Mapped[str] = mapped_column(String(3), primary_key=True)
    lines: Mapped[str]
    checked: Mapped[bool]
    checked_by: Mapped[str | None] = mapped_column(String(140))
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_by: Mapped[str] = mapped_column(String(140))
    etag: Mapped[int] = mapped_column(default=1)
