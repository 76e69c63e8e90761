"""Tells every cabinet for whom visitors wait, as soon as that changes for it (clause 21; flow 2, step 2).

Level-triggered like the rules, and apart from them: a visitor who comes or goes changes no rule.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.engine import Database
from admin_web.database.publishing import PublishedVisits
from admin_web.rules.waiting import waiting_by_device
from admin_web.services.revision import current_revision
from broker.keys import SigningKey
from broker.messages.waiting import HostsWaited
from broker.signed import Purpose, sign
from policy.rules import Revision
from policy.visitors import NOBODY, VisitorsWaiting

Send = Callable[[str, bytes], None]
"""Publish a cabinet's signed message, retained."""


@dataclass(frozen=True, slots=True)
class _Ready:
    device: str
    waiting: VisitorsWaiting
    edition: Revision
    digest: str


class VisitsPublisher:
    """Brings what cabinets were told of visitors up to what the database knows."""

    def __init__(self, database: Database, *, site: str, signing_key: SigningKey, send: Send) -> None:
        self._database = database
        self._site = site
        self._signing_key = signing_key
        self._send = send

    def publish_due(self) -> int:
        """Tell the cabinets for which something has changed; says how many were told."""
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
        """Tell every cabinet that was ever told something, as after a connect: the broker may have lost it."""
        told = self.publish_due()
        with self._database.read() as session:
            rows = {
                row.device: Revision(row.generation, row.number) for row in session.scalars(select(PublishedVisits))
            }
            everything = [
                _Ready(device, waiting, rows[device], "")
                for device, waiting in waiting_by_device(session).items()
                if device in rows
            ]
        for one in everything:
            self._tell(one)
        return max(told, len(everything))

    def _changed(self, session: Session) -> list[_Ready]:
        """What differs from what was told last; who never was told anything knows that nobody waits."""
        generation = current_revision(session).generation
        rows = {row.device: row for row in session.scalars(select(PublishedVisits))}
        changed: list[_Ready] = []
        for device, waiting in waiting_by_device(session).items():
            row = rows.get(device)
            digest = self._digest(device, waiting)
            if row is None and waiting != NOBODY:
                changed.append(_Ready(device, waiting, Revision(generation, 1), digest))
            elif row is not None and (row.digest != digest or row.generation < generation):
                edition = Revision(max(generation, row.generation), row.number + 1)
                changed.append(_Ready(device, waiting, edition, digest))
        return changed

    def _digest(self, device: str, waiting: VisitorsWaiting) -> str:
        return hashlib.sha256(self._body(device, waiting, Revision(0, 0))).hexdigest()

    def _body(self, device: str, waiting: VisitorsWaiting, edition: Revision) -> bytes:
        return HostsWaited.write(waiting, edition, site=self._site, device=device).to_bytes()

    def _tell(self, one: _Ready) -> None:
        body = self._body(one.device, one.waiting, one.edition)
        self._send(one.device, sign(self._signing_key, Purpose.VISITS, body))
