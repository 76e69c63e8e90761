"""What a badge does that is held up at the screen, by the page that stands there."""

from kiosk.reception.flow import leaving, staff, texts
from kiosk.reception.flow.effects import ArriveOrLeave
from kiosk.reception.flow.screen import Page
from kiosk.reception.flow.session import Staff
from kiosk.reception.flow.turn import Turn
from kiosk.reception.flow.visitor import ORDER
from policy.ids import BadgeReference

BUSY = frozenset(ORDER) | {Page.HOST_NAME, Page.PHONE_CALL, Page.DELIVERY, Page.HELP}
"""Pages on which somebody is in the middle of something: no badge takes them away."""
DEAF = frozenset({Page.SAVING, Page.ROLL, Page.CLOSED})
LEAVING = frozenset({Page.SIGN_OUT, Page.SIGN_OUT_LANYARD})


def hold(turn: Turn, badge: BadgeReference) -> None:
    """Take a badge that came into the field."""
    content, page = turn.content, turn.session.page
    roll = turn.session.roll
    is_over = page is Page.ROLL and roll is not None and roll.is_over
    if content is None or (page in DEAF and not is_over):
        return
    held = content.badges.get(badge)
    if page is Page.PAPERS and held is not None:
        turn.session.staff = Staff(badge, held.person, held.role)
        turn.session.error = None
    elif page in BUSY:
        turn.fail(texts.BADGE_NOT_NOW)
    elif badge in content.regular:
        _regular(turn, badge)
    elif content.lanyard_of(badge) is not None:
        _lanyard(turn, badge)
    elif held is not None:
        staff.come(turn, Staff(badge, held.person, held.role))
    else:
        turn.fail(texts.BADGE_UNKNOWN)


def _regular(turn: Turn, badge: BadgeReference) -> None:
    if turn.session.page in LEAVING:
        leaving.leave_by_badge(turn, badge)
    elif turn.session.page in (Page.WELCOME, Page.SIGNED_OUT, Page.TELL_OFFICE):
        turn.go(Page.SAVING)
        turn.want(ArriveOrLeave(badge))


def _lanyard(turn: Turn, badge: BadgeReference) -> None:
    # On the last page of a sign-in the new lanyard must not sign its visitor out again.
    if turn.session.page is Page.DONE:
        turn.fail(texts.BADGE_NOT_NOW)
    elif turn.session.page in LEAVING or turn.session.page is Page.WELCOME:
        leaving.leave_by_badge(turn, badge)


def hold_unreadable(turn: Turn) -> None:
    """Something that identifies nobody was held up."""
    if turn.session.page in LEAVING or turn.session.page is Page.WELCOME:
        turn.fail(texts.BADGE_UNREADABLE)
