"""The timetable's life: drafted, published, rolled back, each as a whole; only what is live reaches the cabinets."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from admin_web.database.restricted import RestrictedTimes
from admin_web.database.timetable import TimetableVersion
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid, MatchMissing, NotFound
from admin_web.rules.areas import area_names
from admin_web.rules.timetables import (
    DRAFT,
    DROPPED,
    LIVE,
    PAST,
    draft_version,
    live_version,
    parse_document,
    write_document,
)
from admin_web.services import acts, audit
from admin_web.services.etags import ANY
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_revision
from admin_web.services.timetable_names import tidy_names
from broker.messages.timetable import TimetableDrafted, TimetableDropped, TimetablePublished, TimetableRolledBack
from policy.school_timetable import EMPTY, SchoolTimetable
from policy.school_timetable_checks import timetable_problems
from policy.timetable_diff import differences

NO_VERSION = '"0"'


def mark_of(version: TimetableVersion | None) -> str:
    """Write which edition of which version this is, as an ETag."""
    return NO_VERSION if version is None else f'"{version.id}.{version.etag}"'


def edited_version(session: Session) -> TimetableVersion | None:
    """Find what an edit begins from: the draft, else what is live; None in a school without a timetable."""
    return draft_version(session) or live_version(session)


def save_draft(session: Session, timetable: SchoolTimetable, *, if_match: str | None, occasion: Occasion) -> None:
    """Let the draft be this timetable; begins one where there is none. No cabinet notices before it is published.

    Raises MatchMissing, ChangedMeanwhile, and Invalid with the first thing that is wrong.
    """
    base = edited_version(session)
    _require_mark(if_match, base, "The timetable")
    document = write_document(_checked(session, timetable))
    if document == (write_document(EMPTY) if base is None else base.document):
        return
    if base is None or base.state != DRAFT:
        draft = _new_version(session, DRAFT, document, base, occasion)
        acts.record(session, TimetableDrafted(version=draft.id), occasion)
    else:
        base.document = document
        base.etag += 1
        base.changed_by, base.changed_at = occasion.actor.id, occasion.now.utc
    _audit(session, "timetable_draft", occasion)
    session.flush()


def publish_draft(session: Session, *, if_match: str | None, live: str | None, occasion: Occasion) -> TimetableVersion:
    """Make the draft live; `if_match` and `live` are the marks of what was compared before.

    Raises Conflict without a draft, MatchMissing, ChangedMeanwhile, Invalid.
    """
    draft, before = _require_draft(session), live_version(session)
    _require_mark(if_match, draft, "The draft")
    _require_mark(live, before, "The live timetable")
    _checked(session, parse_document(draft.document))
    _retire(session, before)
    draft.state = LIVE
    draft.published_by, draft.published_at = occasion.actor.id, occasion.now.utc
    _announce(session, draft, before, occasion)
    return draft


def publish_timetable(
    session: Session, timetable: SchoolTimetable, *, if_match: str | None, occasion: Occasion
) -> TimetableVersion | None:
    """Make a whole timetable live at once, as an import does; what is live already stays the same version.

    A draft is left alone. Raises MatchMissing, ChangedMeanwhile, Invalid.
    """
    before = live_version(session)
    _require_mark(if_match, before, "The live timetable")
    document = write_document(_checked(session, timetable))
    if document == (write_document(EMPTY) if before is None else before.document):
        return before
    _retire(session, before)
    version = _new_version(session, LIVE, document, before, occasion)
    _announce(session, version, before, occasion)
    return version


def roll_back(session: Session, number: int, *, if_match: str | None, occasion: Occasion) -> TimetableVersion:
    """Make an older version live again, as a new one with the same content; `if_match` is the mark of what is live.

    Raises NotFound, MatchMissing, ChangedMeanwhile, and Invalid where it names a place that is no more.
    """
    older, before = session.get(TimetableVersion, number), live_version(session)
    if older is None or older.state != PAST:
        raise NotFound("There is no such earlier timetable.", what_to_do="Choose one from the list.", field="version")
    _require_mark(if_match, before, "The live timetable")
    _checked(session, parse_document(older.document))
    _retire(session, before)
    version = _new_version(session, LIVE, older.document, older, occasion)
    _announce(session, version, before, occasion, older)
    return version


def drop_draft(session: Session, *, if_match: str | None, occasion: Occasion) -> None:
    """Throw the draft away. Raises Conflict without one, MatchMissing, ChangedMeanwhile."""
    draft = _require_draft(session)
    _require_mark(if_match, draft, "The draft")
    draft.state = DROPPED
    acts.record(session, TimetableDropped(version=draft.id), occasion)
    _audit(session, "timetable_dropped", occasion)
    session.flush()


def _checked(session: Session, timetable: SchoolTimetable) -> SchoolTimetable:
    """Tidy the names and refuse what cannot be saved. Raises Invalid with the first problem."""
    timetable = tidy_names(timetable)
    for problem in timetable_problems(timetable, area_names(session)):
        raise Invalid(problem.error, what_to_do=problem.what_to_do, field=problem.field)
    return timetable


def _require_draft(session: Session) -> TimetableVersion:
    draft = draft_version(session)
    if draft is None:
        raise Conflict(
            "There is no draft: it was published or thrown away.", what_to_do="Look at the page again.", field=None
        )
    return draft


def _require_mark(if_match: str | None, version: TimetableVersion | None, what: str) -> None:
    if if_match is None and version is not None:
        raise MatchMissing(
            f"{what} can be changed only with If-Match, which says what is changed.",
            what_to_do="Read it first and send its ETag back as If-Match.",
        )
    named = {part.strip() for part in (if_match or NO_VERSION).split(",")}
    if not (ANY in named or mark_of(version) in named):
        raise ChangedMeanwhile(
            f"{what} was changed by somebody else in the meantime.",
            what_to_do="Look at what is there now, make the change in it, and save once more.",
        )


def _new_version(
    session: Session, state: str, document: str, base: TimetableVersion | None, occasion: Occasion
) -> TimetableVersion:
    is_live = state == LIVE
    version = TimetableVersion(
        state=state,
        document=document,
        etag=1,
        based_on=None if base is None else base.id,
        drafted_by=occasion.actor.id,
        drafted_at=occasion.now.utc,
        changed_by=occasion.actor.id,
        changed_at=occasion.now.utc,
        published_by=occasion.actor.id if is_live else None,
        published_at=occasion.now.utc if is_live else None,
    )
    session.add(version)
    session.flush()
    return version


def _retire(session: Session, live: TimetableVersion | None) -> None:
    """Make room for another live version: there is never more than one."""
    if live is not None:
        live.state = PAST
        session.flush()


def _announce(
    session: Session,
    version: TimetableVersion,
    before: TimetableVersion | None,
    occasion: Occasion,
    older: TimetableVersion | None = None,
) -> None:
    """Let the cabinets have it, and write down that it is live."""
    was = EMPTY if before is None else parse_document(before.document)
    number = len(differences(was, parse_document(version.document), area_names(session)))
    what = f"{number} change" if number == 1 else f"{number} changes"
    # What a point that follows the timetable answers to GET restricted is another thing from now on.
    session.execute(update(RestrictedTimes).where(RestrictedTimes.own.is_(False)).values(etag=RestrictedTimes.etag + 1))
    raise_revision(session, occasion.now)
    if older is None:
        acts.record(session, TimetablePublished(version=version.id), occasion, what=what)
    else:
        acts.record(session, TimetableRolledBack(version=version.id, to=older.id), occasion, what=what)
    _audit(session, "timetable_published" if older is None else "timetable_rolled_back", occasion)
    session.flush()


def _audit(session: Session, act: str, occasion: Occasion) -> None:
    audit.record_change(session, act, actor=occasion.actor, machine_now=occasion.machine_now, why=occasion.why)
