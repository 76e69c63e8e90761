"""Staff groups: where each group's phones lie, and by when they are declared in (clauses 7 to 10)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Invalid, Refused
from admin_web.queries.storage_words import DUTY_WORDS, confirmed_in_group
from admin_web.rules.groups import group_rules, group_sizes
from admin_web.services.etags import etag_of
from admin_web.services.groups import save_group_rule
from admin_web.services.sessions import SignedIn
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.person_form import GROUP_WORDS
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of
from policy.staff_groups import GROUPS, StorageDuty
from policy.timetable import format_minutes, parse_minutes

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.PEOPLE))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_PEOPLE))]


@router.get("/people/groups")
def show_groups(
    request: Request, office: TheOffice, _: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List the staff groups with their duty, each to be changed in its own row."""
    return _show(request, office, said="Saved." if said == "saved" else None)


@router.post("/people/groups")
def change_group(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Save one group's duty."""
    group = text_of(form, "group")
    typed = (group, text_of(form, "duty"), text_of(form, "expected_by").strip())
    occasion = office.occasion(signed.actor)
    try:
        if group not in GROUPS:
            raise Invalid("That is not a staff group.", what_to_do="Choose one of the list.", field="group")
        with office.database.write() as session:
            save_group_rule(
                session, group, typed[1], _minutes(typed[2]), if_match=text_of(form, "etag"), occasion=occasion
            )
    except Refused as refused:
        known = group in GROUPS and not isinstance(refused, ChangedMeanwhile)
        field = f"expected-{list(GROUPS).index(group)}" if known else None
        problem = FieldProblem(field, refused.error, refused.what_to_do)
        return _show(request, office, typed=typed, problems=(problem,), status=refused.status)
    return go_to("/people/groups?said=saved")


def _minutes(text: str) -> int | None:
    try:
        return parse_minutes(text) if text else None
    except ValueError:
        raise Invalid(
            "That is not a time of the day.", what_to_do="Write it as HH:MM, like 08:50.", field="expected_by"
        ) from None


def _show(
    request: Request,
    office: Office,
    *,
    typed: tuple[str, str, str] | None = None,
    problems: tuple[FieldProblem, ...] = (),
    said: str | None = None,
    status: int = 200,
) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        rules, sizes = group_rules(session), group_sizes(session)
        confirmed = confirmed_in_group(session, now)
    rows = []
    for number, rule in enumerate(rules.values()):
        mine = typed if typed is not None and typed[0] == rule.group else None
        kept = "" if rule.expected_by is None else format_minutes(rule.expected_by)
        rows.append(
            {
                "number": number,
                "group": rule.group,
                "name": GROUP_WORDS[rule.group],
                "people": sizes.get(rule.group, 0),
                "duty": rule.duty.value if mine is None else mine[1],
                "expected_by": kept if mine is None else mine[2],
                "saved": None if mine is None else f"{DUTY_WORDS[rule.duty]}{', by ' + kept if kept else ''}",
                "etag": etag_of(rule.etag),
                "clause": rule.clause,
                "confirmed": confirmed.get(rule.group, 0) if rule.duty is StorageDuty.OFFICE else None,
            }
        )
    return render(
        request,
        "people/groups.html",
        status=status,
        problems=problems,
        rows=rows,
        duties=[(duty.value, words) for duty, words in DUTY_WORDS.items()],
        said=said,
    )
