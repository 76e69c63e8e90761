"""The one place that builds phonekeep-web: settings, database, clock, central's epoch, the application."""

from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp

from admin_web.clock import clock_for
from admin_web.database.engine import Database, open_database
from admin_web.database.migrate import require_current
from admin_web.errors import DatabaseNotReady
from admin_web.events.central import begin_epoch
from admin_web.queries.school import school_name
from admin_web.settings import Settings, load_settings
from admin_web.web.app import make_guarded_app
from admin_web.web.changes import Changes
from admin_web.web.office import Office
from admin_web.web.pages import environment
from policy.clock import Clock


@dataclass(frozen=True, slots=True)
class Web:
    """The built program."""

    settings: Settings
    database: Database
    office: Office
    app: ASGIApp


def build(data: Path, simulate: Path | None) -> Web:
    """Build everything and begin an epoch of central's log. Raises AdminWebError, saying what to do."""
    settings = load_settings(data)
    database = open_database(settings.database_url)
    require_current(database)
    clock = clock_for(simulate)
    with database.write() as session:
        begin_epoch(session, clock.now())
    office = make_office(database, clock)
    _warm_templates()
    return Web(settings, database, office, make_guarded_app(office, tls=not settings.web.http_on_loopback))


def make_office(database: Database, clock: Clock) -> Office:
    """Put together what the views work on. Raises DatabaseNotReady before `phonekeep-admin init`."""
    with database.read() as session:
        name = school_name(session)
    if name is None:
        raise DatabaseNotReady("The database has not been set up. Run `phonekeep-admin init` first.")
    return Office(database, clock, name, Changes(database))


def _warm_templates() -> None:
    """Compile the templates before the first person waits for one."""
    made = environment()
    for name in made.list_templates(extensions=["html"]):
        made.get_template(name)
