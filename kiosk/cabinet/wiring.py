"""Builds the cabinet: the one place where its parts are put together, and the order in which they start and end."""

import logging
import os
import pwd
import sqlite3
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import cast

from broker.outbox import Outbox
from hardware.board import Board, open_board
from hardware.config import parse_board
from hardware.errors import HardwareError
from hardware.lamps import Signal
from hardware.settings import BoardConfig
from kiosk.cabinet.beginning import begin, end, no_rules, open_store_failed
from kiosk.cabinet.cabinet import Cabinet, Happening
from kiosk.cabinet.central import Central, VerifiedRules
from kiosk.cabinet.desk import Desk
from kiosk.cabinet.disk import Disk
from kiosk.cabinet.effects import Effects
from kiosk.cabinet.gestures import Gestures
from kiosk.cabinet.health import Condition, Health, reader_part
from kiosk.cabinet.journal import Journal
from kiosk.cabinet.keys import CabinetKeys, read_keys
from kiosk.cabinet.loop import Loop, Stop
from kiosk.cabinet.obedience import Obedience
from kiosk.cabinet.status import StatusBoard
from kiosk.cabinet.store import Remembered, Store, open_connection, open_reader
from kiosk.cabinet.taps import Taps
from kiosk.cabinet.watches import ArchiveWatch, ClockWatch, OverdueWatch, StorageWatch
from kiosk.clock import DeviceClock, SimulatedSource, SystemSource, boot_number, boottime_ns
from kiosk.config import DeviceConfig
from kiosk.errors import ConfigurationError, StorageFailed
from kiosk.notify import notify
from kiosk.socket.framing import STATUS_CHANGED
from kiosk.socket.server import DeviceSocketServer, ServerConfig
from policy.rules import Point

log = logging.getLogger(__name__)

DATABASE = "cabinet.db"
RETRY_STORE_S = 1.0

Inbox = SimpleQueue[Happening | Stop]


class Program:
    """`phonekeep-cabinet` as a whole; `run` returns after `stop`, with every coil off."""

    def __init__(
        self, config: DeviceConfig, wiring: BoardConfig, keys: CabinetKeys, board: Board, clock: DeviceClock, boot: int
    ) -> None:
        self._config = config
        self._wiring = wiring
        self._keys = keys
        self._board = board
        self._clock = clock
        self._boot = boot
        # One queue to wait on: the board's own, into which link's arrivals and the locks' results are put too.
        self._inbox = cast(Inbox, board.events)
        self._stopping = False

    def stop(self) -> None:
        """Let `run` return; may be called from a signal handler."""
        self._stopping = True
        self._inbox.put(Stop())

    def run(self) -> None:
        """Run until stopped; raise SocketFailed when the device socket cannot be served."""
        try:
            opened = self._open_store()
            if opened is not None:
                self._run(*opened)
        finally:
            self._board.close()

    def _run(self, store: Store, remembered: Remembered, rules: VerifiedRules | None, spared: bool) -> None:
        parts = _Parts(self._config, self._wiring, self._keys, self._board, self._clock, self._boot, store, self._inbox)
        server = parts.build(remembered, rules, spared)
        _disk(self._config).keep_reserve()
        server.start()
        notify("READY=1")
        log.info("cabinet %s is ready", self._config.device)
        try:
            parts.loop.run()
        finally:
            self._board.close()
            try:
                self._finish(parts.cabinet, store)
            finally:
                server.close()

    def _finish(self, cabinet: Cabinet, store: Store) -> None:
        """Write what the board said while it closed, and that the run ended in order."""
        try:
            while True:
                happening = self._inbox.get_nowait()
                if not isinstance(happening, Stop):
                    cabinet.handle(happening)
        except Empty:
            pass
        end(store, self._clock.now())
        store.close()

    def _open_store(self) -> tuple[Store, Remembered, VerifiedRules | None, bool] | None:
        """Open `cabinet.db` and begin the run, however long the disk takes to let it; None when stopped meanwhile."""
        disk = _disk(self._config)
        central = _central(self._config, self._keys)
        spared = False
        while not self._stopping:
            connection: sqlite3.Connection | None = None
            try:
                self._config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
                connection = open_connection(self._config.data / DATABASE)
                store = Store(connection, self._outbox(connection), self._boot)
                remembered, rules = begin(store, self._clock, central)
            except (OSError, sqlite3.Error, StorageFailed) as fault:
                said = fault if isinstance(fault, StorageFailed) else open_store_failed(fault)
                log.error("%s", said)
                if connection is not None:
                    connection.close()
                spared = disk.release_reserve() or spared
                self._show_fault(True)
                notify("READY=1\nWATCHDOG=1")
                self._wait_for_stop()
                continue
            self._show_fault(False)
            return store, remembered, rules, spared
        return None

    def _show_fault(self, on: bool) -> None:
        lamps = self._board.lamps
        if lamps is not None:
            (lamps.show if on else lamps.clear)(Signal.FAULT)

    def _wait_for_stop(self) -> None:
        """Wait a little before the disk is tried again; badges and buttons meanwhile come to nothing."""
        until = boottime_ns() + int(RETRY_STORE_S * 1e9)
        while not self._stopping and (left := (until - boottime_ns()) / 1e9) > 0:
            try:
                self._inbox.get(timeout=left)
            except Empty:
                return

    def _outbox(self, connection: sqlite3.Connection) -> Outbox:
        return Outbox(
            connection,
            self._config.site,
            self._config.device,
            self._keys.event_key,
            self._boot,
            recovery=self._keys.recovery,
        )


