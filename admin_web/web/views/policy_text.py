"""The phone rules: read and confirmed by everybody for themselves, published by the headteacher (clause 25)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid, MatchMissing, Refused
from admin_web.queries.acknowledgements import confirmed_by, read_version, read_versions
from admin_web.rules.areas import phone_free_areas
from admin_web.services.acknowledgements import confirm_policy_text
from admin_web.services.etags import etag_of
from admin_web.services.policy_texts import LONGEST, policy_text_now, publish_policy_text, suggested_words
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Key, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.POLICY_TEXT))]
Anybody = Annotated[SignedIn, Depends(Requirement(Act.CONFIRM_POLICY_TEXT))]
Publisher = Annotated[SignedIn, Depends(Requirement(Act.PUBLISH_POLICY_TEXT))]

PATH = "/registers/policy"
SAID = {
    "confirmed": "Thank you. That you have read and understood it is noted.",
    "published": "The new version is published. Everybody is asked to confirm it.",
}


@router.get(PATH)
def show_text(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Show the version that counts, and under it the box to confirm it."""
    return _show(request, office, signed, said=SAID.get(said))


@router.post(f"{PATH}/confirm")
def confirm(request: Request, office: TheOffice, signed: Anybody, form: Form) -> Response:
    """Confirm, for oneself, the version that was read."""
    occasion = office.occasion(signed.actor)
    try:
        if signed.person_id is None:
            raise Conflict(
                "This account belongs to no person who could confirm.",
                what_to_do="Ask the headteacher for an account of your own, or confirm by badge in the office.",
            )
        if text_of(form, "read") != "yes":
            raise Invalid("The box is not ticked.", what_to_do="Read the text to its end, then tick it.", field="read")
        with office.database.write() as session:
            confirm_policy_text(session, signed.person_id, if_match=text_of(form, "etag") or None, occasion=occasion)
    except Refused as refused:
        return _show(request, office, signed, refused=refused)
    return go_to(f"{PATH}?said=confirmed")


@router.get(f"{PATH}/versions/{{number}}")
def show_version(request: Request, office: TheOffice, signed: Reader, number: Key) -> Response:
    """Show a version as it was, also when a newer one counts."""
    with office.database.read() as session:
        times = office.school_time(session)
        version = read_version(session, number)
        mine = {} if signed.person_id is None else confirmed_by(session, signed.person_id)
    return render(request, "policy/version.html", version=version, mine=mine.get(number), times=times)


@router.get(f"{PATH}/new")
def show_new(request: Request, office: TheOffice, _: Publisher) -> Response:
    """Show the text as it is, to be changed into the next version; before the first the school's own clauses."""
    with office.database.read() as session:
        text = policy_text_now(session)
    words = suggested_words() if text is None else text.words
    return _show_new(request, office, words, "" if text is None else etag_of(text.version), None)


@router.post(f"{PATH}/new")
def publish(request: Request, office: TheOffice, signed: Publisher, form: Form) -> Response:
    """Publish a version: everybody is asked to confirm it, and the old ones stay."""
    words, etag = text_of(form, "words"), text_of(form, "etag")
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            publish_policy_text(
                session,
                words,
                if_match=etag or None,
                although=text_of(form, "although") == "yes",
                occasion=occasion,
            )
    except MatchMissing:
        # The form was opened before there was any version, and somebody has published the first one since.
        first = ChangedMeanwhile(
            "Somebody else published the first version in the meantime.",
            what_to_do="Read it, make your change in what is there now, and publish once more.",
        )
        return _show_new(request, office, words, etag, first)
    except Refused as refused:
        return _show_new(request, office, words, etag, refused)
    return go_to(f"{PATH}?said=published")


def _show(
    request: Request, office: Office, signed: SignedIn, *, said: str | None = None, refused: Refused | None = None
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        versions = read_versions(session)
        mine = {} if signed.person_id is None else confirmed_by(session, signed.person_id)
        phone_free = phone_free_areas(session)
    if signed.person_id is not None:
        write_look(office, signed, "own_acknowledgements", len(mine), person=signed.person_id)
    return render(
        request,
        "policy/text.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        text=versions[0] if versions else None,
        etag=etag_of(versions[0].version) if versions else "",
        meanwhile=isinstance(refused, ChangedMeanwhile),
        older=versions[1:],
        mine=mine,
        phone_free=phone_free,
        person=signed.person_id,
        times=times,
        said=said,
    )


def _show_new(request: Request, office: Office, words: str, etag: str, refused: Refused | None) -> Response:
    """Show the form; where somebody published meanwhile, their version beside what was typed."""
    meanwhile = isinstance(refused, ChangedMeanwhile)
    with office.database.read() as session:
        times = office.school_time(session)
        versions = read_versions(session)
    newest = versions[0] if versions else None
    return render(
        request,
        "policy/new.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        words=words,
        etag=etag_of(newest.version) if meanwhile and newest is not None else etag,
        newest=newest,
        meanwhile=meanwhile,
        asks_although=refused is not None and refused.field == "although",
        longest=LONGEST,
        times=times,
    )
