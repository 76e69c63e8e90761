"""Expected visitors: one, or a list from a CSV file that is shown before it is brought in (clauses 3 and 21)."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from admin_web.access import Act, Page, may
from admin_web.errors import Invalid, Refused
from admin_web.queries.expected import read_expected
from admin_web.queries.handles import handle_of
from admin_web.queries.people import person_choices
from admin_web.queries.visit_words import REASONS
from admin_web.services.expected import allow_images, expect_no_more, expect_visitor, expect_visitors, is_expected
from admin_web.services.expected_list import COLUMNS, ListLine, Reading, drafts_of, read_list
from admin_web.services.sessions import SignedIn
from admin_web.web.expected_form import ExpectedForm, read_times
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, Upload, is_too_large, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.EXPECTED))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.EXPECT_VISITORS))]
Headteacher = Annotated[SignedIn, Depends(Requirement(Act.ALLOW_IMAGES))]

PATH = "/expected"
LONGEST = 200_000
"""Bytes of a list: ten times what 300 visitors take."""
_WORKBOOKS = (b"PK\x03\x04", bytes.fromhex("d0cf11e0"))
"""How the files of .xlsx, .ods and .xls begin."""
SAID = {
    "added": "The visitor is expected. The reception screen finds them by their exact name.",
    "list": "Everybody of the list is expected.",
    "ended": "The visitor is expected no more.",
    "images": "The headteacher’s word on images is noted, and the reception screen is told.",
}


@router.get(PATH)
def show_expected(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List who is expected, and the form of one more."""
    return _show(request, office, signed, ExpectedForm(), said=SAID.get(said))


@router.post(PATH)
def expect(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Expect somebody."""
    typed = ExpectedForm.of(form)
    try:
        with office.database.write() as session:
            draft = typed.draft(session, office.school_time(session))
            expect_visitor(session, draft, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, typed, refused=refused)
    return go_to(f"{PATH}?said=added")


@router.get(f"{PATH}/list")
def show_list(request: Request, office: TheOffice, _: Editor) -> Response:
    """Ask for a list."""
    return _show_list(request, office, "", (), None)


@router.post(f"{PATH}/list")
def bring_list(request: Request, office: TheOffice, signed: Editor, form: Upload) -> Response:
    """Show what a list says, line by line, or expect everybody of it."""
    text = ""
    lines: Sequence[ListLine] = ()
    try:
        text = _text(form)
        with office.database.read() as session:
            times = office.school_time(session)
            reading = Reading(
                people=dict(person_choices(session)),
                read_times=lambda date, starts, until: read_times(times, date, starts, until),
                is_expected=lambda name, starts, ends: is_expected(session, name, starts, ends),
                now=office.clock.now().utc,
                may_allow_images=may(signed.role, Act.ALLOW_IMAGES),
            )
            lines = read_list(text, reading)
        if text_of(form, "do") == "save":
            drafts = drafts_of(lines)
            with office.database.write() as session:
                expect_visitors(session, drafts, occasion=office.occasion(signed.actor))
            return go_to(f"{PATH}?said=list")
    except Refused as refused:
        return _show_list(request, office, text, lines, refused)
    return _show_list(request, office, text, lines, None)


@router.post(f"{PATH}/{{id}}/images")
def agree_to_images(request: Request, office: TheOffice, signed: Headteacher, form: Form, id: str) -> Response:
    """Agree to images for one visit, or withdraw it."""
    try:
        with office.database.write() as session:
            allowed, etag = text_of(form, "allowed") == "yes", text_of(form, "etag") or None
            allow_images(session, id, allowed, if_match=etag, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, ExpectedForm(), refused=refused)
    return go_to(f"{PATH}?said=images")


@router.post(f"{PATH}/{{id}}/end")
def end(request: Request, office: TheOffice, signed: Editor, id: str) -> Response:
    """Take somebody off the list."""
    try:
        with office.database.write() as session:
            expect_no_more(session, id, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, ExpectedForm(), refused=refused)
    return go_to(f"{PATH}?said=ended")


def _text(form: FormData) -> str:
    """Take the file, else what was shown before. Raises Invalid."""
    if is_too_large(form):
        raise _too_long()
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        content = file.file.read(LONGEST + 1)
        if len(content) > LONGEST:
            raise _too_long()
        text = _decode(content)
    else:
        text = text_of(form, "text")
    if len(text) > LONGEST:
        raise _too_long()
    if not text.strip():
        raise Invalid("No list is chosen.", what_to_do="Choose a file, or write the lines below.", field="file")
    return text


def _decode(content: bytes) -> str:
    """Read a file's letters: UTF-8, or what Excel calls “Unicode Text”. Raises Invalid."""
    if content.startswith(_WORKBOOKS):
        raise Invalid(
            "That is a workbook, not a CSV file.",
            what_to_do="In the spreadsheet choose Save as, “CSV UTF-8”, and choose that file here.",
            field="file",
        )
    try:
        return content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(
            "Some letters of the file cannot be read: it is not in UTF-8.",
            what_to_do="In the spreadsheet choose Save as, “CSV UTF-8”, and choose that file here.",
            field="file",
        ) from None


def _too_long() -> Invalid:
    return Invalid("The file is far too long.", what_to_do="Bring in a day at a time.", field="file")


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    form: ExpectedForm,
    *,
    said: str | None = None,
    refused: Refused | None = None,
) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        expected = read_expected(session, now)
        people = [(handle_of(id), name) for id, name in person_choices(session)]
    write_look(office, signed, "expected_visitors", len(expected))
    return render(
        request,
        "expected/page.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        expected=expected,
        people=people,
        reasons=list(REASONS.items()),
        form=form,
        times=times,
        said=said,
    )


def _show_list(
    request: Request, office: Office, text: str, lines: Sequence[ListLine], refused: Refused | None
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        people = dict(person_choices(session))
    return render(
        request,
        "expected/list.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        text=text,
        lines=lines,
        wrong=sum(line.problem is not None for line in lines),
        people=people,
        columns=", ".join(COLUMNS),
        reasons=REASONS,
        times=times,
    )
