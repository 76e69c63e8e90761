"""`reception`, `visitor-rules` and `visitor`: what a new school's reception screen begins with, typed at the server."""

from typing import Annotated

import typer
from sqlalchemy import select

from admin_web.commands.office import Office
from admin_web.database.reception import ReceptionSettings
from admin_web.errors import Invalid
from admin_web.queries.school_time import school_time
from admin_web.rules.reception import USUAL_CLOSING
from admin_web.services.etags import ANY, etag_of
from admin_web.services.expected import ExpectedDraft, expect_visitor
from admin_web.services.reception import RegularDraft, add_regular_visitor, save_lanyard, save_settings
from admin_web.services.visitor_rules import publish_visitor_rules, rules_now
from admin_web.web.moments import Typed, read_end, read_start
from policy.timetable import parse_minutes

reception = typer.Typer(help="The reception screen: telephone, closing time, lanyards.", no_args_is_help=True)
visitor_rules = typer.Typer(help="The phone rules that visitors read.", no_args_is_help=True)
visitors = typer.Typer(help="Visitors who are expected, or come often.", no_args_is_help=True)


@reception.command("settings")
def settings(
    context: typer.Context,
    telephone: Annotated[str | None, typer.Option(help="The school's telephone, as the screen shows it.")] = None,
    closing: Annotated[str | None, typer.Option(help="When open visits end, HH:MM; 18:00 until it is said.")] = None,
    printer: Annotated[
        str | None, typer.Option(help="The CUPS queue that prints the list in a roll-call; '' for none.")
    ] = None,
) -> None:
    """Say what the screen shows of the school, and where a roll-call is printed; what is not given stays."""
    office: Office = context.obj
    with office.database() as database, database.write() as session:
        there = session.scalars(select(ReceptionSettings)).first()
        said = telephone if telephone is not None else there.telephone if there is not None else ""
        minutes = _minutes(closing, USUAL_CLOSING if there is None else there.closing)
        etag = None if there is None else ANY
        save_settings(session, said, minutes, printer=printer, if_match=etag, occasion=office.occasion())
    typer.echo("The reception screen is told.", err=True)


def _minutes(text: str | None, otherwise: int) -> int:
    """Read a time of the day. Raises Invalid."""
    if text is None:
        return otherwise
    try:
        return parse_minutes(text)
    except ValueError:
        raise Invalid("That is not a time of the day.", what_to_do="Write it like 18:00.", field="closing") from None


@reception.command("lanyard")
def lanyard(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="The number on it.")],
    colour: Annotated[str, typer.Option(help="Of the ribbon.")] = "green",
    badge: Annotated[str | None, typer.Option(help="The reference of the badge in it.")] = None,
    contractors: Annotated[bool, typer.Option("--contractors", help="Kept for contractors and agency staff.")] = False,
) -> None:
    """Add a lanyard, or change one."""
    office: Office = context.obj
    with office.database() as database, database.write() as session:
        save_lanyard(session, number, colour, reference=badge, contractors=contractors, occasion=office.occasion())
    typer.echo(f"Lanyard {number} is there.", err=True)


@visitor_rules.command("publish")
def publish(context: typer.Context) -> None:
    """Publish the draft, or the suggested words where nothing was drafted, as a new version."""
    office: Office = context.obj
    with office.database() as database, database.write() as session:
        before = rules_now(session)
        etag = None if before is None else etag_of(before.version)
        rules = publish_visitor_rules(session, if_match=etag, occasion=office.occasion())
    typer.echo(f"Version {rules.version} is published. Its SHA-256 is {rules.hash}.", err=True)


@visitors.command("expect")
def expect(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The visitor's name, as they will type it.")],
    day: Annotated[str, typer.Option(help="YYYY-MM-DD.")],
    starts: Annotated[str, typer.Option("--from", help="HH:MM.")],
    until: Annotated[str, typer.Option(help="HH:MM.")],
    host: Annotated[str | None, typer.Option(help="The id of the person they come to see.")] = None,
    organisation: Annotated[str, typer.Option(help="Where they are from.")] = "",
    reason: Annotated[str | None, typer.Option(help="Why they come, by its code.")] = None,
    images: Annotated[bool, typer.Option("--images", help="The headteacher has agreed to photos.")] = False,
) -> None:
    """Expect somebody."""
    office: Office = context.obj
    occasion = office.occasion()
    with office.database() as database, database.write() as session:
        times = school_time(session, occasion.now.utc)
        begins, ends = read_start(Typed(day, starts), "day", times), read_end(Typed(day, until), "day", times)
        if begins is None or ends is None:
            raise Invalid("The day is missing.", what_to_do="Give it with --day.", field="day")
        draft = ExpectedDraft(name, begins, ends, organisation, host, reason, images)
        expect_visitor(session, draft, occasion=occasion)
    typer.echo(f"{name} is expected.", err=True)


@visitors.command("regular")
def regular(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The visitor's name.")],
    badge: Annotated[str, typer.Option(help="The reference of their badge.")],
    host: Annotated[str | None, typer.Option(help="The id of the person they come to see.")] = None,
    organisation: Annotated[str, typer.Option(help="Where they are from.")] = "",
) -> None:
    """Give somebody who comes often a badge to sign in by."""
    office: Office = context.obj
    with office.database() as database, database.write() as session:
        draft = RegularDraft(badge, name, organisation, host)
        add_regular_visitor(session, draft, occasion=office.occasion())
    typer.echo(f"{name} signs in by badge.", err=True)


@visitor_rules.callback()
def _visitor_rules() -> None:
    """Keep `publish` a word of its own: a Typer with one command would swallow it."""