class _Parts:
    """The parts of one run, put together once the store is open."""

    def __init__(
        self,
        config: DeviceConfig,
        wiring: BoardConfig,
        keys: CabinetKeys,
        board: Board,
        clock: DeviceClock,
        boot: int,
        store: Store,
        inbox: Inbox,
    ) -> None:
        self._config = config
        self._wiring = wiring
        self._keys = keys
        self._board = board
        self._clock = clock
        self._boot = boot
        self._store = store
        self._inbox = inbox
        self.cabinet: Cabinet
        self.loop: Loop

    def build(self, remembered: Remembered, rules: VerifiedRules | None, spared: bool) -> DeviceSocketServer:
        """Put everything together; nothing runs yet."""
        config, store, clock, board = self._config, self._store, self._clock, self._board
        now = clock.now()
        point = point_of(config, self._wiring)
        health = Health()
        for reader in board.readers:
            health.set(reader_part(reader.name), Condition.OK, now.utc)
        journal = Journal(store)
        journal.sparing = spared
        effects = Effects(
            board,
            {slot: lock.pulse_ms / 1000 for slot, lock in self._wiring.locks.items()},
            self._inbox.put,
            now.boottime_ns,
        )
        status = StatusBoard(config.device, self._boot, store.outbox, health, effects.lamps, effects.doors)
        taps = Taps(point, no_rules(point), remembered, store, journal, effects)
        obedience = Obedience(taps, store, journal, clock, status, health)
        if rules is None:
            obedience.lack_rules(now)
        else:
            obedience.put_in_force(rules, now)
        desk = Desk(self._open_reading, _central(config, self._keys), self._inbox.put, lambda: status.newest)
        server = DeviceSocketServer(_server_config(config), desk.answer)

        def tell_link() -> None:
            status.stale = True
            server.announce()

        self.cabinet = Cabinet(
            point=point,
            clock=clock,
            site_key=self._keys.site_key,
            key_epoch=self._keys.key_epoch,
            gestures=Gestures(point),
            taps=taps,
            effects=effects,
            store=store,
            journal=journal,
            health=health,
            obedience=obedience,
            storage=StorageWatch(_disk(config), store, journal, health),
            clock_watch=ClockWatch(clock, store, journal, health),
            overdue=OverdueWatch(taps, remembered.overdue, store, journal),
            archive=ArchiveWatch(store, journal, config.storage.archive_days),
            tell_link=tell_link,
        )
        self.loop = Loop(
            self.cabinet, board, self._inbox, status, clock, config.poll_s, partial(server.announce, STATUS_CHANGED)
        )
        return server

    def _open_reading(self) -> Outbox:
        """The outbox as the socket's thread reads it, on a connection of its own."""
        config, keys = self._config, self._keys
        connection = open_reader(config.data / DATABASE)
        return Outbox(connection, config.site, config.device, keys.event_key, self._boot, recovery=keys.recovery)


def build_cabinet(config: DeviceConfig, keys: Path | None, simulate: Path | None) -> Program:
    """Put the cabinet together; raise KioskError with what to do when a key, pin or part is not as configured."""
    wiring = parse_wiring(config)
    read = read_keys(keys or config.keys / "cabinet", config)
    boot = boot_number()
    source = SystemSource() if simulate is None else SimulatedSource(simulate / "clock.json", config.device)
    try:
        board = open_board(wiring, simulator=None if simulate is None else simulate / f"{config.device}.sock")
    except HardwareError as fault:
        raise ConfigurationError(str(fault)) from fault
    return Program(config, wiring, read, board, DeviceClock(source, boot), boot)


def parse_wiring(config: DeviceConfig) -> BoardConfig:
    """Read the [board] table and hold it against [point]; raise ConfigurationError naming the line."""
    try:
        wiring = parse_board(config.board, str(config.file))
    except HardwareError as fault:
        raise ConfigurationError(str(fault)) from fault
    if sorted(wiring.locks) != list(range(1, config.slots + 1)):
        raise ConfigurationError(
            f"{config.file}: [point] says {config.slots} slots and [board] has locks for {sorted(wiring.locks)}: "
            "every slot from 1 on needs one lock"
        )
    return wiring


def point_of(config: DeviceConfig, wiring: BoardConfig) -> Point:
    """The storage point that this board serves."""
    return Point(config.point, config.kind, config.slots, bool(wiring.buttons))


def _central(config: DeviceConfig, keys: CabinetKeys) -> Central:
    point = Point(config.point, config.kind, config.slots, buttons=False)
    return Central(keys.central, config.site, config.device, point)


def _disk(config: DeviceConfig) -> Disk:
    return Disk(config.data, config.storage.reserve_kb, config.storage.low_kb)


def _server_config(config: DeviceConfig) -> ServerConfig:
    return ServerConfig(config.socket_path, allowed_uids(config), config.socket.group or None)


def allowed_uids(config: DeviceConfig) -> frozenset[int]:
    """Who may connect: this program's own user, root, and those the configuration names and this machine knows."""
    uids = {os.getuid(), 0}
    for user in config.socket.allowed_users:
        try:
            uids.add(user if isinstance(user, int) else pwd.getpwnam(user).pw_uid)
        except KeyError:
            log.info("this machine has no user %s; it cannot come to the device socket", user)
    return frozenset(uids)
