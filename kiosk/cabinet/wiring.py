"""Builds the cabinet: the one place where its parts are put together."""

import logging
import os
import pwd
import sqlite3
from functools import partial
from pathlib import Path
from typing import cast

from broker.outbox import Outbox
from hardware.board import Board, open_board
from hardware.config import parse_board
from hardware.errors import HardwareError
from hardware.settings import BoardConfig
from kiosk.cabinet.cabinet import Cabinet
from kiosk.cabinet.clock_watch import ClockWatch
from kiosk.cabinet.effects import Effects
from kiosk.cabinet.gestures import Gestures
from kiosk.cabinet.keys import CabinetKeys, read_keys
from kiosk.cabinet.loop import Loop
from kiosk.cabinet.office.central import Central
from kiosk.cabinet.office.commands import Commands
from kiosk.cabinet.office.desk import Desk
from kiosk.cabinet.office.health import Condition, Health, reader_part
from kiosk.cabinet.office.nonces import Nonces
from kiosk.cabinet.office.obedience import Obedience
from kiosk.cabinet.office.status import StatusBoard
from kiosk.cabinet.overdue_watch import OverdueWatch
from kiosk.cabinet.program import Inbox, Parts, Program
from kiosk.cabinet.seniors.approvals import Approvals
from kiosk.cabinet.seniors.children_in import ChildrenIn
from kiosk.cabinet.seniors.fold import Seniors
from kiosk.cabinet.sequels import Sequels
from kiosk.cabinet.storage.beginning import Begun, begin, no_rules
from kiosk.cabinet.storage.disk import Disk
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import Store, open_connection, open_reader
from kiosk.cabinet.storage.watch import ArchiveWatch, StorageWatch
from kiosk.cabinet.taps import Taps
from kiosk.cabinet.visitors import Visitors
from kiosk.clock import DeviceClock, SimulatedSource, SystemSource, boot_number
from kiosk.config import DeviceConfig
from kiosk.errors import ConfigurationError
from kiosk.socket.framing import STATUS_CHANGED
from kiosk.socket.server import DeviceSocketServer, ServerConfig
from policy.rules import Point

log = logging.getLogger(__name__)

DATABASE = "cabinet.db"


