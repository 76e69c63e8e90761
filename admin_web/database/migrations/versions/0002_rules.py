"""Permissions, restrictions, room states, what is said of a day, staff groups, orders, badges with an end."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC_TIME = sa.BigInteger()
"""Milliseconds since 1970."""


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "group_rule",
        sa.Column("group", sa.String(length=16), nullable=False),
        sa.Column("storage_duty", sa.String(length=16), nullable=False),
        sa.Column("expected_by", sa.Integer(), nullable=True),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("group", name=op.f("pk_group_rule")),
    )
    op.create_table(
        "permission",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("destination", sa.String(length=80), nullable=True),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("starts", UTC_TIME, nullable=False),
        sa.Column("ends", UTC_TIME, nullable=False),
        sa.Column("school_phone", sa.String(length=40), nullable=True),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("granted_by", sa.String(length=140), nullable=False),
        sa.Column("granted_at", UTC_TIME, nullable=False),
        sa.Column("withdrawn_by", sa.String(length=140), nullable=True),
        sa.Column("withdrawn_at", UTC_TIME, nullable=True),
        sa.Column("expired_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permission")),
    )
    op.create_index(op.f("ix_permission_ends"), "permission", ["ends"], unique=False)
    op.create_table(
        "going_home",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.Column("said_by", sa.String(length=140), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_going_home_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_going_home")),
    )
    op.create_index(op.f("ix_going_home_person_id_at"), "going_home", ["person_id", "at"], unique=False)
    op.create_table(
        "no_phone",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("said_by", sa.String(length=140), nullable=False),
        sa.Column("said_at", UTC_TIME, nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_no_phone_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_phone")),
    )
    op.create_index(
        "uq_no_phone_day",
        "no_phone",
        ["person_id", "day"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND day IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND day IS NOT NULL"),
    )
    op.create_index(
        "uq_no_phone_standing",
        "no_phone",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND day IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND day IS NULL"),
    )
    op.create_table(
        "permission_area",
        sa.Column("permission_id", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"], ["permission.id"], name=op.f("fk_permission_area_permission_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("permission_id", "area_id", name=op.f("pk_permission_area")),
    )
    op.create_table(
        "permission_person",
        sa.Column("permission_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"], ["permission.id"], name=op.f("fk_permission_person_permission_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_permission_person_person_id")),
        sa.PrimaryKeyConstraint("permission_id", "person_id", name=op.f("pk_permission_person")),
    )
    op.create_index(op.f("ix_permission_person_person_id"), "permission_person", ["person_id"], unique=False)
    op.create_table(
        "restriction",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("group", sa.String(length=16), nullable=True),
        sa.Column("breaks", sa.Boolean(), nullable=False),
        sa.Column("permissions", sa.Boolean(), nullable=False),
        sa.Column("approvals", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("starts", UTC_TIME, nullable=False),
        sa.Column("ends", UTC_TIME, nullable=True),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=140), nullable=False),
        sa.Column("made_at", UTC_TIME, nullable=False),
        sa.Column("ended_by", sa.String(length=140), nullable=True),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_restriction_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
    )
    op.create_index(
        "ix_restriction_now",
        "restriction",
        ["id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_restriction_person_id"), "restriction", ["person_id"], unique=False)
    op.create_table(
        "room_state",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("area_id", sa.String(length=40), nullable=True),
        sa.Column("point_id", sa.String(length=40), nullable=True),
        sa.Column("starts", UTC_TIME, nullable=False),
        sa.Column("ends", UTC_TIME, nullable=False),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(length=140), nullable=False),
        sa.Column("set_at", UTC_TIME, nullable=False),
        sa.Column("ended_by", sa.String(length=140), nullable=True),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_room_state_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_state")),
    )
    op.create_index(
        "ix_room_state_now",
        "room_state",
        ["ends"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "room_state_over",
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_room_state_over_point_id")),
        sa.PrimaryKeyConstraint("point_id", name=op.f("pk_room_state_over")),
    )
    op.create_table(
        "storage_confirmed",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.Column("said_by", sa.String(length=140), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_storage_confirmed_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_confirmed")),
    )
    op.create_index(op.f("ix_storage_confirmed_person_id_at"), "storage_confirmed", ["person_id", "at"], unique=False)
    op.create_table(
        "command_order",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("command", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.String(length=100), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("holder", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("ordered_by", sa.String(length=140), nullable=False),
        sa.Column("ordered_at", UTC_TIME, nullable=False),
        sa.Column("good_until", UTC_TIME, nullable=False),
        sa.Column("sent_at", UTC_TIME, nullable=True),
        sa.Column("answered_at", UTC_TIME, nullable=True),
        sa.ForeignKeyConstraint(["device"], ["device.id"], name=op.f("fk_command_order_device")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_command_order_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_order")),
        sa.UniqueConstraint("asked", name=op.f("uq_command_order_asked")),
    )
    op.create_index(
        "ix_command_order_open",
        "command_order",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'sent')"),
        postgresql_where=sa.text("state IN ('waiting', 'sent')"),
    )
    op.create_index(op.f("ix_command_order_person_id"), "command_order", ["person_id"], unique=False)
    op.add_column("badge", sa.Column("ends", UTC_TIME, nullable=True))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("badge", "ends")
    op.drop_index(op.f("ix_command_order_person_id"), table_name="command_order")
    op.drop_index("ix_command_order_open", table_name="command_order")
    op.drop_table("command_order")
    op.drop_index(op.f("ix_storage_confirmed_person_id_at"), table_name="storage_confirmed")
    op.drop_table("storage_confirmed")
    op.drop_table("room_state_over")
    op.drop_index("ix_room_state_now", table_name="room_state")
    op.drop_table("room_state")
    op.drop_index(op.f("ix_restriction_person_id"), table_name="restriction")
    op.drop_index("ix_restriction_now", table_name="restriction")
    op.drop_table("restriction")
    op.drop_index(op.f("ix_permission_person_person_id"), table_name="permission_person")
    op.drop_table("permission_person")
    op.drop_table("permission_area")
    op.drop_index("uq_no_phone_standing", table_name="no_phone")
    op.drop_index("uq_no_phone_day", table_name="no_phone")
    op.drop_table("no_phone")
    op.drop_index(op.f("ix_going_home_person_id_at"), table_name="going_home")
    op.drop_table("going_home")
    op.drop_index(op.f("ix_permission_ends"), table_name="permission")
    op.drop_table("permission")
    op.drop_table("group_rule")
