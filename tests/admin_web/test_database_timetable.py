"""A database of the edition before the timetable: every point gets an area, and keeps the times it had as its own."""

import importlib.util
from types import ModuleType

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from admin_web.database import migrate
from admin_web.database.engine import Database
from admin_web.database.migrate import downgrade_tables, upgrade_tables


def _step(number: str) -> ModuleType:
    (file,) = (migrate._SCRIPTS / "versions").glob(f"{number}_*.py")
    spec = importlib.util.spec_from_file_location(f"step_{number}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_points_with_restricted_times_keep_them_as_their_own_and_others_follow(empty_database: Database) -> None:
    upgrade_tables(empty_database)
    step = _step("0003")
    with empty_database.alter() as connection, Operations.context(MigrationContext.configure(connection)):
        step.downgrade()
        for point in ("robins", "wrens"):
            connection.execute(
                text("INSERT INTO point (id, name, kind, slots) VALUES (:id, :name, 'one_door', 1)"),
                {"id": point, "name": point.title()},
            )
            connection.execute(text("INSERT INTO restricted_times (point_id, etag) VALUES (:id, 3)"), {"id": point})
        connection.execute(
            text(
                'INSERT INTO restricted_block (id, point_id, weekday, start, "end", name)'
                " VALUES (1, 'robins', 0, 540, 600, 'Lessons')"
            )
        )
        step.upgrade()
        own = connection.execute(text("SELECT point_id, own, etag FROM restricted_times ORDER BY point_id")).all()
        areas = connection.execute(text("SELECT id, name, phone_free FROM area ORDER BY id")).all()
        stands = connection.execute(text("SELECT id, area_id FROM point ORDER BY id")).all()
    assert [(point, bool(is_own), etag) for point, is_own, etag in own] == [("robins", True, 3), ("wrens", False, 3)]
    assert [(id, name, bool(free)) for id, name, free in areas] == [
        ("robins", "Robins", False),
        ("wrens", "Wrens", False),
    ]
    assert [tuple(row) for row in stands] == [("robins", "robins"), ("wrens", "wrens")]
    downgrade_tables(empty_database, "base")
