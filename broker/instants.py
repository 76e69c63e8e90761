"""Points in time as text: RFC 3339 in UTC with milliseconds and a Z, the only form on the wire."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import StringConstraints

INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"
Instant = Annotated[str, StringConstraints(pattern=INSTANT)]
"""A field that holds an instant as text."""


def write_instant(moment: datetime) -> str:
    """Write an aware datetime, cut to whole milliseconds."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def read_instant(text: str) -> datetime:
    """Read an instant; `tzinfo` is `UTC`. Raises `ValueError` for a date or time that does not exist."""
    return datetime.fromisoformat(text)
