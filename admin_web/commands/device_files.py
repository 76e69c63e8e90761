"""What a new device needs, made on central: a directory for each of its two programs, moved into place as a whole."""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from admin_web.commands.keys import make_private_directory, read_public_keys, write_whole
from admin_web.errors import SetUpFailed
from admin_web.settings import Settings
from broker.certificates import issue_device, load_authority
from broker.keys import load_site_key, new_signing_key, public_bytes, save_private_key, save_site_key


@dataclass(frozen=True, slots=True)
class DeviceFiles:
    """The finished files, beside the place they are for, and what central registers of them."""

    event_key: bytes
    """Public half, 32 bytes."""
    certificate_serial: str
    """In hex."""
    ready: Path
    out: Path

    def put_in_place(self) -> None:
        """Move them to where they were asked for; the last step, so that either all or nothing is there."""
        self.ready.replace(self.out)

    def throw_away(self) -> None:
        """Leave nothing of files that no device will be registered with."""
        shutil.rmtree(self.ready, ignore_errors=True)


def make_device_files(settings: Settings, device: str, point: str, out: Path) -> DeviceFiles:
    """Make a device's keys and certificate beside `out`, every file 0600. Raises BadKey, SetUpFailed.

    `cabinet/` is for the half that opens doors: event key, site key. `link/` is for the half with the network: TLS.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SetUpFailed(f"{out} is not empty, and keys are never written over. Give a new directory with --out.")
    public = read_public_keys(settings)
    authority = load_authority(settings.ca_directory)
    site_key = load_site_key(settings.site_key)
    ready = out.with_name(out.name + ".new")
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir(parents=True)
    try:
        for name in ("cabinet", "link"):
            make_private_directory(ready / name)
            about = {"site": settings.site, "device": device, "point": point, **asdict(public)}
            write_whole(ready / name / "central.json", json.dumps(about, indent=1).encode() + b"\n")
        event_key = new_signing_key()
        save_private_key(ready / "cabinet" / "event.key", event_key)
        save_site_key(ready / "cabinet" / "site.key", site_key)
        issued = issue_device(authority, device)
        write_whole(ready / "link" / "ca.pem", authority.pem)
        write_whole(ready / "link" / "device.pem", issued.certificate)
        write_whole(ready / "link" / "device.key", issued.key)
    except BaseException:
        shutil.rmtree(ready, ignore_errors=True)
        raise
    return DeviceFiles(public_bytes(event_key), f"{issued.serial:x}", ready, out)
