"""What a cabinet's exception is about ends by itself: those that still run are looked up by kind and device."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        op.f("ix_exception_kind_device_ended_at"), "exception", ["kind", "device", "ended_at"], unique=False
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("ix_exception_kind_device_ended_at"), table_name="exception")
