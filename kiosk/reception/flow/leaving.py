"""What presses do when somebody leaves, brings a parcel or asks for the office."""

from broker.messages.help import HelpKind
from kiosk.reception.flow import texts
from kiosk.reception.flow.effects import Deliver, LeaveUnsure, RingOffice, SignOutByBadge, SignOutByName
from kiosk.reception.flow.screen import Page
from kiosk.reception.flow.session import Draft
from kiosk.reception.flow.turn import Turn
from policy.ids import BadgeReference


def press(turn: Turn, id: str) -> None:
    """Take a press on one of these pages."""
    page = turn.session.page
    if page is Page.SIGN_OUT and id == "next":
        _name_given(turn)
    elif page is Page.SIGN_OUT_LANYARD and id == "sign_out_now":
        _number_given(turn)
    elif page is Page.DELIVERY and id == "ring_delivery":
        company = " ".join(turn.session.draft.company.split()) or None
        turn.session.draft = Draft()
        turn.want(Deliver(company))
        turn.go(Page.DELIVERY_DONE)


def back(turn: Turn) -> None:
    """Go back; what was typed on the way is wiped."""
    if turn.session.page is Page.SIGN_OUT_LANYARD:
        turn.answer(number="")
        turn.go(Page.SIGN_OUT)
    else:
        turn.session.draft = Draft()
        turn.go(Page.WELCOME)


def ask_for_help(turn: Turn) -> None:
    """Ring the office and say so, unless it is being rung; Back goes on where the visitor was."""
    turn.session.returns_to = turn.session.page
    if turn.ring is None or turn.ring.answered or turn.ring.senior:
        turn.want(RingOffice(HelpKind.OFFICE))
    turn.go(Page.HELP)


def leave_by_badge(turn: Turn, badge: BadgeReference) -> None:
    """A lanyard, or a regular visitor's badge, was held up to leave."""
    turn.session.draft = Draft()
    turn.go(Page.SAVING)
    turn.want(SignOutByBadge(badge))


def answered(turn: Turn, sure: bool) -> None:
    """Say that the visit is over, or to tell the office; nothing else is ever said."""
    turn.session.draft = Draft()
    if turn.session.by_name and not sure and not turn.tries.is_shut(turn.now.boottime_ns):
        turn.tries.miss(turn.now.boottime_ns)
    turn.session.by_name = False
    if not sure:
        turn.want(RingOffice(HelpKind.SIGN_OUT))
    turn.go(Page.SIGNED_OUT if sure else Page.TELL_OFFICE)


def _name_given(turn: Turn) -> None:
    name = " ".join(turn.session.draft.name.split())
    if not any(letter.isalnum() for letter in name):
        turn.fail(texts.NAME_MISSING)
        return
    turn.answer(name=name)
    turn.go(Page.SIGN_OUT_LANYARD)


def _number_given(turn: Turn) -> None:
    draft = turn.session.draft
    if not draft.number:
        turn.fail(texts.NUMBER_MISSING)
        return
    turn.session.draft = Draft()
    turn.session.by_name = True
    turn.go(Page.SAVING)
    shut = turn.tries.is_shut(turn.now.boottime_ns)
    turn.want(LeaveUnsure(draft.name) if shut else SignOutByName(draft.name, draft.number))
