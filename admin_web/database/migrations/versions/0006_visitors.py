"""Visits as events tell them, what the reception screen is told, and the rules that visitors read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UTC_TIME = sa.BigInteger()
"""Milliseconds since 1970."""

TABLES = (
    "visitor_rules_text",
    "visitor_rules_draft",
    "visitor_rules",
    "regular_visitor",
    "expected_visit",
    "lanyard",
    "reception_settings",
    "roll_fact",
    "help_ring",
    "visit_briefing",
    "visit",
)


def upgrade() -> None:
    """Make the tables."""
    _make_visits()
    _make_reception()
    _make_visitor_rules()


def _make_visits() -> None:
    op.create_table(
        "help_ring",
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("visit_id", sa.String(length=16), nullable=True),
        sa.Column("asked_at", UTC_TIME, nullable=False),
        sa.Column("senior_at", UTC_TIME, nullable=True),
        sa.Column("arrived_at", UTC_TIME, nullable=True),
        sa.Column("answered_at", UTC_TIME, nullable=True),
        sa.Column("answered_by", sa.String(length=140), nullable=True),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_help_ring")),
    )
    op.create_index(op.f("ix_help_ring_asked_at"), "help_ring", ["asked_at"], unique=False)
    op.create_table(
        "roll_fact",
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("visit_id", sa.String(length=16), nullable=True),
        sa.Column("said_by", sa.String(length=100), nullable=True),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_roll_fact")),
    )
    op.create_index(op.f("ix_roll_fact_at"), "roll_fact", ["at"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=True),
        sa.Column("event", sa.String(length=100), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("organisation", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("host_id", sa.String(length=40), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("room", sa.String(length=40), nullable=True),
        sa.Column("needs_phone", sa.Boolean(), nullable=False),
        sa.Column("lanyard", sa.String(length=4), nullable=True),
        sa.Column("badge", sa.String(length=80), nullable=True),
        sa.Column("ticks", sa.String(), nullable=False),
        sa.Column("expected_id", sa.String(length=40), nullable=True),
        sa.Column("image_permission", sa.Boolean(), nullable=False),
        sa.Column("since", UTC_TIME, nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=True),
        sa.Column("rules_hash", sa.String(length=64), nullable=True),
        sa.Column("rules_language", sa.String(length=3), nullable=True),
        sa.Column("rules_seconds", sa.Integer(), nullable=True),
        sa.Column("rules_ticks", sa.String(), nullable=False),
        sa.Column("briefed_at", UTC_TIME, nullable=True),
        sa.Column("briefed_by", sa.String(length=40), nullable=True),
        sa.Column("briefed_how", sa.String(length=16), nullable=True),
        sa.Column("unsure_at", UTC_TIME, nullable=True),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.Column("ended_how", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_host_id"), "visit", ["host_id"], unique=False)
    op.create_index(
        "ix_visit_open",
        "visit",
        ["id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_visit_since"), "visit", ["since"], unique=False)
    op.create_table(
        "visit_briefing",
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("visit_id", sa.String(length=16), nullable=True),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=True),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_visit_briefing")),
    )
    op.create_index(op.f("ix_visit_briefing_person_id"), "visit_briefing", ["person_id"], unique=False)
    op.create_index(op.f("ix_visit_briefing_visit_id"), "visit_briefing", ["visit_id"], unique=False)


def _make_reception() -> None:
    op.create_table(
        "lanyard",
        sa.Column("number", sa.String(length=4), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("contractors", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_lanyard")),
    )
    op.create_index(
        "uq_lanyard_reference_now",
        "lanyard",
        ["reference"],
        unique=True,
        sqlite_where=sa.text("reference IS NOT NULL"),
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.create_table(
        "reception_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("closing", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_settings")),
    )
    op.create_table(
        "expected_visit",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=True),
        sa.Column("host_id", sa.String(length=40), nullable=True),
        sa.Column("starts", UTC_TIME, nullable=False),
        sa.Column("ends", UTC_TIME, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("image_permission", sa.Boolean(), nullable=False),
        sa.Column("image_permission_by", sa.String(length=140), nullable=True),
        sa.Column("image_permission_at", UTC_TIME, nullable=True),
        sa.Column("added_by", sa.String(length=140), nullable=False),
        sa.Column("added_at", UTC_TIME, nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_expected_visit_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_visit")),
    )
    op.create_index(op.f("ix_expected_visit_host_id"), "expected_visit", ["host_id"], unique=False)
    op.create_index(op.f("ix_expected_visit_starts"), "expected_visit", ["starts"], unique=False)
    op.create_table(
        "regular_visitor",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("host_id", sa.String(length=40), nullable=True),
        sa.Column("ends", UTC_TIME, nullable=True),
        sa.Column("added_by", sa.String(length=140), nullable=False),
        sa.Column("added_at", UTC_TIME, nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_regular_visitor_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regular_visitor")),
    )
    op.create_index(
        "uq_regular_visitor_reference_now",
        "regular_visitor",
        ["reference"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _make_visitor_rules() -> None:
    op.create_table(
        "visitor_rules",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", UTC_TIME, nullable=False),
        sa.Column("published_by", sa.String(length=140), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_visitor_rules")),
    )
    op.create_table(
        "visitor_rules_draft",
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.String(length=140), nullable=True),
        sa.Column("changed_at", UTC_TIME, nullable=False),
        sa.Column("changed_by", sa.String(length=140), nullable=False),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_visitor_rules_draft")),
    )
    op.create_table(
        "visitor_rules_text",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.String(length=140), nullable=True),
        sa.ForeignKeyConstraint(["version"], ["visitor_rules.version"], name=op.f("fk_visitor_rules_text_version")),
        sa.PrimaryKeyConstraint("version", "language", name=op.f("pk_visitor_rules_text")),
    )


def downgrade() -> None:
    """Take them away again, with their indices."""
    for table in TABLES:
        op.drop_table(table)
