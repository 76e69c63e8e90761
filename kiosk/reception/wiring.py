"""Builds the reception: the one place where its parts are put together."""

import sqlite3
from functools import partial
from pathlib import Path
from typing import cast

from broker.outbox import Outbox
from hardware.board import Board, open_board
from hardware.config import parse_board
from hardware.errors import HardwareError
from hardware.lamps import Lamp, Rhythm
from hardware.settings import BoardConfig
from kiosk.cabinet.clock_watch import ClockWatch
from kiosk.cabinet.keys import CabinetKeys, read_keys
from kiosk.cabinet.loop import Loop, Stop
from kiosk.cabinet.office.desk import Desk
from kiosk.cabinet.office.health import Condition, Health, reader_part
from kiosk.cabinet.office.nonces import Nonces
from kiosk.cabinet.office.status import StatusBoard
from kiosk.cabinet.program import Inbox, Parts, Program
from kiosk.cabinet.storage.beginning import no_rules
from kiosk.cabinet.storage.disk import Disk
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import open_connection, open_reader
from kiosk.cabinet.storage.watch import ArchiveWatch, StorageWatch
from kiosk.cabinet.wiring import allowed_uids
from kiosk.clock import DeviceClock, SimulatedSource, SystemSource, boot_number
from kiosk.config import RECEPTION_EXAMPLE, DeviceConfig
from kiosk.errors import ConfigurationError
from kiosk.reception.beginning import begin
from kiosk.reception.central import ReceptionCentral
from kiosk.reception.deeds import Deeds
from kiosk.reception.face import Face
from kiosk.reception.failures import Failures
from kiosk.reception.flow.flow import Flow
from kiosk.reception.program import Opened, Pulse, ReceptionProgram
from kiosk.reception.reception import InForce, Reception, ReceptionObedience
from kiosk.reception.rings import Rings
from kiosk.reception.roll import Roll, kept_rolls
from kiosk.reception.store import ReceptionStore
from kiosk.reception.visits import Visits
from kiosk.socket.framing import STATUS_CHANGED
from kiosk.socket.server import DeviceSocketServer, ServerConfig
from policy.rules import Point

DATABASE = "reception.db"


