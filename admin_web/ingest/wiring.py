"""Builds phonekeep-ingest from its settings: the only place where its parts meet."""

from pathlib import Path

from admin_web.clock import clock_for
from admin_web.database.engine import open_database
from admin_web.ingest.loop import IngestLoop
from admin_web.printing.lp import LpPrinter
from admin_web.settings import Settings, load_settings
from broker.keys import load_signing_key
from broker.session import Session, SessionConfig
from broker.topics import CENTRAL

SESSION_EXPIRY_S = 7 * 24 * 3600
"""How long the broker keeps frames for an ingest that is away; devices keep theirs in any case."""
RECEIVE_MAXIMUM = 60
"""Frames the broker may have under way to us: a few batches, so that it never waits for a commit."""


def build_ingest(data: Path, simulate: Path | None) -> IngestLoop:
    """Put the program together; nothing is connected yet.

    Raises SettingsInvalid, DatabaseUnavailable, and BadKey for a key that is missing or cannot be read.
    """
    settings = load_settings(data)
    signing_key = load_signing_key(settings.signing_key)
    event_key = load_signing_key(settings.event_key)
    return IngestLoop(
        open_database(settings.database_url),
        clock_for(simulate),
        Session(_session_config(settings)),
        site=settings.site,
        signing_key=signing_key,
        event_key=event_key,
        printer=LpPrinter(),
    )


def _session_config(settings: Settings) -> SessionConfig:
    return SessionConfig(
        host=settings.broker.host,
        port=settings.broker.port,
        client_id=CENTRAL,
        ca=settings.broker_directory / "ca.pem",
        certificate=settings.ingest_certificate,
        key=settings.ingest_certificate_key,
        expiry_s=SESSION_EXPIRY_S,
        receive_maximum=RECEIVE_MAXIMUM,
    )
