"""The sample school's reception: its lanyards and visitors, brought in by `phonekeep-admin` like everything else."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from demo.admin import Admin
from demo.clock import ZONE
from demo.school import SampleBadge

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class SampleReception:
    """What the reception of the sample school begins with."""

    id: str
    name: str
    telephone: str
    closing: str
    lanyards: tuple[Mapping[str, Any], ...]
    regulars: tuple[Mapping[str, Any], ...]
    expected: tuple[Mapping[str, Any], ...]

    @property
    def uids(self) -> tuple[str, ...]:
        """Every UID whose reference is needed."""
        return tuple(one["uid"] for one in (*self.lanyards, *self.regulars))

    def badges(self) -> tuple[SampleBadge, ...]:
        """The lanyards and visitors' badges that lie on the bench."""
        lanyards = (
            SampleBadge(
                one["uid"],
                f"Lanyard {one['number']}",
                None,
                "lanyard",
                (self.id,),
                "contractor" if one.get("contractors") else "visitor",
            )
            for one in self.lanyards
        )
        regulars = (
            SampleBadge(one["uid"], one["name"], None, "visitor", (self.id,), "visits often") for one in self.regulars
        )
        return (*lanyards, *regulars)


def load_reception() -> SampleReception:
    """Read the reception of the sample school."""
    told = json.loads(resources.files("demo").joinpath("sample_reception.json").read_text(encoding="utf-8"))
    return SampleReception(
        id=told["id"],
        name=told["name"],
        telephone=told["telephone"],
        closing=told["closing"],
        lanyards=tuple(told["lanyards"]),
        regulars=tuple(told["regulars"]),
        expected=tuple(told["expected"]),
    )


async def bring_in_reception(admin: Admin, reception: SampleReception, keys: Path, first_day: datetime) -> None:
    """Add the device, which publishes the visitors' rules too, then what it is told; visitors from `first_day` on."""
    if not keys.exists():  # unless a run that was interrupted came so far
        keys.parent.mkdir(parents=True, exist_ok=True)
        await admin.run("device", "add", reception.id, "--kind", "reception", "--out", str(keys))
    references = await admin.references(reception.uids)
    await asyncio.gather(
        admin.run("reception", "settings", "--telephone", reception.telephone, "--closing", reception.closing),
        *(
            admin.run(
                *("reception", "lanyard", one["number"], "--colour", one["colour"], "--badge", references[one["uid"]]),
                *(("--contractors",) if one.get("contractors") else ()),
            )
            for one in reception.lanyards
        ),
        *(
            admin.run(
                *("visitor", "regular", one["name"], "--badge", references[one["uid"]]),
                *("--host", one["host"], "--organisation", one["organisation"]),
            )
            for one in reception.regulars
        ),
        *(admin.run(*_expected(one, first_day)) for one in reception.expected),
    )


def _expected(one: Mapping[str, Any], first_day: datetime) -> list[str]:
    day = first_day.astimezone(ZONE) + timedelta(days=one["day"])
    if day.weekday() >= SATURDAY:
        day += timedelta(days=2)
    words = ["visitor", "expect", one["name"], "--day", day.date().isoformat(), "--from", one["from"]]
    words += ["--until", one["until"], "--host", one["host"], "--reason", one["reason"]]
    words += ["--organisation", one["organisation"]] if "organisation" in one else []
    return [*words, "--images"] if one.get("images") else words
