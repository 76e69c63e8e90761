"""A school with people, places and events, and a browser's and a program's way into the office."""

import functools
import hashlib
import json
import os
import shutil
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from admin_web.access import Role
from admin_web.database.engine import Database, open_database
from admin_web.database.events import Head
from admin_web.database.migrate import upgrade_tables
from admin_web.database.publishing import DeviceStatus
from admin_web.events.store import store_events
from admin_web.services.accounts import AccountDraft, create_account
from admin_web.services.acknowledgements import ask_for_tap
from admin_web.services.actor import CONSOLE, Actor
from admin_web.services.confiscated import HoldDraft, hold_phone
from admin_web.services.links import PointChoice
from admin_web.services.occasion import Occasion
from admin_web.services.passwords import PasswordHash, hash_password
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.phone_checks import CheckDraft, record_phone_check
from admin_web.services.points import PointDraft, add_device, save_point
from admin_web.services.policy_texts import publish_policy_text, suggested_words
from admin_web.services.restricted import save_restricted_times
from admin_web.services.revision import current_revision
from admin_web.services.school import found_school
from admin_web.services.school_phones import Loan, add_school_phone, take_school_phone
from admin_web.services.sessions import open_session
from admin_web.services.tokens import create_token
from admin_web.web.app import make_app
from admin_web.web.changes import Changes
from admin_web.web.headers import Guarded
from admin_web.web.office import Office
from broker.envelope import NO_COMMITMENT, commitment, encode_event, leaf_of
from broker.frames import CheckedEvent
from broker.messages.catalogue import MESSAGES
from policy.clock import ClockQuality, Moment
from policy.rules import Span
from policy.timetable import BlockRow

with warnings.catch_warnings():
    # Starlette would rather have httpx2, which nothing else here needs.
    warnings.simplefilter("ignore", DeprecationWarning)
    from starlette.testclient import TestClient

ORIGIN = "http://testserver"
TUESDAY = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
COOKIE = "__Host-phonekeep"
PASSWORD = "violet kettle harbour nine"
LONG = "Maximiliana Alexandrina Featherstonehaugh-Wojciechowska van den Bergh-Okonkwo"
WEEK = ((Span(495, 960),),) * 5 + ((), ())


def reference_of(name: str) -> str:
    """A badge reference that looks like a real one."""
    return "1:" + hashlib.sha256(name.encode()).hexdigest()


