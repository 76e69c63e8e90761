"""`init`, `upgrade`, `owner-link`: found the school, renew its tables, let the first headteacher in."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from admin_web.clock import machine_now
from admin_web.commands.certificates import make_certificates
from admin_web.commands.keys import event_public_key, make_keys, write_whole
from admin_web.commands.office import Office
from admin_web.database.engine import Database, open_database
from admin_web.database.migrate import upgrade_tables
from admin_web.errors import SetUpFailed
from admin_web.services.owner_link import create_owner_link, has_headteacher, is_owner_link_open
from admin_web.services.school import found_school
from admin_web.settings import (
    FILE_NAME,
    BrokerSettings,
    DatabaseSettings,
    Settings,
    WebSettings,
    check_settings,
    load_settings,
    write_settings,
)
from policy.ids import SiteId


def init(
    context: typer.Context,
    site: Annotated[str, typer.Option(help="The school's short id, for example ashgrove; it can never be changed.")],
    name: Annotated[str, typer.Option(help="The school's name, as pages show it.")],
    broker_port: Annotated[int | None, typer.Option(help="Where mosquitto listens for cabinets. [8883]")] = None,
    broker_name: Annotated[
        list[str] | None, typer.Option(help="Host name or address cabinets reach the broker by; may be repeated.")
    ] = None,
    web_port: Annotated[int | None, typer.Option(help="Where the admin web view listens. [443]")] = None,
    web_name: Annotated[
        list[str] | None, typer.Option(help="Host name people type for the admin web view; may be repeated.")
    ] = None,
    database: Annotated[str | None, typer.Option(help="sqlite:///central.db or a PostgreSQL URL.")] = None,
    http_on_loopback: Annotated[
        bool, typer.Option("--http-on-loopback", help="Plain http on 127.0.0.1; for a demo only.")
    ] = False,
) -> None:
    """Found the school: certificate authority, keys, broker configuration, database, owner link. Safe to run again."""
    office: Office = context.obj
    _make_data_directory(office.data)
    office.require_owner()
    settings = _settings(
        office.data,
        SiteId(site),
        broker={
            "port": broker_port,
            "names": tuple(broker_name) if broker_name else None,
            "bind": "127.0.0.1" if http_on_loopback else None,
        },
        web={
            "port": web_port,
            "names": tuple(web_name) if web_name else None,
            "http_on_loopback": http_on_loopback or None,
            "bind": "127.0.0.1" if http_on_loopback else None,
        },
        database={"url": database},
    )
    opened = open_database(settings.database_url)
    try:
        make_keys(settings)
        make_certificates(settings)
        write_settings(settings)
        upgrade_tables(opened)
        with opened.write() as session:
            found_school(session, site, name, event_key=event_public_key(settings), now=office.occasion().now)
        link = _owner_link(settings, opened, make=True)
    finally:
        opened.close()
    if settings.recovery_key.exists():
        typer.echo(
            f"Recovery key: {settings.recovery_key} - move it to the school's safe, then delete it here.", err=True
        )
    if link is None:
        typer.echo("A headteacher's account exists; no owner link was made.", err=True)
    else:
        typer.echo("Owner link, good for one account (the first headteacher's):", err=True)
        typer.echo(link)


def upgrade(context: typer.Context) -> None:
    """Bring the database's tables to the edition of this program; ingest and web are stopped meanwhile."""
    office: Office = context.obj
    opened = open_database(office.settings().database_url)
    try:
        upgrade_tables(opened)
    finally:
        opened.close()
    typer.echo("The tables are of this program's edition.", err=True)


def owner_link(context: typer.Context) -> None:
    """Print the owner link if nobody has used it yet; make a new one only while no headteacher has an account."""
    office: Office = context.obj
    with office.database() as opened:
        link = _owner_link(office.settings(), opened, make=False)
    if link is None:
        typer.echo("There is no unused owner link: a headteacher's account exists.", err=True)
    else:
        typer.echo(link)


def _make_data_directory(data: Path) -> None:
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o2770)
    except OSError as problem:
        raise SetUpFailed(
            f"The directory {data} cannot be made: {problem.strerror}. Make it by hand or give another --data."
        ) from problem


def _settings(
    data: Path,
    site: SiteId,
    *,
    broker: dict[str, object],
    web: dict[str, object],
    database: dict[str, object],
) -> Settings:
    """Take the settings that are there, or the defaults, and put in what the command line names."""
    if (data / FILE_NAME).exists():
        there = load_settings(data)
        if there.site != site:
            raise SetUpFailed(
                f"{data} belongs to the site {there.site!r}. Give the same --site, or another --data directory."
            )
    else:
        there = Settings(data, site, DatabaseSettings(), BrokerSettings(), WebSettings())
    return check_settings(
        replace(
            there,
            broker=there.broker.model_copy(update=_given(broker)),
            web=there.web.model_copy(update=_given(web)),
            database=there.database.model_copy(update=_given(database)),
        )
    )


def _given(options: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in options.items() if value is not None}


def _owner_link(settings: Settings, database: Database, *, make: bool) -> str | None:
    """Give the address of the unused link; its secret lies in a file of 0600 until it is used."""
    with database.write() as session:
        secret = settings.owner_link.read_text().strip() if settings.owner_link.exists() else None
        if secret is None or not is_owner_link_open(session, secret):
            settings.owner_link.unlink(missing_ok=True)
            if has_headteacher(session):
                return None
            secret = create_owner_link(session, machine_now=machine_now())
            write_whole(settings.owner_link, secret.encode() + b"\n")
    return f"{settings.web_address}/owner/{secret}"
