"""Builds the demo from its parts, runs it until it is told to end, and tells the person what to open."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import typer
import uvicorn

from demo.admin import Admin
from demo.bench.app import build_app
from demo.bench.page import BenchPage
from demo.central import Central
from demo.clock import SchoolClock, entered_on, first_school_day
from demo.devices import Device
from demo.errors import SetUpFailed
from demo.fittings import cabinet_fitting, reception_fitting
from demo.kiosk.display import Display
from demo.kiosk.kiosk import Kiosk
from demo.office import OfficeView
from demo.places import Places, write_whole
from demo.reception import SampleReception, load_reception
from demo.running import RunningSchool
from demo.set_up import Office, ask_owner_link, make_token, set_up_school


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What was asked for on the command line."""

    data: Path
    ready_file: Path | None
    cabinets: int
    window: bool
    port: int
    database: str | None = None
    panel: str | None = None
    """Of the reception's screen; None leaves the reception out."""


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: the demo ends itself, in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run_demo(options: DemoOptions) -> None:
    """Set up, start, serve and, on SIGINT or SIGTERM, end. Raises DemoError with a sentence for the person."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    running = asyncio.create_task(_run(options, ended))
    ending = asyncio.create_task(ended.wait())
    await asyncio.wait([running, ending], return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if not running.done():
        typer.echo("\nEnding ...")
        running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def _run(options: DemoOptions, ended: asyncio.Event) -> None:
    if options.ready_file is not None:
        options.ready_file.unlink(missing_ok=True)
    places = Places(options.data)
    places.open()
    display = await _open_display(options)
    try:
        clock = SchoolClock(places.simulation / "clock.json")
        kept = places.recall()
        today = datetime.now(UTC)
        was = datetime.fromisoformat(kept.now) if kept is not None and kept.now else None
        clock.set(entered_on(today) if kept is None else was or first_school_day(today))
        typer.echo("Setting the school up ..." if kept is None else "Taking up the school that was kept ...")
        admin = Admin(places, options.database)
        reception = None if display is None else load_reception()
        async with admin.at_hand():
            office = await set_up_school(admin, places, options.cabinets, reception, was or first_school_day(today))
            if office.new:
                clock.set(first_school_day(today))
            token, owner_link = await asyncio.gather(make_token(admin, office.school), ask_owner_link(admin))
        school = _build_school(places, clock, office, token, reception, display)
        badges = office.school.badges() + (() if reception is None else reception.badges())
        page = BenchPage(school.office.address, partial(ask_owner_link, admin), badges)
        await _serve(options, places, office, school, page, token, owner_link)
    finally:
        if display is not None:
            await display.close()
        places.close()


async def _open_display(options: DemoOptions) -> Display | None:
    """A display for the reception's window; None, and a word why, where there can be none."""
    if options.panel is None:
        return None
    display = Display(options.panel, window=options.window)
    try:
        await display.open()
    except SetUpFailed as problem:
        typer.echo(f"The school goes without the reception's screen. {problem}", err=True)
        return None
    return display


def _build_school(
    places: Places,
    clock: SchoolClock,
    office: Office,
    token: str,
    reception: SampleReception | None,
    display: Display | None,
) -> RunningSchool:
    kept, site = office.kept, office.school.site
    devices = [
        Device(cabinet_fitting(cabinet), site, places, clock, kept.broker_port) for cabinet in office.school.cabinets
    ]
    kiosk = None
    if reception is not None and display is not None:
        environment = {**display.environment, "KIVY_HOME": str(places.device(reception.id) / "kivy")}
        fitting = reception_fitting(reception.id, reception.name, display.panel)
        devices.append(Device(fitting, site, places, clock, kept.broker_port, environment))
        kiosk = Kiosk(display, devices[-1].program)
    central = Central(places, kept.web_port)
    view = OfficeView(f"http://127.0.0.1:{kept.web_port}", token)
    return RunningSchool(office.school, clock, central, tuple(devices), view, kiosk)


async def _serve(
    options: DemoOptions,
    places: Places,
    office: Office,
    school: RunningSchool,
    page: BenchPage,
    token: str,
    owner_link: str | None,
) -> None:
    web = page.web
    listener = _listen(options.port)
    bench = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(build_app(school, page), log_level="warning", lifespan="off", access_log=False)
    server = _Server(config)
    serving: asyncio.Task[None] | None = None
    try:
        typer.echo(f"Starting {len(school.programs)} programs ...")
        await school.start()
        if school.without_screen is not None:
            typer.echo(
                f"The school goes without the reception's screen, which said:\n{school.without_screen}", err=True
            )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        if options.ready_file is not None:
            _write_ready(options.ready_file, web, bench, owner_link, token, school, page)
        _tell(web, bench, owner_link)
        if options.window:
            await asyncio.to_thread(_open_browser, bench)
        await serving
    finally:
        server.should_exit = server.force_exit = True
        if serving is not None:
            await asyncio.wait([serving], timeout=5)
        await school.close()
        listener.close()
        places.keep(replace(office.kept, now=school.clock.now().isoformat()))


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise SetUpFailed(f"Port {port} is taken. Give another --port, or 0 for a free one.") from None
    return listener


def _write_ready(
    file: Path, web: str, bench: str, owner_link: str | None, token: str, school: RunningSchool, page: BenchPage
) -> None:
    content = {
        "web": web,
        "bench": bench,
        "owner_link": owner_link,
        "api_token": token,
        "site": school.school.site,
        "devices": list(school.devices),
        "badges": [
            {"uid": badge.uid, "person": badge.person, "points": list(badge.points)}
            for badge in page.badges
            if badge.group not in ("unknown", "lanyard", "visitor")
        ],
        "visitor_badges": [
            {"uid": badge.uid, "label": badge.label} for badge in page.badges if badge.group in ("lanyard", "visitor")
        ],
    }
    try:
        write_whole(file, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    except OSError as problem:
        raise SetUpFailed(f"{file} cannot be written ({problem.strerror}). Give another --ready-file.") from None


def _tell(web: str, bench: str, owner_link: str | None) -> None:
    typer.echo(f"\nThe school is running.\n\n  The bench    {bench}")
    typer.echo("               tap badges, open doors, pull cables, move the clock")
    if owner_link is None:
        typer.echo(f"  The office   {web}")
    else:
        typer.echo(f"  The office   {owner_link}")
        typer.echo("               this link, once, makes the headteacher's account")
    typer.echo("\nCtrl-C ends it all.", nl=True)


def _open_browser(address: str) -> None:
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(address)
