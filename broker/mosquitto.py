"""mosquitto's configuration: mutual TLS 1.3, one certificate one name, and nobody in anybody else's topics."""

import pwd
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.errors import BadConfiguration
from broker.topics import CENTRAL, PREFIX, Channel

MAX_PACKET_BYTES: Final = 256 * 1024
MAX_QUEUED_BYTES: Final = 64 * 1024 * 1024
MAX_QUEUED_MESSAGES: Final = 1_000_000
MAX_KEEPALIVE_S: Final = 60
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

CONFIGURATION_FILE: Final = "mosquitto.conf"
ACL_FILE: Final = "acl"


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files mosquitto shows and trusts."""

    authority: Path
    certificate: Path
    key: Path
    crl: Path


def write_configuration(
    directory: Path, *, site: str, port: int, certificates: Certificates, bind: str | None = None
) -> Path:
    """Write mosquitto.conf and acl into `directory`; the path of mosquitto.conf.

    `bind` None listens on every address. SIGHUP makes a running mosquitto read acl and CRL again. Who may enter the
    directory may read the files: its owner, or its group too. Raises `BadConfiguration`.
    """
    if not _NAME.fullmatch(site):
        raise BadConfiguration(f"{site!r} cannot be a site: use a-z, 0-9, - and _, at most 40 characters")
    if not 1 <= port <= 65535:
        raise BadConfiguration(f"{port} is not a port: use one from 1 to 65535, usually 8883")
    directory.mkdir(parents=True, exist_ok=True)
    acl, configuration = directory / ACL_FILE, directory / CONFIGURATION_FILE
    listener = f"listener {port}" if bind is None else f"listener {port} {bind}"
    _write(acl, access_list(site))
    _write(
        configuration,
        _CONFIGURATION.format(
            listener=listener,
            user=_user_line(directory),
            acl=acl,
            packet=MAX_PACKET_BYTES,
            messages=MAX_QUEUED_MESSAGES,
            queued=MAX_QUEUED_BYTES,
            keepalive=MAX_KEEPALIVE_S,
            files=certificates,
        ),
    )
    return configuration


def readable_mode(directory: Path) -> int:
    """Mode for a secret file of `directory`: the group may read it where the group may enter."""
    return 0o640 if directory.stat().st_mode & stat.S_IXGRP else 0o600


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: a running mosquitto may be reading it."""
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    new.chmod(readable_mode(path.parent))
    new.replace(path)


def _user_line(directory: Path) -> str:
    """Name the directory's owner as the user to become; nothing where this machine has no name for it."""
    try:
        return f"user {pwd.getpwuid(directory.stat().st_uid).pw_name}"
    except KeyError:
        return ""


def access_list(site: str) -> str:
    """Who may read and write what; the site stands there literally, `%u` is the name in the certificate."""
    base = f"{PREFIX}/{site}"
    return (
        "# Patterns hold for everybody: a device writes up, and reads down, under its own name only.\n"
        f"pattern write {base}/%u/up/#\n"
        f"pattern read {base}/%u/down/#\n"
        f"pattern read {base}/{CENTRAL}/{Channel.CENTRAL_STATUS}\n"
        "\n"
        f"user {CENTRAL}\n"
        f"topic read {base}/+/up/#\n"
        f"topic write {base}/+/down/#\n"
        f"topic write {base}/{CENTRAL}/{Channel.CENTRAL_STATUS}\n"
    )


_CONFIGURATION: Final = """\
# Written by Phonekeep at every start: changes are lost. Read by mosquitto 2.0.11 and later.
{listener}
cafile {files.authority}
certfile {files.certificate}
keyfile {files.key}
crlfile {files.crl}
tls_version tlsv1.3
require_certificate true
# Who somebody is: the name in the certificate is user name and client id, or device A could take over B's session.
use_identity_as_username true
use_username_as_clientid true
max_qos 1
max_topic_alias 0

allow_anonymous false
allow_zero_length_clientid false
acl_file {acl}

max_packet_size {packet}
max_keepalive {keepalive}
# Counted in messages, the queue drops what it has acknowledged: bound it by bytes. Not 0, which would mean no bound:
# with it mosquitto 2.0.11 cuts the line of whoever publishes anything after one refused publish (tried).
max_queued_messages {messages}
max_queued_bytes {queued}
max_inflight_messages 100
set_tcp_nodelay true

# Nothing is kept on disk: frames hold names, and every state here is published again by whoever connects.
persistence false
retain_available true
sys_interval 0

# Without effect unless root starts it, as on a demonstration machine.
{user}
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages true
log_timestamp false
"""
