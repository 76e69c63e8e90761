"""The names of things, one type each, so that a badge reference is never passed where a person is meant."""

from typing import NewType

SiteId = NewType("SiteId", str)
DeviceId = NewType("DeviceId", str)
PointId = NewType("PointId", str)
PersonId = NewType("PersonId", str)

BadgeReference = NewType("BadgeReference", str)
"""`<key epoch>:<HMAC-SHA-256 in hex>` of a badge; the UID itself never gets this far."""

HolderId = NewType("HolderId", str)
"""Whose declared state it is: a person's id, or for a cover-pool badge `badge:<reference>`."""


def holder_of(person: PersonId | None, badge: BadgeReference) -> HolderId:
    """Name whose declared state a badge speaks for: its person's, or its own for a cover-pool badge."""
    return HolderId(person) if person is not None else HolderId(f"badge:{badge}")
