"""The bench's half of the socket: one JSON request a line, one JSON answer a line."""

import json
from typing import Any

from hardware.simulator.errors import BadRequest, UnknownPart
from hardware.simulator.world import World


def answer(world: World, line: bytes) -> bytes:
    """Do what one line asks and say what came of it; a wrong request is answered with {"error": sentence}."""
    try:
        reply = _obey(world, _parse(line))
    except (BadRequest, UnknownPart) as fault:
        reply = {"error": str(fault)}
    return json.dumps(reply).encode() + b"\n"


def _parse(line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except ValueError:
        raise BadRequest("This line is not JSON. Send one object a line.") from None
    if not isinstance(request, dict) or not isinstance(request.get("op"), str):
        raise BadRequest('Send an object with "op": state, history, badge, door, button, reader, relay or power.')
    return request


def _obey(world: World, request: dict[str, Any]) -> dict[str, Any]:
    match request["op"]:
        case "state":
            return world.state()
        case "history":
            return {"history": list(world.history)}
        case "badge":
            world.hold_badges(_uids(request), _milliseconds(request, 300), _field(request, "reader", int, 0))
        case "door":
            world.move_door(_field(request, "slot", int), _field(request, "open", bool))
        case "button":
            world.press(_field(request, "name", str), _milliseconds(request, 200))
        case "reader":
            world.break_reader(_fault(request), _field(request, "reader", int, 0))
        case "relay":
            world.break_relay(_field(request, "slot", int), _fault(request))
        case "power":
            world.power(_field(request, "on", bool))
        case unknown:
            raise BadRequest(
                f"There is no op {unknown!r}; there are state, history, badge, door, button, reader, relay and power."
            )
    return {}


def _field(request: dict[str, Any], name: str, kind: type, default: Any = None) -> Any:
    value = request.get(name, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadRequest(f'"{name}" must be {kind.__name__}, not {value!r}.')
    return value


def _fault(request: dict[str, Any]) -> str | None:
    fault = request.get("fault")
    if fault is not None and not isinstance(fault, str):
        raise BadRequest(f'"fault" must be a word or null, not {fault!r}.')
    return fault


def _milliseconds(request: dict[str, Any], default: int) -> float:
    value = request.get("hold_ms", default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3_600_000:
        raise BadRequest(f'"hold_ms" must be a number of milliseconds from 1 to 3600000, not {value!r}.')
    return float(value)


def _uids(request: dict[str, Any]) -> list[bytes]:
    given = request.get("uids", [request["uid"]] if "uid" in request else [])
    if not isinstance(given, list) or not given:
        raise BadRequest('"uids" must be a list of UIDs in hexadecimal, at least one.')
    uids = []
    for text in given:
        try:
            uid = bytes.fromhex(text)
        except (TypeError, ValueError):
            raise BadRequest(f"{text!r} is no UID: write 4, 7 or 10 bytes in hexadecimal.") from None
        if len(uid) not in (4, 7, 10) or uid[0] == 0x88 or (len(uid) == 10 and uid[3] == 0x88):
            raise BadRequest(f"{text!r} is no UID: it has 4, 7 or 10 bytes, and 88 may not begin a part of it.")
        uids.append(uid)
    return uids
