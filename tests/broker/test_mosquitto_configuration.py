"""The configuration that is written for mosquitto, and that a real one takes it without complaint."""

import stat
from pathlib import Path
from typing import Any

import pytest

from broker.errors import BadConfiguration
from broker.mosquitto import Certificates, access_list, write_configuration


def written(directory: Path, **changes: Any) -> str:
    files = Certificates(
        directory / "ca.pem", directory / "server.pem", directory / "server.key", directory / "crl.pem"
    )
    values: dict[str, Any] = {"site": "hillside", "port": 8883, "certificates": files}
    return write_configuration(directory, **(values | changes)).read_text()


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(
    "line",
    [
        "listener 8883",
        "tls_version tlsv1.3",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",
        "allow_anonymous false",
        "max_packet_size 262144",
        "max_keepalive 60",
        "max_qos 1",
        "persistence false",
    ],
)
def test_the_broker_is_told_what_the_design_says(tmp_path: Path, line: str) -> None:
    assert line in lines_of(written(tmp_path))


def test_there_is_one_listener_and_no_option_twice(tmp_path: Path) -> None:
    options = [line.split()[0] for line in lines_of(written(tmp_path, bind="127.0.0.1"))]
    repeated = {option for option in options if options.count(option) > 1}
    assert repeated == {"log_type"}
    assert "listener 8883 127.0.0.1" in written(tmp_path, bind="127.0.0.1")


def test_the_access_list_has_the_site_literally_and_lets_nobody_write_down_but_central() -> None:
    rules = lines_of(access_list("hillside"))
    assert rules == [
        "pattern write phonekeep/v1/hillside/%u/up/#",
        "pattern read phonekeep/v1/hillside/%u/down/#",
        "pattern read phonekeep/v1/hillside/central/status",
        "user central",
        "topic read phonekeep/v1/hillside/+/up/#",
        "topic write phonekeep/v1/hillside/+/down/#",
        "topic write phonekeep/v1/hillside/central/status",
    ]


def test_the_access_list_is_its_owners_and_writing_again_changes_nothing(tmp_path: Path) -> None:
    first = written(tmp_path)
    assert stat.S_IMODE((tmp_path / "acl").stat().st_mode) == 0o600
    assert written(tmp_path) == first


@pytest.mark.parametrize(
    "changes", [{"site": "+"}, {"site": "a b"}, {"site": "hillside\nuser x"}, {"port": 0}, {"port": 70000}]
)
def test_a_site_or_port_that_cannot_be_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(BadConfiguration):
        written(tmp_path, **changes)


def test_a_real_mosquitto_takes_every_line_without_complaint(mosquitto: Any) -> None:
    log = (mosquitto.directory / "log").read_text()
    complaints = [
        line for line in log.splitlines()
        if ("Error" in line or "Warning" in line) and "OpenSSL" not in line and "root" not in line
        and "does not contain '%c' or '%u'" not in line
    ]  # fmt: skip
    assert complaints == []
    assert mosquitto.process.poll() is None
