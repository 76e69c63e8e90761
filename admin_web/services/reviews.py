"""Reviews of exceptions: a code by a named account, added beside those that are there; nothing is ever taken away."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.events import ExceptionRow
from admin_web.database.reviews import ExceptionReview
from admin_web.errors import ChangedMeanwhile, Invalid, NotFound
from admin_web.events.day_exceptions import DayKind
from admin_web.services import acts, audit
from admin_web.services.etags import ANY, etag_of
from admin_web.services.occasion import Occasion
from broker.messages.review import ExceptionReviewed

EXPLAINED, FOLLOW_UP, NO_ACTION, NO_SCHOOL_PHONE = "explained", "follow_up", "no_action", "no_school_phone"
CODES: Mapping[str, str] = {
    EXPLAINED: "Explained",
    FOLLOW_UP: "Follow-up",
    NO_ACTION: "No action",
    NO_SCHOOL_PHONE: "No school phone was at hand",
}
"""What a review says (clause 18); the last one of emergencies only (clause 19)."""


def codes_of(kind: str) -> Mapping[str, str]:
    """List the codes that an exception of a kind can be reviewed with."""
    return {code: words for code, words in CODES.items() if code != NO_SCHOOL_PHONE or kind == DayKind.EMERGENCY}


def review_exception(
    session: Session,
    exception_id: int,
    code: str,
    *,
    person: str | None = None,
    if_match: str | None = None,
    occasion: Occasion,
) -> ExceptionReview:
    """Add a review; `person` is whom the exception has to do with, for that person's own record.

    `if_match` is the edition the reviewer saw: whoever did not see the newest review is told first. Without it the
    review is added in any case. Raises NotFound, Invalid for a code that does not fit, ChangedMeanwhile.
    """
    row = session.get(ExceptionRow, exception_id)
    if row is None:
        raise NotFound("There is no such exception.", what_to_do="Look at the list of what is to be reviewed.")
    if code not in codes_of(row.kind):
        raise Invalid(
            "No school phone was at hand: that is for emergencies only."
            if code in CODES
            else "That is not a way to review it.",
            what_to_do=f"Choose one of {', '.join(codes_of(row.kind))}.",
            field="code",
        )
    if if_match not in (None, ANY, etag_of(edition_of(session, exception_id))):
        raise ChangedMeanwhile(
            "Somebody else reviewed this in the meantime.",
            what_to_do="Read what they said. Yours can be added beside it.",
        )
    review = ExceptionReview(
        exception_id=row.id, code=code, reviewed_by=occasion.actor.id, reviewed_at=occasion.now.utc
    )
    session.add(review)
    if row.reviewed_at is None:
        row.reviewed_at = occasion.now.utc
    session.flush()
    audit.record_change(
        session,
        "exception_reviewed",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=person,
        filter={"exception": row.id, "kind": row.kind},
    )
    acts.record(session, ExceptionReviewed(exception=str(row.id), kind=row.kind), occasion, person=person, what=code)
    return review


def edition_of(session: Session, exception_id: int) -> int:
    """Number the edition of an exception that an ETag names: one more with each review."""
    question = select(func.count()).select_from(ExceptionReview).where(ExceptionReview.exception_id == exception_id)
    return 1 + (session.scalar(question) or 0)
