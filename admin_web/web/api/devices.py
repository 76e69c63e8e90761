"""GET devices: how every device is, as it last said."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from admin_web.access import API_PAGES
from admin_web.queries.cabinets import CabinetState, read_cabinets
from admin_web.services.actor import Actor
from admin_web.web.api.answer import PREFIX, answer, errors
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.visitors import TheOffice

router = APIRouter(prefix=PREFIX, tags=["devices"])
_LAMPS = ("red", "amber", "green")


class Health(BaseModel):
    """One part of a device."""

    part: str
    state: str
    since: str | None
    what_to_do: str | None


class DeviceItem(BaseModel):
    """One device; what it cannot tell at present is `unknown` or null."""

    id: str
    kind: str
    point: str | None
    online: bool
    outbox_depth: int | None
    rules_applied: str | None
    clock: str
    health: list[Health]
    lamps: dict[str, str]
    doors: dict[str, str]


class DeviceList(BaseModel):
    """Every device."""

    items: list[DeviceItem]
    next: None


@router.get("/devices", response_model=DeviceList, responses=errors())
def get_devices(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(TokenRequirement(API_PAGES["devices"]))],
) -> Response:
    """List the devices. Lamps and doors of one that is not heard are `unknown`; the rest is as it last said."""
    with office.database.read() as session:
        cabinets = read_cabinets(session, office.school_time(session))
    return answer(request, {"items": [device_item(cabinet) for cabinet in cabinets], "next": None})


def device_item(cabinet: CabinetState) -> dict[str, Any]:
    """Write one device as the API does."""
    status = cabinet.status
    lamps, doors = status.get("lamps"), status.get("doors")
    if not cabinet.online or not isinstance(lamps, dict):
        lamps = dict.fromkeys(_LAMPS, "unknown")
    if not cabinet.online or not isinstance(doors, dict):
        doors = {}
    return {
        "id": cabinet.device,
        "kind": cabinet.kind,
        "point": cabinet.point,
        "online": cabinet.online,
        "outbox_depth": status.get("outbox_depth"),
        "rules_applied": None if cabinet.applied is None else str(cabinet.applied),
        "clock": status.get("clock", "unset"),
        "health": [
            {name: part.get(name) for name in ("part", "state", "since", "what_to_do")} for part in cabinet.health
        ],
        "lamps": lamps,
        "doors": {str(slot): doors.get(str(slot), "unknown") for slot in range(1, cabinet.slots + 1)},
    }
