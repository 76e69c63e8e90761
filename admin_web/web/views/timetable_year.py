"""The school year: terms, half terms, INSET days, bank holidays and closures, typed or brought in from a file."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.calendars.files import read_calendar_file
from admin_web.calendars.merging import merge_rows, year_name
from admin_web.calendars.rows import (
    LARGEST,
    MOST_ROWS,
    CalendarRow,
    RowKind,
    require_dates,
    require_row_name,
    too_large,
)
from admin_web.errors import ChangedMeanwhile, Invalid, Refused
from admin_web.queries.timetables import Editing, read_editing
from admin_web.services.bodies import read_date
from admin_web.services.sessions import SignedIn
from admin_web.services.timetable import save_draft
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, Upload, is_too_large, text_of
from admin_web.web.year_form import YearForm, change_year_form, posted_year, read_year, shown_year
from policy.school_calendar import CLOSURE_WORDS, Dates
from policy.school_timetable import SchoolTimetable
from policy.timetable_diff import Difference, differences

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.RESTRICTED_TIMES))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_RESTRICTED_TIMES))]

SAID = {
    "saved": "Saved in the draft. No cabinet notices before it is published.",
    "imported": "Brought into the draft. No cabinet notices before it is published.",
}
ROW_KINDS = {
    RowKind.TERM: "Term",
    RowKind.HALF_TERM: "Half term",
    RowKind.INSET: "INSET day",
    RowKind.BANK_HOLIDAY: "Bank holiday",
    RowKind.CLOSURE: "Closure",
    RowKind.OTHER: "Nothing of this",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The rows of a file, and what they would change."""

    rows: tuple[CalendarRow, ...]
    replaces: bool
    changes: tuple[Difference, ...]
    problems: tuple[FieldProblem, ...] = ()


