"""The list comes out of the printer when a roll-call begins: `lp` is a script that keeps what it was given."""

import json
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.accounts import Audit
from admin_web.database.engine import Database
from admin_web.database.visits import RollPrint
from admin_web.events.central import record_act
from admin_web.events.projection import Drawn
from admin_web.events.visits import follow_visits
from admin_web.ingest.roll_printing import NO_PRINTER, RollPrinter
from admin_web.printing.lp import LpPrinter
from admin_web.printing.printer import PrintFailed
from admin_web.printing.roll_sheet import WIDTH, SheetLine, write_sheet
from admin_web.services.reception import save_settings
from broker.messages.roll import RollBegun, RollEnded
from broker.messages.visit import VisitSignedIn

LP = """#!/bin/sh
for word in "$@"; do printf '%s\\n' "$word" >> "$LP_KEEPS/words"; done
cat > "$LP_KEEPS/sheet"
[ "$2" = jammed ] && { echo 'lp: The printer or class does not exist.' >&2; exit 1; }
exit 0
"""


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that stands for the tray, with a fake `lp` first on PATH."""
    program = tmp_path / "bin" / "lp"
    program.parent.mkdir()
    program.write_text(LP)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LP_KEEPS", str(tmp_path))
    return tmp_path


@pytest.fixture
def begin(rooms: Database, clock: Any, occasion: Callable[[], Any]) -> Callable[..., None]:
    """Begin roll-calls in a school with two visitors; `printer` is set first."""
    said: dict[str, Any] = {
        "organisation": None, "reason": "meeting", "host": "amara-osei", "role": None, "room": None, "badge": None,
        "needs_phone": False, "ticks": [], "expected": None, "image_permission": False,
    }  # fmt: skip
    with rooms.write() as session:
        for number, name in enumerate(("Helen Farrow", "Błażej\x1b\fŻuk $(reboot) %!PS")):
            private = {**said, "name": name, "lanyard": str(14 + number)}
            record_act(session, VisitSignedIn(visit=f"{number:016x}"), private, clock.now())

    def now(*, drill: bool = False, printer: str | None = "office", by: str = "amara-osei") -> None:
        with rooms.write() as session:
            if printer is not None:
                save_settings(session, "01632 960143", 1080, printer=printer, if_match="*", occasion=occasion())
            record_act(session, RollBegun(drill=drill), {"by": by}, clock.now())

    with rooms.write() as session:
        save_settings(session, "01632 960143", 1080, if_match=None, occasion=occasion())
    return now


def prints(session: Session) -> list[RollPrint]:
    return list(session.scalars(select(RollPrint).order_by(RollPrint.asked_at, RollPrint.event)))


def test_a_roll_call_prints_itself_once_however_many_screens_begin_it(
    rooms: Database, clock: Any, begin: Callable[..., None], paper: Path
) -> None:
    begin(drill=True)
    begin(drill=True, by="bilal-hussain")
    printer = RollPrinter(rooms, clock, LpPrinter())
    assert printer.print_due() == 1
    assert printer.print_due() == 0
    words = (paper / "words").read_text().splitlines()
    assert words[:4] == ["-d", "office", "-t", "Drill: visitors in school"]
    sheet = (paper / "sheet").read_text()
    assert "[  ] Błażej Żuk $(reboot) %!PS" in sheet
    assert "lanyard 14" in sheet
    assert "with Amara Osei" in sheet
    assert "2 visitors." in sheet
    assert "\f" not in sheet
    assert "\x1b" not in sheet
    with rooms.read() as session:
        (row,) = prints(session)
        assert (row.state, row.printer, row.visitors) == ("printed", "office", 2)
        look = session.scalars(select(Audit).where(Audit.act == "looked.roll_print")).one()
        assert (look.actor, look.rows, json.loads(look.filter)["printer"]) == ("central", 2, "office")


def test_after_one_has_ended_and_for_an_alarm_amid_a_drill_there_is_a_list_of_its_own(
    rooms: Database, clock: Any, begin: Callable[..., None], paper: Path
) -> None:
    begin(drill=True)
    begin(drill=False)
    with rooms.write() as session:
        record_act(session, RollEnded(drill=True), {"by": "amara-osei"}, clock.now())
    clock.advance(minutes=1)
    begin(drill=True)
    assert RollPrinter(rooms, clock, LpPrinter()).print_due() == 3


@pytest.mark.parametrize(
    ("printer", "sentence"),
    [(None, NO_PRINTER), ("jammed", "jammed did not take the list: The printer or class does not exist.")],
)
def test_what_was_not_printed_says_why(
    rooms: Database, clock: Any, begin: Callable[..., None], paper: Path, printer: str | None, sentence: str
) -> None:
    begin(printer=printer)
    assert RollPrinter(rooms, clock, LpPrinter()).print_due() == 0
    with rooms.read() as session:
        (row,) = prints(session)
        assert row.state == "failed"
        assert (row.why or "").startswith(sentence)
        assert "Print by hand" in (row.why or "")


def test_a_server_without_lp_says_so() -> None:
    with pytest.raises(PrintFailed, match="not on the server"):
        LpPrinter("no-such-lp").print_text("office", "Drill", "")


def test_a_roll_call_of_yesterday_prints_nothing(
    rooms: Database, clock: Any, begin: Callable[..., None], paper: Path
) -> None:
    begin()
    clock.advance(minutes=16)
    assert RollPrinter(rooms, clock, LpPrinter()).print_due() == 0
    with rooms.read() as session:
        assert [row.state for row in prints(session)] == ["failed"]
    assert not (paper / "sheet").exists()


def test_the_work_is_done_beside_the_loop(rooms: Database, clock: Any, begin: Callable[..., None], paper: Path) -> None:
    begin()
    printer = RollPrinter(rooms, clock, LpPrinter())
    printer.start_due()
    work = printer._work
    assert work is not None
    work.join(10)
    assert (paper / "sheet").exists()


@pytest.mark.parametrize("name", ["office;reboot", "-o", "front office", "a/b", "x" * 128])
def test_a_printer_is_named_as_queues_are(rooms: Database, occasion: Callable[[], Any], name: str) -> None:
    with pytest.raises(Exception, match="printer’s name"), rooms.write() as session:
        save_settings(session, "01632 960143", 1080, printer=name, if_match=None, occasion=occasion())


def test_a_sheet_breaks_between_visitors_and_never_wider_than_paper() -> None:
    long = SheetLine("Maximiliana " * 6 + "Bergh", "O" * 80, "Amara Osei", "1234", "Mon 10:43")
    sheet = write_sheet("Drill", ("Ashgrove Primary",), [long] * 40, "40 visitors.")
    pages = sheet.split("\f")
    assert len(pages) > 3
    assert all(len(page.splitlines()) <= 58 for page in pages)
    assert max(len(line) for line in sheet.splitlines()) <= WIDTH + 5
    assert all(f"Page {number} of {len(pages)}." in page for number, page in enumerate(pages, 1))
    assert sum(page.count("[  ]") for page in pages) == 40
    assert "No visitor is signed in." in write_sheet("Drill", (), [], "0 visitors.")


def test_a_beginning_that_is_heard_of_late_asks_for_no_paper(rooms: Database, clock: Any) -> None:
    early = clock.now()
    clock.advance(minutes=20)
    late = early.utc + timedelta(minutes=20)
    assert late == clock.now().utc
    with rooms.write() as session:
        one = Drawn(
            1, "roll.begun.v1", 1, {"drill": False}, {"by": "x"}, early.utc, None, 1, "reception", "a" * 16, True
        )
        follow_visits(session, [one], late)
        assert prints(session) == []
        follow_visits(session, [one], early.utc)
        assert len(prints(session)) == 1