class _Assembly:
    """Puts one run together: the store first, and once it is open everything that works with it."""

    def __init__(
        self,
        config: DeviceConfig,
        wiring: BoardConfig,
        keys: CabinetKeys,
        board: Board,
        clock: DeviceClock,
        boot: int,
        inbox: Inbox,
    ) -> None:
        self._config = config
        self._wiring = wiring
        self._keys = keys
        self._board = board
        self._clock = clock
        self._boot = boot
        self._inbox = inbox
        self._point = Point(config.point, config.kind, config.slots, bool(wiring.buttons))
        self._central = Central(keys.central, config.site, config.device, self._point)
        self.disk = Disk(config.data, config.storage.reserve_kb, config.storage.low_kb)

    def begin(self) -> Begun:
        """Open `cabinet.db` and write the run's first events; raise OSError, sqlite3.Error or StorageFailed."""
        self._config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = open_connection(self._config.data / DATABASE)
        try:
            return begin(Store(connection, self._outbox(connection), self._boot), self._clock, self._central)
        except BaseException:
            connection.close()
            raise

    def assemble(self, begun: Begun, spared: bool) -> Parts:
        """Put together what works with the store; nothing runs yet."""
        config, store, clock, board = self._config, begun.store, self._clock, self._board
        now = clock.now()
        health, journal = Health(), Journal(store)
        for reader in board.readers:
            health.set(reader_part(reader.name), Condition.OK, now.utc)
        journal.sparing = spared
        pulse_s = {slot: lock.pulse_ms / 1000 for slot, lock in self._wiring.locks.items()}
        effects = Effects(board, pulse_s, self._inbox.put, now.boottime_ns)
        status = StatusBoard(config.device, self._boot, store.outbox, health, effects.lamps, effects.doors)
        nonces = Nonces()
        approvals = Approvals(self._point.id, nonces, journal)
        sequels = Sequels(self._point.id, approvals, store, begun.remembered.going_home)
        taps = Taps(self._point, no_rules(self._point), begun.remembered, store, journal, effects, sequels)
        commands = Commands(taps, approvals, nonces)
        obedience = Obedience(taps, store, journal, clock, status, health, commands)
        if begun.rules is None:
            obedience.lack_rules(now)
        else:
            obedience.put_in_force(begun.rules, now)
        desk = Desk(self._open_reading, self._central, self._inbox.put, lambda: status.newest)
        socket = ServerConfig(config.socket_path, allowed_uids(config), config.socket.group or None)
        server = DeviceSocketServer(socket, desk.answer)

        def tell_link() -> None:
            status.stale = True
            server.announce()

        gestures = Gestures(self._point)
        cabinet = Cabinet(
            point=self._point,
            clock=clock,
            site_key=self._keys.site_key,
            key_epoch=self._keys.key_epoch,
            gestures=gestures,
            seniors=Seniors(gestures, buttons=self._point.buttons),
            approvals=approvals,
            children_in=ChildrenIn(self._point.id, taps, store, journal, effects, status),
            visitors=Visitors(self._point.id, taps, store, journal, effects, begun.visits, begun.briefed),
            taps=taps,
            effects=effects,
            store=store,
            journal=journal,
            health=health,
            obedience=obedience,
            storage=StorageWatch(self.disk, store, journal, health),
            clock_watch=ClockWatch(clock, store, journal, health),
            overdue=OverdueWatch(taps, begun.remembered.overdue, store, journal),
            archive=ArchiveWatch(store, journal, config.storage.archive_days),
            tell_link=tell_link,
        )
        tell_status = partial(server.announce, STATUS_CHANGED)
        return Parts(
            store, cabinet, Loop(cabinet, board, self._inbox, status, clock, config.poll_s, tell_status), server
        )

    def _open_reading(self) -> Outbox:
        """The outbox as the socket's thread reads it, on a connection of its own."""
        return self._outbox(open_reader(self._config.data / DATABASE))

    def _outbox(self, connection: sqlite3.Connection) -> Outbox:
        keys, config = self._keys, self._config
        return Outbox(connection, config.site, config.device, keys.event_key, self._boot, recovery=keys.recovery)


def build_cabinet(config: DeviceConfig, keys: Path | None, simulate: Path | None) -> Program[Begun]:
    """Put the cabinet together; raise KioskError with what to do when a key, pin or part is not as configured."""
    wiring = parse_wiring(config)
    read = read_keys(keys or config.keys / "cabinet", config)
    boot = boot_number()
    source = SystemSource() if simulate is None else SimulatedSource(simulate / "clock.json", config.device)
    try:
        board = open_board(wiring, simulator=None if simulate is None else simulate / f"{config.device}.sock")
    except HardwareError as fault:
        raise ConfigurationError(str(fault)) from fault
    clock = DeviceClock(source, boot)
    # One queue to wait on: the board's own, into which link's arrivals and the locks' results are put too.
    inbox = cast(Inbox, board.events)
    assembly = _Assembly(config, wiring, read, board, clock, boot, inbox)
    return Program(
        config.device,
        board=board,
        clock=clock,
        inbox=inbox,
        disk=assembly.disk,
        begin=assembly.begin,
        assemble=assembly.assemble,
    )


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


def allowed_uids(config: DeviceConfig) -> frozenset[int]:
    """Who may connect: this program's own user, root, and those the configuration names and this machine knows."""
    uids = {os.getuid(), 0}
    for user in config.socket.allowed_users:
        try:
            uids.add(user if isinstance(user, int) else pwd.getpwnam(user).pw_uid)
        except KeyError:
            log.info("this machine has no user %s; it cannot come to the device socket", user)
    return frozenset(uids)