@dataclass
class EventMaker:
    """Makes devices' events and stores them as ingest would after its checks."""

    database: Database
    sequences: dict[str, int] = field(default_factory=dict)
    previous: dict[str, bytes] = field(default_factory=dict)

    def add(
        self,
        device: str,
        type: str,
        at: datetime,
        private: dict[str, Any] | None = None,
        *,
        arrived: datetime | None = None,
        quality: ClockQuality = ClockQuality.SYNCED,
        sealed: bool = False,
        erased: bool = False,
        **data: Any,
    ) -> int:
        """Store one event and return its sequence in the device's one epoch."""
        kind = MESSAGES[type]
        message = kind.model_validate(data)
        part = None
        if private is not None:
            assert kind.Private is not None
            part = kind.Private.model_validate(private)
        sequence = self.sequences.get(device, 0) + 1
        epoch = hashlib.sha256(device.encode()).hexdigest()[:16]
        salt = bytes(16)
        private_bytes = None if part is None else part.to_bytes()
        bound = NO_COMMITMENT if private_bytes is None else commitment(private_bytes, salt)
        body = encode_event(
            message,
            site="ashgrove",
            device=device,
            epoch=epoch,
            sequence=sequence,
            now=Moment(at, quality, 1),
            boot=7,
            rules="1.42",
            prev=self.previous.get(device, bytes(32)),
            commitment=bound,
        )
        leaf = leaf_of(body)
        hidden = sealed or erased
        event = CheckedEvent(
            device=device,
            epoch=epoch,
            sequence=sequence,
            type=type,
            time=at,
            clock=quality,
            monotonic=1,
            boot=7,
            rules="1.42",
            data=vars(message),
            commitment=bound,
            message=message,
            details=None if hidden else part,
            event=body,
            leaf=leaf,
            private=None if hidden else private_bytes,
            salt=None if hidden or part is None else salt,
            sealed=b"sealed" if sealed else None,
        )
        with self.database.write() as session:
            store_events(session, [event], arrived or at, {(device, epoch): 1})
            session.merge(Head(device=device, epoch=epoch, sequence=sequence, leaf=leaf, signature=bytes(64)))
        self.sequences[device], self.previous[device] = sequence, leaf
        return sequence

    def put_in(self, person: str | None, point: str, at: datetime, slot: int = 1, **more: Any) -> int:
        """A granted PUT IN with what belongs to it."""
        badge = reference_of(more.pop("badge", person) or "cover")
        private = {"badge": badge, "person": person, "slot": slot, "reason": "put_in", "clause": "7"}
        tap = self.add(point, "tap.granted.v1", at, private, point=point, intent="put_in", opens=True, **more)
        phone = {"badge": badge, "person": person, "slot": slot}
        self.add(point, "phone.declared.v1", at, phone, point=point, tap=str(tap), intent="put_in", state="in", **more)
        return tap

    def take_out(self, person: str, point: str, at: datetime, reason: str, slot: int = 1, **more: Any) -> int:
        """A granted TAKE OUT with what belongs to it."""
        badge = reference_of(person)
        private = {"badge": badge, "person": person, "slot": slot, "reason": reason, "clause": "11", **more}
        tap = self.add(point, "tap.granted.v1", at, private, point=point, intent="take_out", opens=True)
        phone = {"badge": badge, "person": person, "slot": slot}
        self.add(point, "phone.declared.v1", at, phone, point=point, tap=str(tap), intent="take_out", state="out")
        return tap

    def refuse(self, person: str | None, point: str, at: datetime, reason: str, **more: Any) -> int:
        """A refused TAKE OUT."""
        private = {
            "badge": more.pop("badge", reference_of(person or "?")),
            "person": person,
            "reason": reason,
            "clause": "12",
            "intent": more.pop("intent", "take_out"),
            **more,
        }
        return self.add(point, "tap.refused.v1", at, private, point=point)


PEOPLE = (
    ("amara-osei", "Amara Osei", "classroom", (("robins", None),)),
    ("bilal-hussain", "Bilal Hussain", "classroom", (("robins", None),)),
    ("joanne-birtles", "Joanne Birtles", "classroom", (("wrens", None),)),
    ("sian-pritchard", "Siân Pritchard", "classroom", (("wrens", None),)),
    ("ioana-marinescu", "Ioana Marinescu", "catering", (("kitchen", 4),)),
    ("tom-hallworth", "Tom Hallworth", "agency", (("robins", None), ("wrens", None))),
    ("ruth-ashcombe", "Ruth Ashcombe", "headteacher", ()),
)


@dataclass
class School:
    """The filled school, and how to make more of it."""

    database: Database
    clock: Any
    events: EventMaker

    def occasion(self, actor: Actor = CONSOLE) -> Occasion:
        return Occasion(actor, self.clock.now(), self.clock.machine_now())

    def at(self, clock: str) -> datetime:
        """A time of this Tuesday; the school's zone is UTC in November."""
        hours, minutes, *seconds = clock.split(":")
        return TUESDAY + timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds[0]) if seconds else 0)

    def hear(self, device: str, *, online: bool = True, since: datetime | None = None, **status: Any) -> None:
        """Let a device have said something of itself."""
        said = {
            "clock": "synced",
            "outbox_depth": 0,
            "health": [],
            "lamps": {"red": "off", "amber": "off", "green": "off"},
            "doors": {"1": "closed"},
            **status,
        }
        with self.database.write() as session:
            current = current_revision(session)
            session.merge(
                DeviceStatus(
                    device=device,
                    online=online,
                    online_since=since or self.at("08:02"),
                    heard_at=self.clock.machine_now(),
                    status=json.dumps(said),
                    applied_generation=current.generation,
                    applied_number=current.number,
                )
            )


