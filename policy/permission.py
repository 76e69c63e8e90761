"""What the headteacher permits, as entered: kinds, purposes, and what may not be saved (clauses 3, 15, 20)."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from policy.problem import Problem
from policy.rules import PermissionKind

SCHOOL_YEAR = timedelta(days=366)
"""The longest a standing agreement lasts (clause 20)."""


class GrantKind(StrEnum):
    """What may be granted."""

    TRIP = "trip"
    SITE_TEAM = "site_team"
    ADJUSTMENT = "adjustment"
    IMAGE = "image"
    """Images or sound (clause 3); no cabinet carries it, since it lets no phone be taken out."""

    @property
    def carried(self) -> PermissionKind | None:
        """The kind as cabinets know it; None where it says nothing about taking out."""
        return None if self is GrantKind.IMAGE else PermissionKind(self.value)

    @property
    def clause(self) -> str:
        """The clause that a grant of this kind rests on."""
        return _CLAUSES[self]


_CLAUSES = {GrantKind.TRIP: "15", GrantKind.SITE_TEAM: "20", GrantKind.ADJUSTMENT: "4", GrantKind.IMAGE: "3"}

PURPOSES = {
    GrantKind.TRIP: {
        "educational_visit": "educational visit",
        "sports_fixture": "sports fixture",
        "swimming": "swimming lessons",
        "residential": "residential visit",
    },
    GrantKind.SITE_TEAM: {
        "evidence_defects": "evidence of defects",
        "lone_working": "lone working",
        "contractors": "meeting contractors",
    },
    GrantKind.ADJUSTMENT: {"agreed_adjustment": "agreed adjustment"},
    GrantKind.IMAGE: {
        "school_publication": "school publication",
        "learning_record": "record of learning",
        "school_event": "school event",
    },
}
"""Purpose codes of a kind with the words for them. An adjustment has one, so that no diagnosis is stored anywhere."""


@dataclass(frozen=True, slots=True)
class PermissionDraft:
    """A permission as somebody wants it to be; times are UTC."""

    kind: GrantKind
    people: tuple[str, ...]
    purpose: str
    starts: datetime
    ends: datetime | None
    areas: tuple[str, ...] = ()
    """Where the phone may be used (clause 20); it comes out wherever its holder keeps it, in these areas or not."""
    school_phone: str | None = None
    """The school phone that goes on the trip."""


def permission_problems(draft: PermissionDraft, now: datetime) -> tuple[Problem, ...]:
    """List what keeps a permission from being saved, each with field and what to do; empty when it may be."""
    return (*_subject(draft), *_time(draft, now))


def permission_warnings(draft: PermissionDraft) -> tuple[Problem, ...]:
    """List what should be looked at before saving; it may be saved all the same."""
    if draft.kind is not GrantKind.TRIP or draft.school_phone:
        return ()
    return (
        Problem(
            "school_phone",
            "No school phone goes on this visit.",
            "Choose one, or save without: staff then use their own phones only to reach the school or in an emergency.",
        ),
    )


def reach_warnings(draft: PermissionDraft, keeping: Set[str], withdrawn: Set[str]) -> tuple[Problem, ...]:
    """Warn of a permission by which no cabinet would give a phone out.

    `keeping` are those of its people who keep a phone at a cabinet, `withdrawn` those from whom permissions are taken
    away for as long as it lasts.
    """
    if draft.kind.carried is None or not draft.people:
        return ()
    reached = keeping & set(draft.people)
    if not reached:
        return (
            Problem(
                "people",
                "No cabinet would give a phone out by this: nobody it names keeps one at a cabinet.",
                "Say first on the person’s page where the phone is kept, or save it all the same as a note.",
            ),
        )
    if reached <= withdrawn:
        return (
            Problem(
                "people",
                "No cabinet would give a phone out by this: permissions are withdrawn for as long as it lasts.",
                "Look at Withdraw and restrict first, or save it all the same for when they are given back.",
            ),
        )
    return ()


def _subject(draft: PermissionDraft) -> Iterator[Problem]:
    if not draft.people and draft.kind is not GrantKind.IMAGE:
        yield Problem("people", "Nobody is named.", "Choose at least one person.")
    if len(set(draft.people)) < len(draft.people):
        yield Problem("people", "Somebody is named twice.", "Name each person once.")
    if draft.purpose not in PURPOSES[draft.kind]:
        codes = ", ".join(PURPOSES[draft.kind])
        yield Problem("purpose", "That is no purpose of this kind of permission.", f"Choose one of {codes}.")
    if draft.kind is GrantKind.SITE_TEAM and not draft.areas:
        yield Problem("areas", "The agreement names no area.", "Choose where the phone may be used.")


def _time(draft: PermissionDraft, now: datetime) -> Iterator[Problem]:
    if draft.ends is None:
        yield Problem("ends", "A permission without an end cannot be saved.", "Say when it ends; it ends by itself.")
    elif draft.ends <= draft.starts:
        yield Problem("ends", "The permission would end before it starts.", "Let it end after it starts.")
    elif draft.ends <= now:
        yield Problem("ends", "That time has passed already.", "Choose an end that is still to come.")
    elif draft.kind is GrantKind.SITE_TEAM and draft.ends - draft.starts > SCHOOL_YEAR:
        yield Problem(
            "ends",
            "A standing agreement lasts at most one school year.",
            "Let it end within a year of its start, and agree it again then.",
        )
