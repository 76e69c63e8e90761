"""How many phones are declared in at a room of those expected there: numbers, never names (clause 7, promise 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from policy.rules import DatedBlock, Week
from policy.staff_groups import StorageDuty
from policy.state import Declared
from policy.walltime import WallTime, wall_time
from policy.working_hours import LATEST_END, sent_home


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who keeps a phone at a room, with what says whether it is expected there; no name and no id."""

    duty: StorageDuty
    expected_by: int | None
    """The group's, in minutes of wall time; None: when the person's own hours begin."""
    hours: Week
    declared: Declared
    """Today's declared state."""
    no_phone: bool = False
    """Said *no phone with me*, for today or standing: that counts as done."""
    going_home: datetime | None = None
    """When *Going home* was last said, UTC."""


@dataclass(frozen=True, slots=True)
class DeclaredCount:
    """A room's numbers at one time."""

    expected: int = 0
    declared_in: int = 0
    declared_out: int = 0
    """Declared in and taken out again, in a break for example."""

    @property
    def not_declared(self) -> int:
        """How many declared nothing today; they may be absent, which nobody records."""
        return self.expected - self.declared_in - self.declared_out

    def __str__(self) -> str:
        return f"declared in {self.declared_in} of {self.expected}"


def count_declared(zone: str, keepers: Iterable[Keeper], now: datetime) -> DeclaredCount:
    """Count a room's phones now (UTC); only whoever is expected at this time is counted at all."""
    states = [keeper.declared for keeper in keepers if is_expected(zone, keeper, now)]
    return DeclaredCount(len(states), states.count(Declared.IN), states.count(Declared.OUT))


def is_expected(zone: str, keeper: Keeper, now: datetime) -> bool:
    """Whether this phone is expected to be declared in now.

    During the person's own hours of this weekday, from the later of the group's time and the beginning of those
    hours; not after *Going home*, not of a group that keeps no phone here, not without a phone.
    """
    if keeper.no_phone or not keeper.duty.declares or sent_home(zone, keeper.going_home, now):
        return False
    wall = wall_time(zone, now)
    return _at_work(keeper.hours, wall) and wall.minute >= (keeper.expected_by or 0)


def has_formal_time(blocks: Iterable[DatedBlock], day: date) -> bool:
    """Whether a room has lessons or the like on a day: on an INSET day or in the holidays nothing is expected."""
    return any(block.date == day and block.breaks != (block.span,) for block in blocks)


def _at_work(hours: Week, wall: WallTime) -> bool:
    return wall.minute < LATEST_END and any(wall.minute in span for span in hours[wall.weekday])
