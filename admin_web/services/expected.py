"""Expected visitors: one or a list, with who, when and whom to see; images as the headteacher agrees (clause 3)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.access import Role
from admin_web.database.reception import ExpectedVisit
from admin_web.errors import Conflict, Forbidden, Invalid, NotFound
from admin_web.queries.visit_words import REASONS
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.reception import VISITOR_NAME, optional_line, require_host
from admin_web.services.revision import raise_for_screens
from admin_web.services.texts import require_line
from broker.messages.reception_acts import VisitorExpected, VisitorNotExpected
from policy.names import fold_name

LONGEST = timedelta(days=7)
MOST = 300
"""Of one list."""
_KEYS = frozenset("abcdefghijklmnopqrstuvwxyzþ'-–.,/& ")
"""What the reception screen's keys write, as `fold_name` compares it."""
SAME_NAME = "Somebody of this name is expected at that time already."
SAME_NAME_ADVICE = "If it is another person, add an initial, and tell them to type it too."


@dataclass(frozen=True, slots=True)
class ExpectedDraft:
    """Somebody who is expected, as somebody typed it; times are UTC."""

    name: str
    starts: datetime
    ends: datetime
    organisation: str = ""
    host: str | None = None
    kind: str | None = None
    image_permission: bool = False


def expect_visitor(session: Session, draft: ExpectedDraft, *, occasion: Occasion) -> ExpectedVisit:
    """Expect somebody.

    Raises Invalid, NotFound, Conflict for a name that is expected then already, and Forbidden for images that only the
    headteacher agrees to.
    """
    visit = _checked(session, draft, occasion)
    session.add(visit)
    session.flush()
    _record(session, visit, "visitor_expected", occasion)
    raise_for_screens(session, occasion.now)
    session.flush()
    return visit


def expect_visitors(session: Session, drafts: tuple[ExpectedDraft, ...], *, occasion: Occasion) -> int:
    """Expect everybody of a list, or nobody where one cannot be. Raises as `expect_visitor`."""
    if len(drafts) > MOST:
        raise Invalid(f"The list has {len(drafts)} visitors.", what_to_do=f"Bring in {MOST} at a time.", field="file")
    for draft in drafts:
        visit = _checked(session, draft, occasion)
        session.add(visit)
        session.flush()
        _record(session, visit, "visitor_expected", occasion)
    if drafts:
        raise_for_screens(session, occasion.now)
    session.flush()
    return len(drafts)


def allow_images(
    session: Session, id: str, allowed: bool, *, if_match: str | None, occasion: Occasion
) -> ExpectedVisit:
    """Agree to photos, video or sound for one visit, or withdraw it at once.

    Raises NotFound, Forbidden, MatchMissing, ChangedMeanwhile.
    """
    visit = require_expected(session, id)
    require_match(if_match, visit.etag, "This visit")
    _require_headteacher(occasion)
    visit.image_permission, visit.etag = allowed, visit.etag + 1
    visit.image_permission_by = occasion.actor.id if allowed else None
    visit.image_permission_at = occasion.now.utc if allowed else None
    _record(session, visit, "images_allowed" if allowed else "images_withdrawn", occasion)
    raise_for_screens(session, occasion.now)
    session.flush()
    return visit


def expect_no_more(session: Session, id: str, *, occasion: Occasion) -> None:
    """Take somebody off the list. Raises NotFound."""
    visit = require_expected(session, id)
    visit.ended_at, visit.etag = occasion.now.utc, visit.etag + 1
    audit.record_change(
        session,
        "visitor_not_expected",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=visit.host_id,
        filter={"expected": id},
    )
    acts.record(session, VisitorNotExpected(expected=id), occasion, person=visit.host_id, what=visit.name)
    raise_for_screens(session, occasion.now)
    session.flush()


def is_expected(session: Session, name: str, starts: datetime, ends: datetime) -> bool:
    """Tell whether somebody of the same name is expected at that time: the screen could not tell the two apart."""
    names = session.scalars(
        select(ExpectedVisit.name).where(
            ExpectedVisit.ended_at.is_(None), ExpectedVisit.starts < ends, ExpectedVisit.ends > starts
        )
    )
    return any(fold_name(one) == fold_name(name) for one in names)


def require_typable(text: str) -> str:
    """Tidy a name and check that the screen has keys for it: it finds a visitor by the exact name. Raises Invalid."""
    name = require_line(text, "name", "The name", at_most=VISITOR_NAME)
    missing = next((letter for letter in name if not _KEYS.issuperset(fold_name(letter))), None)
    if missing is not None:
        raise Invalid(
            f"The reception screen has no key for “{missing}”, so the visitor could not be found.",
            what_to_do="Write the name in letters from A to Z, with accents as they are, and tell the visitor.",
            field="name",
        )
    return name


def require_time(starts: datetime, ends: datetime, now: datetime) -> None:
    """Check that somebody can be expected then. Raises Invalid naming the box, or the column of a list."""
    if ends <= starts:
        raise Invalid("The visit ends before it begins.", what_to_do="Let it end later.", field="until")
    if ends - starts > LONGEST:
        raise Invalid("The visit lasts more than a week.", what_to_do="Enter each day, or give a badge.", field="until")
    if ends <= now:
        raise Invalid("That time is over.", what_to_do="Choose a later one.", field="date")


def require_expected(session: Session, id: str) -> ExpectedVisit:
    """Find somebody who is still expected. Raises NotFound."""
    visit = session.get(ExpectedVisit, id)
    if visit is None or visit.ended_at is not None:
        raise NotFound("Nobody is expected under this number any more.", what_to_do="Look at the list.")
    return visit


def _checked(session: Session, draft: ExpectedDraft, occasion: Occasion) -> ExpectedVisit:
    name = require_typable(draft.name)
    require_time(draft.starts, draft.ends, occasion.now.utc)
    if draft.kind is not None and draft.kind not in REASONS:
        raise Invalid("That is not a reason.", what_to_do="Choose one of the list.", field="kind")
    if draft.image_permission:
        _require_headteacher(occasion)
    if is_expected(session, name, draft.starts, draft.ends):
        raise Conflict(SAME_NAME, what_to_do=SAME_NAME_ADVICE, field="name")
    return ExpectedVisit(
        id=f"e-{secrets.token_hex(8)}",
        name=name,
        organisation=optional_line(draft.organisation, "organisation", "The organisation"),
        host_id=require_host(session, draft.host),
        starts=draft.starts,
        ends=draft.ends,
        kind=draft.kind,
        image_permission=draft.image_permission,
        image_permission_by=occasion.actor.id if draft.image_permission else None,
        image_permission_at=occasion.now.utc if draft.image_permission else None,
        added_by=occasion.actor.id,
        added_at=occasion.now.utc,
        etag=1,
    )


def _require_headteacher(occasion: Occasion) -> None:
    """Images are the headteacher's to agree to; the console sets a school up in the headteacher's name."""
    if occasion.actor.role not in (Role.HEADTEACHER, None):
        raise Forbidden(
            "Only the headteacher agrees to photos, video or sound.",
            what_to_do="Leave it out, and ask the headteacher to agree on this page.",
            field="image_permission",
        )


def _record(session: Session, visit: ExpectedVisit, act: str, occasion: Occasion) -> None:
    audit.record_change(
        session,
        act,
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=visit.host_id,
        filter={"expected": visit.id},
    )
    message = VisitorExpected(expected=visit.id, images=visit.image_permission)
    acts.record(session, message, occasion, person=visit.host_id, what=visit.name)
