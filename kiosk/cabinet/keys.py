"""The cabinet's keys, as `phonekeep-admin device add` wrote them: event key, site key, and central's public keys."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.errors import BadKey
from broker.keys import load_signing_key, load_site_key, recovery_public_key, signing_public_key
from kiosk.config import DeviceConfig
from kiosk.errors import KeysMissing


@dataclass(frozen=True, slots=True)
class CabinetKeys:
    """Everything the cabinet signs, hashes, checks and seals with; key objects are of types only `broker` names."""

    event_key: Any
    site_key: bytes
    key_epoch: int
    """Stands before every badge reference made with this site key."""
    central: Any
    """Verifies acknowledgements, needs, rules and commands."""
    recovery: Any
    """Private parts are sealed to it in the archive."""


def read_keys(directory: Path, config: DeviceConfig) -> CabinetKeys:
    """Read event.key, site.key and central.json; raise KeysMissing saying what to do."""
    said = _central_json(directory / "central.json", config)
    try:
        return CabinetKeys(
            load_signing_key(directory / "event.key"),
            load_site_key(directory / "site.key"),
            int(said["key_epoch"]),
            signing_public_key(bytes.fromhex(said["central_public"])),
            recovery_public_key(bytes.fromhex(said["recovery_public"])),
        )
    except BadKey as fault:
        raise KeysMissing(f"{fault}. Run `phonekeep-admin device add` at central and copy its files here.") from None
    except (ValueError, KeyError, TypeError):
        raise KeysMissing(
            f"{directory / 'central.json'} is not what `phonekeep-admin device add` writes: copy it here again."
        ) from None


def _central_json(path: Path, config: DeviceConfig) -> dict[str, str]:
    """Read central.json and compare whom it is for with the configuration."""
    try:
        said = json.loads(path.read_bytes())
        names = {name: str(said[name]) for name in ("site", "device", "point")}
    except OSError as fault:
        raise KeysMissing(
            f"{path} cannot be read ({fault.strerror}). Run `phonekeep-admin device add` at central, copy its "
            "directories here and make them readable for this program's user only."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise KeysMissing(f"{path} is not what `phonekeep-admin device add` writes: copy it here again.") from None
    for name, ours in (("site", config.site), ("device", config.device), ("point", config.point)):
        if ours != names[name]:
            raise KeysMissing(
                f"{path} is for the {name} {names[name]!r} and {config.file} says {ours!r}: "
                "one of the two belongs to another device; put the right one here."
            )
    return dict(said)