def fill(school: School) -> None:
    """Three places with devices, seven people with a badge each, lessons with a break."""
    lessons = tuple(
        row
        for day in range(5)
        for row in (
            BlockRow(day, None, Span(530, 720), "Lessons", (Span(630, 645),)),
            BlockRow(day, None, Span(780, 915), "Lessons"),
        )
    )
    occasion = school.occasion()
    with school.database.write() as session:
        for id, name, kind, slots in (
            ("robins", "Robins", "one_door", 1),
            ("wrens", "Wrens", "one_door", 1),
            ("kitchen", "Kitchen", "bank", 6),
        ):
            save_point(session, PointDraft(id, name, kind, slots), occasion=occasion)
            add_device(session, id, id, event_key=bytes(32), certificate_serial="1", occasion=occasion)
        for point in ("robins", "wrens"):
            save_restricted_times(session, point, lessons, if_match="*", occasion=occasion)
        for id, name, group, places in PEOPLE:
            draft = PersonDraft(name, group, (reference_of(id),), tuple(PointChoice(*place) for place in places), WEEK)
            save_person(session, id, draft, if_match=None, occasion=occasion)


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the filled school, made once and copied for each test."""
    file = tmp_path_factory.mktemp("filled") / "central.db"
    database = open_database(f"sqlite:///{file}")
    upgrade_tables(database)
    early = _Early()
    with database.write() as session:
        found_school(session, "ashgrove", "Ashgrove Primary", event_key=bytes(32), now=early.now())
    fill(School(database, early, EventMaker(database)))
    database.close()  # the last connection to close brings the WAL in
    return file


class _Early:
    """The clock of the morning on which the school was filled."""

    def now(self) -> Moment:
        return Moment(TUESDAY + timedelta(hours=8), ClockQuality.SYNCED, 1_000_000_000)

    def machine_now(self) -> datetime:
        return self.now().utc


@pytest.fixture
def school(request: pytest.FixtureRequest, clock: Any, tmp_path: Path) -> Iterator[School]:
    """The filled school on Tuesday 24 November 2026, 10:58."""
    clock.utc = TUESDAY + timedelta(hours=8)
    if os.environ.get("PHONEKEEP_TEST_DATABASE") == "postgresql":
        made = School(request.getfixturevalue("database"), clock, EventMaker(request.getfixturevalue("database")))
        fill(made)
    else:
        shutil.copyfile(request.getfixturevalue("filled_file"), tmp_path / "school.db")
        database = open_database(f"sqlite:///{tmp_path / 'school.db'}")
        made = School(database, clock, EventMaker(database))
    clock.utc = TUESDAY + timedelta(hours=10, minutes=58)
    yield made
    made.database.close()


class _Office(Office):
    """An office whose machine clock is the test's."""

    def machine_now(self) -> datetime:
        return self.clock.now().utc


@pytest.fixture
def office(school: School) -> Office:
    """What the views work on."""
    return _Office(school.database, school.clock, "Ashgrove Primary", Changes(school.database))


@functools.cache
def _app() -> FastAPI:
    """The application, put together once: its two hundred routes take longer than most tests."""
    return make_app(None)  # type: ignore[arg-type]  # each test gives it its own


def _guarded(office: Office) -> ASGIApp:
    """The application as it is served, working on a test's office."""
    app = _app()
    app.state.office = office
    return Guarded(app, tls=False)


@pytest.fixture
def web(office: Office) -> Iterator[TestClient]:
    """The application behind its guard, without a signed-in browser."""
    with TestClient(_guarded(office), base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=False) as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        client.headers["Origin"] = ORIGIN
        yield client


Browser = Callable[..., httpx.Client]


@pytest.fixture
def account_of(school: School) -> Callable[..., int]:
    """Make an account of a role, once each."""
    made: dict[tuple[Role, str | None], int] = {}

    def make(role: Role, person: str | None = None) -> int:
        if (role, person) not in made:
            with school.database.write() as session:
                draft = AccountDraft(f"The {role.value}", f"{role.value}.{len(made)}", role, person)
                account = create_account(session, draft, PasswordHash("not-a-hash"), occasion=school.occasion())
                made[role, person] = account.id
        return made[role, person]

    return make


