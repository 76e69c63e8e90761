"""A hostile link under a uid of its own: it reads no key, writes no file of the cabinet, and no tap waits for it."""

import json
import logging
import os
import random
import shutil
import socket
import sqlite3
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from broker.keys import save_private_key, save_site_key
from broker.messages.bundle import Bundle
from broker.signed import sign_rules
from hardware.reader import BadgePresented, BadgeRemoved
from kiosk.socket.framing import LENGTH, MESSAGE_LIMIT, Ask, encode_ask, encode_events_ask
from kiosk.socket.server import DeviceSocketServer, ServerConfig

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from

CABINET_UID, LINK_UID, SHARED_GID = 61001, 61002, 61003
TAPS = 1000
ABOVE_BARE_S = 0.020
ATTEMPTS = 3
"""Other programs of the machine may hold it up for longer than what is measured; what link does, it does each time."""


@pytest.fixture
def home() -> Iterator[Path]:
    """A short directory with a private part of the cabinet's and a place for the socket that link may enter."""
    if os.geteuid() != 0:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("two real uids need root: run as root")
    directory = Path(tempfile.mkdtemp(prefix="pk"))
    directory.chmod(0o755)
    for name, mode in (("data", 0o700), ("keys", 0o700), ("run", 0o750)):
        (directory / name).mkdir()
        (directory / name).chmod(mode)
        os.chown(directory / name, CABINET_UID, SHARED_GID)
    yield directory
    shutil.rmtree(directory)


