"""What a staff badge and the presses after it do."""

from dataclasses import replace

from kiosk.reception.flow.effects import Confirm, EndRoll, FindHost, ReadRecord, SeenOnRoll, ShowRoll
from kiosk.reception.flow.inputs import HostFound, RecordRead, RollRead
from kiosk.reception.flow.screen import Page
from kiosk.reception.flow.session import Session, Staff
from kiosk.reception.flow.turn import Turn


def come(turn: Turn, staff: Staff) -> None:
    """A staff badge was held up on a page where nobody is typing: whatever stood there is wiped."""
    empty = Session()
    empty.staff = staff
    if turn.session.speaking:
        turn.go(Page.WELCOME)
    turn.session = empty
    turn.go(Page.STAFF)
    turn.want(FindHost(staff.person, staff.badge))


def press(turn: Turn, id: str) -> None:
    """Take a press on one of the staff's pages."""
    staff = turn.session.staff
    if staff is None:
        return
    kind, _, which = id.partition(":")
    if kind in ("roll", "drill", "go_on"):
        turn.want(ShowRoll(None if kind == "go_on" else kind == "drill", staff.by))
    elif kind == "told" and staff.person is not None:
        turn.want(Confirm((which,), staff.person, staff.badge))
        turn.go(Page.BRIEFED)
    elif kind == "my_events" and staff.person is not None:
        turn.want(ReadRecord(staff.person, staff.badge))
    elif kind == "seen":
        turn.want(SeenOnRoll(which, staff.by))
    elif kind == "end_roll":
        turn.want(EndRoll(staff.by))
        turn.start_again()


def found(turn: Turn, host: HostFound) -> None:
    """Show who waits for the holder of the badge."""
    if turn.session.page in (Page.STAFF, Page.HOST_HERE):
        turn.session.host = host
        turn.go(Page.HOST_HERE if host.visitors else Page.STAFF)


def roll_read(turn: Turn, read: RollRead) -> None:
    """Show the roll; a tick keeps the part that was shown."""
    if turn.session.staff is None:
        return
    part = turn.session.part if turn.session.page is Page.ROLL else 0
    turn.session.roll = read
    turn.go(Page.ROLL)
    turn.session.part = part


def roll_heard(turn: Turn, read: RollRead) -> None:
    """Show what was said of the roll elsewhere, where a page shows it; nobody is sent to another page."""
    session = turn.session
    if session.page in (Page.STAFF, Page.HOST_HERE) and session.host is not None:
        session.host = replace(session.host, roll=None if read.is_over else read.drill, roll_since=read.since)
    elif session.page is Page.ROLL and session.staff is not None:
        session.roll = read


def record_read(turn: Turn, read: RecordRead) -> None:
    """Show the own record; central's answer may come later and says all."""
    session = turn.session
    if session.staff is None or session.page not in (Page.STAFF, Page.HOST_HERE, Page.MY_EVENTS):
        return
    session.record, session.record_whole = read.lines, read.whole
    if session.page is not Page.MY_EVENTS:
        turn.go(Page.MY_EVENTS)
