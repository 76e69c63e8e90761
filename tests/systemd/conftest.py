"""A machine without systemd that starts the units as they are written: users, directories, credentials, READY=1.

Users and groups are numbers that no passwd knows. Paths of the units lie under a home of the test.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
INSTALL = ROOT / "docs" / "install.md"
USERS = {f"phonekeep-{name}": 61021 + at for at, name in enumerate(("cabinet", "link", "ingest", "web", "mosquitto"))}
GROUPS = {f"phonekeep-{name}": 61031 + at for at, name in enumerate(("device", "central", "mosquitto"))}
MOVED = ("/etc/phonekeep", "/var/lib/phonekeep", "/run/phonekeep")
CREDENTIALS = struct.Struct("3i")
READY_WITHIN_S = 60
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def unreachable(tree: Path) -> Path | None:
    """The outermost directory on the way to `tree` that not everybody may pass."""
    return next((part for part in reversed(tree.parents) if not part.stat().st_mode & stat.S_IXOTH), None)


@dataclass(frozen=True)
class Unit:
    """A unit file, read as systemd reads it as far as these tests need."""

    name: str
    text: str

    @classmethod
    def read(cls, name: str) -> "Unit":
        return cls(name, (UNITS / f"phonekeep-{name}.service").read_text())

    def values(self, key: str) -> list[str]:
        return [line.split("=", 1)[1] for line in self.text.splitlines() if line.startswith(f"{key}=")]

    def value(self, key: str, default: str | None = None) -> str:
        found = self.values(key)
        if default is not None and not found:
            return default
        assert len(found) == 1, f"{self.name}: {key} stands {len(found)} times"
        return found[0]

    @property
    def uid(self) -> int:
        return USERS[self.value("User")]

    @property
    def gid(self) -> int:
        return GROUPS[self.value("Group")]


@dataclass
class Started:
    """A program of a unit that has said READY=1; `said_by` is (pid, uid, gid) as the kernel vouches for them."""

    unit: Unit
    process: subprocess.Popen[bytes]
    log: Path
    said_by: tuple[int, int, int]

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(20)


@dataclass
class Machine:
    """Starts units, each program under the uid and gid of its unit and nothing else of root."""

    home: Path
    running: dict[str, Started] = field(default_factory=dict)

    def place(self, path: str) -> Path:
        return self.home / path.lstrip("/")

    def make(self, path: str, user: str, group: str, mode: int) -> Path:
        """`install -d -o USER -g GROUP -m MODE PATH`."""
        place = self.place(path)
        place.mkdir(parents=True, exist_ok=True)
        os.chown(place, USERS.get(user, 0), GROUPS.get(group, 0))
        place.chmod(mode)
        return place

    def run_as(self, uid: int, gid: int, words: list[str], *, given: str = "") -> subprocess.CompletedProcess[str]:
        command = self._command(uid, gid, words)
        return subprocess.run(
            command, input=given, capture_output=True, text=True, env=self._environment(), check=False
        )

    def make_documented_directories(self) -> None:
        """Carry out every `install -d` of docs/install.md."""
        lines = re.findall(r"^install -d -m (\d+) -o (\S+) -g (\S+) (\S+)$", INSTALL.read_text(), re.MULTILINE)
        assert len(lines) == INSTALL.read_text().count("\ninstall -d ")
        for mode, user, group, path in lines:
            self.make(path, user, group, int(mode, 8))

    def admin(self, *words: str, given: str = "") -> str:
        """`sudo -u phonekeep-ingest phonekeep-admin ...`."""
        uid, gid = USERS["phonekeep-ingest"], GROUPS["phonekeep-central"]
        data = str(self.place("/var/lib/phonekeep"))
        done = self.run_as(uid, gid, [*self._program("phonekeep-admin"), "--data", data, *words], given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def unit(self, name: str) -> Unit:
        return Unit.read(name)

    def spawn(self, uid: int, gid: int, words: list[str]) -> subprocess.Popen[bytes]:
        """Start something that no unit is of, such as what stands for the hardware."""
        return subprocess.Popen(self._command(uid, gid, words), env=self._environment())

    def start(self, name: str, *more: str) -> Started:
        """Do what systemd does with a unit of Type=notify; returns once its program said READY=1."""
        unit = Unit.read(name)
        assert unit.value("Type") == "notify"
        self._make_directories(unit)
        address = self.home / "notify" / f"{name}.sock"
        address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            listening.bind(str(address))
            address.chmod(0o666)
            environment = {**self._environment(unit), "NOTIFY_SOCKET": str(address)}
            log = self.home / "logs" / f"{name}.log"
            with log.open("ab") as output:
                words = [*self._words(unit, unit.value("ExecStart")), *more]
                command = self._command(unit.uid, unit.gid, words, self._cover(unit), unit.value("UMask"))
                process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
            try:
                said_by = self._wait_for_ready(listening, process, log)
            except BaseException:
                process.kill()
                process.wait()
                raise
        self.running[name] = Started(unit, process, log, said_by)
        return self.running[name]

    def stop_post(self, name: str, *more: str) -> subprocess.CompletedProcess[str]:
        """Run the unit's ExecStopPost as its user."""
        unit = Unit.read(name)
        return self.run_as(unit.uid, unit.gid, [*self._words(unit, unit.value("ExecStopPost")), *more])

    def stop_all(self) -> None:
        for started in reversed(self.running.values()):
            started.stop(signal.SIGKILL)

    def may(self, name: str, *words: str) -> bool:
        """Whether a plain command succeeds for the unit's user; False only where the kernel forbids it."""
        unit = Unit.read(name)
        done = self.run_as(unit.uid, unit.gid, list(words))
        assert done.returncode == 0 or "Permission denied" in done.stderr, done.stderr
        return done.returncode == 0

    def _wait_for_ready(
        self, listening: socket.socket, process: subprocess.Popen[bytes], log: Path
    ) -> tuple[int, int, int]:
        listening.settimeout(0.2)
        for _ in range(READY_WITHIN_S * 5):
            try:
                said, about, _, _ = listening.recvmsg(4096, socket.CMSG_SPACE(CREDENTIALS.size))
            except TimeoutError:
                assert process.poll() is None, log.read_text()[-3000:]
                continue
            if b"READY=1" in said.splitlines():
                pid, uid, gid = CREDENTIALS.unpack(about[0][2])
                return pid, uid, gid
        pytest.fail(f"no READY=1 within {READY_WITHIN_S} s:\n{log.read_text()[-3000:]}")

    def _make_directories(self, unit: Unit) -> None:
        """StateDirectory, RuntimeDirectory, LoadCredential (systemd.exec(5))."""
        for key, base in (("State", "/var/lib"), ("Runtime", "/run")):
            for name in unit.values(f"{key}Directory"):
                mode = int(unit.value(f"{key}DirectoryMode"), 8)
                self.make(f"{base}/{name}", unit.value("User"), unit.value("Group"), mode)
        credentials = self.credentials(unit.name)
        shutil.rmtree(credentials, ignore_errors=True)
        credentials.mkdir()
        for line in unit.values("LoadCredential"):
            name, source = line.split(":", 1)
            shutil.copy(self.place(source), credentials / name)
            (credentials / name).chmod(0o400)
            os.chown(credentials / name, unit.uid, unit.gid)
        credentials.chmod(0o500)
        os.chown(credentials, unit.uid, unit.gid)

    def credentials(self, name: str) -> Path:
        """What %d stands for in a unit."""
        return self.home / "credentials" / name

    def _words(self, unit: Unit, line: str) -> list[str]:
        """The words of a command line of the unit, its paths moved under the test's home."""
        words = [str(self.place(word)) if word.startswith(MOVED) else word for word in shlex.split(line)]
        words = [str(self.credentials(unit.name)) if word == "%d" else word for word in words]
        if not words[0].startswith("/opt/phonekeep/bin/"):
            return words
        return [*self._program(words[0].removeprefix("/opt/phonekeep/bin/")), *words[1:]]

    def _program(self, script: str) -> list[str]:
        """An entry point of the project, by the interpreter of this test."""
        module, function = SCRIPTS[script].split(":")
        return [sys.executable, "-c", f"import sys; from {module} import {function}; sys.exit({function}())"]

    def _environment(self, unit: Unit | None = None) -> dict[str, str]:
        own = dict(line.split("=", 1) for line in (unit.values("Environment") if unit else []))
        boot = BOOT_ID.read_text().strip()
        own = {name: value.replace("%b", boot.replace("-", "")) for name, value in own.items()}
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        } | own

    def _cover(self, unit: Unit) -> str:
        """TemporaryFileSystem, BindReadOnlyPaths and ProcSubset of the unit, as a shell script (systemd.exec(5))."""
        lines = ["mount -t tmpfs tmpfs /proc/sys"] if unit.value("ProcSubset") == "pid" else []
        for covered in unit.values("TemporaryFileSystem"):
            kept = [self.place(path) for path in unit.values("BindReadOnlyPaths")]
            lines += [hide(self.place(covered.partition(":")[0]), kept, self.home / "stage", read_only=True)]
        return "\n".join(lines)

    def _command(self, uid: int, gid: int, words: list[str], setup: str = "", umask: str = "0022") -> list[str]:
        """Become the user for good, without a group, capability or privilege left; then the program."""
        become = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--inh-caps=-all"]
        become += ["--bounding-set=-all", "--no-new-privs", "--", *words]
        # A newcomer's Python or checkout may lie in a home directory that only root enters: open the way to it alone.
        needed = [Path(sys.base_prefix), ROOT]
        closed = {way: [tree for tree in needed if way in tree.parents] for way in map(unreachable, needed) if way}
        ways = [hide(way, trees, self.home / "stage") for way, trees in closed.items()]
        script = "\n".join(["set -e", *ways, setup, f"umask {umask}", f"exec {shlex.join(become)}"])
        return ["unshare", "--mount", "sh", "-c", script]


