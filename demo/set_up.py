"""Sets the sample school up by `phonekeep-admin` and nothing else, as an office would by hand."""

import asyncio
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from demo.admin import Admin
from demo.places import Kept, Places, write_whole
from demo.ports import choose_port, is_free
from demo.reception import SampleReception, bring_in_reception
from demo.school import School, load_school

TOKEN_NAME = "The demo, for {headteacher}"


@dataclass(frozen=True, slots=True)
class Office:
    """What the demo knows of the office it set up."""

    school: School
    kept: Kept
    new: bool
    """Whether the school was made in this run."""


async def set_up_school(
    admin: Admin, places: Places, cabinets: int, reception: SampleReception | None, first_day: datetime
) -> Office:
    """Make the school, or take up the one kept in the data directory and add what it lacks of `cabinets`.

    The reception's visitors are expected from `first_day` on; None leaves the reception out.
    """
    kept = places.recall()
    if kept is None:
        return await _make(admin, places, load_school(cabinets), reception, first_day)
    await admin.run("upgrade")
    if not (is_free(kept.broker_port) and is_free(kept.web_port)):
        kept = replace(kept, broker_port=choose_port(), web_port=choose_port())
        await _found(admin, load_school(cabinets), kept)
        places.keep(kept)
    school = load_school(max(cabinets, len(kept.cabinets)))
    missing = [cabinet.id for cabinet in school.cabinets if cabinet.id not in kept.cabinets]
    if missing:
        await _bring_in(admin, places, school, missing)
        kept = replace(kept, cabinets=(*kept.cabinets, *missing))
        places.keep(kept)
    if reception is not None and not kept.reception:
        await bring_in_reception(admin, reception, places.device(reception.id) / "keys", first_day)
        kept = replace(kept, reception=True)
        places.keep(kept)
    return Office(school, kept, new=False)


async def make_token(admin: Admin, school: School) -> str:
    """Make this run's API token of the sample headteacher."""
    name = TOKEN_NAME.format(headteacher=school.headteacher)
    return (await admin.run("token", "add", "--name", name, "--role", "headteacher")).strip()


async def ask_owner_link(admin: Admin) -> str | None:
    """The owner link that nobody has used yet, or None."""
    return _find_link(await admin.run("owner-link"))


async def _make(
    admin: Admin, places: Places, school: School, reception: SampleReception | None, first_day: datetime
) -> Office:
    # What an interrupted set-up left behind is of no use to anybody: school.json is written last.
    shutil.rmtree(places.central, ignore_errors=True)
    for leftover in places.devices.iterdir():
        shutil.rmtree(leftover, ignore_errors=True)
    cabinets = tuple(cabinet.id for cabinet in school.cabinets)
    kept = Kept(cabinets, choose_port(), choose_port(), reception=reception is not None)
    await _found(admin, school, kept)
    if reception is not None:
        await admin.references((*school.uids, *reception.uids))
    await _bring_in(admin, places, school, kept.cabinets)
    if reception is not None:
        await bring_in_reception(admin, reception, places.device(reception.id) / "keys", first_day)
    places.keep(kept)
    return Office(school, kept, new=True)


async def _found(admin: Admin, school: School, kept: Kept) -> None:
    """Found the school, or give the founded one other ports."""
    await admin.run(
        *("init", "--site", school.site, "--name", school.name, "--http-on-loopback"),
        *("--broker-port", str(kept.broker_port), "--web-port", str(kept.web_port)),
        *(() if admin.database is None else ("--database", admin.database)),
    )


async def _bring_in(admin: Admin, places: Places, school: School, cabinets: Sequence[str]) -> None:
    """Import the people of these cabinets with the places, then add a device for each."""
    part = school.only(cabinets)
    references = await admin.references(part.uids)
    file = places.data / "import.json"
    write_whole(file, json.dumps(part.import_file(references, datetime.now(UTC)), ensure_ascii=False))
    for phone in part.school_phones:
        await admin.run("school-phone", "add", phone["asset"], "--tag", phone["tag"])
    await admin.run("import", str(file))
    await asyncio.gather(*(_add_device(admin, places.device(cabinet) / "keys", cabinet) for cabinet in cabinets))


async def _add_device(admin: Admin, keys: Path, cabinet: str) -> None:
    keys.parent.mkdir(parents=True, exist_ok=True)
    await admin.run("device", "add", cabinet, "--point", cabinet, "--out", str(keys))


def _find_link(text: str) -> str | None:
    found = re.search(r"https?://\S+", text)
    return found[0] if found else None
