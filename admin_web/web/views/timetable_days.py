"""Single days: what is otherwise on one date, for a place or a staff group, beside the usual week."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Invalid, Refused
from admin_web.queries.timetables import Editing, read_editing
from admin_web.services.bodies import read_date
from admin_web.services.sessions import SignedIn
from admin_web.services.texts import require_name
from admin_web.services.timetable import save_draft
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.timetable_form import read_target, read_times, target_key
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of
from policy.day_plan import KIND_WORDS, BlockKind, Day, OneOff, PlannedBlock, Target
from policy.problem import Problem
from policy.school_calendar import day_words, find_closure, find_term
from policy.school_timetable_checks import day_problems, day_warnings
from policy.timetable import NAME_LENGTH, format_minutes
from policy.timetable_diff import Difference, differences

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.RESTRICTED_TIMES))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_RESTRICTED_TIMES))]

PATH = "/timetable/days"
MOST_BLOCKS = 40
SAID = {
    "saved": "Saved in the draft. No cabinet notices before it is published.",
    "usual": "The usual day again, in the draft.",
}


@dataclass(frozen=True, slots=True)
class RowTyped:
    """One block of the day as typed."""

    kind: str = BlockKind.LESSON.value
    name: str = ""
    starts: str = ""
    until: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the row says nothing."""
        return not (self.name or self.starts or self.until)


