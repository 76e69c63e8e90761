"""The timetable as the office sees it: what is edited, who drafted it, the versions, what a draft would change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.timetable import TimetableVersion
from admin_web.errors import NotFound
from admin_web.queries.names import actor_names
from admin_web.rules.areas import area_names
from admin_web.rules.timetables import DRAFT, LIVE, PAST, draft_version, live_version, parse_document
from admin_web.services.timetable import edited_version, mark_of
from policy.day_plan import Target
from policy.problem import Problem
from policy.school_timetable import EMPTY, SchoolTimetable
from policy.school_timetable_checks import name_of, timetable_problems, timetable_warnings
from policy.staff_groups import GROUPS
from policy.timetable_diff import Difference, differences

NO_LONGER_KEPT = "Somebody whose account is no longer kept"
SHOWN = 30
"""Past versions in the list."""


@dataclass(frozen=True, slots=True)
class Editing:
    """What somebody edits: the draft, or what is live as long as there is none."""

    timetable: SchoolTimetable
    mark: str
    is_draft: bool
    live: SchoolTimetable
    names: Mapping[str, str]
    changed_by: str
    changed_at: datetime | None

    @property
    def targets(self) -> list[Target]:
        """Whom a plan may be for: the areas by name, then the staff groups."""
        return [*(Target(area=id) for id in self.names), *(Target(group=group) for group in GROUPS)]

    @property
    def first_planned(self) -> Target:
        """Whom the page shows first: the first that has a plan, else the first there is."""
        planned = {plan.target for plan in self.timetable.plans}
        return next((target for target in self.targets if target in planned), self.targets[0])

    @property
    def changes(self) -> tuple[Difference, ...]:
        """What publishing would change."""
        return differences(self.live, self.timetable, self.names)

    def name(self, target: Target) -> str:
        """Name an area or group."""
        return name_of(target, self.names)


@dataclass(frozen=True, slots=True)
class VersionKept:
    """One published version."""

    number: int
    is_live: bool
    published_by: str
    published_at: datetime | None
    brings_back: int | None
    """The older version that it is a copy of."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """The draft beside what is live."""

    number: int
    mark: str
    live_mark: str
    drafted_by: str
    drafted_at: datetime
    changed_by: str
    changed_at: datetime
    begun_from_live: bool
    """Whether what is live is still what the draft was begun from."""
    changes: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def read_editing(session: Session) -> Editing:
    """Read what an edit begins from."""
    row, live = edited_version(session), live_version(session)
    names = {} if row is None else actor_names(session, [row.changed_by])
    return Editing(
        timetable=EMPTY if row is None else parse_document(row.document),
        mark=mark_of(row),
        is_draft=row is not None and row.state == DRAFT,
        live=EMPTY if live is None else parse_document(live.document),
        names=area_names(session),
        changed_by="" if row is None else names.get(row.changed_by, NO_LONGER_KEPT),
        changed_at=None if row is None else row.changed_at,
    )


def read_comparing(session: Session) -> Comparing | None:
    """Read what the draft would change; None where there is none."""
    draft, live = draft_version(session), live_version(session)
    if draft is None:
        return None
    areas = area_names(session)
    names = actor_names(session, [draft.drafted_by, draft.changed_by])
    timetable = parse_document(draft.document)
    return Comparing(
        number=draft.id,
        mark=mark_of(draft),
        live_mark=mark_of(live),
        drafted_by=names.get(draft.drafted_by, NO_LONGER_KEPT),
        drafted_at=draft.drafted_at,
        changed_by=names.get(draft.changed_by, NO_LONGER_KEPT),
        changed_at=draft.changed_at,
        begun_from_live=draft.based_on == (None if live is None else live.id),
        changes=differences(EMPTY if live is None else parse_document(live.document), timetable, areas),
        problems=timetable_problems(timetable, areas),
        warnings=timetable_warnings(timetable, areas),
    )


def read_versions(session: Session) -> list[VersionKept]:
    """List what was ever published, the newest first."""
    rows = session.scalars(
        select(TimetableVersion)
        .where(TimetableVersion.state.in_((LIVE, PAST)))
        .order_by(TimetableVersion.published_at.desc(), TimetableVersion.id.desc())
        .limit(SHOWN)
    ).all()
    names = actor_names(session, [row.published_by or "" for row in rows])
    documents = {row.id: row.document for row in rows}
    return [
        VersionKept(
            number=row.id,
            is_live=row.state == LIVE,
            published_by=names.get(row.published_by or "", NO_LONGER_KEPT),
            published_at=row.published_at,
            brings_back=row.based_on if documents.get(row.based_on or 0) == row.document else None,
        )
        for row in rows
    ]


def read_effect_of(session: Session, number: int) -> tuple[Difference, ...]:
    """Tell what rolling back to a version would change now. Raises NotFound."""
    row, live = session.get(TimetableVersion, number), live_version(session)
    if row is None or row.state != PAST:
        raise NotFound("There is no such earlier timetable.", what_to_do="Choose one from the list.", field="version")
    was = EMPTY if live is None else parse_document(live.document)
    return differences(was, parse_document(row.document), area_names(session))


def read_live_mark(session: Session) -> str:
    """Read the mark of what is live."""
    return mark_of(live_version(session))
