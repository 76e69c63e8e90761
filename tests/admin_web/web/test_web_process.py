"""phonekeep-web as a process: TLS, readiness, an end in order with a page still open, and errors as sentences."""

import http.client
import os
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ADMIN = "from admin_web.commands.main import app; app()"
WEB = "from admin_web.web.main import main; main()"
CONTENT = "application/x-www-form-urlencoded"


def _run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def school_directory(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A school founded by phonekeep-admin, with TLS from its own authority; and its owner link."""
    data = tmp_path_factory.mktemp("school") / "central"
    done = _run(ADMIN, "--data", str(data), "init", "--site", "ashgrove", "--name", "Ashgrove Primary")
    assert done.returncode == 0, done.stderr
    return data, done.stdout.strip()


class Web:
    """The running program, and what systemd would have been told."""

    def __init__(self, data: Path, notified: socket.socket, address: str) -> None:
        self.notified = notified
        self.process = subprocess.Popen(
            [sys.executable, "-c", WEB, "--data", str(data), "--port", str(_free_port())],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "NOTIFY_SOCKET": address},
        )
        assert self.process.stderr is not None
        said = self.process.stderr.readline()
        found = re.search(r"port (\d+)", said)
        assert found is not None, said
        self.port = int(found[1])

    def wait_notified(self, word: bytes) -> None:
        while word not in self.notified.recv(100):
            pass

    def connect(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=context)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def web(school_directory: tuple[Path, str]) -> Iterator[Web]:
    name = f"phonekeep-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(f"\0{name}")
        notified.settimeout(30)
        running = Web(school_directory[0], notified, f"@{name}")  # @ stands for an abstract address (sd_notify(3))
        yield running
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait(10)


def test_it_serves_over_tls_and_tells_systemd_and_ends_in_order_with_a_page_open(
    web: Web, school_directory: tuple[Path, str]
) -> None:
    web.wait_notified(b"READY=1")
    secret = school_directory[1].rpartition("/owner/")[2]
    connection = web.connect()
    origin = f"https://127.0.0.1:{web.port}"
    password = "violet+kettle+harbour+nine"
    body = f"name=Ruth+Ashcombe&sign_in=r.ashcombe&password={password}&again={password}"
    headers = {"Content-Type": CONTENT, "Origin": origin, "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", f"/owner/{secret}", body, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303
    assert answer.getheader("Strict-Transport-Security") is not None
    cookie = str(answer.getheader("Set-Cookie")).split(";")[0]

    stream = web.connect()
    stream.request("GET", "/live", headers={"Cookie": cookie})
    live = stream.getresponse()
    assert live.getheader("Content-Type") == "text/event-stream; charset=utf-8"
    assert live.readline() == b"event: seen\n"
    assert live.readline().startswith(b'data: {"event":')

    web.process.send_signal(signal.SIGTERM)
    threading.Thread(target=live.read, daemon=True).start()
    assert web.process.wait(8) == 0
    assert web.process.stderr is not None
    assert "Traceback" not in web.process.stderr.read()


def test_it_begins_an_epoch_of_centrals_log_at_each_start(web: Web, school_directory: tuple[Path, str]) -> None:
    web.wait_notified(b"READY=1")
    connection = sqlite3.connect(school_directory[0] / "central.db")
    epochs = connection.execute("SELECT count(*) FROM device_epoch WHERE device = 'central'").fetchone()[0]
    connection.close()
    assert epochs >= 2


def test_a_port_in_use_is_said_in_a_sentence(web: Web, school_directory: tuple[Path, str]) -> None:
    web.wait_notified(b"READY=1")
    second = _run(WEB, "--data", str(school_directory[0]), "--port", str(web.port))
    assert second.returncode == 1
    assert f"Port {web.port}" in second.stderr
    assert "Stop what listens there" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_directory_that_was_never_set_up_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = _run(WEB, "--data", str(tmp_path))
    assert done.returncode == 1
    assert "init" in done.stderr
    assert "Traceback" not in done.stderr
