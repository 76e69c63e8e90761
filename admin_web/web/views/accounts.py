"""The page Accounts: who may sign in with which role, and the tokens of programs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import ROLE_NAMES, Act, Page, Role
from admin_web.errors import Invalid, Refused
from admin_web.queries.accounts import read_accounts, read_tokens
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices
from admin_web.services import accounts as service
from admin_web.services.accounts import AccountDraft, school_words
from admin_web.services.passwords import PasswordHash, hash_password
from admin_web.services.sessions import SignedIn
from admin_web.services.tokens import create_token, end_token
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Key, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.ACCOUNTS))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_ACCOUNTS))]

ROLES = [(role.value, ROLE_NAMES[role]) for role in Role]
SAID = {
    "made": "The account is made.",
    "changed": "Saved. Whoever was signed in with it signs in anew.",
    "ended": "The account is ended, and signed out everywhere.",
    "token-ended": "The token is ended: the program can read nothing from now on.",
}


@router.get("/accounts")
def show_accounts(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List accounts and tokens."""
    return _show(request, office, signed, said=SAID.get(said))


@router.get("/accounts/new")
def show_new(request: Request, office: TheOffice, _: Editor) -> Response:
    """Show the form of a new account."""
    return _show_new(request, office, {"role": "office"}, ())


@router.post("/accounts/new")
def add(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Make an account."""
    typed = {name: text_of(form, name) for name in ("name", "sign_in", "role", "person")}
    try:
        password_hash = _hash(
            office, text_of(form, "password"), text_of(form, "again"), typed["name"], typed["sign_in"]
        )
        occasion = office.occasion(signed.actor)
        with office.database.write() as session:
            person = find_person_id(session, typed["person"]) if typed["person"] else None
            draft = AccountDraft(typed["name"], typed["sign_in"], _role(typed["role"]), person)
            service.create_account(session, draft, password_hash, occasion=occasion)
    except Refused as refused:
        return _show_new(request, office, typed, (FieldProblem.of(refused),))
    return go_to("/accounts?said=made")


@router.get("/accounts/{number}")
def show_account(request: Request, office: TheOffice, signed: Editor, number: Key) -> Response:
    """Show one account, to give it another role or password or to end it."""
    return _show_one(request, office, signed, number, ())


@router.post("/accounts/{number}/role")
def change_role(request: Request, office: TheOffice, signed: Editor, form: Form, number: Key) -> Response:
    """Give an account another role."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            service.change_role(session, number, _role(text_of(form, "role")), occasion=occasion)
    except Refused as refused:
        return _show_one(request, office, signed, number, (FieldProblem.of(refused),))
    return go_to("/accounts?said=changed")


@router.post("/accounts/{number}/password")
def change_password(request: Request, office: TheOffice, signed: Editor, form: Form, number: Key) -> Response:
    """Give an account another password."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.read() as session:
            account = service.require_account(session, number)
            own = (account.name, account.sign_in_name)
        password_hash = _hash(office, text_of(form, "password"), text_of(form, "again"), *own)
        with office.database.write() as session:
            service.change_password(session, number, password_hash, occasion=occasion)
    except Refused as refused:
        return _show_one(request, office, signed, number, (FieldProblem.of(refused),))
    return go_to("/accounts?said=changed")


@router.post("/accounts/{number}/end")
def end(request: Request, office: TheOffice, signed: Editor, number: Key) -> Response:
    """End an account."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            service.end_account(session, number, occasion=occasion)
    except Refused as refused:
        return _show_one(request, office, signed, number, (FieldProblem.of(refused),))
    return go_to("/accounts?said=ended")


@router.post("/tokens")
def add_token(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Make a token, and show its secret this once."""
    occasion = office.occasion(signed.actor)
    name = text_of(form, "token_name")
    try:
        with office.database.write() as session:
            token = create_token(session, name, _role(text_of(form, "token_role")), occasion=occasion)
    except Refused as refused:
        problem = FieldProblem("token_name", refused.error, refused.what_to_do)
        return _show(request, office, signed, problems=(problem,), token_name=name, status=422)
    return _show(request, office, signed, secret=token.secret)


@router.post("/tokens/{number}/end")
def finish_token(office: TheOffice, signed: Editor, number: Key) -> Response:
    """End a token."""
    occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        end_token(session, number, occasion=occasion)
    return go_to("/accounts?said=token-ended")


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise Invalid("That is not a role.", what_to_do="Choose one from the list.", field="role") from None


def _hash(office: Office, password: str, again: str, *own_words: str) -> PasswordHash:
    """Check and hash a new password outside any transaction. Raises Invalid."""
    if password != again:
        raise Invalid("The two passwords differ.", what_to_do="Type the same password twice.", field="again")
    with office.database.read() as session:
        words = school_words(session, *own_words)
    with office.hashing:
        return hash_password(password, words)


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    *,
    said: str | None = None,
    secret: str | None = None,
    token_name: str = "",
    problems: tuple[FieldProblem, ...] = (),
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        accounts, tokens = read_accounts(session), read_tokens(session)
    write_look(office, signed, "accounts", len(accounts))
    return render(
        request,
        "accounts/list.html",
        status=status,
        problems=problems,
        accounts=accounts,
        tokens=tokens,
        times=times,
        roles=ROLES,
        said=said,
        secret=secret,
        token_name=token_name,
    )


def _show_new(request: Request, office: Office, typed: dict[str, str], problems: tuple[FieldProblem, ...]) -> Response:
    with office.database.read() as session:
        people = person_choices(session)
    return render(
        request,
        "accounts/new.html",
        status=422 if problems else 200,
        problems=problems,
        typed={"name": "", "sign_in": "", "role": "", "person": "", **typed},
        roles=ROLES,
        people=[(handle_of(id), name) for id, name in people],
    )


def _show_one(
    request: Request, office: Office, signed: SignedIn, number: int, problems: tuple[FieldProblem, ...]
) -> Response:
    with office.database.read() as session:
        account = service.require_account(session, number)
    write_look(office, signed, "accounts", 1, {"account": number}, person=account.person_id)
    return render(
        request,
        "accounts/one.html",
        status=422 if problems else 200,
        problems=problems,
        account=account,
        roles=ROLES,
        own=account.id == signed.account_id,
    )
