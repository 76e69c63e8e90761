"""Prints the list when a roll-call begins, at reception or in the web view (design: Evacuation).

Level-triggered from the table `roll_print`: it may be stopped anywhere; a list may come twice, it is never forgotten.
A slow printer holds nothing up: the work is done in a thread of its own.
"""

import logging
import threading
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.clock import machine_now
from admin_web.database.engine import Database
from admin_web.database.places import Site
from admin_web.database.reception import ReceptionSettings
from admin_web.database.visits import RollPrint
from admin_web.errors import DatabaseUnavailable
from admin_web.events.rolls import PRINT_WAITS, PRINT_WHILE
from admin_web.printing.printer import Printer, PrintFailed
from admin_web.printing.roll_sheet import SheetLine, write_sheet
from admin_web.queries.on_site import OnSiteVisit, read_on_site
from admin_web.queries.school_time import SchoolTime, school_time
from admin_web.services.actor import CENTRAL
from admin_web.services.audit import record_look
from admin_web.services.roll import PRINT_FAILED, PRINTED
from policy.clock import Clock

_log = logging.getLogger(__name__)

NO_PRINTER = "No printer is set. Print by hand, and set one on the page Badges and lanyards."
TOO_LATE = "The roll-call had begun too long before. Print by hand."
_WHY = 200


class RollPrinter:
    """Takes the lists that wait to the printer."""

    def __init__(self, database: Database, clock: Clock, printer: Printer) -> None:
        self._database = database
        self._clock = clock
        self._printer = printer
        self._work: threading.Thread | None = None

    def start_due(self) -> None:
        """Begin to print what waits, unless that is under way. Raises DatabaseUnavailable."""
        if self._work is not None and self._work.is_alive():
            return
        with self._database.read() as session:
            if not _waiting(session):
                return
        self._work = threading.Thread(target=self._print, name="roll-printer", daemon=True)
        self._work.start()

    def print_due(self) -> int:
        """Print what waits, one after the other; tells how many sheets were taken. Raises DatabaseUnavailable."""
        with self._database.read() as session:
            waiting = _waiting(session)
        return sum(self._print_one(event) for event in waiting)

    def _print(self) -> None:
        try:
            self.print_due()
        except DatabaseUnavailable as problem:
            _log.warning("%s The list is printed when it works again.", problem)

    def _print_one(self, event: str) -> bool:
        with self._database.read() as session:
            row = session.get_one(RollPrint, event)
            settings = session.scalars(select(ReceptionSettings)).first()
            queue = None if settings is None else settings.printer
            now = self._clock.now().utc
            visits = sorted(read_on_site(session, now), key=lambda one: one.name.casefold())
            times = school_time(session, now)
            school = session.scalars(select(Site.name)).one()
            title = "Drill: visitors in school" if row.drill else "Roll-call: visitors in school"
            late = now - row.asked_at > PRINT_WHILE
        why = TOO_LATE if late else NO_PRINTER if queue is None else None
        if why is None and queue is not None:
            try:
                self._printer.print_text(queue, title, _sheet(title, school, visits, times, now))
            except PrintFailed as problem:
                why = str(problem)
        with self._database.write() as session:
            self._note(session, event, queue, len(visits), why)
        _log.info("the list of a roll-call was %s", "printed" if why is None else "not printed")
        return why is None

    def _note(self, session: Session, event: str, queue: str | None, visitors: int, why: str | None) -> None:
        row = session.get_one(RollPrint, event)
        row.state, row.done_at = PRINTED if why is None else PRINT_FAILED, self._clock.now().utc
        row.printer, row.visitors, row.why = queue, visitors, None if why is None else why[:_WHY]
        if why is None:
            record_look(
                session,
                "roll_print",
                {"drill": row.drill, "printer": queue},
                visitors,
                actor=CENTRAL,
                machine_now=machine_now(),
            )


def _waiting(session: Session) -> list[str]:
    rows = select(RollPrint.event).where(RollPrint.state == PRINT_WAITS).order_by(RollPrint.asked_at, RollPrint.event)
    return list(session.scalars(rows))


def _sheet(title: str, school: str, visits: list[OnSiteVisit], times: SchoolTime, now: datetime) -> str:
    head = (
        f"{school}, {times.day(times.today)}, {times.minute(now)}.",
        "Visitors only: staff are not on this list unless they sign in.",
    )
    lines = [SheetLine(one.name, one.about, one.host, one.lanyard, times.near(one.since)) for one in visits]
    number = f"{len(visits)} visitor{'' if len(visits) == 1 else 's'}."
    return write_sheet(title, head, lines, f"{number} Printed by Phonekeep. Please shred it afterwards.")
