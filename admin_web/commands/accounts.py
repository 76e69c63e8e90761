"""`account add` and `token add`: accounts and API tokens made at the server's console."""

import sys
from typing import Annotated

import typer

from admin_web.access import Role
from admin_web.commands.office import Office
from admin_web.errors import Invalid
from admin_web.services.accounts import AccountDraft, create_account, school_words
from admin_web.services.passwords import hash_password
from admin_web.services.tokens import create_token

accounts = typer.Typer(help="Accounts of people who sign in.", no_args_is_help=True)
tokens = typer.Typer(help="API tokens of programs.", no_args_is_help=True)


@accounts.command("add")
def add_account(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="The person's name, as pages show it.")],
    sign_in: Annotated[str, typer.Option(help="What is typed at sign-in, for example r.ashcombe.")],
    role: Annotated[Role, typer.Option(help="What the account may see and change; see docs/roles.md.")],
) -> None:
    """Make an account; the password is asked for, or read as one line from stdin."""
    office: Office = context.obj
    password = _read_password()
    with office.database() as database:
        with database.read() as session:
            words = school_words(session, name, sign_in)
        password_hash = hash_password(password, words)
        with database.write() as session:
            create_account(session, AccountDraft(name, sign_in, role), password_hash, occasion=office.occasion())
    typer.echo(f"{name} can sign in as {sign_in.strip().casefold()}.", err=True)


@tokens.command("add")
def add_token(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Which program it is for.")],
    role: Annotated[Role, typer.Option(help="What the token may see and change; see docs/roles.md.")],
) -> None:
    """Make an API token and print it; it cannot be shown again."""
    office: Office = context.obj
    with office.database() as database, database.write() as session:
        token = create_token(session, name, role, occasion=office.occasion())
    typer.echo(token.secret)


@accounts.callback()
def _accounts() -> None:
    """Keep `add` a word of its own: a Typer with one command would swallow it."""


@tokens.callback()
def _tokens() -> None:
    """Keep `add` a word of its own: a Typer with one command would swallow it."""


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Invalid("No password was given.", what_to_do="Type it, or give it as one line on stdin.")
    return password
