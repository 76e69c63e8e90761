"""Founds the school in an empty database: its site, its own device `central`, the counter and the first revision."""

import json

from sqlalchemy.orm import Session

from admin_web.database.events import CentralCounter
from admin_web.database.places import Device, Site
from admin_web.database.publishing import CurrentRevision
from admin_web.errors import Conflict
from admin_web.events.central import begin_epoch
from admin_web.services.texts import require_device_id, require_name
from broker.topics import CENTRAL
from policy.clock import Moment

DEFAULT_COVER_HOURS = {day: [{"from": "08:00", "until": "16:30"}] for day in ("mon", "tue", "wed", "thu", "fri")}
"""The working hours of a cover-pool badge until the school chooses others (policy-clauses, "Known here")."""


def found_school(session: Session, site_id: str, name: str, *, event_key: bytes, now: Moment) -> Site:
    """Write the rows that everything else needs and begin central's first epoch; done once. Raises Conflict, Invalid.

    `event_key` is the public half (32 bytes) of the key that signs central's own heads.
    """
    require_device_id(site_id, "site")
    there = session.query(Site).first()
    if there is not None:
        if there.id != site_id:
            raise Conflict(
                f"This database belongs to the site {there.id!r}.",
                what_to_do="Give the same --site, or another --data directory.",
                field="site",
            )
        there.name = require_name(name, "name")
        return there
    site = Site(id=site_id, name=require_name(name, "name"), cover_hours=json.dumps(DEFAULT_COVER_HOURS))
    session.add_all(
        [
            site,
            CentralCounter(id=1, last_event_id=0),
            CurrentRevision(id=1, generation=1, number=1, changed_at=now.utc),
            Device(id=CENTRAL, kind="central", event_key=event_key, added_at=now.utc),
        ]
    )
    session.flush()
    begin_epoch(session, now)
    return site
