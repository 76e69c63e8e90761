"""The first tables: places, people, restricted times, the event log, publishing, accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC_TIME = sa.BigInteger()
"""Milliseconds since 1970."""


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "audit",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.Column("actor", sa.String(length=140), nullable=False),
        sa.Column("act", sa.String(length=48), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("filter", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_person_id_at"), "audit", ["person_id", "at"], unique=False)
    op.create_table(
        "badge",
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column("cover", sa.Boolean(), nullable=False),
        sa.Column("cover_since", UTC_TIME, nullable=True),
        sa.Column("lost_at", UTC_TIME, nullable=True),
        sa.Column("added_at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_badge")),
    )
    op.create_table(
        "central_counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_event_id", BIG_KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_central_counter")),
    )
    op.create_table(
        "current_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_current_revision")),
    )
    op.create_table(
        "device_epoch",
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("upto", BIG_KEY, nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous", sa.String(length=16), nullable=True),
        sa.Column("previous_sequence", BIG_KEY, nullable=True),
        sa.Column("begun_at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("device", "epoch", name=op.f("pk_device_epoch")),
    )
    op.create_table(
        "erased_commitment",
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("erased_at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_erased_commitment")),
    )
    op.create_table(
        "event",
        sa.Column("id", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("sequence", BIG_KEY, nullable=False),
        sa.Column("type", sa.String(length=48), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=True),
        sa.Column("tap", BIG_KEY, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("time", UTC_TIME, nullable=False),
        sa.Column("time_quality", sa.String(length=12), nullable=False),
        sa.Column("committed_at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("device", "epoch", "sequence", name=op.f("uq_event_device_epoch_sequence")),
    )
    op.create_index(op.f("ix_event_point_id_id"), "event", ["point_id", "id"], unique=False)
    op.create_index(op.f("ix_event_type_id"), "event", ["type", "id"], unique=False)
    op.create_table(
        "exception",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=True),
        sa.Column("point_id", sa.String(length=40), nullable=True),
        sa.Column("raised_at", UTC_TIME, nullable=False),
        sa.Column("cites", sa.String(), nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exception")),
    )
    op.create_table(
        "head",
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("sequence", BIG_KEY, nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.PrimaryKeyConstraint("device", "epoch", "sequence", name=op.f("pk_head")),
    )
    op.create_table(
        "owner_link",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("used_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_owner_link")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("group", sa.String(length=16), nullable=False),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "point",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("received_at", UTC_TIME, nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_subject_at"), "sign_in_attempt", ["subject", "at"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("cover_hours", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "account",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sign_in_name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("sign_in_name", name=op.f("uq_account_sign_in_name")),
    )
    op.create_table(
        "badge_person",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("badge", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("starts", UTC_TIME, nullable=False),
        sa.Column("ends", UTC_TIME, nullable=True),
        sa.ForeignKeyConstraint(["badge"], ["badge.reference"], name=op.f("fk_badge_person_badge")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_badge_person_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_person")),
    )
    op.create_index(op.f("ix_badge_person_badge"), "badge_person", ["badge"], unique=False)
    op.create_index(op.f("ix_badge_person_person_id"), "badge_person", ["person_id"], unique=False)
    op.create_index(
        "uq_badge_person_now",
        "badge_person",
        ["badge"],
        unique=True,
        sqlite_where=sa.text("ends IS NULL"),
        postgresql_where=sa.text("ends IS NULL"),
    )
    op.create_table(
        "declared_state",
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=100), nullable=False),
        sa.Column("badge", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.Column("epoch_order", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_declared_state_point_id")),
        sa.PrimaryKeyConstraint("point_id", "holder", name=op.f("pk_declared_state")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=True),
        sa.Column("event_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("certificate_serial", sa.String(length=64), nullable=True),
        sa.Column("added_at", UTC_TIME, nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_device_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("point_id", name=op.f("uq_device_point_id")),
    )
    op.create_table(
        "event_private",
        sa.Column("event_id", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_private_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_private")),
    )
    op.create_table(
        "log_row",
        sa.Column("event_id", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("time", UTC_TIME, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("point_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_log_row_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_log_row")),
    )
    op.create_index(op.f("ix_log_row_kind_time_event_id"), "log_row", ["kind", "time", "event_id"], unique=False)
    op.create_index(
        op.f("ix_log_row_person_id_kind_time_event_id"),
        "log_row",
        ["person_id", "kind", "time", "event_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_log_row_person_id_point_id_kind_time_event_id"),
        "log_row",
        ["person_id", "point_id", "kind", "time", "event_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_log_row_point_id_kind_time_event_id"),
        "log_row",
        ["point_id", "kind", "time", "event_id"],
        unique=False,
    )
    op.create_index(op.f("ix_log_row_time_event_id"), "log_row", ["time", "event_id"], unique=False)
    op.create_table(
        "person_point",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("starts", UTC_TIME, nullable=False),
        sa.Column("ends", UTC_TIME, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_point_person_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_person_point_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_point")),
    )
    op.create_index(op.f("ix_person_point_person_id"), "person_point", ["person_id"], unique=False)
    op.create_index(
        "uq_person_point_now",
        "person_point",
        ["person_id", "point_id"],
        unique=True,
        sqlite_where=sa.text("ends IS NULL"),
        postgresql_where=sa.text("ends IS NULL"),
    )
    op.create_index(
        "uq_person_point_slot_now",
        "person_point",
        ["point_id", "slot"],
        unique=True,
        sqlite_where=sa.text("slot IS NOT NULL AND ends IS NULL"),
        postgresql_where=sa.text("slot IS NOT NULL AND ends IS NULL"),
    )
    op.create_table(
        "restricted_block",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_restricted_block_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_block")),
    )
    op.create_index(
        op.f("ix_restricted_block_point_id_weekday"), "restricted_block", ["point_id", "weekday"], unique=False
    )
    op.create_table(
        "restricted_times",
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_restricted_times_point_id")),
        sa.PrimaryKeyConstraint("point_id", name=op.f("pk_restricted_times")),
    )
    op.create_table(
        "unknown_badge",
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=True),
        sa.Column("seen_at", UTC_TIME, nullable=False),
        sa.Column("taps", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_unknown_badge_point_id")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_unknown_badge")),
    )
    op.create_table(
        "working_hours",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_working_hours_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
    )
    op.create_index(op.f("ix_working_hours_person_id"), "working_hours", ["person_id"], unique=False)
    op.create_table(
        "device_status",
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("online_since", UTC_TIME, nullable=True),
        sa.Column("heard_at", UTC_TIME, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("applied_generation", sa.Integer(), nullable=True),
        sa.Column("applied_number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["device.id"], name=op.f("fk_device_status_device")),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_device_status")),
    )
    op.create_table(
        "published_bundle",
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("window_first", sa.Date(), nullable=False),
        sa.Column("published_at", UTC_TIME, nullable=False),
        sa.ForeignKeyConstraint(["device"], ["device.id"], name=op.f("fk_published_bundle_device")),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_published_bundle")),
    )
    op.create_table(
        "restricted_break",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("block_id", BIG_KEY, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["restricted_block.id"], name=op.f("fk_restricted_break_block_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_break")),
    )
    op.create_index(op.f("ix_restricted_break_block_id"), "restricted_break", ["block_id"], unique=False)
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", BIG_KEY, nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("seen_at", UTC_TIME, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_web_session_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_account_id"), "web_session", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("web_session")
    op.drop_table("restricted_break")
    op.drop_table("published_bundle")
    op.drop_table("device_status")
    op.drop_table("working_hours")
    op.drop_table("unknown_badge")
    op.drop_table("restricted_times")
    op.drop_table("restricted_block")
    op.drop_table("person_point")
    op.drop_table("log_row")
    op.drop_table("event_private")
    op.drop_table("device")
    op.drop_table("declared_state")
    op.drop_table("badge_person")
    op.drop_table("account")
    op.drop_table("site")
    op.drop_table("sign_in_attempt")
    op.drop_table("quarantine")
    op.drop_table("point")
    op.drop_table("person")
    op.drop_table("owner_link")
    op.drop_table("head")
    op.drop_table("exception")
    op.drop_table("event")
    op.drop_table("erased_commitment")
    op.drop_table("device_epoch")
    op.drop_table("current_revision")
    op.drop_table("central_counter")
    op.drop_table("badge")
    op.drop_table("audit")
    op.drop_table("api_token")
