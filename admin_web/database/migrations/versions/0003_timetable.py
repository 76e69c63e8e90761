"""The timetable: areas, and its versions drafted, live and past; every point so far keeps the times of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC_TIME = sa.BigInteger()
"""Milliseconds since 1970."""
STATES = ("draft", "live")


def upgrade() -> None:
    """Make the tables; each point gets an area of its own name, and one with restricted times keeps them."""
    op.create_table(
        "area",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone_free", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
    )
    op.create_table(
        "timetable_version",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.Column("based_on", BIG_KEY, nullable=True),
        sa.Column("drafted_by", sa.String(length=140), nullable=False),
        sa.Column("drafted_at", UTC_TIME, nullable=False),
        sa.Column("changed_by", sa.String(length=140), nullable=False),
        sa.Column("changed_at", UTC_TIME, nullable=False),
        sa.Column("published_by", sa.String(length=140), nullable=True),
        sa.Column("published_at", UTC_TIME, nullable=True),
        sa.ForeignKeyConstraint(["based_on"], ["timetable_version.id"], name=op.f("fk_timetable_version_based_on")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_version")),
    )
    for state in STATES:
        op.create_index(
            f"uq_timetable_version_{state}",
            "timetable_version",
            ["state"],
            unique=True,
            sqlite_where=sa.text(f"state = '{state}'"),
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    _link_points()
    op.add_column("restricted_times", sa.Column("own", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE restricted_times SET own = (1 = 1)"
        " WHERE EXISTS (SELECT 1 FROM restricted_block WHERE restricted_block.point_id = restricted_times.point_id)"
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite cannot take a default away without a new table
        op.alter_column("restricted_times", "own", server_default=None)


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("restricted_times", "own")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("fk_point_area_id"), "point", type_="foreignkey")
    op.drop_column("point", "area_id")
    for state in STATES:
        op.drop_index(f"uq_timetable_version_{state}", table_name="timetable_version")
    op.drop_table("timetable_version")
    op.drop_table("area")


def _link_points() -> None:
    op.execute("INSERT INTO area (id, name, phone_free, etag) SELECT id, name, (1 = 0), 1 FROM point")
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a foreign key only together with its column.
        op.execute("ALTER TABLE point ADD COLUMN area_id VARCHAR(40) CONSTRAINT fk_point_area_id REFERENCES area (id)")
    else:
        op.add_column("point", sa.Column("area_id", sa.String(length=40), nullable=True))
        op.create_foreign_key(op.f("fk_point_area_id"), "point", "area", ["area_id"], ["id"])
    op.execute("UPDATE point SET area_id = id")
