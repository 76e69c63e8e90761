"""Phone checks that were carried out: the headteacher's page; each look at it is written down (clause 2)."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Refused
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices
from admin_web.queries.phone_checks import read_checks
from admin_web.services.etags import etag_of
from admin_web.services.phone_checks import BASES, OUTCOMES, CheckDraft, last_check, record_phone_check
from admin_web.services.sessions import SignedIn
from admin_web.web.local_times import read_day
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.PHONE_CHECKS))]
Recorder = Annotated[SignedIn, Depends(Requirement(Act.RECORD_PHONE_CHECK))]

PATH = "/registers/phone-checks"
PEOPLE = ("person", "authorised_by", "witness")
TYPED = (*PEOPLE, "day", "basis", "outcome", "etag")


@router.get(PATH)
def show_checks(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List the checks that were recorded; the look itself is an audit row."""
    return _show(request, office, signed, {}, None, said="The check is recorded." if said == "recorded" else None)


@router.post(PATH)
def record(request: Request, office: TheOffice, signed: Recorder, form: Form) -> Response:
    """Record a check: three people, a day and two codes, and nothing to write in."""
    typed = {name: text_of(form, name) for name in TYPED}
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            chosen = {name: find_person_id(session, typed[name]) if typed[name] else "" for name in PEOPLE}
            draft = CheckDraft(
                day=read_day(typed["day"], "day"), basis=typed["basis"], outcome=typed["outcome"], **chosen
            )
            today = office.school_time(session).today
            record_phone_check(session, draft, today=today, if_match=typed["etag"] or None, occasion=occasion)
    except Refused as refused:
        return _show(request, office, signed, typed, refused)
    return go_to(f"{PATH}?said=recorded")


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    typed: Mapping[str, str],
    refused: Refused | None,
    *,
    said: str | None = None,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        checks = read_checks(session)
        edition = last_check(session)
        people = person_choices(session)
    write_look(office, signed, "phone_checks", len(checks))
    return render(
        request,
        "phone_checks/list.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        meanwhile=isinstance(refused, ChangedMeanwhile),
        checks=checks,
        etag=etag_of(edition) if isinstance(refused, ChangedMeanwhile) else typed.get("etag") or etag_of(edition),
        people=[(handle_of(id), name) for id, name in people],
        bases=BASES,
        outcomes=OUTCOMES,
        typed={"day": times.today.isoformat(), **{name: "" for name in TYPED if name != "day"}, **typed},
        times=times,
        said=said,
    )
