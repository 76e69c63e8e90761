"""The timetable's editions as values: the live one, a draft, one by its number (flow 2, step 2)."""

import json
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.timetable import TimetableVersion
from admin_web.services.timetable_body import TimetableBody, timetable_of
from policy.school_timetable import EMPTY, SchoolTimetable
from policy.school_timetable_document import document_of

DRAFT, LIVE, PAST, DROPPED = "draft", "live", "past", "dropped"


def live_version(session: Session) -> TimetableVersion | None:
    """Find the edition that is live; None before the first is published."""
    return session.scalars(select(TimetableVersion).where(TimetableVersion.state == LIVE)).first()


def draft_version(session: Session) -> TimetableVersion | None:
    """Find the draft; None where nothing is drafted."""
    return session.scalars(select(TimetableVersion).where(TimetableVersion.state == DRAFT)).first()


def live_timetable(session: Session) -> SchoolTimetable:
    """Read what is live; empty before the first is published."""
    row = live_version(session)
    return EMPTY if row is None else parse_document(row.document)


def draft_timetable(session: Session) -> SchoolTimetable | None:
    """Read the draft; None where nothing is drafted."""
    row = draft_version(session)
    return None if row is None else parse_document(row.document)


@lru_cache(maxsize=8)
def parse_document(document: str) -> SchoolTimetable:
    """Read a document that was checked before it was saved."""
    return timetable_of(TimetableBody.model_validate_json(document))


def write_document(timetable: SchoolTimetable) -> str:
    """Write a timetable as it is kept."""
    return json.dumps(document_of(timetable), ensure_ascii=False, separators=(",", ":"))
