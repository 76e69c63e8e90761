"""Timetable: the usual week of a place or group as a picture, and the form beside it that changes the draft."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Invalid, Refused
from admin_web.queries.timetable_week import Selected, Week, dated_week, usual_week
from admin_web.queries.timetables import Editing, read_editing
from admin_web.services.sessions import SignedIn
from admin_web.services.timetable import save_draft
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.timetable_form import BlockForm, minutes_or_none, read_target, target_key
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of
from policy.day_plan import KIND_WORDS, Target
from policy.problem import Problem
from policy.rules import MINUTES_OF_A_DAY
from policy.school_calendar import WEEKDAY_NAMES
from policy.school_timetable import SchoolTimetable
from policy.school_timetable_checks import day_problems, day_warnings
from policy.timetable import format_minutes
from policy.timetable_diff import Difference, differences

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.RESTRICTED_TIMES))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_RESTRICTED_TIMES))]

SAID = {
    "saved": "Saved in the draft. No cabinet notices before it is published.",
    "removed": "Taken out of the draft. No cabinet notices before it is published.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows beside the week."""

    target: Target
    form: BlockForm | None = None
    problems: tuple[FieldProblem, ...] = ()
    gaps: tuple[Problem, ...] = ()
    """Gaps that the change would make; saving asks once more."""
    proposed: SchoolTimetable | None = None
    meanwhile: bool = False
    checked: bool = False


