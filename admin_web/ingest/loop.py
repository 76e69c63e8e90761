"""The one worker of ingest: owns the database and every publish; paho's callbacks only fill the queue it reads.

Flow 1, step 8, and flow 2, step 2. Commit first, then the signed acknowledgement, then MQTT's PUBACK.
"""

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable

from admin_web.database.engine import Database
from admin_web.database.migrate import require_current
from admin_web.errors import DatabaseUnavailable
from admin_web.events.central import begin_epoch
from admin_web.events.heads import sign_heads, unheaded_epochs
from admin_web.ingest.batch import Arrived, BatchIntake
from admin_web.ingest.orders import OrderSender
from admin_web.ingest.presence import Presence
from admin_web.ingest.replies import announcement
from admin_web.ingest.roll_printing import RollPrinter
from admin_web.ingest.statuses import devices_online, save_online
from admin_web.notify import notify
from admin_web.printing.printer import Printer
from admin_web.rules.publisher import RulesPublisher, count_cabinets
from admin_web.rules.visits_publisher import VisitsPublisher
from admin_web.services.expiry import expire_due, is_anything_over
from broker.keys import SigningKey
from broker.session import NO_SUBSCRIBERS, Connected, Disconnected, Inbound, Message, Published, Session
from broker.topics import Channel, central_status, everything_up, topic
from policy.clock import Clock

_log = logging.getLogger(__name__)

BATCH_EVENTS = 500
BATCH_S = 0.020
STATUS_WAITS_S = 0.200
"""Statuses alone wait this long for each other: each commit makes every open page look again."""
POLL_S = 0.050
LOOK_S = 0.040
"""Less than a poll, so that each idle poll looks: an order is under way within 100 ms of its commit."""
SLOW_POLL_S = 1.0
ALIVE_S = 5.0
COMMAND_S = 120
"""The broker forgets a command that it could not deliver while its nonce was good."""
RETRY_S = (0.25, 5.0)
_FRAME_MARK = b'"event":'


