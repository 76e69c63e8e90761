"""The editions of the timetable that a day can be looked at by: what is live, the draft, those that were."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.timetable import TimetableVersion
from admin_web.errors import Invalid
from admin_web.queries.school_time import SchoolTime
from admin_web.rules.timetables import DRAFT, PAST, parse_document
from policy.school_timetable import SchoolTimetable

PAST_ONES = 5


def timetable_choices(session: Session, times: SchoolTime) -> list[tuple[str, str]]:
    """List (number, words), what is live first as an empty number."""
    choices = [("", "the timetable as it is")]
    draft = session.scalars(select(TimetableVersion).where(TimetableVersion.state == DRAFT)).first()
    if draft is not None:
        choices.append((str(draft.id), f"the draft of {times.near(draft.changed_at)}"))
    past = session.scalars(
        select(TimetableVersion)
        .where(TimetableVersion.state == PAST)
        .order_by(TimetableVersion.published_at.desc(), TimetableVersion.id.desc())
        .limit(PAST_ONES)
    )
    for row in past:
        published = "" if row.published_at is None else f", published {times.near(row.published_at)}"
        choices.append((str(row.id), f"an older one{published}"))
    return choices


def choose_timetable(session: Session, number: str) -> SchoolTimetable | None:
    """Find an edition by its number; None for an empty one, which is what is live. Raises Invalid."""
    if not number:
        return None
    row = session.get(TimetableVersion, int(number)) if number.isdecimal() and len(number) < 17 else None
    if row is None:
        raise Invalid("There is no such timetable.", what_to_do="Choose one from the list.", field="timetable")
    return parse_document(row.document)
