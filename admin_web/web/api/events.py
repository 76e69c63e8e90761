"""GET events: every event in the order central committed it, by cursor."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from admin_web.access import API_PAGES
from admin_web.queries.api_events import events_after
from admin_web.queries.names import Names, names_for
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.catalogue import tell
from admin_web.queries.stored_events import StoredEvent
from admin_web.services.actor import Actor
from admin_web.web.api.answer import PREFIX, answer, errors, write_look
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.visitors import TheOffice
from broker.instants import write_instant

router = APIRouter(prefix=PREFIX, tags=["events"])
MOST, DEFAULT = 500, 100


class PersonNamed(BaseModel):
    """A person by id and name."""

    id: str
    name: str | None


class EventItem(BaseModel):
    """One event."""

    id: str
    type: str
    time: str
    point: str | None
    slot: int | None
    person: PersonNamed | None
    badge: str | None
    reason: str | None
    clause: str | None
    sentence: str


class EventList(BaseModel):
    """A page of events; `next` is always there to go on from."""

    items: list[EventItem]
    next: str


@router.get("/events", response_model=EventList, responses=errors(422))
def get_events(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(TokenRequirement(API_PAGES["events"]))],
    after: Annotated[str, Query(pattern=r"^[0-9]{1,18}$", description="`next` of the page before.")] = "0",
    limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT,
    kind: Annotated[
        str | None,
        Query(
            pattern=r"^([a-z0-9_]+(\.[a-z0-9_]+)*)?$", max_length=48, description="Whole dotted parts: `tap.granted`."
        ),
    ] = None,
    point: Annotated[str | None, Query(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*)?$", max_length=40)] = None,
) -> Response:
    """List events committed after a cursor, oldest first; without `after` from the first one."""
    with office.database.read() as session:
        page = events_after(session, int(after), kind=kind or None, point=point or None, limit=limit)
        names = names_for(session, page.events)
        times = office.school_time(session)
    filter = {name: value for name, value in (("kind", kind), ("point", point)) if value}
    write_look(office, actor, "events", len(page.events), filter)
    items = [event_item(event, names, times) for event in page.events]
    return answer(request, {"items": items, "next": str(page.next)})


def event_item(event: StoredEvent, names: Names, times: SchoolTime) -> dict[str, Any]:
    """Write one event as the API does."""
    person = None if event.person is None else {"id": event.person, "name": names.people.get(event.person)}
    return {
        "id": event.name,
        "type": event.type,
        "time": write_instant(event.time),
        "point": event.point,
        "slot": slot_of(event, names),
        "person": person,
        "badge": event.text("badge"),
        "reason": event.text("reason"),
        "clause": event.text("clause"),
        "sentence": tell(event, names, times).text,
    }


def slot_of(event: StoredEvent, names: Names) -> int | None:
    """Name the slot an event is about: 1 at a one-door point, null where nothing could open."""
    slot = event.number("slot")
    if slot is not None or event.point not in names.places or names.is_bank(event.point):
        return slot
    about_a_door = event.type.startswith(("phone.", "put_in.", "lock.", "door.")) or (
        event.type.startswith("tap.granted") and event.data.get("opens") is True
    )
    return 1 if about_a_door else None
