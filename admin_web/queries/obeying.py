"""Which cabinets obey a change already, and which do not: by the revision each has in force (flow 2, step 4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin_web.queries.cabinets import CabinetState
from admin_web.queries.school_time import SchoolTime
from policy.rules import Revision


@dataclass(frozen=True, slots=True)
class Lacking:
    """A cabinet that has not confirmed a change."""

    name: str
    since: str | None
    """Since when it is not heard; None where it is heard and has only not confirmed yet."""

    @property
    def text(self) -> str:
        """`Room 4 not since 10:02`."""
        return f"{self.name} not {'yet' if self.since is None else f'since {self.since}'}"


@dataclass(frozen=True, slots=True)
class Obeying:
    """How far a change has arrived."""

    obeyed: tuple[str, ...]
    lacking: tuple[Lacking, ...]

    @property
    def total(self) -> int:
        """How many cabinets the change is for."""
        return len(self.obeyed) + len(self.lacking)

    @property
    def short(self) -> str:
        """`11 of 12`."""
        return f"{len(self.obeyed)} of {self.total}"

    @property
    def text(self) -> str:
        """`applied on 11 of 12; Room 4 not since 10:02`."""
        if not self.total:
            return "No cabinet stands anywhere yet."
        return "; ".join((f"applied on {self.short}", *(one.text for one in self.lacking)))

    @property
    def complete(self) -> bool:
        """Whether every cabinet has confirmed."""
        return not self.lacking


def obeying(
    cabinets: Sequence[CabinetState], revision: Revision, times: SchoolTime, *, points: frozenset[str] | None = None
) -> Obeying:
    """Sort cabinets by whether what they have in force carries a revision; only those at some points where given."""
    obeyed: list[str] = []
    lacking: list[Lacking] = []
    for cabinet in cabinets:
        if points is not None and cabinet.point not in points:
            continue
        if cabinet.applied is not None and cabinet.applied >= revision:
            obeyed.append(cabinet.name)
            continue
        since = cabinet.since or cabinet.heard_at
        away = not cabinet.online and since is not None
        lacking.append(Lacking(cabinet.name, times.near(since) if away and since is not None else None))
    return Obeying(tuple(obeyed), tuple(lacking))
