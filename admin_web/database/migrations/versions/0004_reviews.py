"""Exceptions about more than devices, and their reviews, which nobody can change or delete."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC_TIME = sa.BigInteger()
"""Milliseconds since 1970."""

NOT_CHANGED = "a review is never changed or deleted: add another one"


def upgrade() -> None:
    """Make the tables."""
    op.add_column("site", sa.Column("walking_seconds", sa.Integer(), nullable=False, server_default="60"))
    op.add_column("exception", sa.Column("subject", sa.String(length=140), nullable=True))
    op.add_column("exception", sa.Column("holder", sa.String(length=100), nullable=True))
    op.add_column("exception", sa.Column("solved_by", sa.String(length=80), nullable=True))
    op.add_column("exception", sa.Column("reviewed_at", UTC_TIME, nullable=True))
    op.create_index(op.f("ix_exception_subject"), "exception", ["subject"], unique=False)
    op.create_index(op.f("ix_exception_holder_ended_at"), "exception", ["holder", "ended_at"], unique=False)
    op.create_index(
        "ix_exception_open",
        "exception",
        ["id"],
        unique=False,
        sqlite_where=sa.text("reviewed_at IS NULL"),
        postgresql_where=sa.text("reviewed_at IS NULL"),
    )
    op.create_table(
        "exception_review",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("exception_id", BIG_KEY, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("reviewed_by", sa.String(length=140), nullable=False),
        sa.Column("reviewed_at", UTC_TIME, nullable=False),
        sa.ForeignKeyConstraint(["exception_id"], ["exception.id"], name=op.f("fk_exception_review_exception_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exception_review")),
    )
    op.create_index(op.f("ix_exception_review_exception_id"), "exception_review", ["exception_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("exception_review")  # its triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_reviews()")
    op.drop_index("ix_exception_open", table_name="exception")
    op.drop_index(op.f("ix_exception_holder_ended_at"), table_name="exception")
    op.drop_index(op.f("ix_exception_subject"), table_name="exception")
    for column in ("reviewed_at", "solved_by", "holder", "subject"):
        op.drop_column("exception", column)
    op.drop_column("site", "walking_seconds")


def _guard_sqlite() -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER exception_review_no_{act.lower()} BEFORE {act} ON exception_review "
            f"BEGIN SELECT RAISE(ABORT, '{NOT_CHANGED}'); END"
        )
    op.execute(  # INSERT OR REPLACE deletes without asking a trigger of DELETE
        "CREATE TRIGGER exception_review_no_replace BEFORE INSERT ON exception_review "
        "WHEN EXISTS (SELECT 1 FROM exception_review WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, '{NOT_CHANGED}'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep_reviews() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{NOT_CHANGED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER exception_review_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON exception_review "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_reviews()"
    )
