"""What the office writes of visitors: signs one in while the screen is down, notes what it has seen (clause 21)."""

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from admin_web.access import Act
from admin_web.database.reception import ExpectedVisit
from admin_web.errors import Refused
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices
from admin_web.queries.visit_words import LANGUAGES, REASONS, TICKS
from admin_web.queries.visitor_rules import RulesVersion, read_rules
from admin_web.rules.areas import area_names
from admin_web.rules.hosts import JOBS, role_of
from admin_web.services.sessions import SignedIn
from admin_web.services.visitor_words import LINES
from admin_web.services.visits_at_office import OfficeSignIn, check_visit, free_lanyards, sign_in_at_office
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.views.on_site import PATH, show_one_visit
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of, texts_of
from broker.messages.visit import RulesToldHow

router = APIRouter()
Carer = Annotated[SignedIn, Depends(Requirement(Act.LOOK_AFTER_VISITORS))]

TOLD = (
    (RulesToldHow.SPOKEN.value, "In words: somebody of the office has told them"),
    (RulesToldHow.PAPER.value, "On paper: they have read the printed rules"),
)


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What stands in the boxes; `host` is `person:<handle>`, `role:<id>`, `room:<id>` or empty."""

    visit: str
    name: str = ""
    organisation: str = ""
    reason: str = ""
    host: str = ""
    lanyard: str = ""
    language: str = "en"
    told: str = ""
    images: bool = False
    needs_phone: bool = False
    expected: str = ""
    ticks: tuple[str, ...] = ()

    @classmethod
    def of(cls, form: FormData) -> "SignInForm":
        """Read the boxes."""
        return cls(
            visit=text_of(form, "visit"),
            name=text_of(form, "name"),
            organisation=text_of(form, "organisation"),
            reason=text_of(form, "reason"),
            host=text_of(form, "host"),
            lanyard=text_of(form, "lanyard"),
            language=text_of(form, "language"),
            told=text_of(form, "told"),
            images=text_of(form, "images") == "yes",
            needs_phone=text_of(form, "needs_phone") == "yes",
            expected=text_of(form, "expected"),
            ticks=tuple(texts_of(form, "ticks")),
        )

    @classmethod
    def for_expected(cls, session: Session, id: str) -> "SignInForm":
        """Fill the boxes with what is known of somebody who is expected; empty ones for nobody."""
        visit = secrets.token_hex(8)
        row = session.get(ExpectedVisit, id) if id else None
        if row is None or row.ended_at is not None:
            return cls(visit)
        host = "" if row.host_id is None else f"person:{handle_of(row.host_id)}"
        return cls(visit, row.name, row.organisation or "", row.kind or "", host, expected=row.id)

    def draft(self, session: Session) -> OfficeSignIn:
        """Make a draft. Raises NotFound for a host who is nobody."""
        kind, _, id = self.host.partition(":")
        return OfficeSignIn(
            visit=self.visit,
            name=self.name,
            organisation=self.organisation,
            reason=self.reason,
            host=find_person_id(session, id) if kind == "person" else None,
            role=id if kind == "role" else None,
            room=id if kind == "room" else None,
            told=self.told,
            language=self.language,
            images_told=self.images,
            needs_phone=self.needs_phone,
            lanyard=self.lanyard or None,
            expected=self.expected or None,
            ticks=self.ticks,
        )


@router.get(f"{PATH}/sign-in")
def show_sign_in(
    request: Request,
    office: TheOffice,
    signed: Carer,
    expected: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Ask for a visitor whom the office signs in, with what is known of an expected one."""
    with office.database.read() as session:
        form = SignInForm.for_expected(session, expected)
    if form.name:
        write_look(office, signed, "expected_visitors", 1, {"expected": expected})
    return _show(request, office, form, None)


@router.post(f"{PATH}/sign-in")
def sign_in(request: Request, office: TheOffice, signed: Carer, form: Form) -> Response:
    """Sign a visitor in; the same form sent twice is one visit."""
    typed = SignInForm.of(form)
    try:
        with office.database.write() as session:
            by = signed.person_id or signed.actor.id
            sign_in_at_office(session, typed.draft(session), by=by, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, typed, refused)
    return go_to(f"{PATH}?said=in")


@router.post(f"{PATH}/visits/{{visit}}/check")
def check(request: Request, office: TheOffice, signed: Carer, form: Form, visit: str) -> Response:
    """Note what reception has seen of a visitor, and the lanyard."""
    try:
        with office.database.write() as session:
            by, ticks = signed.person_id or signed.actor.id, tuple(texts_of(form, "ticks"))
            lanyard = text_of(form, "lanyard") or None
            check_visit(session, visit, ticks, lanyard, by=by, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return show_one_visit(request, office, signed, visit, refused)
    return go_to(f"{PATH}/visits/{visit}?said=checked")


def _show(request: Request, office: Office, form: SignInForm, refused: Refused | None) -> Response:
    with office.database.read() as session:
        rules: RulesVersion | None = read_rules(session)
        people = [(f"person:{handle_of(id)}", name) for id, name in person_choices(session)]
        rooms = [(f"room:{id}", name) for id, name in area_names(session).items()]
        lanyards = [
            (one.number, f"{one.number}, {one.colour}{', for contractors and agency staff' if one.contractors else ''}")
            for one in free_lanyards(session)
        ]
    languages = () if rules is None else rules.languages
    return render(
        request,
        "on_site/sign_in.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        form=form,
        rules=rules,
        english=next((one for one in languages if one.code == "en"), None),
        lines=LINES,
        languages=[(one.code, LANGUAGES.get(one.code, one.code)) for one in languages],
        reasons=[("", "Choose…"), *REASONS.items()],
        hosts=(
            ("Jobs", [(f"role:{role_of(group)}", words) for group, words in JOBS.items()]),
            ("Rooms", rooms),
            ("People", people),
        ),
        lanyards=lanyards,
        told=TOLD,
        ticks=list(TICKS.items()),
    )
