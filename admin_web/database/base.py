"""Column types and the declarative base that every table shares."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Index, Integer, MetaData, text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit key that SQLite also numbers by itself (only INTEGER PRIMARY KEY does)."""
LARGEST_KEY = 2**63 - 1
"""No database can be asked for a larger one."""


def partial_index(name: str, *columns: str, only: str, unique: bool = False) -> Index:
    """Make an index for some rows of a table, the same on both engines; `only` is the SQL condition."""
    return Index(name, *columns, unique=unique, sqlite_where=text(only), postgresql_where=text(only))


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime stored as whole milliseconds since 1970: the same order and size on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return (value - EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(milliseconds=int(value))


class Base(DeclarativeBase):
    """The declarative base; names of constraints are fixed so that Alembic can find them on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
