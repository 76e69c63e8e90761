"""Tells every cabinet for whom visitors wait, and every screen which roll is called, as soon as that changes for it.

Level-triggered like the rules, and apart from them: a visitor who comes, goes or is ticked changes no rule
(clause 21; flow 2, step 2; docs/adr/0006).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.engine import Database
from admin_web.database.places import Device
from admin_web.database.publishing import PublishedVisits
from admin_web.events.rolls import recent_rolls
from admin_web.rules.reception import RECEPTION
from admin_web.rules.waiting import waiting_by_device
from admin_web.services.revision import current_revision
from broker.keys import SigningKey
from broker.messages.roll_told import RollsTold
from broker.messages.waiting import HostsWaited
from broker.signed import Purpose, sign
from policy.clock import Clock
from policy.roll_call import RollCall
from policy.rules import Revision
from policy.visitors import NOBODY, VisitorsWaiting

Send = Callable[[str, bytes], None]
"""Publish a device's signed message, retained."""
News = VisitorsWaiting | tuple[RollCall, ...]
"""For a cabinet who is waited for; for a reception screen the roll-calls of the last hours."""


@dataclass(frozen=True, slots=True)
class _Ready:
    device: str
    news: News
    edition: Revision
    digest: str


class VisitsPublisher:
    """Brings what devices were told of visitors up to what the database knows."""

    def __init__(self, database: Database, clock: Clock, *, site: str, signing_key: SigningKey, send: Send) -> None:
        self._database = database
        self._clock = clock
        self._site = site
        self._signing_key = signing_key
        self._send = send

    def publish_due(self) -> int:
        """Tell the devices for which something has changed; says how many were told."""
        with self._database.read() as session:
            due = self._changed(session)
        if not due:
            return 0
        with self._database.write() as session:
            changed = self._changed(session)
            for one in changed:  # written before it goes out: a number is never used twice
                session.merge(
                    PublishedVisits(
                        device=one.device,
                        generation=one.edition.generation,
                        number=one.edition.number,
                        digest=one.digest,
                    )
                )
        for one in changed:
            self._tell(one)
        return len(changed)

    def publish_all(self) -> int:
        """Tell every device that was ever told something, as after a connect: the broker may have lost it."""
        told = self.publish_due()
        with self._database.read() as session:
            rows = {
                row.device: Revision(row.generation, row.number) for row in session.scalars(select(PublishedVisits))
            }
            everything = [
                _Ready(device, news, rows[device], "") for device, news in self._news(session).items() if device in rows
            ]
        for one in everything:
            self._tell(one)
        return max(told, len(everything))

    def _changed(self, session: Session) -> list[_Ready]:
        """What differs from what was told last; who never was told anything knows that nobody waits."""
        generation = current_revision(session).generation
        rows = {row.device: row for row in session.scalars(select(PublishedVisits))}
        changed: list[_Ready] = []
        for device, news in self._news(session).items():
            row = rows.get(device)
            digest = self._digest(device, news)
            if row is None and news not in (NOBODY, ()):
                changed.append(_Ready(device, news, Revision(generation, 1), digest))
            elif row is not None and (row.digest != digest or row.generation < generation):
                edition = Revision(max(generation, row.generation), row.number + 1)
                changed.append(_Ready(device, news, edition, digest))
        return changed

    def _news(self, session: Session) -> dict[str, News]:
        screens = session.scalars(select(Device.id).where(Device.kind == RECEPTION).order_by(Device.id)).all()
        rolls = recent_rolls(session, self._clock.now().utc) if screens else ()
        return {**waiting_by_device(session), **dict.fromkeys(screens, rolls)}

    def _digest(self, device: str, news: News) -> str:
        return hashlib.sha256(self._body(device, news, Revision(0, 0))).hexdigest()

    def _body(self, device: str, news: News, edition: Revision) -> bytes:
        if isinstance(news, VisitorsWaiting):
            return HostsWaited.write(news, edition, site=self._site, device=device).to_bytes()
        return RollsTold.write(news, edition, site=self._site, device=device).to_bytes()

    def _tell(self, one: _Ready) -> None:
        body = self._body(one.device, one.news, one.edition)
        self._send(one.device, sign(self._signing_key, Purpose.VISITS, body))
