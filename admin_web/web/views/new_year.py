"""Leavers and a new academic year: one list of everybody, a preview of what it changes, and one press to save it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin_web.access import Act
from admin_web.errors import Refused
from admin_web.queries.new_year import YearPreview, YearRow, csv_of, present_rows, preview, rows_of_csv
from admin_web.services.new_year import change_year
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.person_form import GROUP_WORDS
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of
from policy.problem import Problem

router = APIRouter()
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_PEOPLE))]


@router.get("/people/new-year")
def show_new_year(request: Request, office: TheOffice, signed: Editor) -> Response:
    """Show everybody as they are, to be changed in one go."""
    with office.database.read() as session:
        rows = present_rows(session)
    write_look(office, signed, "people", len(rows), {"for": "a new year"})
    return _show(request, rows, csv_of(rows))


@router.post("/people/new-year")
def preview_or_save(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Show what the list would change, or save what was shown: as a whole or not at all."""
    do, pasted = text_of(form, "do"), text_of(form, "list")
    problems: tuple[Problem, ...] = ()
    with office.database.read() as session:
        if do == "list":
            rows, problems = rows_of_csv(session, pasted)
        else:
            rows = _typed(form)
        found = preview(session, rows)
        present = present_rows(session)
    write_look(office, signed, "people", len(rows), {"for": "a new year"})
    problems = (*problems, *found.problems)
    if problems:
        shown = _over(present, rows)
        text = pasted if do == "list" else csv_of(shown)
        return _show(request, shown, text, tuple(_field(problem) for problem in problems), status=422)
    if do == "save":
        return _save(request, office, signed, found)
    return render(request, "people/year_preview.html", found=found)


def _save(request: Request, office: Office, signed: SignedIn, found: YearPreview) -> Response:
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            done = change_year(session, found.changes, occasion=occasion)
    except Refused as refused:
        name = _name_at(refused, found)
        error = refused.error if name is None or name in refused.error else f"{name}: {refused.error}"
        problem = FieldProblem(None, error, f"{refused.what_to_do} Nothing has been saved.")
        with office.database.read() as session:
            shown = _over(present_rows(session), found.rows)
        return _show(request, shown, csv_of(shown), (problem,), status=refused.status)
    return go_to(f"/people?said={'year' if done.left + done.changed else 'year-none'}")


def _name_at(refused: Refused, found: YearPreview) -> str | None:
    number = (refused.field or "").removeprefix("rows[").removesuffix("]")
    return found.rows[int(number)].name if number.isdecimal() and int(number) < len(found.rows) else None


def _typed(form: FormData) -> list[YearRow]:
    rows = []
    for key in form:
        if key.startswith("name-"):
            handle = key.removeprefix("name-")
            etag = text_of(form, f"etag-{handle}")
            rows.append(
                YearRow(
                    handle=handle,
                    name=text_of(form, key),
                    leaves=text_of(form, f"leaves-{handle}") == "yes",
                    group=text_of(form, f"group-{handle}"),
                    places=text_of(form, f"places-{handle}").strip(),
                    etag=int(etag) if etag.isdecimal() and len(etag) < 10 else 0,
                )
            )
    return rows


def _over(present: list[YearRow], typed: list[YearRow] | tuple[YearRow, ...]) -> list[YearRow]:
    """Lay what was typed over everybody as they are, so that nothing typed is lost; editions are those of now."""
    by_handle = {row.handle: row for row in typed}
    return [
        row
        if (mine := by_handle.get(row.handle)) is None
        else YearRow(row.handle, row.name, mine.leaves, mine.group, mine.places, row.etag)
        for row in present
    ]


def _field(problem: Problem) -> FieldProblem:
    return FieldProblem(problem.field, problem.error, problem.what_to_do)


def _show(
    request: Request, rows: list[YearRow], text: str, problems: tuple[FieldProblem, ...] = (), *, status: int = 200
) -> Response:
    return render(
        request,
        "people/new_year.html",
        status=status,
        problems=problems,
        rows=rows,
        text=text,
        groups=GROUP_WORDS,
    )
