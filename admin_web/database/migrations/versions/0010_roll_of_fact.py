"""What is said of a roll-call names the one it was said in, so that screens that were apart agree."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("roll_fact", sa.Column("roll", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("roll_fact", "roll")
