"""Staff groups with where their phones are kept and by when they are declared in, until the school says otherwise."""

from dataclasses import dataclass
from enum import StrEnum

from policy.problem import Problem
from policy.rules import MINUTES_OF_A_DAY


class StorageDuty(StrEnum):
    """Where a group keeps its phones (clauses 7 to 10)."""

    CABINET = "cabinet"
    LOCKER = "locker"
    BOX = "box"
    OFFICE = "office"
    """In an office, without a tap; confirmed once a term (clause 8)."""
    NONE = "none"

    @property
    def declares(self) -> bool:
        """Whether a phone is declared in by a tap; nobody else is ever expected at a cabinet."""
        return self in (StorageDuty.CABINET, StorageDuty.LOCKER, StorageDuty.BOX)


@dataclass(frozen=True, slots=True)
class StaffGroup:
    """A staff group; its duty follows whoever joins it."""

    name: str
    """The word of the API, of badges' roles and of blocks that are for one group."""
    duty: StorageDuty
    expected_by: int | None = None
    """Minutes of wall time by which its phones are declared in; None: when a person's own hours begin."""
    clause: str = "7"
    """The clause that the duty comes from."""


_LESSONS_BEGIN = 8 * 60 + 50

GROUPS = {
    group.name: group
    for group in (
        StaffGroup("classroom", StorageDuty.CABINET, _LESSONS_BEGIN),
        StaffGroup("office", StorageDuty.OFFICE, clause="8"),
        StaffGroup("catering", StorageDuty.LOCKER, clause="9"),
        StaffGroup("cleaning", StorageDuty.BOX, clause="10"),
        StaffGroup("site team", StorageDuty.BOX, clause="20"),
        StaffGroup("SLT", StorageDuty.OFFICE, clause="8"),
        StaffGroup("headteacher", StorageDuty.OFFICE, clause="8"),
        StaffGroup("agency", StorageDuty.CABINET, _LESSONS_BEGIN),
        StaffGroup("student", StorageDuty.CABINET, _LESSONS_BEGIN),
        StaffGroup("volunteer", StorageDuty.CABINET),
        StaffGroup("governor", StorageDuty.NONE, clause="21"),
    )
}
"""Staff group by name, in the order in which screens list them."""


def group_problems(name: str, duty: str, expected_by: int | None) -> tuple[Problem, ...]:
    """List what is wrong with a group's rule as entered, each with field and what to do; empty when all is well."""
    problems: list[Problem] = []
    if name not in GROUPS:
        problems.append(Problem("group", "That is not a staff group.", f"Choose one of {', '.join(GROUPS)}."))
    if duty not in set(StorageDuty):
        problems.append(Problem("duty", "That is no place for phones.", f"Choose one of {', '.join(StorageDuty)}."))
    elif expected_by is not None and not StorageDuty(duty).declares:
        problems.append(
            Problem(
                "expected_by",
                "Nobody is expected at a cabinet who does not keep a phone in one.",
                "Leave the time empty, or choose cabinet, locker or box.",
            )
        )
    if expected_by is not None and not 0 <= expected_by < MINUTES_OF_A_DAY:
        problems.append(Problem("expected_by", "That is not a time of the day.", "Write it like 08:50."))
    return tuple(problems)