@router.get("/timetable/year")
def show_year(
    request: Request, office: TheOffice, _: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Show the terms and closures of the draft, or of what is live."""
    with office.database.read() as session:
        editing = read_editing(session)
    return _show(request, office, editing, shown_year(editing.timetable), said=SAID.get(said))


@router.post("/timetable/year")
def change_year(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Save terms and closures in the draft, or give the form a row more or less."""
    typed, etag = posted_year(form), text_of(form, "etag")
    with office.database.read() as session:
        editing = read_editing(session)
        today = office.school_time(session).today
    changed = change_year_form(typed, text_of(form, "do"), year_name(Dates(today, today)))
    if changed is not None:
        return _show(request, office, editing, changed, etag=etag, unsaved=True)
    made, locate, problems = read_year(typed, editing.timetable)
    if not problems:
        try:
            with office.database.write() as session:
                save_draft(session, made, if_match=etag, occasion=office.occasion(signed.actor))
            return go_to("/timetable/year?said=saved")
        except ChangedMeanwhile as refused:
            with office.database.read() as session:
                editing = read_editing(session)
            problem = FieldProblem(None, refused.error, "Both stand below: press again to save yours in its place.")
            return _show(request, office, editing, typed, problems=(problem,), meanwhile=True, status=412)
        except Refused as refused:
            problems = (locate(refused),)
    return _show(request, office, editing, typed, etag=etag, problems=problems, unsaved=True, status=422)


@router.post("/timetable/year/import")
def import_calendar(request: Request, office: TheOffice, signed: Editor, form: Upload) -> Response:
    """Show what a file would change, row by row, or bring the ticked rows into the draft."""
    with office.database.read() as session:
        editing = read_editing(session)
        times = office.school_time(session)
    try:
        if text_of(form, "do") in ("preview", "save"):
            rows = _posted_rows(form)
        else:
            name, content = _sent(form)
            rows = read_calendar_file(name, content, times.zone, times.today)
    except Refused as refused:
        problem = FieldProblem("file", refused.error, refused.what_to_do)
        return _show(request, office, editing, shown_year(editing.timetable), problems=(problem,), status=422)
    preview = _preview(editing, rows, text_of(form, "mode") == "replace")
    if text_of(form, "do") != "save" or preview.problems:
        return _show_preview(request, editing, preview, status=422 if preview.problems else 200)
    try:
        with office.database.write() as session:
            made = merge_rows(editing.timetable, _kept(rows), replaces=preview.replaces)
            save_draft(session, made, if_match=text_of(form, "etag"), occasion=office.occasion(signed.actor))
    except Refused as refused:
        with office.database.read() as session:
            editing = read_editing(session)
        again = _preview(editing, rows, preview.replaces)
        problem = FieldProblem(None, refused.error, "What it would change now stands below: look, and press once more.")
        return _show_preview(request, editing, again, problems=(problem,), status=refused.status)
    return go_to("/timetable/year?said=imported")


def _sent(form: FormData) -> tuple[str, bytes]:
    """Take the file, or what was pasted. Raises Invalid."""
    if is_too_large(form):
        raise too_large()
    file, pasted = form.get("file"), text_of(form, "text")
    if isinstance(file, UploadFile) and file.filename:
        return file.filename, file.file.read(LARGEST + 1)
    if pasted.strip():
        return "", pasted.encode()
    raise Invalid("No file is chosen.", what_to_do="Choose an .ics or CSV file.", field="file")


def _posted_rows(form: FormData) -> tuple[CalendarRow, ...]:
    """Read the rows that a preview showed, with the kinds chosen in it. Raises Invalid naming the line."""
    rows = []
    for number in range(MOST_ROWS + 1):
        at = f"r{number}"
        if f"{at}-name" not in form:
            break
        line = text_of(form, f"{at}-line")
        row_line = int(line) if line.isdecimal() and len(line) < 9 else 0
        kind = text_of(form, f"{at}-kind")
        dates = require_dates(
            read_date(text_of(form, f"{at}-first"), "file"), read_date(text_of(form, f"{at}-last"), "file"), row_line
        )
        rows.append(
            CalendarRow(
                row_line,
                require_row_name(text_of(form, f"{at}-name"), row_line),
                RowKind(kind) if kind in list(RowKind) else RowKind.OTHER,
                dates,
            )
        )
    if not rows:
        raise Invalid("There is nothing to bring in.", what_to_do="Choose a file.", field="file")
    return tuple(rows)


def _kept(rows: tuple[CalendarRow, ...]) -> list[CalendarRow]:
    return [row for row in rows if row.kind is not RowKind.OTHER]


def _preview(editing: Editing, rows: tuple[CalendarRow, ...], replaces: bool) -> Preview:
    try:
        merged: SchoolTimetable = merge_rows(editing.timetable, _kept(rows), replaces=replaces)
    except Refused as refused:
        return Preview(rows, replaces, (), (FieldProblem.of(refused),))
    return Preview(rows, replaces, differences(editing.timetable, merged, editing.names))


def _show_preview(
    request: Request,
    editing: Editing,
    preview: Preview,
    *,
    problems: tuple[FieldProblem, ...] = (),
    status: int = 200,
) -> Response:
    return render(
        request,
        "timetable/import.html",
        status=status,
        problems=problems or preview.problems,
        editing=editing,
        preview=preview,
        kinds=[(kind.value, words) for kind, words in ROW_KINDS.items()],
    )


def _show(
    request: Request,
    office: Office,
    editing: Editing,
    form: YearForm,
    *,
    etag: str | None = None,
    problems: tuple[FieldProblem, ...] = (),
    unsaved: bool = False,
    meanwhile: bool = False,
    said: str | None = None,
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
    return render(
        request,
        "timetable/year.html",
        status=status,
        problems=problems,
        editing=editing,
        form=form,
        etag=editing.mark if etag is None else etag,
        unsaved=unsaved,
        saved=shown_year(editing.timetable) if meanwhile else None,
        kinds=[(kind.value, words[:1].upper() + words[1:]) for kind, words in CLOSURE_WORDS.items()],
        times=times,
        said=said,
    )
