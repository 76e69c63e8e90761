"""Central's keys: made once, never written over; the recovery key goes to the safe and only its public half stays."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from admin_web.errors import SetUpFailed
from admin_web.settings import Settings
from broker.keys import (
    load_signing_key,
    new_recovery_key,
    new_signing_key,
    new_site_key,
    public_bytes,
    save_private_key,
    save_site_key,
)

FIRST_KEY_EPOCH = 1


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What a device has to know of central, all of it public."""

    key_epoch: int
    """Of the site key: stands before the colon of every badge reference."""
    central_public: str
    """Ed25519, hex: signs acknowledgements, needs, rules and commands."""
    recovery_public: str
    """X25519, hex: private parts in a device's archive are sealed to it."""


def make_keys(settings: Settings) -> None:
    """Make the keys that are not there yet, each 0600 in a directory of 0700. Raises BadKey, SetUpFailed."""
    make_private_directory(settings.keys_directory)
    for path in (settings.signing_key, settings.event_key):
        if not path.exists():
            save_private_key(path, new_signing_key())
    if not settings.site_key.exists():
        save_site_key(settings.site_key, new_site_key())
    if settings.public_keys.exists():
        return
    settings.recovery_key.unlink(missing_ok=True)  # of an interrupted first run: nothing is sealed to it yet
    recovery = new_recovery_key()
    save_private_key(settings.recovery_key, recovery)
    keys = PublicKeys(
        key_epoch=FIRST_KEY_EPOCH,
        central_public=public_bytes(load_signing_key(settings.signing_key)).hex(),
        recovery_public=public_bytes(recovery).hex(),
    )
    write_whole(settings.public_keys, json.dumps(asdict(keys), indent=1).encode() + b"\n")


def event_public_key(settings: Settings) -> bytes:
    """Give the public half of the key that signs central's own heads, 32 bytes. Raises BadKey."""
    return public_bytes(load_signing_key(settings.event_key))


def read_public_keys(settings: Settings) -> PublicKeys:
    """Read the public halves. Raises SetUpFailed."""
    try:
        return PublicKeys(**json.loads(settings.public_keys.read_bytes()))
    except (OSError, ValueError, TypeError) as problem:
        raise SetUpFailed(
            f"{settings.public_keys} cannot be read ({problem}). Run the command as the user who owns the keys; "
            "if the file is gone, put it back from the backup."
        ) from problem


def make_private_directory(directory: Path) -> None:
    """Make a directory that only its owner may enter, also where a looser one was there."""
    directory.mkdir(mode=0o700, exist_ok=True)
    directory.chmod(0o700)


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file whole or not at all, never readable by more than `mode` says."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_bytes(content)
    new.chmod(mode)
    new.replace(path)