@pytest.fixture
def sign_in_as(web: TestClient, school: School, account_of: Callable[..., int]) -> Callable[..., TestClient]:
    """Put a session of a role into the browser; the cookie is Secure, so it is sent by hand over plain http."""

    def sign_in(role: Role, person: str | None = None) -> TestClient:
        account = account_of(role, person)
        with school.database.write() as session:
            token = open_session(session, account, machine_now=school.clock.machine_now())
        web.headers["Cookie"] = f"{COOKIE}={token}"
        return web

    return sign_in


@pytest.fixture
def token_of(school: School) -> Callable[[Role], str]:
    """Make an API token of a role."""

    def make(role: Role) -> str:
        with school.database.write() as session:
            return create_token(session, f"A program for {role.value}", role, occasion=school.occasion()).secret

    return make


@pytest.fixture
def api(web: TestClient, token_of: Callable[[Role], str]) -> TestClient:
    """A program with the headteacher's token; no Origin, no Sec-Fetch-Site, no cookie."""
    for name in ("Sec-Fetch-Site", "Origin"):
        del web.headers[name]
    web.headers["Authorization"] = f"Bearer {token_of(Role.HEADTEACHER)}"
    web.base_url = httpx.URL(f"{ORIGIN}/api/v1/")
    return web


@pytest.fixture
def busy_school(school: School) -> School:
    """A headteacher who can sign in (`r.ashcombe`), things that happened, and a row with a long name in every list."""
    with school.database.write() as session:
        draft = AccountDraft("Ruth Ashcombe", "r.ashcombe", Role.HEADTEACHER, "ruth-ashcombe")
        create_account(session, draft, hash_password(PASSWORD), occasion=school.occasion())
        save_person(session, "p-1", PersonDraft(LONG, "site team"), if_match=None, occasion=school.occasion())
    _happen(school)
    return school


def _happen(school: Any) -> None:
    block = {"name": "Lessons", "from": "2026-11-24T08:50:00.000Z", "until": "2026-11-24T12:00:00.000Z"}
    school.events.put_in("amara-osei", "robins", school.at("08:31:05"))
    school.events.refuse("p-1", "wrens", school.at("10:52:08"), "restricted", block=block)
    school.events.refuse(None, "robins", school.at("08:52"), "badge_not_known_here", badge="1:" + "e" * 64, intent=None)
    school.hear("robins")
    school.hear(
        "wrens", health=[{"part": "reader-1", "state": "fault", "since": None, "what_to_do": "Check its cable."}]
    )
    school.events.add("robins", "door.opened_unreleased.v1", school.at("09:12"), point="robins", slot=1, tap=None)
    _fill_registers(school)


def _fill_registers(school: Any) -> None:
    """A row in every register, with the long name in each."""
    at = school.occasion()
    with school.database.write() as session:
        add_school_phone(session, "A" * 40, "T" * 80, occasion=at)
        loan = Loan("p-1", "lone_working", at.now.utc + timedelta(hours=1))
        take_school_phone(session, "A" * 40, loan, occasion=at)
        hold_phone(session, HoldDraft("C" * 40, "WWWW", "D" * 80, "S" * 20, "p-1"), occasion=at)
        publish_policy_text(session, f"{suggested_words()}\n\n{'W' * 300}", occasion=at)
        ask_for_tap(session, "amara-osei", "robins", occasion=at)
        day = at.now.utc.date()
        check = CheckDraft(day, "p-1", "ruth-ashcombe", "amara-osei", "routine_monitoring", "not_agreed")
        record_phone_check(session, check, today=day, if_match="*", occasion=at)


@pytest.fixture
def served(office: Office) -> Iterator[str]:
    """The office over http on loopback, which a browser trusts like https."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(_guarded(office), log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


Axe = Callable[..., list[str]]


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Look at a page with axe-core: every serious or critical violation as a line; `rules` names some rules alone."""
    source = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

    def look(page: Any, *rules: str) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(f"{source}\n;0")
        only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
        found = page.evaluate(
            "(options) => axe.run(document, options).then((said) => said.violations)",
            {"resultTypes": ["violations"], "preload": False, **only},
        )
        return [
            f"{page.url}: {one['id']} ({one['impact']}): {one['help']}: {node['target'][0]} {node['html'][:160]}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    return look
