"""Sets the sample school up by `phonekeep-admin` and nothing else, as an office would by hand."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from demo.errors import SetUpFailed
from demo.places import Kept, Places, command, write_whole
from demo.ports import choose_port, is_free
from demo.programs import DIES_WITH_THE_DEMO
from demo.school import School, load_school

AT_ONCE = 2
"""Commands of phonekeep-admin that run side by side."""
TOKEN_NAME = "The demo, for {headteacher}"


class Admin:
    """Runs `phonekeep-admin` on the school's central data."""

    def __init__(self, places: Places, database: str | None = None) -> None:
        self.database = database
        """URL of another database than SQLite beside the rest of central's data."""
        self._places = places
        self._few = asyncio.Semaphore(AT_ONCE)

    async def run(self, *words: str, given: str = "") -> str:
        """Run one command and return what it printed; raises SetUpFailed with its own sentence."""
        environment = {
            **os.environ,
            "PHONEKEEP_DATA": str(self._places.central),
            "PHONEKEEP_SIMULATE": str(self._places.simulation),
        }
        async with self._few:
            try:
                process = await asyncio.create_subprocess_exec(
                    *DIES_WITH_THE_DEMO,
                    command("phonekeep-admin"),
                    "--data",
                    str(self._places.central),
                    *words,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    env=environment,
                )
            except OSError as problem:
                raise SetUpFailed(
                    f"phonekeep-admin cannot be started ({problem.strerror}). Run `make demo`, which installs it."
                ) from None
            output, complaint = await process.communicate(given.encode())
        if process.returncode != 0:
            raise SetUpFailed(
                f"`phonekeep-admin {' '.join(words)}` did not work:\n{complaint.decode('utf-8', 'replace').strip()}"
            )
        return output.decode("utf-8")


@dataclass(frozen=True, slots=True)
class Office:
    """What the demo knows of the office it set up."""

    school: School
    kept: Kept
    new: bool
    """Whether the school was made in this run."""


async def set_up_school(admin: Admin, places: Places, cabinets: int) -> Office:
    """Make the school, or take up the one kept in the data directory and add what it lacks of `cabinets`."""
    kept = places.recall()
    if kept is None:
        return await _make(admin, places, load_school(cabinets))
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
    return Office(school, kept, new=False)


async def make_token(admin: Admin, school: School) -> str:
    """Make this run's API token of the sample headteacher."""
    name = TOKEN_NAME.format(headteacher=school.headteacher)
    return (await admin.run("token", "add", "--name", name, "--role", "headteacher")).strip()


async def ask_owner_link(admin: Admin) -> str | None:
    """The owner link that nobody has used yet, or None."""
    return _find_link(await admin.run("owner-link"))


async def _make(admin: Admin, places: Places, school: School) -> Office:
    # What an interrupted set-up left behind is of no use to anybody: school.json is written last.
    shutil.rmtree(places.central, ignore_errors=True)
    for leftover in places.devices.iterdir():
        shutil.rmtree(leftover, ignore_errors=True)
    kept = Kept(tuple(cabinet.id for cabinet in school.cabinets), choose_port(), choose_port())
    await _found(admin, school, kept)
    await _bring_in(admin, places, school, kept.cabinets)
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
    answer = (await admin.run("badge-reference", given="".join(f"{uid}\n" for uid in part.uids))).split()
    if len(answer) != len(part.uids):
        raise SetUpFailed(f"`phonekeep-admin badge-reference` gave {len(answer)} lines for {len(part.uids)} badges.")
    file = places.data / "import.json"
    references = dict(zip(part.uids, answer, strict=True))
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
