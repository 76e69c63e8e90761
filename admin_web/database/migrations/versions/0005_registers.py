"""School phones, confiscated phones, policy texts and who confirmed them, phone checks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC_TIME = sa.BigInteger()
"""Milliseconds since 1970."""


def upgrade() -> None:
    """Make the tables."""
    _make_school_phones()
    _make_confiscated_phones()
    _make_policy_texts()
    _make_phone_checks()


def _make_school_phones() -> None:
    op.create_table(
        "school_phone",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("asset", sa.String(length=40), nullable=False),
        sa.Column("tag", sa.String(length=80), nullable=True),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.Column("added_at", UTC_TIME, nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_phone")),
        sa.UniqueConstraint("asset", name=op.f("uq_school_phone_asset")),
        sa.UniqueConstraint("tag", name=op.f("uq_school_phone_tag")),
    )
    op.create_table(
        "school_phone_loan",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("phone_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("taken_at", UTC_TIME, nullable=False),
        sa.Column("due", UTC_TIME, nullable=False),
        sa.Column("given_by", sa.String(length=140), nullable=False),
        sa.Column("returned_at", UTC_TIME, nullable=True),
        sa.Column("received_by", sa.String(length=140), nullable=True),
        sa.ForeignKeyConstraint(["phone_id"], ["school_phone.id"], name=op.f("fk_school_phone_loan_phone_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_school_phone_loan_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_phone_loan")),
    )
    op.create_index(op.f("ix_school_phone_loan_person_id"), "school_phone_loan", ["person_id"], unique=False)
    op.create_index(op.f("ix_school_phone_loan_taken_at"), "school_phone_loan", ["taken_at"], unique=False)
    op.create_index(
        "uq_school_phone_loan_now",
        "school_phone_loan",
        ["phone_id"],
        unique=True,
        sqlite_where=sa.text("returned_at IS NULL"),
        postgresql_where=sa.text("returned_at IS NULL"),
    )


def _make_confiscated_phones() -> None:
    op.create_table(
        "confiscated_phone",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("school_class", sa.String(length=40), nullable=False),
        sa.Column("initials", sa.String(length=8), nullable=False),
        sa.Column("description", sa.String(length=80), nullable=False),
        sa.Column("slot", sa.String(length=20), nullable=False),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.Column("held_by", sa.String(length=40), nullable=False),
        sa.Column("held_at", UTC_TIME, nullable=False),
        sa.Column("entered_by", sa.String(length=140), nullable=False),
        sa.Column("relationship", sa.String(length=24), nullable=True),
        sa.Column("released_by", sa.String(length=40), nullable=True),
        sa.Column("released_at", UTC_TIME, nullable=True),
        sa.Column("release_entered_by", sa.String(length=140), nullable=True),
        sa.ForeignKeyConstraint(["held_by"], ["person.id"], name=op.f("fk_confiscated_phone_held_by")),
        sa.ForeignKeyConstraint(["released_by"], ["person.id"], name=op.f("fk_confiscated_phone_released_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confiscated_phone")),
    )
    op.create_index(op.f("ix_confiscated_phone_released_at"), "confiscated_phone", ["released_at"], unique=False)
    op.create_index(
        "uq_confiscated_phone_slot_now",
        "confiscated_phone",
        ["slot"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )


def _make_policy_texts() -> None:
    op.create_table(
        "policy_text",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", UTC_TIME, nullable=False),
        sa.Column("published_by", sa.String(length=140), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_text")),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("said_by", sa.String(length=140), nullable=False),
        sa.Column("tap", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["version"], ["policy_text.version"], name=op.f("fk_acknowledgement_version")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_acknowledgement_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint("person_id", "version", name=op.f("uq_acknowledgement_person_id_version")),
    )
    op.create_table(
        "badge_confirmation",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=140), nullable=False),
        sa.Column("asked_at", UTC_TIME, nullable=False),
        sa.Column("until", UTC_TIME, nullable=False),
        sa.Column("closed_at", UTC_TIME, nullable=True),
        sa.Column("tap", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["version"], ["policy_text.version"], name=op.f("fk_badge_confirmation_version")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_badge_confirmation_person_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_badge_confirmation_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_confirmation")),
    )
    op.create_index(op.f("ix_badge_confirmation_person_id"), "badge_confirmation", ["person_id"], unique=False)
    op.create_index(
        "ix_badge_confirmation_open",
        "badge_confirmation",
        ["point_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _make_phone_checks() -> None:
    op.create_table(
        "phone_check",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("authorised_by", sa.String(length=40), nullable=False),
        sa.Column("witness", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("recorded_by", sa.String(length=140), nullable=False),
        sa.Column("recorded_at", UTC_TIME, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phone_check_person_id")),
        sa.ForeignKeyConstraint(["authorised_by"], ["person.id"], name=op.f("fk_phone_check_authorised_by")),
        sa.ForeignKeyConstraint(["witness"], ["person.id"], name=op.f("fk_phone_check_witness")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_check")),
    )
    op.create_index(op.f("ix_phone_check_person_id"), "phone_check", ["person_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_phone_check_person_id"), table_name="phone_check")
    op.drop_table("phone_check")
    op.drop_index("ix_badge_confirmation_open", table_name="badge_confirmation")
    op.drop_index(op.f("ix_badge_confirmation_person_id"), table_name="badge_confirmation")
    op.drop_table("badge_confirmation")
    op.drop_table("acknowledgement")
    op.drop_table("policy_text")
    op.drop_index("uq_confiscated_phone_slot_now", table_name="confiscated_phone")
    op.drop_index(op.f("ix_confiscated_phone_released_at"), table_name="confiscated_phone")
    op.drop_table("confiscated_phone")
    op.drop_index("uq_school_phone_loan_now", table_name="school_phone_loan")
    op.drop_index(op.f("ix_school_phone_loan_taken_at"), table_name="school_phone_loan")
    op.drop_index(op.f("ix_school_phone_loan_person_id"), table_name="school_phone_loan")
    op.drop_table("school_phone_loan")
    op.drop_table("school_phone")
