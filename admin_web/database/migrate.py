"""Brings a database's tables to the edition this program was written for, and tells whether they are."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from admin_web.database.engine import Database
from admin_web.errors import DatabaseNotReady

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade_tables(database: Database, to: str = "head") -> None:
    """Run every migration that is missing, all of them in one transaction. Raises DatabaseUnavailable."""
    with database.alter() as connection:
        command.upgrade(_config(connection), to)


def downgrade_tables(database: Database, to: str) -> None:
    """Undo migrations down to one edition, or to `base`, in one transaction. Raises DatabaseUnavailable."""
    with database.alter() as connection:
        command.downgrade(_config(connection), to)


def current_edition(database: Database) -> str | None:
    """Read the edition of the tables; None before the first migration."""
    with database.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def newest_edition() -> str:
    """Name the edition this program was written for."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert head is not None, "there is at least one migration"
    return head


def require_current(database: Database) -> None:
    """Check at a program's start that the tables are of its edition. Raises DatabaseNotReady, saying what to run."""
    found, wanted = current_edition(database), newest_edition()
    if found is None:
        raise DatabaseNotReady("The database has no tables yet. Run `phonekeep-admin init` first.")
    if found != wanted:
        raise DatabaseNotReady(
            f"The tables are of edition {found} and this program needs {wanted}. "
            "Stop ingest and web, run `phonekeep-admin upgrade`, and start them again."
        )


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config
