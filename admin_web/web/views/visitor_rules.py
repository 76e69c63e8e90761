"""Visitor rules: the words that count, the draft by language, publishing by the headteacher (clauses 1 to 5, 22)."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, NotFound, Refused
from admin_web.queries.visit_words import LANGUAGES, RIGHT_TO_LEFT
from admin_web.queries.visitor_rules import has_draft, read_draft, read_rules, read_versions
from admin_web.services.etags import etag_of
from admin_web.services.sessions import SignedIn
from admin_web.services.visitor_rules import (
    ENGLISH,
    LONGEST,
    drop_draft,
    mark_of_draft,
    publish_visitor_rules,
    save_draft,
)
from admin_web.services.visitor_words import LINES
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Key, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.VISITOR_RULES))]
Drafter = Annotated[SignedIn, Depends(Requirement(Act.DRAFT_VISITOR_RULES))]
Publisher = Annotated[SignedIn, Depends(Requirement(Act.PUBLISH_VISITOR_RULES))]

PATH = "/visitor-rules"
SAID = {
    "saved": "The draft is saved. Visitors read it once the headteacher has published it.",
    "published": "The new version is published. The reception screen shows it within seconds.",
    "dropped": "The draft is gone. What is published stays.",
}
ICONS = {
    "silent": "silent",
    "hidden": "hidden",
    "children": "children",
    "images": "camera-off",
    "places": "no-phone",
    "own_risk": "own-risk",
    "search": "search",
}


@router.get(PATH)
def show_rules(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Show what visitors read now, and what the next version would say."""
    return _show(request, office, said=SAID.get(said))


@router.post(f"{PATH}/publish")
def publish(request: Request, office: TheOffice, signed: Publisher, form: Form) -> Response:
    """Publish the draft as a new version; old ones stay."""
    etag = text_of(form, "etag") or None
    try:
        with office.database.write() as session:
            seen, occasion = text_of(form, "seen"), office.occasion(signed.actor)
            publish_visitor_rules(session, if_match=etag, seen=seen, occasion=occasion)
    except Refused as refused:
        return _show(request, office, refused=refused)
    return go_to(f"{PATH}?said=published")


@router.post(f"{PATH}/drop")
def drop(request: Request, office: TheOffice, signed: Drafter, form: Form) -> Response:
    """Throw the draft away."""
    try:
        with office.database.write() as session:
            drop_draft(session, seen=text_of(form, "seen"), occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, refused=refused)
    return go_to(f"{PATH}?said=dropped")


@router.get(f"{PATH}/versions/{{number}}")
def show_version(request: Request, office: TheOffice, _: Reader, number: Key) -> Response:
    """Show a version as it was."""
    with office.database.read() as session:
        times = office.school_time(session)
        rules = read_rules(session, number) if number < 2**31 else None
    if rules is None:
        raise NotFound("There is no such version.", what_to_do="Look at the page Visitor rules.")
    return render(request, "visitor_rules/version.html", rules=rules, lines=LINES, icons=ICONS, times=times)


@router.get(f"{PATH}/{{language}}")
def show_language(request: Request, office: TheOffice, _: Drafter, language: str) -> Response:
    """Show the words of one language in a form, with the English beside it."""
    return _show_language(request, office, language, None, None)


@router.post(f"{PATH}/{{language}}")
def save_language(request: Request, office: TheOffice, signed: Drafter, form: Form, language: str) -> Response:
    """Save the draft of one language; other English words make every translation unchecked."""
    typed = {id: text_of(form, id) for id in LINES}
    checked = text_of(form, "checked") == "yes"
    try:
        with office.database.write() as session:
            etag = text_of(form, "etag") or None
            occasion = office.occasion(signed.actor)
            save_draft(session, language, typed, checked=checked, if_match=etag, occasion=occasion)
    except Refused as refused:
        return _show_language(request, office, language, {**typed, "checked": "yes" if checked else ""}, refused)
    return go_to(f"{PATH}?said=saved")


def _show(request: Request, office: Office, *, said: str | None = None, refused: Refused | None = None) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        live, versions = read_rules(session), read_versions(session)
        draft, is_drafted, seen = read_draft(session), has_draft(session), mark_of_draft(session)
    return render(
        request,
        "visitor_rules/page.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        live=live,
        etag="" if live is None else etag_of(live.version),
        draft=draft,
        seen=seen,
        english=next((one for one in draft if one.code == ENGLISH), None),
        is_drafted=is_drafted,
        versions=versions,
        lines=LINES,
        icons=ICONS,
        times=times,
        said=said,
    )


def _show_language(
    request: Request, office: Office, language: str, typed: Mapping[str, str] | None, refused: Refused | None
) -> Response:
    if language not in LANGUAGES:
        raise NotFound("The reception screen does not have this language.", what_to_do="Choose one of the list.")
    with office.database.read() as session:
        draft = {one.code: one for one in read_draft(session)}
    there, meanwhile = draft.get(language), isinstance(refused, ChangedMeanwhile)
    saved = {} if there is None else dict(there.lines)
    words = {id: (saved if typed is None else typed).get(id, "") for id in LINES}
    checked = (there is not None and there.checked) if typed is None else typed.get("checked") == "yes"
    return render(
        request,
        "visitor_rules/language.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        code=language,
        name=LANGUAGES[language],
        right_to_left=language in RIGHT_TO_LEFT,
        words=words,
        saved=saved,
        meanwhile=meanwhile,
        checked=checked and not meanwhile,  # the English may be another one now
        english=draft[ENGLISH].lines,
        etag="" if there is None else etag_of(there.etag),
        lines=LINES,
        icons=ICONS,
        longest=LONGEST,
    )
