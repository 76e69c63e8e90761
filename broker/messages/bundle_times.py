"""Times in a rules bundle: spans of a day, weeks, restricted blocks, children staying in."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from broker.instants import Instant, read_instant, write_instant
from broker.messages.message import Count, Text, WireModel, absent
from policy.rules import DatedBlock, RoomState, Span, Week

SpanOnWire = tuple[Count, Count]
"""From and until in minutes of the local day."""
WeekOnWire = Annotated[list[list[SpanOnWire]], Field(min_length=7, max_length=7)]


class BlockOnWire(WireModel):
    """A restricted block on one date."""

    date: date
    span: SpanOnWire
    name: Text
    breaks: list[SpanOnWire] = Field(default_factory=list)
    group: Text | None = Field(default=None, exclude_if=absent)

    @classmethod
    def write(cls, block: DatedBlock) -> Self:
        """Write a block."""
        span, breaks = _write(block.span), _write_all(block.breaks)
        return cls(date=block.date, span=span, name=block.name, breaks=breaks, group=block.group)

    def read(self) -> DatedBlock:
        """Read a block. Raises ValueError for a span that does not run forward within a day."""
        return DatedBlock(self.date, Span(*self.span), self.name, _read_all(self.breaks), self.group)


class RoomStateOnWire(WireModel):
    """Children are staying in."""

    starts: Instant = Field(validation_alias="from", serialization_alias="from")
    ends: Instant = Field(validation_alias="until", serialization_alias="until")

    @classmethod
    def write(cls, state: RoomState) -> Self:
        """Write a room state."""
        return cls(starts=write_instant(state.starts), ends=write_instant(state.ends))

    def read(self) -> RoomState:
        """Read a room state. Raises ValueError for a time that does not exist."""
        return RoomState(read_instant(self.starts), read_instant(self.ends))


def write_week(week: Week) -> list[list[SpanOnWire]]:
    """Write seven days of spans."""
    return [_write_all(day) for day in week]


def read_week(week: list[list[SpanOnWire]]) -> Week:
    """Read seven days of spans. Raises ValueError for a span that does not run forward within a day."""
    return tuple(_read_all(day) for day in week)


def write_maybe(moment: datetime | None) -> str | None:
    """Write an instant, if there is one."""
    return None if moment is None else write_instant(moment)


def read_maybe(text: str | None) -> datetime | None:
    """Read an instant, if there is one. Raises ValueError for one that does not exist."""
    return None if text is None else read_instant(text)


def _write(span: Span) -> SpanOnWire:
    return (span.start, span.end)


def _write_all(spans: tuple[Span, ...]) -> list[SpanOnWire]:
    return [_write(span) for span in spans]


def _read_all(spans: list[SpanOnWire]) -> tuple[Span, ...]:
    return tuple(Span(*span) for span in spans)
