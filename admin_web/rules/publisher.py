"""Publishes the rules to every device whose newest bundle is older than it should be (flow 2, step 2).

Level-triggered: it compares what is with what should be, so it may be stopped anywhere and started again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from admin_web.database.engine import Database
from admin_web.database.places import Device, Site
from admin_web.database.publishing import PublishedBundle
from admin_web.errors import DatabaseNotReady
from admin_web.events.central import record_act
from admin_web.events.exceptions import ExceptionKind, raise_exception
from admin_web.events.inserting import dialect_of, insert_into
from admin_web.rules.bundle import build_bundle, window_of
from admin_web.rules.reception import RECEPTION, build_reception
from admin_web.services.revision import cabinets_revision, current_revision, raise_revision
from broker.errors import MessageTooLarge
from broker.keys import SigningKey
from broker.messages.bundle import Bundle
from broker.messages.central import RulesPublished
from broker.signed import sign_rules
from policy.clock import Clock, Moment
from policy.rules import Revision

_log = logging.getLogger(__name__)

Send = Callable[[str, bytes], None]
"""Publish a device's signed bundle, retained."""


@dataclass(frozen=True, slots=True)
class _Ready:
    device: str
    revision: Revision
    first: date
    payload: bytes
    is_cabinets: bool


class RulesPublisher:
    """Brings the published bundles up to the database's rules and to the day."""

    def __init__(self, database: Database, clock: Clock, *, site: str, signing_key: SigningKey, send: Send) -> None:
        self._database = database
        self._clock = clock
        self._site = site
        self._signing_key = signing_key
        self._send = send
        self._refused: dict[str, Revision] = {}
        """Per device the revision whose bundle was too large: not tried again until the rules change."""

    def publish_due(self) -> int:
        """Publish what is older than the current revision or not for today; says how many bundles went out."""
        now = self._clock.now()
        self._keep_to_the_day(now)
        return self._publish(now, everybody=False)

    def publish_all(self) -> int:
        """Publish to every device, as after a connect: a broker that was killed has lost what it retained."""
        now = self._clock.now()
        self._keep_to_the_day(now)
        return self._publish(now, everybody=True)

    def _keep_to_the_day(self, now: Moment) -> None:
        """Raise the revision where what is published does not begin yesterday."""
        with self._database.read() as session:
            if not _window_moved(session, now):
                return
        with self._database.write() as session:
            if _window_moved(session, now):
                raise_revision(session, now)

    def _publish(self, now: Moment, *, everybody: bool) -> int:
        ready: list[_Ready] = []
        too_large: list[str] = []
        with self._database.read() as session:
            current = current_revision(session)
            devices = _cabinets(session) if everybody else _behind(session)
            for device in devices:
                if self._refused.get(device) == current:
                    continue
                try:
                    ready.append(self._sign(session, device, now))
                except MessageTooLarge as problem:
                    _log.error("%s is not given revision %s: %s", device, current, problem)
                    self._refused[device] = current
                    too_large.append(device)
        if ready or too_large:
            self._mark(ready, too_large, now)
        for one in ready:
            self._send(one.device, one.payload)
        return len(ready)

    def _sign(self, session: Session, device: str, now: Moment) -> _Ready:
        """Build and sign what a device knows by. Raises MessageTooLarge."""
        is_cabinets = _kind(session, device) != RECEPTION
        if not is_cabinets:
            screen = build_reception(session, device, now)
            revision, body = screen.revision, screen.to_body()
            first, _ = window_of(screen.zone, now.utc)
        else:
            rules = build_bundle(session, device, now)
            revision, first = rules.revision, rules.first
            body = Bundle.from_rules(rules, site=self._site, device=device).to_body()
        payload = sign_rules(self._signing_key, self._site, device, revision, body)
        return _Ready(device, revision, first, payload, is_cabinets)

    def _mark(self, ready: list[_Ready], too_large: list[str], now: Moment) -> None:
        """Write what goes out, before it goes out: a device then never shows a bundle that is not written here.

        In the log stands what cabinets are sent; a screen is sent something with every visitor.
        """
        with self._database.write() as session:
            behind = set(_behind(session))
            news = [one.revision for one in ready if one.device in behind and one.is_cabinets]
            for one in ready:
                if one.device in behind:
                    _save(session, one, now)
            for device in too_large:
                raise_exception(session, ExceptionKind.BUNDLE_TOO_LARGE, device, (), now)
            if news:
                record_act(session, RulesPublished(revision=str(max(news))), None, now)


def _save(session: Session, one: _Ready, now: Moment) -> None:
    insert = insert_into(dialect_of(session), PublishedBundle)
    values = {
        "generation": one.revision.generation,
        "number": one.revision.number,
        "window_first": one.first,
        "published_at": now.utc,
    }
    session.execute(
        insert.values(device=one.device, **values).on_conflict_do_update(index_elements=["device"], set_=values)
    )


def count_cabinets(session: Session) -> int:
    """Count the devices that are given rules: over so many, starts are spread."""
    return len(_cabinets(session))


def _cabinets(session: Session) -> list[str]:
    return list(session.scalars(select(Device.id).where(_is_given_rules()).order_by(Device.id)))


def _is_given_rules() -> ColumnElement[bool]:
    """A cabinet at its point, or a reception screen, which stands at none."""
    return or_(Device.point_id.is_not(None), Device.kind == RECEPTION)


def _kind(session: Session, device: str) -> str | None:
    return session.scalar(select(Device.kind).where(Device.id == device))


def _behind(session: Session) -> list[str]:
    """Name the devices that have no bundle, or one older than the newest revision that is for their kind."""
    current, of_cabinets = current_revision(session), cabinets_revision(session)
    rows = session.execute(
        select(Device.id, Device.kind, PublishedBundle.generation, PublishedBundle.number)
        .join(PublishedBundle, PublishedBundle.device == Device.id, isouter=True)
        .where(_is_given_rules())
        .order_by(Device.id)
    )
    return [
        device
        for device, kind, generation, number in rows
        if generation is None or Revision(generation, number) < (current if kind == RECEPTION else of_cabinets)
    ]


def _window_moved(session: Session, now: Moment) -> bool:
    """Tell whether a bundle that is in force does not begin yesterday: midnight, or the clock jumped."""
    zone = session.scalar(select(Site.zone))
    if zone is None:
        raise DatabaseNotReady("The database has not been set up. Run `phonekeep-admin init` first.")
    first, _ = window_of(zone, now.utc)
    newest = cabinets_revision(session)
    moved = session.scalar(
        select(PublishedBundle.device)
        .where(
            PublishedBundle.generation == newest.generation,
            PublishedBundle.number >= newest.number,
            PublishedBundle.window_first != first,
        )
        .limit(1)
    )
    return moved is not None
