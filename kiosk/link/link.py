"""The link at work: one loop over the broker's queue, the cabinet's socket and the courier (flow 1, 7; flow 2, 3)."""

import logging
import os
import select
import threading
import time
from collections import deque

from broker.errors import BadMessage
from broker.messages.status import Online, PartHealth, Status
from broker.messages.wire import IngestAnnouncement
from broker.session import Connected, Disconnected, Inbound, Message, Published, Session, Token
from broker.topics import Channel, central_status, everything_down, topic
from kiosk.errors import CabinetAway
from kiosk.link.courier import Courier
from kiosk.link.mail import Mail
from kiosk.notify import notify
from kiosk.socket.client import DeviceSocketClient
from kiosk.socket.framing import MESSAGE_LIMIT, Ask, Outcome, decode_frames, encode_events_ask

log = logging.getLogger(__name__)

FRAME_EXPIRY_S = 60
"""A frame that ingest has not fetched by then is dropped by the broker; it stands in the cabinet and is sent again."""
STATUS_BETWEEN_S = 0.25
KEEP_ALIVE_S = 10.0
RETRY_CABINET_S = 0.2
RETRY_READING_S = 1.0
CABINET_MISSED_S = 5.0
ALIVE_EVERY_S = 1.0


class Link:
    """Carries between broker and cabinet; `run` returns when `stop` was called."""

    def __init__(
        self,
        site: str,
        device: str,
        boot: int,
        session: Session,
        cabinet: DeviceSocketClient,
        courier: Courier,
        mail: Mail,
    ) -> None:
        self._session = session
        self._cabinet = cabinet
        self._courier = courier
        self._mail = mail
        self._events_topic = topic(site, device, Channel.EVENTS)
        self._online_topic = topic(site, device, Channel.ONLINE)
        self._status_topic = topic(site, device, Channel.STATUS)
        self._announcement_topic = central_status(site)
        self._down = everything_down(site, device)
        self._boot = boot
        self._online = False
        self._said: deque[Inbound] = deque()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._stopping = False
        self._cabinet_retry_at = 0.0
        self._cabinet_seen = time.monotonic()
        self._missed_said = False
        self._cabinet_away_said = False
        self._alarm: str | None = None
        self._frames: set[Token] = set()
        self._asked_status_at = 0.0
        self._read_again_at = 0.0
        self._status: bytes | None = None
        self._alive_at = 0.0

    def run(self) -> None:
        """Carry until stopped."""
        threading.Thread(target=self._listen_to_broker, name="broker-inbox", daemon=True).start()
        self._session.start()
        notify("READY=1")
        while not self._stopping:
            self._wait()
            while self._said:
                self._hear(self._said.popleft())
            self._courier.tick(time.monotonic())
            try:
                self._serve_cabinet()
            except CabinetAway as fault:
                if not self._cabinet_away_said:
                    log.warning("%s", fault)
                self._cabinet_away_said = True
                self._cabinet.close()
                self._cabinet_retry_at = time.monotonic() + RETRY_CABINET_S
            self._report_missing_cabinet()
            self._show_life()
        self._close()

    def _show_life(self) -> None:
        if time.monotonic() - self._alive_at >= ALIVE_EVERY_S:
            self._alive_at = time.monotonic()
            notify("WATCHDOG=1")

    def stop(self) -> None:
        """Let `run` return; may be called from a signal handler."""
        self._stopping = True
        self._wake()

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b"w")
        except BlockingIOError:
            return  # full of wake-ups already

    def _listen_to_broker(self) -> None:
        """Thread: moves the broker's queue to the loop, which can then wait for both at once."""
        while True:
            self._said.append(self._session.inbox.get())
            self._wake()

    def _wait(self) -> None:
        now = time.monotonic()
        times = [now + 1.0, self._courier.wake_at(now), self._mail.wake_at()]
        waiting: list[int | DeviceSocketClient] = [self._wake_read]
        if self._cabinet.connected:
            waiting.append(self._cabinet)
            if self._cabinet.status_changed:
                times.append(self._asked_status_at + STATUS_BETWEEN_S)
            if self._read_again_at > now:
                times.append(self._read_again_at)
        else:
            times.append(self._cabinet_retry_at)
        patience = max(min(t for t in times if t is not None) - now, 0.0)
        ready = select.select(waiting, [], [], patience)[0]
        if self._wake_read in ready:
            try:
                os.read(self._wake_read, 4096)
            except BlockingIOError:
                return

    def _hear(self, said: Inbound) -> None:
        now = time.monotonic()
        if isinstance(said, Connected):
            log.info("connected to the broker")
            self._online = True
            self._session.subscribe(self._down)
            birth = Online(online=True, boot=str(self._boot)).to_bytes()
            self._session.publish(self._online_topic, birth, retain=True)
            if self._status is not None:
                self._session.publish(self._status_topic, self._status, retain=True)
            self._courier.connected(now)
        elif isinstance(said, Disconnected):
            log.warning("%s; trying again", said.reason)
            self._online = False
            self._frames.clear()
            self._courier.disconnected()
        elif isinstance(said, Message):
            self._take_in(said, now)
        elif isinstance(said, Published):
            self._hear_answer(said, now)

    def _hear_answer(self, said: Published, now: float) -> None:
        """A PUBACK is not storage and moves nothing; but one that says nobody got the frame need not be waited out."""
        is_frame = said.token in self._frames
        self._frames.discard(said.token)
        if said.alarm is not None and is_frame:
            self._frames.clear()
            self._courier.not_taken(now)
        if said.alarm != self._alarm:
            self._alarm = said.alarm
            if said.alarm is not None:
                log.error("%s", said.alarm)

    def _take_in(self, message: Message, now: float) -> None:
        if message.topic == self._announcement_topic:
            try:
                told = IngestAnnouncement.from_bytes(message.payload)
            except BadMessage as fault:
                log.warning("%s", fault)
            else:
                self._courier.ingest_started(told.start_id, told.devices, message.retained, now)
        else:
            place = self._mail.arrived(message.topic, message.payload, now)
            if place is not None:
                self._courier.acknowledged(place.epoch, place.sequence, now)
        self._session.acknowledge(message)

    def _serve_cabinet(self) -> None:
        now = time.monotonic()
        if not self._cabinet.connected:
            if now < self._cabinet_retry_at:
                return
            self._cabinet.connect()
            log.info("connected to the cabinet")
            self._cabinet_away_said = False
            self._courier.more = True
            self._cabinet.status_changed = True
            self._read_again_at = 0.0
        self._cabinet.listen()
        self._cabinet_seen, self._missed_said = now, False
        if self._cabinet.new_events:
            self._cabinet.new_events = False
            self._courier.more = True
        self._send_events()
        self._ask_status()
        self._mail.deliver(self._cabinet, self._send, time.monotonic())
        self._send_events()

    def _send_events(self) -> None:
        """Fetch and publish as many frames as the window has room for."""
        now = time.monotonic()
        room = self._courier.room(now)
        if not room or not self._courier.more or now < self._read_again_at:
            return
        outcome, body = self._cabinet.ask(Ask.EVENTS, encode_events_ask(self._courier.cursor, room))
        if outcome is not Outcome.DONE:
            log.warning("the cabinet cannot read its events: %s", body.decode(errors="replace"))
            self._read_again_at = now + RETRY_READING_S
            return
        frames = decode_frames(body)
        # Fewer frames than asked for are all there are, unless the answer was full.
        self._courier.more = len(frames) == room or len(body) > MESSAGE_LIMIT // 2
        for frame in frames:
            if not self._send(frame.payload):
                return
            self._courier.sent(frame.position, time.monotonic())

    def _send(self, frame: bytes) -> bool:
        token = self._session.publish(self._events_topic, frame, expiry_s=FRAME_EXPIRY_S)
        if token is None:
            self._courier.disconnected()
            return False
        self._frames.add(token)
        return True

    def _ask_status(self) -> None:
        now = time.monotonic()
        quiet = now - self._asked_status_at
        if quiet < STATUS_BETWEEN_S or not (self._cabinet.status_changed or quiet > KEEP_ALIVE_S):
            return
        self._asked_status_at = now
        self._cabinet.status_changed = False
        outcome, body = self._cabinet.ask(Ask.STATUS)
        if outcome is Outcome.DONE and body:
            self._publish_status(body)

    def _publish_status(self, status: bytes) -> None:
        self._status = status
        if self._online:
            self._session.publish(self._status_topic, status, retain=True)

    def _report_missing_cabinet(self) -> None:
        """Say in the cabinet's last status that it is away; only link is left to say it."""
        if self._missed_said or self._status is None or time.monotonic() - self._cabinet_seen < CABINET_MISSED_S:
            return
        self._missed_said = True
        log.error("the cabinet has not answered for %.0f s; it is reported", CABINET_MISSED_S)
        last = Status.from_bytes(self._status)
        away = PartHealth(
            part="cabinet",
            state="fault",
            what_to_do="phonekeep-cabinet does not run on the device: no tap opens. Look at its log, restart it.",
        )
        kept = [part for part in last.health if part.part != away.part]
        self._publish_status(last.model_copy(update={"health": [*kept, away]}).to_bytes())

    def _close(self) -> None:
        if self._online:
            gone = Online(online=False, boot=str(self._boot)).to_bytes()
            self._session.publish(self._online_topic, gone, retain=True)
        self._session.stop()
        self._cabinet.close()
        self._mail.close()
