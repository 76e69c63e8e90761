"""`school-phone add` and `policy-text publish`: what a new school's registers begin with, typed at the server."""

from pathlib import Path
from typing import Annotated

import typer

from admin_web.commands.office import Office
from admin_web.errors import SetUpFailed
from admin_web.services.etags import etag_of
from admin_web.services.policy_texts import policy_text_now, publish_policy_text, suggested_words
from admin_web.services.school_phones import add_school_phone

school_phones = typer.Typer(help="Phones that belong to the school.", no_args_is_help=True)
policy_texts = typer.Typer(help="The phone rules that staff confirm.", no_args_is_help=True)


@school_phones.command("add")
def add(
    context: typer.Context,
    asset: Annotated[str, typer.Argument(help="Its number in the asset register, for example CC-PH-01.")],
    tag: Annotated[str, typer.Option(help="What is stuck on it to be scanned.")] = "",
) -> None:
    """Put a school phone into the register."""
    office: Office = context.obj
    with office.database() as database, database.write() as session:
        add_school_phone(session, asset, tag, occasion=office.occasion())
    typer.echo(f"The school phone {asset} is in the register.", err=True)


@policy_texts.command("publish")
def publish(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="The text, in UTF-8; without it the school policy's clauses for staff.")
    ] = None,
) -> None:
    """Publish a version of the phone rules: from now on everybody is asked to confirm this one."""
    office: Office = context.obj
    words = suggested_words() if file is None else _read(file)
    with office.database() as database, database.write() as session:
        before = policy_text_now(session)
        etag = None if before is None else etag_of(before.version)
        text = publish_policy_text(session, words, if_match=etag, occasion=office.occasion())
    typer.echo(f"Version {text.version} is published. Its SHA-256 is {text.hash}.", err=True)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SetUpFailed(f"{file} is not UTF-8 text. Save it as plain text in UTF-8 and try again.") from None


@school_phones.callback()
def _school_phones() -> None:
    """Keep `add` a word of its own: a Typer with one command would swallow it."""


@policy_texts.callback()
def _policy_texts() -> None:
    """Keep `publish` a word of its own: a Typer with one command would swallow it."""
