"""The draft beside what is live, and every version that was: published and rolled back with one press each."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import Refused
from admin_web.queries.cabinet_cards import applied_words
from admin_web.queries.cabinets import read_cabinets
from admin_web.queries.timetables import read_comparing, read_editing, read_effect_of, read_live_mark, read_versions
from admin_web.services.revision import cabinets_revision
from admin_web.services.sessions import SignedIn
from admin_web.services.timetable import drop_draft, publish_draft, roll_back
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Key, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.RESTRICTED_TIMES))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_RESTRICTED_TIMES))]

PATH = "/timetable/versions"
SAID = {
    "published": "Published.",
    "rolled-back": "Rolled back.",
    "dropped": "The draft is thrown away; what is live stays.",
}


@router.get(PATH)
def show_versions(
    request: Request, office: TheOffice, _: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Show what the draft would change, and every published version."""
    return _show(request, office, said=said)


@router.get(f"{PATH}/{{number}}")
def show_version(request: Request, office: TheOffice, _: Reader, number: Key) -> Response:
    """Show what rolling back to an older version would change."""
    with office.database.read() as session:
        times = office.school_time(session)
        effect = read_effect_of(session, number)
        version = next((one for one in read_versions(session) if one.number == number), None)
        mark = read_live_mark(session)
    return render(
        request, "timetable/version.html", number=number, version=version, effect=effect, mark=mark, times=times
    )


@router.post(f"{PATH}/publish")
def publish(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Make the draft live, as it was compared."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            publish_draft(session, if_match=text_of(form, "etag"), live=text_of(form, "live"), occasion=occasion)
    except Refused as refused:
        return _show(request, office, refused=refused)
    return go_to(f"{PATH}?said=published")


@router.post(f"{PATH}/drop")
def drop(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Throw the draft away."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            drop_draft(session, if_match=text_of(form, "etag"), occasion=occasion)
    except Refused as refused:
        return _show(request, office, refused=refused)
    return go_to(f"{PATH}?said=dropped")


@router.post(f"{PATH}/{{number}}/roll-back")
def roll_back_to(request: Request, office: TheOffice, signed: Editor, form: Form, number: Key) -> Response:
    """Make an older version live again."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            roll_back(session, number, if_match=text_of(form, "live"), occasion=occasion)
    except Refused as refused:
        return _show(request, office, refused=refused)
    return go_to(f"{PATH}?said=rolled-back")


def _show(request: Request, office: Office, *, said: str = "", refused: Refused | None = None) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        editing, comparing, versions = read_editing(session), read_comparing(session), read_versions(session)
        applied = applied_words(read_cabinets(session, times), cabinets_revision(session), times)
        mark = read_live_mark(session)
    problems: tuple[FieldProblem, ...] = ()
    if refused is not None:
        what_to_do = "What is there now stands below: look at it, and press once more."
        problems = (FieldProblem(None, refused.error, what_to_do if refused.status == 412 else refused.what_to_do),)
    words = SAID.get(said)
    return render(
        request,
        "timetable/versions.html",
        status=200 if refused is None else refused.status,
        problems=problems,
        editing=editing,
        comparing=comparing,
        versions=versions,
        live_mark=mark,
        times=times,
        said=words if words is None or said == "dropped" else f"{words} {applied}",
    )
