"""POST what-if: what a cabinet would decide about somebody at a moment, and why; it changes nothing."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from admin_web.access import API_PAGES
from admin_web.queries.what_if import tell_answer
from admin_web.services.actor import Actor
from admin_web.services.bodies import Body, Text
from admin_web.services.what_if import Answer, Question, ask_what_if, read_when
from admin_web.web.api.answer import PREFIX, answer, errors, write_look
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.api.strict_json import JsonRoute
from admin_web.web.visitors import TheOffice
from broker.instants import write_instant
from policy.decision import BlockNamed
from policy.gesture import Intent

router = APIRouter(prefix=PREFIX, tags=["what-if"], route_class=JsonRoute)


class WhatIfBody(Body):
    """Who would do what, where and when."""

    person: Text
    point: Text
    gesture: Literal["put_in", "take_out", "no_phone"]
    at: Text


class WhatIfBlock(BaseModel):
    """The block, break or room state that the decision rests on."""

    name: str
    starts: Annotated[str, Field(alias="from")]
    until: str


class WhatIfItem(BaseModel):
    """What would be decided, and why."""

    decision: Literal["granted", "refused"]
    reason: str
    clause: str
    next: str | None
    block: WhatIfBlock | None
    permission: str | None
    repeated: bool
    asks_approval: bool
    at: str
    rules: str
    sentence: str


@router.post("/what-if", response_model=WhatIfItem, responses=errors(409, 413, 422))
def post_what_if(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(TokenRequirement(API_PAGES["what-if"]))],
    body: WhatIfBody,
) -> Response:
    """Ask what would be decided: by the rules as they are now, with the code that cabinets decide with."""
    with office.database.read() as session:
        times = office.school_time(session)
        at = read_when(body.at, str(times.zone))
        question = Question(body.person, body.point, Intent(body.gesture), at)
        found = ask_what_if(session, question, now=office.clock.now().utc)
        sentence = tell_answer(session, found, times).sentence.text
    write_look(office, actor, "what_if", 1, {"point": body.point}, person=body.person)
    return answer(request, _item(found, sentence))


def _item(found: Answer, sentence: str) -> dict[str, Any]:
    decision = found.decision
    return {
        "decision": decision.outcome.value,
        "reason": decision.reason.value,
        "clause": decision.clause,
        "next": None if decision.next_allowed is None else write_instant(decision.next_allowed),
        "block": _block(decision.block),
        "permission": decision.permission,
        "repeated": decision.repeated,
        "asks_approval": decision.asks_approval,
        "at": write_instant(found.question.at),
        "rules": str(found.rules.revision),
        "sentence": sentence,
    }


def _block(block: BlockNamed | None) -> dict[str, str] | None:
    if block is None:
        return None
    return {"name": block.name, "from": write_instant(block.starts), "until": write_instant(block.ends)}
