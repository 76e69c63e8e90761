"""The command line `phonekeep-admin`: its options, its commands, and one place where errors become sentences."""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from admin_web.commands import accounts, badges, importing, places, reception, recovery, registers, school
from admin_web.commands.office import Office
from admin_web.errors import AdminWebError, Refused
from broker.errors import BrokerError

_log = logging.getLogger("phonekeep-admin")


_TYPERS_OWN: tuple[type[BaseException], ...] = (typer.Exit, typer.Abort, *typer.BadParameter.__bases__)
"""What Typer itself tells a person about: the end of a command, Ctrl-C, and wrong usage."""


class _Sentences(TyperGroup):
    """A group whose commands end with a sentence on stderr and exit code 1, never with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except _TYPERS_OWN:
            raise
        except Refused as refusal:
            where = "" if refusal.field is None else f"{refusal.field}: "
            _say(f"{where}{refusal.error} {refusal.what_to_do}")
        except (AdminWebError, BrokerError) as problem:
            _say(str(problem))
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as problem:
            _say(f"{problem.strerror}: {problem.filename or 'no file named'}. Check that it exists and is yours.")
        except Exception as problem:  # whatever it is, a person at a terminal gets a sentence
            _log.debug("unexpected", exc_info=problem)
            _say(
                f"Something unexpected happened ({type(problem).__name__}: {problem}). Nothing was saved. "
                "Please report it with the output of the same command with --verbose in front."
            )
        raise typer.Exit(1)


app = typer.Typer(
    cls=_Sentences,
    name="phonekeep-admin",
    help="Set a school up on its server, by hand: keys, points, devices, accounts, tokens, an import.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def read_options(
    context: typer.Context,
    data: Annotated[
        Path, typer.Option(envvar="PHONEKEEP_DATA", help="The data directory of central; see docs/central.md.")
    ] = Path("/var/lib/phonekeep"),
    simulate: Annotated[
        Path | None,
        typer.Option(envvar="PHONEKEEP_SIMULATE", help="Directory of the bench whose school clock is to be used."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say more on stderr, for a report.")] = False,
) -> None:
    """Note where central's data lies."""
    logging.basicConfig(level=logging.DEBUG if verbose else logging.WARNING, stream=sys.stderr, format="%(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    context.obj = Office(data=data.absolute(), simulate=simulate)


app.command("init")(school.init)
app.command("upgrade")(school.upgrade)
app.command("owner-link")(school.owner_link)
app.add_typer(places.points, name="point")
app.add_typer(places.devices, name="device")
app.add_typer(accounts.accounts, name="account")
app.add_typer(accounts.tokens, name="token")
app.add_typer(registers.school_phones, name="school-phone")
app.add_typer(registers.policy_texts, name="policy-text")
app.add_typer(reception.reception, name="reception")
app.add_typer(reception.visitor_rules, name="visitor-rules")
app.add_typer(reception.visitors, name="visitor")
app.command("import")(importing.import_school)
app.command("badge-reference")(badges.badge_reference)
app.command("unseal")(recovery.unseal)


def _say(sentence: str) -> None:
    typer.echo(f"phonekeep-admin: {sentence}", err=True)
