"""What the office writes of a visit: signs one in while the screen is down, and notes what it has seen (clause 21)."""

import re
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.reception import ExpectedVisit, Lanyard
from admin_web.database.visits import Visit
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.events.central import record_act
from admin_web.queries.visit_words import LANGUAGES, REASONS, TICKED_AT_RECEPTION, TICKS
from admin_web.rules.areas import area_names
from admin_web.rules.hosts import JOBS, role_of
from admin_web.services.occasion import Occasion
from admin_web.services.reception import VISITOR_NAME, optional_line, require_host
from admin_web.services.texts import require_line
from admin_web.services.visitor_rules import rules_now, texts_of
from admin_web.services.visitor_words import TICKED
from admin_web.services.visits import record_visit, require_open
from broker.messages.visit import (
    RulesAcknowledged,
    RulesAcknowledgedPrivate,
    RulesToldHow,
    VisitChecked,
    VisitCheckedPrivate,
    VisitSignedIn,
    VisitSignedInPrivate,
)

_VISIT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class OfficeSignIn:
    """A visitor as the office typed it. At most one of host, role and room is given."""

    visit: str
    """Made with the form, so that a form sent twice is one visit."""
    name: str
    reason: str
    told: str
    """One of RulesToldHow: nobody counted seconds on a screen."""
    language: str
    images_told: bool
    """The line on photos, video and sound was said by itself (clause 3)."""
    organisation: str = ""
    host: str | None = None
    role: str | None = None
    room: str | None = None
    needs_phone: bool = False
    lanyard: str | None = None
    expected: str | None = None
    ticks: tuple[str, ...] = field(default=())


def sign_in_at_office(session: Session, draft: OfficeSignIn, *, by: str, occasion: Occasion) -> bool:
    """Sign a visitor in by central itself; False where this form has been taken already.

    Raises Invalid naming the field, NotFound, and Conflict for a lanyard that is out or rules that are not there.
    """
    if _VISIT.fullmatch(draft.visit) is None:
        raise Invalid("This form is not whole.", what_to_do="Load the page again.")
    if session.get(Visit, draft.visit) is not None:
        return False
    rules = rules_now(session)
    if rules is None:
        raise Conflict("There are no visitor rules yet.", what_to_do="Publish them on the page Visitor rules.")
    language = draft.language if draft.language in texts_of(session, rules.version) else None
    if draft.language not in LANGUAGES or language is None:
        raise Invalid("The rules are not in this language.", what_to_do="Choose one of the list.", field="language")
    if not draft.images_told:
        raise Invalid(
            "The line on photos has not been said.",
            what_to_do="Tell them: no photos, video or sound, unless the headteacher has agreed.",
            field="images",
        )
    signed_in = _signed_in(session, draft, by)
    read = RulesAcknowledgedPrivate(
        version=rules.version,
        hash=rules.hash,
        language=language,
        seconds=None,
        ticks=sorted(TICKED),
        how=_told(draft.told),
    )
    record_act(session, VisitSignedIn(visit=draft.visit), signed_in, occasion.now)
    record_act(session, RulesAcknowledged(visit=draft.visit), read, occasion.now)
    record_visit(session, session.get_one(Visit, draft.visit), "visitor_signed_in", occasion)
    return True


def check_visit(
    session: Session, visit_id: str, ticks: tuple[str, ...], lanyard: str | None, *, by: str, occasion: Occasion
) -> None:
    """Note what the office has seen of an open visit, and the lanyard it gave. Of a check of records nothing is kept.

    Raises NotFound, Conflict for a visit that is over or a lanyard that is out, Invalid.
    """
    visit = require_open(session, visit_id)
    private = VisitCheckedPrivate(
        by=by, ticks=_ticks(ticks, visit.reason), lanyard=_lanyard(session, lanyard, visit_id, visit.lanyard)
    )
    record_act(session, VisitChecked(visit=visit.id), private, occasion.now)
    record_visit(session, visit, "visitor_checked", occasion)


def free_lanyards(session: Session, visit_id: str | None = None) -> list[Lanyard]:
    """List the lanyards that hang there, and the one a visit has."""
    out = set(session.scalars(select(Visit.lanyard).where(Visit.ended_at.is_(None), Visit.id != (visit_id or ""))))
    rows = session.scalars(select(Lanyard))
    return sorted((one for one in rows if one.number not in out), key=lambda one: (int(one.number), one.number))


def _signed_in(session: Session, draft: OfficeSignIn, by: str) -> VisitSignedInPrivate:
    if draft.reason not in REASONS:
        raise Invalid("It is not said why they come.", what_to_do="Choose one of the list.", field="reason")
    expected = None if draft.expected is None else session.get(ExpectedVisit, draft.expected)
    return VisitSignedInPrivate(
        name=require_line(draft.name, "name", "The name", at_most=VISITOR_NAME),
        organisation=optional_line(draft.organisation, "organisation", "The organisation"),
        reason=draft.reason,
        host=require_host(session, draft.host),
        role=_role(draft.role),
        room=_room(session, draft.room),
        needs_phone=draft.needs_phone,
        lanyard=_lanyard(session, draft.lanyard, draft.visit, None),
        badge=None,
        ticks=_ticks(draft.ticks, draft.reason),
        expected=None if expected is None else expected.id,
        image_permission=expected is not None and expected.ended_at is None and expected.image_permission,
        by=by,
    )


def _told(text: str) -> RulesToldHow:
    try:
        return RulesToldHow(text)
    except ValueError:
        raise Invalid(
            "It is not said how they know the phone rules.",
            what_to_do="Tell them or give them the printed rules first, then choose which.",
            field="told",
        ) from None


def _role(role: str | None) -> str | None:
    if role is not None and role not in {role_of(group) for group in JOBS}:
        raise NotFound("There is no such job.", what_to_do="Choose one of the list.", field="host")
    return role


def _room(session: Session, room: str | None) -> str | None:
    if room is not None and room not in area_names(session):
        raise NotFound("There is no such room.", what_to_do="Choose one of the list.", field="host")
    return room


def _lanyard(session: Session, number: str | None, visit: str, own: str | None) -> str | None:
    """Check that a lanyard hangs there; the one the visit has may have been taken off the list meanwhile."""
    if number is None or number == own:
        return number
    if number not in {one.number for one in free_lanyards(session, visit)}:
        raise Conflict(f"Lanyard {number[:4]} is out.", what_to_do="Take another one.", field="lanyard")
    return number


def _ticks(ticks: tuple[str, ...], reason: str | None) -> list[str]:
    if any(tick not in TICKS for tick in ticks):
        raise Invalid("That is nothing reception ticks.", what_to_do="Load the page again.", field="ticks")
    return [tick for tick in TICKS if tick in ticks and reason in TICKED_AT_RECEPTION]
