"""The migrations make exactly the tables of the models, and go up and down with data in every table."""

import contextlib
import datetime as dates
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Date, LargeBinary, Table, func, insert, select, text

from admin_web.database import migrate
from admin_web.database.base import UtcTime
from admin_web.database.engine import Database
from admin_web.database.migrate import (
    current_edition,
    downgrade_tables,
    newest_edition,
    require_current,
    upgrade_tables,
)
from admin_web.database.schema import METADATA
from admin_web.errors import DatabaseNotReady


def editions() -> list[str]:
    """All editions, oldest first."""
    scripts = ScriptDirectory.from_config(migrate._config(None))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def fill(database: Database) -> None:
    """Put one row into every table there is, parents first; the values only have to fit the columns."""
    with database.alter() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(insert(table).values(a_row(table)))


def a_row(table: Table) -> dict[str, object]:
    values: dict[str, object] = {}
    for column in table.columns:
        if isinstance(column.type, UtcTime):
            values[column.name] = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
        elif isinstance(column.type, Date):
            values[column.name] = dates.date(2026, 11, 23)
        elif isinstance(column.type, Boolean):
            values[column.name] = False
        elif isinstance(column.type, LargeBinary):
            values[column.name] = b"\x01" * 16
        elif column.type.python_type is str:
            values[column.name] = "1"
        else:
            values[column.name] = 1
    return values


def count_rows(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in METADATA.sorted_tables
        }


def table_names(database: Database) -> set[str]:
    query: dict[str, str] = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }
    with database.read() as session:
        return set(session.scalars(text(query[database.engine.dialect.name]))) - {"alembic_version"}


def test_the_migrations_make_exactly_what_the_models_say(empty_database: Database) -> None:
    upgrade_tables(empty_database)
    with empty_database.alter() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_comparison_notices_a_column_that_no_migration_made(empty_database: Database) -> None:
    upgrade_tables(empty_database)
    with empty_database.alter() as connection:
        connection.execute(text("ALTER TABLE person ADD COLUMN shoe_size INTEGER"))
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert len(compare_metadata(context, METADATA)) == 1


def test_every_migration_goes_down_and_up_with_data(empty_database: Database) -> None:
    steps = ["base", *editions()]
    upgrade_tables(empty_database)
    fill(empty_database)
    assert set(count_rows(empty_database).values()) == {1}
    for lower, upper in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        downgrade_tables(empty_database, lower)
        upgrade_tables(empty_database, upper)
    upgrade_tables(empty_database)
    assert current_edition(empty_database) == newest_edition()
    downgrade_tables(empty_database, "base")
    assert table_names(empty_database) == set()


def test_running_the_migrations_again_changes_nothing(database: Database) -> None:
    before = count_rows(database)
    upgrade_tables(database)
    assert count_rows(database) == before


def test_a_program_starts_only_on_tables_of_its_edition(empty_database: Database) -> None:
    with pytest.raises(DatabaseNotReady, match="phonekeep-admin init"):
        require_current(empty_database)
    upgrade_tables(empty_database)
    require_current(empty_database)
    with empty_database.alter() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(DatabaseNotReady, match=r"edition 0000.*phonekeep-admin upgrade"):
        require_current(empty_database)


def test_a_migration_that_fails_leaves_the_tables_as_they_were(empty_database: Database) -> None:
    with contextlib.suppress(ZeroDivisionError), empty_database.alter() as connection:
        connection.execute(text("CREATE TABLE half (a INTEGER)"))
        raise ZeroDivisionError
    assert "half" not in table_names(empty_database)
