"""The sample school: who keeps a phone where, with which badge, and when phones stay away; cabinets can be added."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from importlib import resources
from typing import Any

from demo.clock import ZONE

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

ROOMS = ("Owls", "Starlings", "Dippers", "Linnets", "Sparrows", "Skylarks", "Finches", "Plovers", "Buntings")
"""Of the generated cabinets, beyond the school's own."""
FORENAMES = (
    "Nadia", "Callum", "Yusuf", "Bethan", "Oluwaseun", "Marta", "Harpreet", "Niamh", "Dmitri", "Leila", "Rhys",
    "Chiara",
)  # fmt: skip
SURNAMES = (
    "Whitcombe", "Rahman", "Nowak", "Okafor", "Llewellyn", "Castellano", "Brackenridge", "Sandhu", "Vasilenko",
    "Doherty", "Farouk", "Pemberton", "Eze", "Quayle",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SampleCabinet:
    """A cabinet of the sample school; its device and its point have the same id."""

    id: str
    name: str
    kind: str
    slots: int
    buttons: bool
    generated: bool = False
    """Beyond the school's own twelve: it belongs to no area, and has restricted times of its own."""


@dataclass(frozen=True, slots=True)
class SampleBadge:
    """A badge that lies on the bench: whose it is and where it opens."""

    uid: str
    label: str
    person: str | None
    group: str
    """The person's staff group, `cover` or `unknown`."""
    points: tuple[str, ...]
    note: str
    """What stands under the name: the places, by name."""


@dataclass(frozen=True, slots=True)
class School:
    """Everything `phonekeep-admin` is told about the sample school."""

    site: str
    name: str
    headteacher: str
    cabinets: tuple[SampleCabinet, ...]
    people: tuple[Mapping[str, Any], ...]
    cover: tuple[Mapping[str, str], ...]
    unknown: tuple[Mapping[str, str], ...]
    lessons: tuple[Mapping[str, Any], ...]
    timetable: Mapping[str, Any] | None = None
    """Areas, school years, closures, plans and one-off days; None in a part that does not bring them in."""
    present: frozenset[str] = frozenset()
    """The ids of all cabinets there are, also when `cabinets` is a part of them."""

    @property
    def uids(self) -> tuple[str, ...]:
        """Every UID whose reference the import needs, people's first."""
        return (*(uid for person in self.people for uid in person["uids"]), *(cover["uid"] for cover in self.cover))

    def import_file(self, references: Mapping[str, str], today: datetime) -> dict[str, Any]:
        """Build the content for `phonekeep-admin import` from the references that `badge-reference` gave."""
        return {
            **self._timetable(),
            **self._permissions(today),
            "points": [
                {
                    "id": cabinet.id,
                    "name": cabinet.name,
                    "kind": cabinet.kind,
                    "slots": cabinet.slots,
                    **({} if cabinet.generated else {"area": cabinet.id}),
                }
                for cabinet in self.cabinets
            ],
            "people": [
                {
                    "id": person["id"],
                    "name": person["name"],
                    "group": person["group"],
                    "badges": [references[uid] for uid in person["uids"]],
                    "points": [point for point in person["points"] if point["id"] in self.present],
                    "working_hours": person["working_hours"],
                }
                for person in self.people
            ],
            "cover_pool": [references[cover["uid"]] for cover in self.cover],
            "restricted": {cabinet.id: {"blocks": self._week()} for cabinet in self.cabinets if cabinet.generated},
        }

    def badges(self) -> tuple[SampleBadge, ...]:
        """Every badge that lies on the bench."""
        names = {cabinet.id: cabinet.name for cabinet in self.cabinets}
        one_door = tuple(cabinet.id for cabinet in self.cabinets if cabinet.kind == "one_door")
        people = tuple(
            SampleBadge(
                uid,
                person["name"],
                person["id"],
                person["group"],
                tuple(point["id"] for point in person["points"] if point["id"] in names),
                ", ".join(
                    names[point["id"]] + (f", {point['slot']}" if point["slot"] else "")
                    for point in person["points"]
                    if point["id"] in names
                )
                or person["group"],
            )
            for person in self.people
            for uid in person["uids"]
        )
        cover = tuple(
            SampleBadge(badge["uid"], badge["label"], None, "cover", one_door, "any one door") for badge in self.cover
        )
        unknown = tuple(
            SampleBadge(badge["uid"], badge["label"], None, "unknown", (), "no name yet") for badge in self.unknown
        )
        return people + cover + unknown

    @property
    def school_phones(self) -> tuple[Mapping[str, str], ...]:
        """The school's own phones, which come in with the timetable."""
        return () if self.timetable is None else tuple(self.timetable["school_phones"])

    def only(self, cabinets: Sequence[str]) -> "School":
        """The part of the school that belongs to these cabinets; the first brings those without a place."""
        first = self.cabinets[0].id in cabinets
        return replace(
            self,
            cabinets=tuple(cabinet for cabinet in self.cabinets if cabinet.id in cabinets),
            people=tuple(
                person
                for person in self.people
                if any(point["id"] in cabinets for point in person["points"])
                or (first and not any(point["id"] in self.present for point in person["points"]))
            ),
            cover=self.cover if first else (),
            timetable=self.timetable if first else None,
        )

    def _timetable(self) -> dict[str, Any]:
        told = self.timetable
        if told is None:
            return {}
        plans = [{"area": area, "days": _days(told["weeks"][week])} for area, week in told["plans"].items()]
        document = {name: told[name] for name in ("years", "closures", "one_offs")}
        return {"areas": told["areas"], "timetable": {**document, "plans": plans}}

    def _permissions(self, today: datetime) -> dict[str, Any]:
        """The sample's permissions, as from today: a trip on its next weekday, others for so many days."""
        if self.timetable is None:
            return {}
        permissions = []
        for told in self.timetable["permissions"]:
            given = {name: value for name, value in told.items() if name not in ("weekday", "days")}
            if "weekday" in told:
                ahead = (WEEKDAYS.index(told["weekday"]) - today.weekday() - 1) % 7 + 1
                day = (today + timedelta(days=ahead)).date()
                for end in ("from", "until"):
                    given[end] = datetime.combine(day, time.fromisoformat(told[end]), ZONE).isoformat()
            else:
                given["from"] = today.isoformat(timespec="seconds")
                given["until"] = (today + timedelta(days=told["days"])).isoformat(timespec="seconds")
            permissions.append(given)
        return {"permissions": permissions}

    def _week(self) -> list[dict[str, Any]]:
        return [{"weekday": day, **lesson} for day in WEEKDAYS[:5] for lesson in self.lessons]


def load_school(cabinets: int) -> School:
    """Read the sample school with the first `cabinets` of its own, and generated one-door cabinets beyond those."""
    told = json.loads(resources.files("demo").joinpath("sample_school.json").read_text(encoding="utf-8"))
    people = [{**person, "working_hours": _hours(told["hours"][person["hours"]])} for person in told["people"]]
    places = [SampleCabinet(**cabinet) for cabinet in told["cabinets"][:cabinets]]
    for number in range(max(0, cabinets - len(places))):
        place, its_people = _generate(number, _hours(told["hours"]["teacher"]))
        places.append(place)
        people += its_people
    return School(
        site=told["site"],
        name=told["name"],
        headteacher=told["headteacher"],
        cabinets=tuple(places),
        people=tuple(people),
        cover=tuple(told["cover_pool"]),
        unknown=tuple(told["unknown"]),
        lessons=tuple(told["lessons"]),
        timetable=json.loads(resources.files("demo").joinpath("sample_timetable.json").read_text(encoding="utf-8")),
        present=frozenset(place.id for place in places),
    )


def _generate(number: int, hours: Mapping[str, Any]) -> tuple[SampleCabinet, list[dict[str, Any]]]:
    """Make the cabinet of one more room, with one person or two; the same number gives the same people and badges."""
    room = ROOMS[number % len(ROOMS)]
    name = room if number < len(ROOMS) else f"{room} {number // len(ROOMS) + 1}"
    place = SampleCabinet(name.lower().replace(" ", "-"), name, "one_door", 1, True, generated=True)
    people = []
    for which in range(1 + number % 2):
        person = f"{FORENAMES[(number + 5 * which) % len(FORENAMES)]} {SURNAMES[(2 * number + which) % len(SURNAMES)]}"
        slug = f"{person.lower().replace(' ', '-')}-{place.id}"
        uid = "04" + hashlib.sha256(slug.encode()).hexdigest()[:12]
        people.append(
            {
                "id": slug[:40],
                "name": person,
                "group": "classroom",
                "working_hours": hours,
                "points": [{"id": place.id, "slot": None}],
                "uids": [uid],
            }
        )
    return place, people


def _hours(told: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, list[dict[str, str]]]:
    return _days({days: [{"from": start, "until": end} for start, end in spans] for days, spans in told.items()})


def _days(told: Mapping[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """Write `mon-fri` out as the days it stands for."""
    week: dict[str, list[dict[str, str]]] = {}
    for days, what in told.items():
        first, _, last = days.partition("-")
        for day in WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last or first) + 1]:
            week[day] = what
    return week
