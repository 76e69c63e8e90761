"""INSERT for the database at hand: many rows fast, and ON CONFLICT, which both engines spell alike (flow 1, step 8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from admin_web.database.base import EPOCH

_MILLISECOND = timedelta(milliseconds=1)


def dialect_of(session: Session) -> str:
    """Name the engine at hand: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def insert_into(dialect: str, table: type[DeclarativeBase]) -> Any:
    """Begin an INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update` on both engines."""
    return postgresql.insert(_table_of(table)) if dialect == "postgresql" else sqlite.insert(_table_of(table))


def insert_rows(session: Session, table: type[DeclarativeBase], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each a tuple in the order of the table's columns, as the driver takes them; what conflicts is left.

    Times are whole milliseconds (`as_stored`). Straight to the driver, since a backlog is thousands of rows a second.
    """
    if rows:
        connection = session.connection()
        connection.exec_driver_sql(_statement(connection.dialect, _table_of(table)), list(rows))


def as_stored(time: datetime) -> int:
    """Write a time as `UtcTime` stores it: whole milliseconds since 1970."""
    return (time - EPOCH) // _MILLISECOND


@cache
def _statement(dialect: Dialect, table: Table) -> str:
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    place = "?" if dialect.paramstyle == "qmark" else "%s"
    places = ", ".join([place] * len(table.columns))
    return f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING"


def _table_of(table: type[DeclarativeBase]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found