def hide(covered: Path, kept: list[Path], stage: Path, *, read_only: bool = False) -> str:
    """A shell script that covers a directory in this mount namespace, all but some trees in it."""
    here = shlex.quote(str(covered))
    lines = [f"stage={shlex.quote(str(stage))}", 'mount -t tmpfs -o mode=700 tmpfs "$stage"']
    for number, tree in enumerate(kept):
        lines += [f'mkdir "$stage/{number}"', f'mount --bind {shlex.quote(str(tree))} "$stage/{number}"']
    lines.append(f"mount -t tmpfs -o mode=755 tmpfs {here}")
    for number, tree in enumerate(kept):
        there = shlex.quote(str(tree))
        lines += [f"mkdir -p {there}", f'mount --bind "$stage/{number}" {there}']
        if read_only:
            lines.append(f"mount -o remount,ro,bind {there}")
    if read_only:
        lines.append(f"mount -o remount,ro {here}")
    lines.append('umount --recursive "$stage"')
    return "\n".join(lines)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """An empty machine in a directory everybody may pass, with a path short enough for sockets."""
    if os.geteuid() != 0:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("programs under own uids: run as root")
    home = Path(tempfile.mkdtemp(prefix="pk"))
    home.chmod(0o755)
    for name in ("notify", "logs", "credentials", "stage"):
        (home / name).mkdir(mode=0o755)
    made = Machine(home)
    try:
        yield made
    finally:
        made.stop_all()
        shutil.rmtree(home)
