"""Visits as events tell them: who is here, briefed or not, rung for, seen at a roll; can be drawn again at any time."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, UtcTime, partial_index


class Visit(Base):
    """One visit. Events come in any order, so every column but the id may still be unknown."""

    __tablename__ = "visit"
    __table_args__ = (
        Index(None, "since"),
        partial_index("ix_visit_open", "id", only="ended_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Made at the screen; random, so it may stand in an address."""
    device: Mapped[str | None] = mapped_column(String(40))
    event: Mapped[str | None] = mapped_column(String(100))
    """The sign-in, device/epoch/sequence."""
    name: Mapped[str | None] = mapped_column(String(80))
    """None: not heard yet, sealed, or erased."""
    organisation: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(String(40))
    host_id: Mapped[str | None] = mapped_column(String(40), index=True)
    role: Mapped[str | None] = mapped_column(String(40))
    room: Mapped[str | None] = mapped_column(String(40))
    needs_phone: Mapped[bool] = mapped_column(default=False)
    lanyard: Mapped[str | None] = mapped_column(String(4))
    badge: Mapped[str | None] = mapped_column(String(80))
    ticks: Mapped[str] = mapped_column(default="[]")
    """JSON list: what reception saw."""
    expected_id: Mapped[str | None] = mapped_column(String(40))
    image_permission: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When the office last noted ticks and lanyard; from then on its word counts."""
    checked_by: Mapped[str | None] = mapped_column(String(100))
    since: Mapped[datetime | None] = mapped_column(UtcTime)
    signed_in_by: Mapped[str | None] = mapped_column(String(100))
    """Who of the office signed them in; None: they did, at the screen."""
    rules_version: Mapped[int | None]
    rules_hash: Mapped[str | None] = mapped_column(String(64))
    rules_language: Mapped[str | None] = mapped_column(String(3))
    rules_seconds: Mapped[int | None]
    rules_how: Mapped[str | None] = mapped_column(String(16))
    """`spoken` or `paper`; None: on the screen."""
    rules_ticks: Mapped[str] = mapped_column(default="[]")
    briefed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    briefed_by: Mapped[str | None] = mapped_column(String(40))
    """The host's person id."""
    briefed_how: Mapped[str | None] = mapped_column(String(16))
    unsure_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """Somebody wanted to sign out and it may have been this visit; the office was rung."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_how: Mapped[str | None] = mapped_column(String(16))


class VisitBriefing(Base):
    """That a host said a visitor knows the rules; at a cabinet it is not said which visitor."""

    __tablename__ = "visit_briefing"

    event: Mapped[str] = mapped_column(String(100), primary_key=True)
    """device/epoch/sequence."""
    visit_id: Mapped[str | None] = mapped_column(String(16), index=True)
    person_id: Mapped[str] = mapped_column(String(40), index=True)
    how: Mapped[str] = mapped_column(String(16))
    point_id: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcTime)


class HelpRing(Base):
    """One ring from the reception screen, under the nonce that an answer names."""

    __tablename__ = "help_ring"
    __table_args__ = (Index(None, "asked_at"),)

    nonce: Mapped[str] = mapped_column(String(32), primary_key=True)
    device: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    """One of broker.messages.help.HelpKind."""
    visit_id: Mapped[str | None] = mapped_column(String(16))
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    senior_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When senior leaders were rung too, because nobody had answered."""
    arrived_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When central heard of it: one that comes a day late rings nobody."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answered_by: Mapped[str | None] = mapped_column(String(140))


class RollFact(Base):
    """Something said in a roll-call: begun, a visitor seen, ended. Facts are added and never taken back."""

    __tablename__ = "roll_fact"
    __table_args__ = (Index(None, "at"),)

    event: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """`begun`, `seen` or `ended`."""
    drill: Mapped[bool]
    visit_id: Mapped[str | None] = mapped_column(String(16))
    roll: Mapped[str | None] = mapped_column(String(100))
    """The beginning it was said in; of a beginning, the roll-call that was over before. None: as the times say."""
    said_by: Mapped[str | None] = mapped_column(String(100))
    """A person, or `badge:` and a reference; None where it is not known."""
    device: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcTime)


class RollPrint(Base):
    """That the list is to come out of the set printer for a roll-call, and what became of it."""

    __tablename__ = "roll_print"
    __table_args__ = (Index(None, "asked_at"),)

    event: Mapped[str] = mapped_column(String(100), primary_key=True)
    """The `roll.begun` it is for."""
    drill: Mapped[bool]
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(String(8))
    """`waiting`, `printed` or `failed`."""
    printer: Mapped[str | None] = mapped_column(String(127))
    visitors: Mapped[int | None]
    why: Mapped[str | None] = mapped_column(String(200))
    """What happened and what to do, where it failed."""
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
