"""GET people, GET and PUT people/{id}: people as a whole, with badges, places and hours."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from admin_web.access import API_ACTS, API_PAGES
from admin_web.errors import Invalid
from admin_web.queries.people import PersonKept, read_people, read_person
from admin_web.services.actor import Actor
from admin_web.services.bodies import PersonBody, hours_json, person_draft
from admin_web.services.etags import etag_of
from admin_web.services.people import require_person, save_person
from admin_web.web.api.answer import PREFIX, IfMatch, answer, errors, write_look
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.api.strict_json import JsonRoute
from admin_web.web.visitors import TheOffice

router = APIRouter(prefix=PREFIX, tags=["people"], route_class=JsonRoute)
Reader = Annotated[Actor, Depends(TokenRequirement(API_PAGES["people"]))]


class PersonList(BaseModel):
    """Everybody who has not ended."""

    items: list[PersonBody]
    next: None


@router.get("/people", response_model=PersonList, responses=errors())
def get_people(request: Request, office: TheOffice, actor: Reader) -> Response:
    """List everybody who has not ended, by name."""
    with office.database.read() as session:
        people = read_people(session)
    write_look(office, actor, "people", len(people))
    return answer(request, {"items": [person_item(person) for person in people], "next": None})


@router.get("/people/{id}", response_model=PersonBody, responses=errors(404))
def get_person(request: Request, office: TheOffice, actor: Reader, id: str) -> Response:
    """Read one person; the ETag is what a PUT sends back as If-Match."""
    with office.database.read() as session:
        require_person(session, id)
        person = read_person(session, id)
    write_look(office, actor, "person", 1, person=id)
    return answer(request, person_item(person), etag=etag_of(person.etag))


@router.put(
    "/people/{id}",
    response_model=PersonBody,
    responses={201: {"model": PersonBody, "description": "Created"}, **errors(409, 412, 413, 422, 428)},
)
def put_person(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(TokenRequirement(API_ACTS["people"]))],
    id: str,
    body: PersonBody,
    if_match: IfMatch = None,
) -> Response:
    """Let a person be as the body says: what it does not name ends now; an id that is new makes a person."""
    if body.id is not None and body.id != id:
        raise Invalid(
            "The id in the body is not the one in the address.",
            what_to_do="Leave it out, or write the same.",
            field="id",
        )
    draft = person_draft(body)
    occasion = office.occasion(actor)
    with office.database.write() as session:
        saved = save_person(session, id, draft, if_match=if_match, occasion=occasion)
        is_new = saved.etag == 1
        person = read_person(session, id)
    return answer(
        request, person_item(person), etag=etag_of(person.etag), status=201 if is_new and not if_match else 200
    )


def person_item(person: PersonKept) -> dict[str, Any]:
    """Write one person as the API does."""
    return {
        "id": person.id,
        "name": person.name,
        "group": person.group,
        "badges": [badge.reference for badge in person.badges],
        "points": [{"id": place.point, "slot": place.slot} for place in person.places],
        "working_hours": hours_json(person.hours),
    }
