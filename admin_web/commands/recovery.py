"""`unseal`: after a restored backup, opens what came back from the cabinets' archives with the key from the safe."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from admin_web.commands.office import Office
from admin_web.services.unsealing import unseal_events
from broker.keys import load_recovery_key
from broker.sealing import unseal as open_sealed


def unseal(
    context: typer.Context,
    keyfile: Annotated[Path, typer.Argument(help="The recovery key that `init` wrote, from the school's safe.")],
) -> None:
    """Open the sealed details of events that cabinets sent again, check them and fill them in. Safe to run again."""
    office: Office = context.obj
    opener = partial(open_sealed, load_recovery_key(keyfile))
    with office.database() as database:
        told = unseal_events(database, opener, occasion=office.occasion())
    typer.echo(f"{told.opened} opened, {told.erased} erased before and thrown away, {told.refused} not opened.")
    if told.refused:
        typer.echo(
            "What was not opened was sealed for another recovery key, or was damaged: try the school's other key file.",
            err=True,
        )
