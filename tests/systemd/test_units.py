"""The six units: sandboxed to their score, without an unknown key, one user each."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "systemd"
EXPOSURE = {"cabinet": 0.9, "reception": 1.4, "link": 1.5, "ingest": 1.5, "web": 1.5, "mosquitto": 1.5}


def unit(name: str) -> Path:
    return UNITS / f"phonekeep-{name}.service"


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = shutil.which("systemd-analyze")
    assert command, "systemd-analyze is missing: `make test` installs the package systemd"
    return subprocess.run([command, *arguments], capture_output=True, text=True, check=False)


def values(name: str, key: str) -> list[str]:
    lines = unit(name).read_text().splitlines()
    return [line.split("=", 1)[1] for line in lines if line.startswith(f"{key}=")]


def test_there_are_exactly_the_six_units() -> None:
    assert sorted(path.stem for path in UNITS.glob("*.service")) == sorted(f"phonekeep-{name}" for name in EXPOSURE)


@pytest.mark.parametrize("name", EXPOSURE)
def test_exposure_is_at_most(name: str) -> None:
    answer = analyze("security", "--offline=true", f"--threshold={round(EXPOSURE[name] * 10)}", str(unit(name)))
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr


@pytest.mark.parametrize("name", EXPOSURE)
def test_no_key_is_unknown(name: str) -> None:
    # `verify` exits 0 on unknown keys, so what it says is read.
    said = analyze("verify", str(unit(name))).stderr.splitlines()
    unknown = [line for line in said if "Unknown" in line or "Failed to parse" in line or "Invalid" in line]
    assert unknown == []


def test_a_misspelt_key_would_be_seen(tmp_path: Path) -> None:
    copy = tmp_path / "phonekeep-cabinet.service"
    copy.write_text(unit("cabinet").read_text().replace("ProtectHome=", "ProtectHoem="))
    assert "Unknown" in analyze("verify", str(copy)).stderr


def test_every_unit_has_a_user_of_its_own() -> None:
    users = [values(name, "User") for name in EXPOSURE]
    assert users == [[f"phonekeep-{name}"] for name in EXPOSURE]


def test_cabinet_and_reception_have_no_network_and_the_link_no_hardware() -> None:
    for name in ("cabinet", "reception"):
        assert values(name, "RestrictAddressFamilies") == ["AF_UNIX"]
        assert values(name, "PrivateNetwork") == ["yes"]
    assert values("link", "PrivateDevices") == ["yes"]
    assert not values("link", "DeviceAllow")


def test_keys_lie_with_the_program_that_needs_them() -> None:
    for name in ("cabinet", "reception"):
        given = {line.split(":")[0] for line in values(name, "LoadCredential")}
        assert given == {"event.key", "site.key", "central.json"}
    assert "event.key" not in unit("link").read_text()
    assert "site.key" not in unit("link").read_text()
    hidden = {path for line in values("web", "InaccessiblePaths") for path in line.split()}
    assert {f"-/var/lib/phonekeep/{name}" for name in ("keys", "ca", "broker", "recovery.key")} <= hidden


def test_each_unit_can_be_enabled_and_starts_again_for_ever() -> None:
    for name in EXPOSURE:
        assert values(name, "WantedBy") == ["multi-user.target"]
        assert values(name, "Restart") == ["always"]
        assert values(name, "StartLimitIntervalSec") == ["0"]


@pytest.mark.parametrize("name", EXPOSURE)
def test_a_program_that_cannot_read_the_boots_number_is_told_it(name: str) -> None:
    hidden = values(name, "ProcSubset") == ["pid"] and name != "mosquitto"
    assert values(name, "Environment") == (["PHONEKEEP_BOOT=%b"] if hidden else [])


def test_devices_are_allowed_by_the_names_their_drivers_register() -> None:
    # In /proc/devices spidev's numbers stand as "spi": a unit that says char-spidev reaches no reader.
    assert values("cabinet", "DeviceAllow") == ["char-spi rw", "char-gpiochip rw"]


def test_the_cabinet_does_not_wait_for_the_clock() -> None:
    ordering = values("cabinet", "After") + values("cabinet", "Requires") + values("cabinet", "Wants")
    assert not any("time" in word for line in ordering for word in line.split())