def as_user(uid: int, work: Callable[[], Any]) -> tuple[int, int]:
    """Run `work` in a child of another uid; returns its pid and the pipe on which its result arrives as JSON."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    code = 1
    try:
        os.close(reading)
        os.setgroups([SHARED_GID])
        os.setresgid(SHARED_GID, SHARED_GID, SHARED_GID)
        os.setresuid(uid, uid, uid)
        os.write(writing, json.dumps(work()).encode())
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def result_of(child: tuple[int, int]) -> Any:
    pid, reading = child
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    return json.loads(said)


def attack(home: Path, bundle: bytes, seed: int) -> None:
    """Flood, replay, ask, stay silent, send half messages and bytes, until killed."""
    chance = random.Random(seed)
    flood = encode_ask(Ask.RULES, b'{"body":"' + b"x" * (MESSAGE_LIMIT - 100) + b'","signature":"00"}')
    every = [
        flood,
        encode_ask(Ask.RULES, bundle),
        encode_ask(Ask.EVENTS, encode_events_ask(None, 4)),
        encode_ask(Ask.ACKNOWLEDGEMENT, b"{" * 1000),
        encode_ask(Ask.STATUS),
        encode_ask(Ask.STATUS),
        LENGTH.pack(MESSAGE_LIMIT) + b"half",
        b"\xff" * 8,
    ]
    while True:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                link.settimeout(0.1)
                link.connect(str(home / "run" / "s"))
                for _ in range(chance.randrange(1, 20)):
                    link.sendall(chance.choice(every))
                    if chance.random() < 0.5:
                        link.recv(1 << 20)
        except OSError:
            continue


def measure(home: Path, kiosk_class: type, rules: Any, keys: Any) -> dict[str, float]:
    """1,000 taps with the socket served, each beside a bare commit of as many bytes; seconds."""
    logging.disable(logging.CRITICAL)
    kiosk = kiosk_class(home / "data", keys=keys)
    kiosk.obey(rules)
    config = ServerConfig(home / "run" / "s", frozenset({LINK_UID}))
    asks = 0

    def answer(ask: Ask, body: bytes) -> Any:
        nonlocal asks
        asks += 1
        return kiosk.desk.answer(ask, body)

    server = DeviceSocketServer(config, answer)
    server.start()
    bare = sqlite3.connect(home / "data" / "bare.db", isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE bare (bytes BLOB)"):
        bare.execute(statement)
    committed: list[float] = []
    release = kiosk.effects.release

    def note_then_release(*args: Any) -> None:
        committed.append(time.perf_counter())
        release(*args)

    kiosk.effects.release = note_then_release
    taps, bares = [], []
    for number in range(TAPS):
        kiosk.clock.move(seconds=30)
        button = ("put_in", "take_out")[number % 2]
        kiosk.cabinet.handle(kiosk.press(button))
        presented = BadgePresented(kiosk.amara, kiosk.clock.boottime + 1000, "reader")
        began = time.perf_counter()
        kiosk.cabinet.handle(presented)
        taps.append(committed[-1] - began)
        kiosk.cabinet.settle()
        server.announce()
        kiosk.cabinet.handle(kiosk.release(button))
        kiosk.cabinet.handle(BadgeRemoved(kiosk.amara, kiosk.clock.boottime + 2000, "reader"))
        while not kiosk.inbox.empty():
            kiosk.cabinet.handle(kiosk.inbox.get())
        began = time.perf_counter()
        bare.execute("INSERT INTO bare VALUES (?)", (os.urandom(1600),))
        bares.append(time.perf_counter() - began)
        time.sleep(0.003)  # taps spread over the attack, not a condition waited for
    server.close()
    assert len(committed) == TAPS
    assert asks > 30, f"only {asks} asks: the attack did not take place"
    return {"tap": max(taps), "bare": max(bares), "median": sorted(taps)[TAPS // 2]}


def test_a_hostile_link_delays_no_tap(home: Path, request: pytest.FixtureRequest) -> None:
    kiosk: Kiosk = request.getfixturevalue("kiosk")
    rules, keys = kiosk.rules(blocks=()), kiosk.keys
    body = Bundle.from_rules(rules, site="school", device="robins").to_body()
    bundle = sign_rules(keys.central, "school", "robins", rules.revision, body)
    seed = random.randrange(2**32)
    print("seed", seed)
    seen = []
    for attempt in range(ATTEMPTS):
        for left in (home / "data").iterdir():
            left.unlink()
        attackers = [as_user(LINK_UID, partial(attack, home, bundle, seed + number)) for number in range(2)]
        try:
            seen.append(result_of(as_user(CABINET_UID, lambda: measure(home, type(kiosk), rules, keys))))
        finally:
            for pid, pipe in attackers:
                os.kill(pid, 9)
                os.waitpid(pid, 0)
                os.close(pipe)
        print("attempt", attempt, {name: f"{1000 * value:.2f} ms" for name, value in seen[-1].items()})
        if seen[-1]["tap"] <= seen[-1]["bare"] + ABOVE_BARE_S:
            return
    pytest.fail(f"the worst tap was more than 20 ms above the worst bare commit, {ATTEMPTS} times: {seen}")


def test_a_hostile_link_reads_no_key_and_writes_no_file(home: Path, kiosk: Kiosk) -> None:
    save_private_key(home / "keys" / "event.key", kiosk.keys.event)
    save_site_key(home / "keys" / "site.key", kiosk.keys.site)
    database = home / "data" / "cabinet.db"
    shutil.copy(kiosk.file, database)
    for path in (home / "keys" / "event.key", home / "keys" / "site.key", database):
        os.chown(path, CABINET_UID, SHARED_GID)

    def trespass() -> list[str]:
        done = []
        tries: dict[str, Callable[[], Any]] = {
            "read event.key": (home / "keys" / "event.key").read_bytes,
            "read site.key": (home / "keys" / "site.key").read_bytes,
            "read cabinet.db": database.read_bytes,
            "write cabinet.db": lambda: database.write_bytes(b""),
            "make a file beside it": lambda: (home / "data" / "cabinet.db-wal").write_bytes(b"x"),
            "remove it": database.unlink,
            "put a socket of its own there": lambda: (home / "run" / "s").write_bytes(b""),
        }
        for what, attempt in tries.items():
            try:
                attempt()
                done.append(what)
            except PermissionError:
                continue
        return done

    assert result_of(as_user(LINK_UID, trespass)) == []
    assert "read event.key" in result_of(as_user(CABINET_UID, trespass))