class IngestLoop:
    """Runs until it is stopped; a database or broker that is away is waited for, and said so once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        session: Session,
        *,
        site: str,
        signing_key: SigningKey,
        event_key: SigningKey,
        printer: Printer,
    ) -> None:
        self._database = database
        self._clock = clock
        self._session = session
        self._site = site
        self._event_key = event_key
        self._start_id = secrets.token_hex(8)
        self._intake = BatchIntake(database, clock, site=site, signing_key=signing_key)
        self._publisher = RulesPublisher(database, clock, site=site, signing_key=signing_key, send=self._send_rules)
        self._visits = VisitsPublisher(database, clock, site=site, signing_key=signing_key, send=self._send_visits)
        self._orders = OrderSender(database, clock, site=site, signing_key=signing_key, send=self._send_command)
        self._rolls = RollPrinter(database, clock, printer)
        self._presence = Presence(time.monotonic())
        self._stop = threading.Event()
        self._pending: list[Message] = []
        self._pending_since = 0.0
        self._connected = False
        self._greeted = True
        """Whether the connection that stands has been told everything that is retained."""
        self._said = ""
        """What was last said of a broker that is away: once is enough."""
        self._version: str | None = None
        self._next_poll = 0.0
        self._next_look = 0.0
        self._alive_at = 0.0

    def stop(self) -> None:
        """Let `run` end after what it is doing; safe in a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Begin an epoch, connect, and work until stopped. Raises DatabaseNotReady where `init` has not been run."""
        notify("READY=1")
        self._insist(self._begin)
        if self._stop.is_set():
            return
        self._session.start()
        try:
            while not self._stop.is_set():
                self._receive()
                self._insist(self._work)
        finally:
            notify("STOPPING=1")
            self._session.stop()
            self._last_words()

    def _begin(self) -> None:
        require_current(self._database)
        with self._database.write() as session:
            begin_epoch(session, self._clock.now())
            sign_heads(session, self._event_key, self._site)

    def _insist(self, act: Callable[[], None]) -> None:
        """Do something that needs the database, again and again until it is done or we are stopped."""
        pause = RETRY_S[0]
        said = ""
        while not self._stop.is_set():
            try:
                act()
            except DatabaseUnavailable as problem:
                if str(problem) != said:
                    said = str(problem)
                    _log.warning("%s Trying again until it works; devices keep their events meanwhile.", said)
                self._say_alive()
                self._stop.wait(pause)
                pause = min(pause * 2, RETRY_S[1])
            else:
                if said:
                    _log.info("the database does its work again")
                return

    def _receive(self) -> None:
        """Take what is in the queue, at most 500 events or 20 ms; wait only where it is empty."""
        deadline: float | None = None
        events = 0
        while events < BATCH_EVENTS:
            try:
                inbound = self._session.inbox.get(timeout=POLL_S) if deadline is None else self._next(deadline)
            except queue.Empty:
                return
            deadline = time.monotonic() + BATCH_S if deadline is None else deadline
            events += self._sort(inbound)

    def _next(self, deadline: float) -> Inbound:
        if time.monotonic() >= deadline:
            raise queue.Empty
        return self._session.inbox.get_nowait()

    def _sort(self, inbound: Inbound) -> int:
        """Put a message with the pending ones, and note what became of the connection; gives its number of events."""
        match inbound:
            case Message():
                if not self._pending:
                    self._pending_since = time.monotonic()
                self._pending.append(inbound)
                return inbound.payload.count(_FRAME_MARK) if inbound.topic.endswith(Channel.EVENTS) else 0
            case Connected():
                _log.info("connected to the broker")
                self._said = ""
                self._connected, self._greeted = True, False
                self._presence.connected(time.monotonic())
                self._session.subscribe(everything_up(self._site))
            case Disconnected(reason=reason):
                if reason != self._said:
                    _log.warning("%s; trying again until it is back", reason)
                self._said = reason
                self._connected = False
                self._presence.disconnected(time.monotonic())
            case Published(reason=reason) if reason == NO_SUBSCRIBERS:
                _log.info("a device is not connected yet; it is told again what it needs as soon as it is")
            case Published(alarm=str(alarm)):
                _log.error("a publish was not taken: %s", alarm)
            case _:
                pass
        return 0

    def _work(self) -> None:
        self._say_alive()
        self._commit()
        self._publish()
        self._look()

    def _commit(self) -> None:
        """Commit what is pending, reply, and only then tell the broker that it is dealt with."""
        if not self._pending or not (self._is_urgent() or time.monotonic() - self._pending_since >= STATUS_WAITS_S):
            return
        replies = self._intake.take([Arrived(message.topic, message.payload) for message in self._pending])
        for reply in replies:
            self._session.publish(topic(self._site, reply.device, Channel.ACK), reply.payload)
        for message in self._pending:
            if message.topic.endswith(Channel.ONLINE):
                self._presence.told(message.topic.split("/")[3])
            self._session.acknowledge(message)
        self._pending.clear()

    def _is_urgent(self) -> bool:
        return any(not message.topic.endswith(Channel.STATUS) for message in self._pending)

    def _publish(self) -> None:
        """Publish rules as soon as anything was committed by anybody, and everything after a connect."""
        if not self._connected:
            return
        if not self._greeted:
            self._announce()
            self._orders.send_again()
            self._publisher.publish_all()
            self._visits.publish_all()
            self._greeted = True
        now = time.monotonic()
        if now < self._next_poll:
            return  # during a backlog every batch is a commit; looking after each would slow it down
        self._next_poll = now + LOOK_S
        version = self._database.data_version()
        if version != self._version:
            self._version = version
            self._orders.send_due()  # somebody stands in front of the door
            self._publisher.publish_due()
            self._visits.publish_due()

    def _look(self) -> None:
        """Once a second: the day's window, what ends by itself, central's heads, devices gone, lists to print."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + SLOW_POLL_S
        self._rolls.start_due()  # with the broker away too: somebody stands at the meeting place
        if self._connected:
            self._publisher.publish_due()
        with self._database.read() as session:
            unheaded = bool(unheaded_epochs(session))
            over = is_anything_over(session, self._clock.now())
            gone = self._presence.gone(devices_online(session), now)
        if unheaded or gone or over:
            with self._database.write() as session:
                if over:
                    expire_due(session, self._clock.now())
                sign_heads(session, self._event_key, self._site)
                save_online(session, dict.fromkeys(gone, False), self._clock.now())
        if self._presence.is_due(now):
            self._presence.judged()

    def _announce(self) -> None:
        with self._database.read() as session:
            devices = count_cabinets(session)
        payload = announcement(self._start_id, devices, self._clock.now())
        self._session.publish(central_status(self._site), payload, retain=True)

    def _send_rules(self, device: str, payload: bytes) -> None:
        self._session.publish(topic(self._site, device, Channel.RULES), payload, retain=True)

    def _send_visits(self, device: str, payload: bytes) -> None:
        self._session.publish(topic(self._site, device, Channel.VISITS), payload, retain=True)

    def _send_command(self, device: str, payload: bytes) -> None:
        self._session.publish(topic(self._site, device, Channel.COMMAND), payload, expiry_s=COMMAND_S)

    def _last_words(self) -> None:
        """Head what is left of this run; the next start would do it too."""
        try:
            with self._database.write() as session:
                sign_heads(session, self._event_key, self._site)
        except DatabaseUnavailable as problem:
            _log.warning("%s", problem)

    def _say_alive(self) -> None:
        now = time.monotonic()
        if now >= self._alive_at:
            self._alive_at = now + ALIVE_S
            notify("WATCHDOG=1")
