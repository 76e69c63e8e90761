"""School settings: the emergency hold, the hours of the cover pool, the walking time, the time zone."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Invalid, Refused
from admin_web.queries.cabinet_cards import applied_words
from admin_web.queries.cabinets import read_cabinets
from admin_web.services.revision import cabinets_revision
from admin_web.services.sessions import SignedIn
from admin_web.services.settings import (
    LONGEST_WALK,
    SchoolSettings,
    changes_between,
    mark_of,
    read_settings,
    save_settings,
    zones,
)
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.person_form import HoursDay, posted_hours, read_week, shown_hours
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.SETTINGS))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_SETTINGS))]


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """What the form shows."""

    emergency: bool
    walking_seconds: str
    days: tuple[HoursDay, ...]
    zone: str


@router.get("/settings")
def show_settings(
    request: Request, office: TheOffice, _: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Show the school's settings, and which cabinets have them."""
    return _show(request, office, said="Saved." if said == "saved" else None)


@router.post("/settings")
def change_settings(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Save the school's settings; cabinets are told where they decide by them."""
    typed = SettingsForm(
        emergency=text_of(form, "emergency") == "yes",
        walking_seconds=text_of(form, "walking_seconds").strip(),
        days=posted_hours(form),
        zone=text_of(form, "zone").strip(),
    )
    etag = text_of(form, "etag")
    draft, problems = _read(typed)
    if draft is not None:
        try:
            with office.database.write() as session:
                save_settings(session, draft, if_match=etag, occasion=office.occasion(signed.actor))
            return go_to("/settings?said=saved")
        except ChangedMeanwhile as refused:
            problem = FieldProblem.of(refused)
            return _show(request, office, typed, problems=(problem,), mine=draft, status=refused.status)
        except Refused as refused:
            problems = (FieldProblem.of(refused),)
    return _show(request, office, typed, etag=etag, problems=problems, status=422)


def _read(typed: SettingsForm) -> tuple[SchoolSettings | None, tuple[FieldProblem, ...]]:
    week, problems = read_week(typed.days)
    if not (typed.walking_seconds.isdecimal() and len(typed.walking_seconds) < 6):
        wrong = Invalid(
            "That is no walking time.",
            what_to_do=f"Give whole seconds from 0 to {LONGEST_WALK}; 0 looks at nobody.",
            field="walking_seconds",
        )
        problems = (*problems, FieldProblem.of(wrong))
    if problems:
        return None, problems
    return SchoolSettings(typed.emergency, int(typed.walking_seconds), week, typed.zone), ()


def _show(
    request: Request,
    office: Office,
    typed: SettingsForm | None = None,
    *,
    etag: str | None = None,
    problems: tuple[FieldProblem, ...] = (),
    mine: SchoolSettings | None = None,
    said: str | None = None,
    status: int = 200,
) -> Response:
    """Show the form; where it was changed meanwhile, what saving `mine` would now change of what is saved."""
    with office.database.read() as session:
        times = office.school_time(session)
        kept = read_settings(session)
        applied = applied_words(read_cabinets(session, times), cabinets_revision(session), times)
    saved = SettingsForm(kept.emergency, str(kept.walking_seconds), shown_hours(kept.cover_hours), kept.zone)
    return render(
        request,
        "settings.html",
        status=status,
        problems=problems,
        form=typed or saved,
        saved=saved if mine is not None else None,
        changes=() if mine is None else changes_between(kept, mine),
        days=(typed or saved).days,
        etag=etag or mark_of(kept),
        zones=[(zone, zone.replace("_", " ")) for zone in zones()],
        applied=applied,
        longest_walk=LONGEST_WALK,
        said=said,
    )