class _Assembly:
    """Puts one run together: the store first, and once it is open everything that works with it."""

    def __init__(
        self,
        config: DeviceConfig,
        keys: CabinetKeys,
        board: Board,
        clock: DeviceClock,
        boot: int,
        inbox: Inbox,
        face: Face,
        pulse: Pulse,
    ) -> None:
        self._config = config
        self._keys = keys
        self._board = board
        self._clock = clock
        self._boot = boot
        self._inbox = inbox
        self._face = face
        self._pulse = pulse
        self._point = Point(config.point, config.kind, config.slots, buttons=False)
        self._central = ReceptionCentral(keys.central, config.site, config.device, self._point)
        self.disk = Disk(config.data, config.storage.reserve_kb, config.storage.low_kb)

    def begin(self) -> Opened:
        """Open `reception.db` and write the run's first events; raise OSError, sqlite3.Error or StorageFailed."""
        self._config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = open_connection(self._config.data / DATABASE)
        try:
            store = ReceptionStore(connection, self._outbox(connection), self._boot)
            return Opened(store, begin(store, self._clock, self._central))
        except BaseException:
            connection.close()
            raise

    def assemble(self, opened: Opened, spared: bool) -> Parts:
        """Put together what works with the store; nothing runs yet."""
        config, store, clock, face = self._config, opened.store, self._clock, self._face
        now = clock.now()
        health, journal = Health(), Journal(store)
        for reader in self._board.readers:
            health.set(reader_part(reader.name), Condition.OK, now.utc)
        journal.sparing = spared
        status = StatusBoard(config.device, self._boot, store.outbox, health, _no_lamps, dict)
        desk = Desk(self._open_reading, self._central, self._inbox.put, lambda: status.newest)
        socket = ServerConfig(config.socket_path, allowed_uids(config), config.socket.group or None)
        server = DeviceSocketServer(socket, desk.answer)

        def tell_link() -> None:
            status.stale = True
            server.announce()

        storage = StorageWatch(self.disk, store, journal, health)
        visits = Visits(store, journal)
        roll = Roll(
            store,
            journal,
            config.device,
            kept_rolls(store, self._central),
            lambda: "UTC" if visits.content is None else visits.content.zone,
        )
        rings = Rings(journal, Nonces(), lambda: reception.answered(), lambda lines: reception.show_record(lines))
        obedience = ReceptionObedience(InForce(no_rules(self._point)), store, journal, clock, status, health, rings)
        obedience.heard = lambda verified, at: reception.hear(verified, at)
        merge_ns = 0 if config.screen is None else config.screen.merge_ms * 1_000_000
        reception = Reception(
            point=config.point,
            clock=clock,
            site_key=self._keys.site_key,
            key_epoch=self._keys.key_epoch,
            flow=Flow(None, now, capacity=face.capacity, merge_ns=merge_ns),
            visits=visits,
            roll=roll,
            deeds=Deeds(
                visits=visits,
                roll=roll,
                rings=rings,
                store=store,
                journal=journal,
                face=face,
                try_again=storage.notice,
            ),
            face=face,
            journal=journal,
            health=health,
            failures=Failures(health),
            obedience=obedience,
            storage=storage,
            clock_watch=ClockWatch(clock, store, journal, health),
            archive=ArchiveWatch(store, journal, config.storage.archive_days),
            tell_link=tell_link,
            end=lambda: self._inbox.put(Stop()),
        )
        if opened.verified is None:
            obedience.lack_rules(now)
        else:
            obedience.put_in_force(opened.verified, now)
        tell_status = partial(server.announce, STATUS_CHANGED)
        loop = Loop(reception, self._board, self._inbox, status, clock, config.poll_s, tell_status, self._pulse.beat)
        return Parts(store, reception, loop, server)

    def _open_reading(self) -> Outbox:
        """The outbox as the socket's thread reads it, on a connection of its own."""
        return self._outbox(open_reader(self._config.data / DATABASE))

    def _outbox(self, connection: sqlite3.Connection) -> Outbox:
        keys, config = self._keys, self._config
        return Outbox(connection, config.site, config.device, keys.event_key, self._boot, recovery=keys.recovery)


def build_reception(config: DeviceConfig, keys: Path | None, simulate: Path | None, face: Face) -> ReceptionProgram:
    """Put the reception together; raise KioskError with what to do when a key or part is not as configured."""
    wiring = parse_wiring(config)
    read = read_keys(keys or config.keys / "cabinet", config)
    boot = boot_number()
    source = SystemSource() if simulate is None else SimulatedSource(simulate / "clock.json", config.device)
    try:
        board = open_board(wiring, simulator=None if simulate is None else simulate / f"{config.device}.sock")
    except HardwareError as fault:
        raise ConfigurationError(str(fault)) from fault
    clock, pulse = DeviceClock(source, boot), Pulse()
    # One queue to wait on: the board's own, into which fingers and link's arrivals are put too.
    inbox = cast(Inbox, board.events)
    assembly = _Assembly(config, read, board, clock, boot, inbox, face, pulse)
    program = Program(
        config.device,
        board=board,
        clock=clock,
        inbox=inbox,
        disk=assembly.disk,
        begin=assembly.begin,
        assemble=assembly.assemble,
        kind="reception",
    )
    return ReceptionProgram(program, inbox, pulse)


def parse_wiring(config: DeviceConfig) -> BoardConfig:
    """Read the [board] table of a reception; raise ConfigurationError naming the line."""
    if config.screen is None:
        raise ConfigurationError(
            f"{config.file}: a reception has a table [screen]; without it this is a cabinet's file. "
            f"Copy it from {RECEPTION_EXAMPLE}, or start phonekeep-cabinet with this one."
        )
    try:
        return parse_board(config.board, str(config.file), readers_only=True)
    except HardwareError as fault:
        raise ConfigurationError(str(fault)) from fault


def _no_lamps() -> dict[Lamp, Rhythm]:
    return dict.fromkeys(Lamp, Rhythm.OFF)
