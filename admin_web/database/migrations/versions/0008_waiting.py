"""Who is waited for goes to cabinets apart from their rules, and a revision may be for reception screens alone."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("current_revision", sa.Column("cabinets_number", sa.Integer(), nullable=True))
    op.create_table(
        "published_visits",
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["device.id"], name=op.f("fk_published_visits_device")),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_published_visits")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("published_visits")
    op.drop_column("current_revision", "cabinets_number")
