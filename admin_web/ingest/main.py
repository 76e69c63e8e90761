"""The command phonekeep-ingest: MQTT to database, acknowledgements and rules back; runs until SIGTERM."""

import gc
import logging
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from admin_web.errors import AdminWebError
from admin_web.ingest.wiring import build_ingest
from broker.errors import BrokerError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def ingest(
    data: Annotated[
        Path, typer.Option(help="Central's directory, made by `phonekeep-admin init`.", envvar="PHONEKEEP_DATA")
    ],
    simulate: Annotated[
        Path | None, typer.Option(help="The bench's directory: school time comes from its clock.json.")
    ] = None,
) -> None:
    """Store what devices send, acknowledge it, and publish rules to them."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        loop = build_ingest(data, simulate)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: loop.stop())
        _collect_rarely()
        loop.run()
    except (AdminWebError, BrokerError) as problem:
        typer.echo(f"phonekeep-ingest: {problem}", err=True)
        raise typer.Exit(1) from None


def _collect_rarely() -> None:
    """Let Python look for cyclic garbage seldom: a backlog makes thousands of values a second, and none is cyclic."""
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def main() -> None:
    """Run the command."""
    app()
