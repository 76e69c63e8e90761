"""The JSON interface of the bench, call by call as ARCHITECTURE.md lists it."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request

from demo.bench import bodies
from demo.bench.kiosk_calls import add_kiosk_calls
from demo.clock import parse_moment
from demo.devices import Device
from demo.disk import FAULTS, HOW
from demo.errors import NotHere
from demo.running import RunningSchool

Answer = dict[str, Any]
DONE: Answer = {"done": True}


def add_calls(app: FastAPI, school: RunningSchool) -> None:
    """Add every call to the application."""
    _add_looks(app, school)
    _add_hands(app, school)
    add_kiosk_calls(app, school)
    _add_faults(app, school)
    _add_central(app, school)


def _add_looks(app: FastAPI, school: RunningSchool) -> None:
    @app.get("/api/bench")
    async def see_everything() -> Answer:
        return await school.state()

    @app.get("/api/bench/devices/{device}/history")
    async def see_history(device: str) -> Answer:
        return await school.device(device).line.ask("history")


def _add_hands(app: FastAPI, school: RunningSchool) -> None:
    @app.post("/api/bench/devices/{device}/badge")
    async def hold_badge(device: str, request: Request) -> Answer:
        here = school.device(device)
        body = bodies.read_body(await request.body(), ("uid", "uids", "hold_ms"))
        await here.line.ask("badge", uids=bodies.read_badges(body), hold_ms=bodies.read_hold(body, 300))
        return DONE

    @app.post("/api/bench/devices/{device}/door")
    async def move_door(device: str, request: Request) -> Answer:
        here = _with_doors(school.device(device))
        body = bodies.read_body(await request.body(), ("slot", "open"))
        slot, opened = bodies.read_slot(body, here.fitting.slots), bodies.read_switch(body, "open")
        await here.line.ask("door", slot=slot, open=opened)
        return DONE

    @app.post("/api/bench/devices/{device}/button")
    async def press_button(device: str, request: Request) -> Answer:
        here = school.device(device)
        if not here.fitting.buttons:
            raise NotHere(f"{here.fitting.name} has no buttons.", what_to_do="Hold the badge to the reader.")
        body = bodies.read_body(await request.body(), ("name", "hold_ms"))
        name = bodies.read_choice(body, "name", ("put_in", "take_out"))
        await here.line.ask("button", name=name, hold_ms=bodies.read_hold(body, 200))
        return DONE


def _add_faults(app: FastAPI, school: RunningSchool) -> None:
    @app.post("/api/bench/devices/{device}/network")
    async def set_network(device: str, request: Request) -> Answer:
        here = school.device(device)
        here.set_network(bodies.read_switch(bodies.read_body(await request.body(), ("up",)), "up"))
        return DONE

    @app.post("/api/bench/devices/{device}/power")
    async def set_power(device: str, request: Request) -> Answer:
        here = school.device(device)
        await here.set_power(bodies.read_switch(bodies.read_body(await request.body(), ("on",)), "on"))
        return DONE

    @app.post("/api/bench/devices/{device}/reader")
    async def set_reader_fault(device: str, request: Request) -> Answer:
        here = school.device(device)
        body = bodies.read_body(await request.body(), ("fault",))
        await here.set_reader_fault(bodies.read_choice(body, "fault", ("unplugged", "stuck", "noise", None)))
        return DONE

    @app.post("/api/bench/devices/{device}/relay")
    async def set_relay_fault(device: str, request: Request) -> Answer:
        here = _with_doors(school.device(device))
        body = bodies.read_body(await request.body(), ("slot", "fault"))
        slot = bodies.read_slot(body, here.fitting.slots)
        await here.set_relay_fault(slot, bodies.read_choice(body, "fault", ("jammed", None)))
        return DONE

    @app.post("/api/bench/devices/{device}/disk")
    async def set_disk_fault(device: str, request: Request) -> Answer:
        here = school.device(device)
        body = bodies.read_body(await request.body(), ("fault",))
        here.disk.set_fault(bodies.read_choice(body, "fault", (*FAULTS, None)))
        return {**DONE, "fault": here.disk.fault, "how": HOW}

    @app.post("/api/bench/devices/{device}/snapshot")
    async def swap_storage(device: str, request: Request) -> Answer:
        here = school.device(device)
        return await _swap(await request.body(), here.save, here.restore)


def _add_central(app: FastAPI, school: RunningSchool) -> None:
    central = school.central

    @app.post("/api/bench/central/snapshot")
    async def swap_central_storage(request: Request) -> Answer:
        return await _swap(await request.body(), central.save, central.restore)

    @app.post("/api/bench/broker")
    async def set_broker(request: Request) -> Answer:
        up = bodies.read_switch(bodies.read_body(await request.body(), ("up",)), "up")
        await central.set_up(central.mosquitto, up)
        return DONE

    @app.post("/api/bench/ingest")
    async def set_ingest(request: Request) -> Answer:
        up = bodies.read_switch(bodies.read_body(await request.body(), ("up",)), "up")
        await central.set_up(central.ingest, up)
        return DONE

    @app.post("/api/bench/web")
    async def set_web(request: Request) -> Answer:
        up = bodies.read_switch(bodies.read_body(await request.body(), ("up",)), "up")
        await central.set_up(central.web, up)
        return DONE

    @app.post("/api/bench/clock")
    async def set_clock(request: Request) -> Answer:
        body = bodies.read_body(await request.body(), ("now",))
        school.set_clock(parse_moment(bodies.read_text(body, "now")))
        return {**DONE, "now": school.clock.local().isoformat(timespec="milliseconds")}


def _with_doors(device: Device) -> Device:
    if device.fitting.slots == 0:
        raise NotHere(f"{device.fitting.name} has no doors.", what_to_do="Choose a cabinet.")
    return device


async def _swap(
    raw: bytes, save: Callable[[str], Awaitable[None]], restore: Callable[[str], Awaitable[None]]
) -> Answer:
    what, name = bodies.read_snapshot(bodies.read_body(raw, ("save", "restore")))
    await (save if what == "save" else restore)(name)
    return {**DONE, what: name}
