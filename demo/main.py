"""`phonekeep-demo`: the whole school on one machine, until Ctrl-C."""

import asyncio
import logging
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from demo.errors import DemoError
from demo.kiosk.display import DEFAULT_PANEL, PANELS
from demo.wiring import DemoOptions, run_demo

app = typer.Typer(add_completion=False)


@app.command()
def main(
    ready_file: Annotated[Path | None, typer.Option(help="Write the addresses there as JSON when all is up.")] = None,
    data: Annotated[Path | None, typer.Option(help="Keep the school there between runs.")] = None,
    cabinets: Annotated[int, typer.Option(min=3, max=60, help="How many cabinets; those over 12 are generated.")] = 3,
    no_window: Annotated[bool, typer.Option("--no-window", help="Open no browser and no window.")] = False,
    no_reception: Annotated[bool, typer.Option("--no-reception", help="Leave the reception screen out.")] = False,
    panel: Annotated[str, typer.Option(help=f"The reception's panel: {', '.join(PANELS)}.")] = DEFAULT_PANEL,
    database: Annotated[str | None, typer.Option(help="Keep the log there: a PostgreSQL URL.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port of the bench; 0 takes a free one.")] = 0,
) -> None:
    """Run a whole school here: real programs, simulated chips, locks and school time."""
    if panel not in PANELS:
        raise typer.BadParameter(f"Choose one of {', '.join(PANELS)}.", param_hint="--panel")
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    temporary = tempfile.TemporaryDirectory(prefix="phonekeep-school-") if data is None else None
    options = DemoOptions(
        data=data if temporary is None else Path(temporary.name),  # type: ignore[arg-type]  # one of the two is there
        ready_file=ready_file,
        cabinets=cabinets,
        window=not no_window,
        port=port,
        database=database,
        panel=None if no_reception else panel,
    )
    try:
        asyncio.run(run_demo(options))
    except DemoError as problem:
        typer.echo(f"\n{problem}", err=True)
        raise typer.Exit(1) from None
    finally:
        if temporary is not None:
            temporary.cleanup()


if __name__ == "__main__":
    app()
