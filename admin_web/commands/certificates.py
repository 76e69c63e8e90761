"""The school's own authority, made once, and what it issues to mosquitto, ingest and web at every `init`."""

import socket
from pathlib import Path

from admin_web.commands.keys import make_private_directory, write_whole
from admin_web.settings import Settings
from broker.certificates import (
    CERTIFICATE_FILE,
    CRL_FILE,
    KEY_FILE,
    Authority,
    Issued,
    create_authority,
    issue_device,
    issue_server,
    load_authority,
    write_crl,
)
from broker.mosquitto import Certificates, readable_mode, write_configuration
from broker.topics import CENTRAL

LOCAL_NAMES = ("localhost", "127.0.0.1")


def make_certificates(settings: Settings) -> None:
    """Make the authority if there is none; issue anew what expires, and write mosquitto's configuration.

    `init` may be run again at any time to renew them: each is good for 400 days. Raises BadKey, BadConfiguration.
    """
    make_private_directory(settings.ca_directory)
    authority = _authority(settings)
    _write(
        issue_device(authority, CENTRAL), settings.ingest_certificate, settings.ingest_certificate_key, key_mode=0o600
    )
    _configure_broker(settings, authority)
    if settings.web.http_on_loopback or settings.web.certificate is not None:
        return
    settings.web_directory.mkdir(exist_ok=True)
    settings.web_directory.chmod(0o2750)
    names = _names(*settings.web.names, socket.gethostname(), *LOCAL_NAMES)
    issued = issue_server(authority, names)
    # Two users need it: web, who serves it, is in the directory's group; ingest's user renews it.
    _write(issued, settings.web_directory / "web.pem", settings.web_directory / "web.key", key_mode=0o640)
    write_whole(settings.web_directory / CERTIFICATE_FILE, authority.pem, 0o644)


def _authority(settings: Settings) -> Authority:
    directory = settings.ca_directory
    if (directory / CERTIFICATE_FILE).exists():
        return load_authority(directory)
    (directory / KEY_FILE).unlink(missing_ok=True)  # of an interrupted first run: it has signed nothing yet
    return create_authority(directory, site=settings.site)


def _configure_broker(settings: Settings, authority: Authority) -> None:
    directory = settings.broker_directory
    _make_broker_directory(directory)
    files = Certificates(
        authority=directory / CERTIFICATE_FILE,
        certificate=directory / "server.pem",
        key=directory / "server.key",
        crl=directory / CRL_FILE,
    )
    names = _names(settings.broker.host, *settings.broker.names, socket.gethostname(), *LOCAL_NAMES)
    _write(issue_server(authority, names), files.certificate, files.key, key_mode=readable_mode(directory))
    write_whole(files.authority, authority.pem, 0o644)
    write_crl(authority, files.crl)
    files.crl.chmod(0o644)  # public, also where the umask is strict: without it mosquitto refuses every device
    write_configuration(
        directory, site=settings.site, port=settings.broker.port, certificates=files, bind=settings.broker.bind
    )


def _make_broker_directory(directory: Path) -> None:
    """Make it 0700, unless it was made beforehand for another group than the data's: that of mosquitto's own user."""
    if directory.exists() and directory.stat().st_gid != directory.parent.stat().st_gid:
        return  # its group and mode were set by hand (docs/install.md); files in it follow them
    make_private_directory(directory)


def _write(issued: Issued, certificate: Path, key: Path, *, key_mode: int) -> None:
    write_whole(key, issued.key, key_mode)
    write_whole(certificate, issued.certificate, 0o644)


def _names(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