@router.get("/timetable")
def show_week(
    request: Request,
    office: TheOffice,
    _: Reader,
    of: Annotated[str, Query(max_length=60)] = "",
    week: Annotated[str, Query(max_length=10)] = "",
    day: Annotated[int | None, Query(ge=0, le=6)] = None,
    block: Annotated[int | None, Query(ge=0, le=200)] = None,
    starts: Annotated[str, Query(alias="from", max_length=5)] = "",
    until: Annotated[str, Query(max_length=5)] = "",
    said: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """Show the usual week of a place or group, or one week with its closures; a block of it is open in the form."""
    with office.database.read() as session:
        editing = read_editing(session)
        today = office.school_time(session).today
    if not editing.names:
        return render(request, "timetable/empty.html")
    target = read_target(of, editing.targets) or editing.first_planned
    monday = _monday(week, today)
    if monday is not None:
        return _show_dated(request, editing, target, monday, today)
    shown = Shown(target, _opened(editing, target, day, block, starts, until))
    if shown.form is not None and (starts or until) and shown.form.origin is not None:
        shown = _check(editing, shown)
    return _show(request, office, editing, shown, said=SAID.get(said))


@router.post("/timetable/block")
def change_block(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Show what the form would change, or save it in the draft; overlaps are refused, gaps are shown first."""
    do, etag = text_of(form, "do"), text_of(form, "etag")
    with office.database.read() as session:
        editing = read_editing(session)
    if not editing.names:
        return render(request, "timetable/empty.html")
    target = read_target(text_of(form, "of"), editing.targets) or editing.targets[0]
    typed = BlockForm.of_post(form)
    if etag != editing.mark:
        return _show_meanwhile(request, office, editing, Shown(target, typed))
    shown = _check(editing, Shown(target, typed), removes=do == "remove")
    if do == "check" or shown.problems or shown.proposed is None:
        return _show(request, office, editing, shown, status=422 if shown.problems else 200)
    if shown.gaps and text_of(form, "although") != "yes":
        return _show(request, office, editing, shown, status=422)
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            save_draft(session, shown.proposed, if_match=etag, occasion=occasion)
    except ChangedMeanwhile:
        with office.database.read() as session:
            editing = read_editing(session)
        return _show_meanwhile(request, office, editing, Shown(target, typed))
    except Refused as refused:
        problem = FieldProblem("name", refused.error, refused.what_to_do)
        return _show(request, office, editing, replace(shown, problems=(problem,)), status=422)
    return go_to(f"/timetable?of={quote(target_key(target))}&said={'removed' if do == 'remove' else 'saved'}")


def _opened(
    editing: Editing, target: Target, day: int | None, block: int | None, starts: str, until: str
) -> BlockForm | None:
    """Open a block of the week, or an empty form for a new one; times in the address are where it was dragged to."""
    if day is None:
        return None
    blocks = sorted(editing.timetable.week_of(target)[day])
    if block is not None and block < len(blocks):
        form = BlockForm.of_block(day, blocks[block])
        return replace(form, starts=starts or form.starts, until=until or form.until)
    begins = minutes_or_none(starts)
    if begins is not None and not until:
        until = format_minutes(min(begins + 60, MINUTES_OF_A_DAY))
    return BlockForm(day=day, starts=starts, until=until, days=(day,))


def _check(editing: Editing, shown: Shown, *, removes: bool = False) -> Shown:
    """Work out what the form makes of the week: what is wrong with it, and which gaps it leaves that were not there."""
    form, target = shown.form, shown.target
    if form is None:
        return shown
    before = editing.timetable.week_of(target)
    try:
        after = form.apply(before, removes=removes)
    except Invalid as problem:
        return replace(shown, problems=(FieldProblem(problem.field, problem.error, problem.what_to_do),), checked=True)
    name, problems, gaps = editing.name(target), [], []
    for weekday in form.days:
        when = WEEKDAY_NAMES[weekday]
        problems += [
            FieldProblem("times", one.error, one.what_to_do)
            for one in day_problems(after[weekday], name, when, "times")
        ]
        there = day_warnings(before[weekday], name, when, "gaps")
        gaps += [one for one in day_warnings(after[weekday], name, when, "gaps") if one not in there]
    return replace(
        shown,
        problems=tuple(problems),
        gaps=tuple(gaps),
        proposed=editing.timetable.with_week(target, after),
        checked=True,
    )


def _show_meanwhile(request: Request, office: Office, editing: Editing, shown: Shown) -> Response:
    """Show what is saved now beside what was typed; pressing again makes the change in what is there now."""
    problem = FieldProblem(
        None,
        "Somebody changed the timetable while this form was open.",
        "What is saved now stands in the week and under the form, yours in the form: press again to save it.",
    )
    form = None if shown.form is None else shown.form.followed(editing.timetable.week_of(shown.target))
    return _show(request, office, editing, replace(shown, form=form, problems=(problem,), meanwhile=True), status=412)


def _show(
    request: Request, office: Office, editing: Editing, shown: Shown, *, said: str | None = None, status: int = 200
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
    target, form = shown.target, shown.form
    timetable = editing.timetable if shown.proposed is None else shown.proposed
    return render(
        request,
        "timetable/week.html",
        status=status,
        problems=shown.problems,
        editing=editing,
        shown=shown,
        form=form,
        of=target_key(target),
        place=editing.name(target),
        choices=_choices(editing),
        week=usual_week(timetable.week_of(target), editing.live.week_of(target), _selected(shown)),
        effect=_effect(editing, timetable),
        kinds=[(kind.value, words) for kind, words in KIND_WORDS.items()],
        weekdays=WEEKDAY_NAMES,
        saved_now=_saved_now(editing, shown) if shown.meanwhile else (),
        dated=None,
        monday=times.today - timedelta(days=times.today.weekday()),
        times=times,
        said=said,
    )


def _show_dated(request: Request, editing: Editing, target: Target, monday: date, today: date) -> Response:
    week: Week = dated_week(editing.timetable, editing.live, target, monday)
    return render(
        request,
        "timetable/dates.html",
        editing=editing,
        of=target_key(target),
        place=editing.name(target),
        choices=_choices(editing),
        week=week,
        monday=monday,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        is_this_week=monday <= today < monday + timedelta(days=7),
    )


def _selected(shown: Shown) -> list[Selected]:
    """Name what the form is about: the block as it would be, else as it is."""
    form = shown.form
    if form is None:
        return []
    if shown.proposed is not None:
        try:
            new = form.block()
        except Invalid:
            new = None
        return [Selected(day, new) for day in form.days]
    return [Selected(form.day, form.origin)]


def _effect(editing: Editing, timetable: SchoolTimetable) -> tuple[Difference, ...]:
    """Say what the form changes in what is saved."""
    return () if timetable is editing.timetable else differences(editing.timetable, timetable, editing.names)


def _saved_now(editing: Editing, shown: Shown) -> list[str]:
    """Say in words what is saved now on the days that the form is about."""
    form, week = shown.form, editing.timetable.week_of(shown.target)
    days = form.days if form is not None and form.days else ()
    lines = []
    for day in days:
        blocks = ", ".join(
            f"{block.name} {format_minutes(block.span.start)} to {format_minutes(block.span.end)}"
            for block in week[day]
        )
        lines.append(f"{WEEKDAY_NAMES[day]}: {blocks or 'nothing'}")
    return lines


def _choices(editing: Editing) -> list[tuple[str, str]]:
    return [(target_key(target), editing.name(target)) for target in editing.targets]


def _monday(week: str, today: date) -> date | None:
    if not week:
        return None
    try:
        day = today if week == "now" else date.fromisoformat(week)
        return day - timedelta(days=day.weekday()) if 2000 <= day.year <= 2100 else None
    except ValueError:
        return None
