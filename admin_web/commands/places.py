"""`point add` and `device add`: a storage point, and the device that stands there with its files to carry over."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from admin_web.commands.device_files import make_device_files
from admin_web.commands.office import Office
from admin_web.errors import SetUpFailed
from admin_web.services.points import (
    PointDraft,
    add_device,
    add_reception,
    require_free_device,
    require_new_device,
    save_point,
)
from policy.rules import PointKind

points = typer.Typer(help="Storage points: cabinets, locker banks, boxes.", no_args_is_help=True)
devices = typer.Typer(help="Devices that stand at a point.", no_args_is_help=True)


class DeviceKind(StrEnum):
    """What a device is."""

    CABINET = "cabinet"
    RECEPTION = "reception"


@points.command("add")
def add_storage_point(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="Short id, for example robins.")],
    name: Annotated[str, typer.Option(help="The name pages show.")],
    kind: Annotated[PointKind, typer.Option(help="What stands there.")],
    slots: Annotated[int, typer.Option(help="Doors of a locker bank; 1 for everything else.")] = 1,
    area: Annotated[
        str | None, typer.Option(help="Where it stands, by the area's id; left out, an area of its own.")
    ] = None,
) -> None:
    """Add a storage point, or rename one; a bank may get more slots."""
    office: Office = context.obj
    with office.database() as database, database.write() as session:
        save_point(session, PointDraft(id, name, kind.value, slots, area), occasion=office.occasion())
    typer.echo(f"The point {id} is there.", err=True)


@devices.command("add")
def add_new_device(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="Short id of the device, for example robins.")],
    out: Annotated[Path, typer.Option(help="A new or empty directory for the device's keys.")],
    point: Annotated[str | None, typer.Option(help="The storage point a cabinet stands at.")] = None,
    kind: Annotated[
        DeviceKind, typer.Option(help="A cabinet, or a reception screen, which stands at no point.")
    ] = DeviceKind.CABINET,
) -> None:
    """Register a device and write its keys and certificate to OUT, to be carried to the device and deleted here."""
    office: Office = context.obj
    office.require_owner()
    settings = office.settings()
    if (kind is DeviceKind.CABINET) is (point is None):
        raise SetUpFailed("A cabinet stands at a point, a reception screen at none. Give --point for a cabinet only.")
    with office.database() as database:
        with database.read() as session:
            if point is None:
                require_new_device(session, id)
            else:
                require_free_device(session, id, point)
        made = make_device_files(settings, id, point or id, out.absolute())
        key, serial = made.event_key, made.certificate_serial
        try:
            with database.write() as session:
                if point is None:
                    add_reception(session, id, event_key=key, certificate_serial=serial, occasion=office.occasion())
                else:
                    add_device(session, id, point, event_key=key, certificate_serial=serial, occasion=office.occasion())
                made.put_in_place()
        finally:
            made.throw_away()
    typer.echo(f"Carry {out}/cabinet and {out}/link to the device {id}; nobody else may read them.", err=True)


@points.callback()
def _points() -> None:
    """Keep `add` a word of its own: a Typer with one command would swallow it."""


@devices.callback()
def _devices() -> None:
    """Keep `add` a word of its own: a Typer with one command would swallow it."""
