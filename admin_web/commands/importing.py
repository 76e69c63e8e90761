"""`import FILE`: areas, points, people with badges, the cover pool, times and the timetable, all or nothing."""

import json
from pathlib import Path
from typing import Annotated

import typer

from admin_web.commands.office import Office
from admin_web.errors import SetUpFailed
from admin_web.services.bodies import parse_body
from admin_web.services.importing import SchoolBody
from admin_web.services.importing import import_school as bring_in

LARGEST_BYTES = 10_000_000


def import_school(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="JSON as docs/central.md shows it.")],
) -> None:
    """Import areas, points, people, badges, cover pool, restricted times, and the timetable, which goes live at once.

    What the file does not name is left alone.
    """
    office: Office = context.obj
    school = parse_body(SchoolBody, _read(file))
    with office.database() as database, database.write() as session:
        bring_in(session, school, occasion=office.occasion())
    typer.echo(f"Imported {len(school.points)} points and {len(school.people)} people.", err=True)


def _read(file: Path) -> object:
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise SetUpFailed(f"{file} is larger than 10 MB: it is not a school's list. Give the right file.")
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError) as problem:
        raise SetUpFailed(f"{file} is not JSON ({problem}). Correct that place and run the command again.") from None