@router.get(PATH)
def show_days(
    request: Request, office: TheOffice, _: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List the days that are otherwise than the week says."""
    return _show_list(request, office, said=SAID.get(said))


@router.get(f"{PATH}/one")
def show_day(
    request: Request,
    office: TheOffice,
    _: Editor,
    of: Annotated[str, Query(max_length=60)] = "",
    on: Annotated[str, Query(alias="date", max_length=10)] = "",
) -> Response:
    """Show one day of a place or group, to be changed for that date alone."""
    with office.database.read() as session:
        editing = read_editing(session)
    try:
        target, day = _which(editing, of, on)
    except Invalid as problem:
        return _show_list(request, office, problems=(FieldProblem.of(problem),), status=422)
    return _show(request, office, editing, target, day, _rows(_day_of(editing, target, day)))


@router.post(f"{PATH}/one")
def change_day(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Save the day in the draft, give it its usual blocks again, or give the form a row more or less."""
    do, etag = text_of(form, "do"), text_of(form, "etag")
    with office.database.read() as session:
        editing = read_editing(session)
    try:
        target, day = _which(editing, text_of(form, "of"), text_of(form, "date"))
    except Invalid as problem:
        return _show_list(request, office, problems=(FieldProblem.of(problem),), status=422)
    rows = _posted(form)
    changed = _change_form(rows, do)
    if changed is not None:
        return _show(request, office, editing, target, day, changed, etag=etag)
    timetable = editing.timetable.without_one_off(target, day)
    gaps: tuple[Problem, ...] = ()
    if do != "usual":
        blocks, problems = _read(rows)
        problems += _clashes(blocks, editing.name(target), day)
        if problems:
            return _show(request, office, editing, target, day, rows, etag=etag, problems=tuple(problems), status=422)
        gaps = day_warnings(blocks, editing.name(target), day_words(day), "gaps")
        timetable = timetable.with_one_off(OneOff(day, target, replaces=True, blocks=blocks))
    effect = differences(editing.timetable, timetable, editing.names)
    if do == "check" or (gaps and text_of(form, "although") != "yes"):
        status = 200 if do == "check" else 422
        return _show(request, office, editing, target, day, rows, etag=etag, gaps=gaps, effect=effect, status=status)
    try:
        with office.database.write() as session:
            save_draft(session, timetable, if_match=etag, occasion=office.occasion(signed.actor))
    except ChangedMeanwhile as refused:
        with office.database.read() as session:
            editing = read_editing(session)
        meanwhile = FieldProblem(None, refused.error, "Both stand below: press again to save yours in its place.")
        saved = _rows(_day_of(editing, target, day))
        return _show(request, office, editing, target, day, rows, problems=(meanwhile,), saved=saved, status=412)
    except Refused as refused:
        wrong = FieldProblem("b0-from", refused.error, refused.what_to_do)
        return _show(request, office, editing, target, day, rows, etag=etag, problems=(wrong,), status=422)
    return go_to(f"{PATH}?said={'usual' if do == 'usual' else 'saved'}")


def _which(editing: Editing, of: str, on: str) -> tuple[Target, date]:
    target = read_target(of, editing.targets)
    if target is None:
        raise Invalid("There is no such place or group.", what_to_do="Choose from the list.", field="of")
    day = read_date(on, "date")
    if not 2000 <= day.year <= 2100:
        raise Invalid("That date is too far away.", what_to_do="Choose a nearer one.", field="date")
    return target, day


def _day_of(editing: Editing, target: Target, day: date) -> Day:
    """Give the blocks of the day as planned, also where the school is closed then."""
    usual = tuple(sorted(editing.timetable.week_of(target)[day.weekday()]))
    one = editing.timetable.one_off_of(target, day)
    return usual if one is None else one.apply(usual)


def _rows(blocks: Day) -> tuple[RowTyped, ...]:
    return tuple(
        RowTyped(block.kind.value, block.name, format_minutes(block.span.start), format_minutes(block.span.end))
        for block in blocks
    )


def _posted(form: FormData) -> tuple[RowTyped, ...]:
    rows = []
    for number in range(MOST_BLOCKS):
        if f"b{number}-name" not in form:
            break
        rows.append(
            RowTyped(
                text_of(form, f"b{number}-kind"),
                text_of(form, f"b{number}-name").strip(),
                text_of(form, f"b{number}-from").strip(),
                text_of(form, f"b{number}-until").strip(),
            )
        )
    return tuple(rows)


def _change_form(rows: tuple[RowTyped, ...], do: str) -> tuple[RowTyped, ...] | None:
    if do == "add":
        return (*rows, RowTyped())
    word, _, number = do.partition("-")
    if word == "remove" and number.isdecimal() and len(number) < 4 and int(number) < len(rows):
        return rows[: int(number)] + rows[int(number) + 1 :]
    return None


def _read(rows: tuple[RowTyped, ...]) -> tuple[Day, list[FieldProblem]]:
    blocks, problems = [], []
    for number, row in enumerate(rows):
        if row.is_empty:
            continue
        try:
            kind = BlockKind(row.kind) if row.kind in list(BlockKind) else BlockKind.LESSON
            name = require_name(row.name or KIND_WORDS[kind], "name", at_most=NAME_LENGTH)
            blocks.append(PlannedBlock(read_times(row.starts, row.until), kind, name))
        except Invalid as problem:
            problems.append(FieldProblem(f"b{number}-{problem.field}", problem.error, problem.what_to_do))
    return tuple(sorted(blocks)), problems


def _clashes(blocks: Day, place: str, day: date) -> list[FieldProblem]:
    return [
        FieldProblem("b0-from", one.error, one.what_to_do)
        for one in day_problems(blocks, place, day_words(day), "blocks")
    ]


def _show_list(
    request: Request,
    office: Office,
    *,
    problems: tuple[FieldProblem, ...] = (),
    said: str | None = None,
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        editing = read_editing(session)
        times = office.school_time(session)
    rows = [
        (
            f"{PATH}/one?of={quote(target_key(one.target))}&date={one.date.isoformat()}",
            times.day(one.date),
            editing.name(one.target),
            ", ".join(
                f"{block.name} {format_minutes(block.span.start)}–{format_minutes(block.span.end)}"
                for block in _day_of(editing, one.target, one.date)
            ),
            one.date < times.today,
        )
        for one in editing.timetable.one_offs
    ]
    return render(
        request,
        "timetable/days.html",
        status=status,
        problems=problems,
        editing=editing,
        rows=[row for row in rows if not row[4]],
        past=[row for row in rows if row[4]],
        choices=[(target_key(target), editing.name(target)) for target in editing.targets],
        today=times.today,
        said=said,
    )


def _show(
    request: Request,
    office: Office,
    editing: Editing,
    target: Target,
    day: date,
    rows: tuple[RowTyped, ...],
    *,
    etag: str | None = None,
    problems: tuple[FieldProblem, ...] = (),
    gaps: tuple[Problem, ...] = (),
    effect: tuple[Difference, ...] = (),
    saved: tuple[RowTyped, ...] | None = None,
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
    closure = find_closure(editing.timetable.closures, day)
    closed = closure.name if closure is not None else ""
    return render(
        request,
        "timetable/day.html",
        status=status,
        problems=problems,
        editing=editing,
        of=target_key(target),
        place=editing.name(target),
        day=day,
        title=times.day(day),
        rows=rows,
        etag=editing.mark if etag is None else etag,
        gaps=gaps,
        effect=effect,
        saved=saved,
        closed=closed or ("" if find_term(editing.timetable.years, day) is not None else "not in a term"),
        is_changed=editing.timetable.one_off_of(target, day) is not None,
        kinds=[(kind.value, words) for kind, words in KIND_WORDS.items()],
        times=times,
    )
