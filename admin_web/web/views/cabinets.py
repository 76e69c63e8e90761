"""The page Cabinets: every cabinet as a card; counts and states, never a name."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.access import Page
from admin_web.events.quarantine import full_devices
from admin_web.queries.cabinet_cards import applied_words, card_of, full_words, noticed_words
from admin_web.queries.cabinets import read_cabinets, read_noticed
from admin_web.services.revision import cabinets_revision
from admin_web.services.sessions import SignedIn
from admin_web.web.pages import render
from admin_web.web.visitors import Requirement, TheOffice

router = APIRouter()


@router.get("/cabinets")
def show_cabinets(
    request: Request,
    office: TheOffice,
    _: Annotated[SignedIn, Depends(Requirement(Page.CABINETS))],
    show: str = "all",
) -> Response:
    """Show the cabinets, all of them or those that need somebody."""
    with office.database.read() as session:
        times = office.school_time(session)
        current = cabinets_revision(session)
        cabinets = read_cabinets(session, times)
        noticed = read_noticed(session)
        full = full_devices(session)
    cards = [card_of(cabinet, current, times) for cabinet in cabinets]
    needing = [card for card in cards if card.needs]
    known = {cabinet.device: cabinet.name for cabinet in cabinets}
    elsewhere = [full_words(known.get(device, device)) for device in sorted(full)]
    elsewhere += [
        noticed_words("Central" if device == "central" else device, one.kind, one.raised_at, times)
        for device, found in noticed.items()
        if device not in known
        for one in found
    ]
    return render(
        request,
        "cabinets.html",
        cards=needing if show == "attention" else cards,
        total=len(cards),
        needing=len(needing),
        show=show,
        applied=applied_words(cabinets, current, times),
        elsewhere=elsewhere,
    )
