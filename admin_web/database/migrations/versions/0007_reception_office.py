"""The office's half of reception: what it has seen of a visit, visits it wrote itself, the printer of roll-calls."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UTC_TIME = sa.BigInteger()
"""Milliseconds since 1970."""

COLUMNS: tuple[tuple[str, sa.Column[object]], ...] = (
    ("visit", sa.Column("checked_at", UTC_TIME, nullable=True)),
    ("visit", sa.Column("checked_by", sa.String(length=100), nullable=True)),
    ("visit", sa.Column("signed_in_by", sa.String(length=100), nullable=True)),
    ("visit", sa.Column("rules_how", sa.String(length=16), nullable=True)),
    ("reception_settings", sa.Column("printer", sa.String(length=127), nullable=True)),
)


def upgrade() -> None:
    """Add the columns and the table."""
    for table, column in COLUMNS:
        op.add_column(table, column)
    op.create_table(
        "roll_print",
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("asked_at", UTC_TIME, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("printer", sa.String(length=127), nullable=True),
        sa.Column("visitors", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.Column("done_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_roll_print")),
    )
    op.create_index(op.f("ix_roll_print_asked_at"), "roll_print", ["asked_at"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("roll_print")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
