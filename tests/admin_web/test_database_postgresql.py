"""The smoke journey on PostgreSQL, in every run: founded, imported, signed in, changed, raced, by the same services."""

import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from admin_web.access import Role
from admin_web.commands.main import app
from admin_web.database.engine import Database, open_database
from admin_web.database.events import CentralCounter, Event
from admin_web.errors import Conflict
from admin_web.services.actor import CONSOLE
from admin_web.services.links import PointChoice
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.sessions import find_session
from admin_web.services.sign_in import sign_in
from admin_web.settings import load_settings
from policy.clock import Clock

PASSWORD = "four unrelated otters juggle turnips"
SCHOOL = {
    "points": [{"id": "kitchen", "name": "Kitchen", "kind": "bank", "slots": 6}],
    "people": [{"id": "p-1", "name": "Ioana Marinescu", "group": "catering", "points": [{"id": "kitchen", "slot": 1}]}],
    "restricted": {"kitchen": {"blocks": [{"date": "2026-12-04", "from": "09:00", "until": "24:00", "name": "Fair"}]}},
}


def run(data: Path, *words: str, given: str = "") -> None:
    result = CliRunner().invoke(app, ["--data", str(data), *words], input=given)
    assert result.exit_code == 0, result.output


def test_a_school_on_postgresql(new_postgres: str, tmp_path: Path, clock: Clock) -> None:
    data = tmp_path / "central"
    run(data, "init", "--site", "ashgrove", "--name", "Ashgrove Primary", "--database", new_postgres)
    run(data, "init", "--site", "ashgrove", "--name", "Ashgrove Primary")
    assert not (data / "central.db").exists()
    (tmp_path / "school.json").write_text(json.dumps(SCHOOL))
    run(data, "import", str(tmp_path / "school.json"))
    run(
        data,
        *("account", "add", "--name", "Ruth Ashcombe", "--sign-in", "r.ashcombe", "--role", "headteacher"),
        given=f"{PASSWORD}\n",
    )
    run(data, "upgrade")
    database = open_database(load_settings(data).database_url)
    at = Occasion(CONSOLE, clock.now(), clock.now().utc)
    opened = sign_in(database, "r.ashcombe", PASSWORD, source="192.0.2.7", machine_now=at.machine_now)
    with database.read() as session:
        found = find_session(session, opened.token, machine_now=at.machine_now)
        assert found is not None
        assert found.role is Role.HEADTEACHER
    before = database.data_version()
    _race_for_a_slot(database, at)
    assert database.data_version() != before
    with database.read() as session:
        ids = session.scalars(select(Event.id).order_by(Event.id)).all()
        assert list(ids) == list(range(1, len(ids) + 1)), "ids follow commits and leave no gap"
        assert session.scalar(select(CentralCounter.last_event_id)) == ids[-1]
        assert session.scalar(select(func.count(func.distinct(Event.sequence)))) == len(ids), "one chain"
    database.close()


def _race_for_a_slot(database: Database, at: Occasion) -> None:
    """Let four people want the same free slot at the same moment: exactly one gets it, and nobody an error of SQL."""
    together = threading.Barrier(4, timeout=20)
    answers: list[str] = []

    def want(id: str) -> None:
        together.wait()
        try:
            with database.write() as session:
                draft = PersonDraft("Leanne Fothergill", "catering", (), (PointChoice("kitchen", 2),))
                save_person(session, id, draft, if_match=None, occasion=at)
            answers.append("saved")
        except Conflict:
            answers.append("refused")

    threads = [threading.Thread(target=want, args=(f"q-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["refused", "refused", "refused", "saved"]


def test_an_old_reader_blocks_no_writer_on_postgresql(new_postgres: str, tmp_path: Path, clock: Clock) -> None:
    run(tmp_path, "init", "--site", "ashgrove", "--name", "Ashgrove Primary", "--database", new_postgres)
    database = open_database(new_postgres)
    at = Occasion(CONSOLE, clock.now(), clock.now().utc)
    with database.read() as reader:
        count = reader.scalar(select(func.count()).select_from(Event))
        with database.write() as session:
            save_person(session, "p-1", PersonDraft("Owen Castleton", "site team"), if_match=None, occasion=at)
        assert reader.scalar(select(func.count()).select_from(Event)) == count
    database.close()


def test_a_reading_session_cannot_write_on_postgresql(new_postgres: str) -> None:
    database = open_database(new_postgres)
    with pytest.raises(Exception, match="read-only"), database.read() as session:
        session.connection().exec_driver_sql("CREATE TABLE t (a INTEGER)")
    database.close()
