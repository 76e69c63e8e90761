"""`phonekeep-device`: commands run by hand at a device, or by systemd after its program ended."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kiosk.config import load_config
from kiosk.errors import KioskError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

Config = Annotated[Path, typer.Option("--config", help="The device's configuration file.")]
Simulate = Annotated[Path | None, typer.Option("--simulate", metavar="DIR", help="Simulated hardware under DIR.")]


@app.callback()
def device() -> None:
    """Look at this device and its parts."""


@app.command()
def doctor(config: Config, simulate: Simulate = None) -> None:
    """Look at every part, change nothing, and say for each what to do; exit 1 when one has a fault."""
    from kiosk.device.doctor import Doctor  # only this command needs the parts
    from kiosk.device.findings import Verdict

    findings = Doctor(load_config(config), simulate).examine()
    for finding in findings:
        typer.echo(str(finding))
    if any(finding.verdict is Verdict.FAULT for finding in findings):
        raise typer.Exit(1)


@app.command("locks-off")
def locks_off(config: Config, simulate: Simulate = None) -> None:
    """Switch every lock coil off, whatever a killed program left driven."""
    from hardware.board import drive_locks_off  # only this command needs the parts
    from hardware.errors import HardwareError
    from kiosk.device.kind import wiring_of
    from kiosk.errors import ConfigurationError

    read = load_config(config)
    simulator = None if simulate is None else simulate / f"{read.device}.sock"
    try:
        drive_locks_off(wiring_of(read), simulator=simulator)
    except HardwareError as fault:
        raise ConfigurationError(str(fault)) from fault
    typer.echo("Every lock is off.")


def main() -> None:
    """Run a command; what a person can mend is one sentence, never a traceback."""
    try:
        app()
    except KioskError as fault:
        print(fault, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
