"""The bell on every page: reception rings whoever is to come, a host hears of a visitor (clauses 21, 22)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.queries.on_site import read_visits_of
from admin_web.queries.rings import read_rings
from admin_web.services.sessions import SignedIn
from admin_web.web.pages import render
from admin_web.web.visitors import EVERYONE_SIGNED_IN, TheOffice

router = APIRouter()


@router.get("/bell")
def show_bell(
    request: Request, office: TheOffice, signed: Annotated[SignedIn, Depends(EVERYONE_SIGNED_IN)]
) -> Response:
    """Show what rings whoever is signed in now: no name, so it is no look at anybody."""
    now = office.clock.now().utc
    with office.database.read() as session:
        rings = [ring for ring in read_rings(session, now) if ring.is_for(signed.role)]
        mine = [] if signed.person_id is None else read_visits_of(session, signed.person_id, now)
    return render(request, "on_site/bell.html", rings=rings, waiting=sum(not visit.briefed for visit in mine))
