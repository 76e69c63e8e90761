"""Opaque handles for URLs: a person's id may be the name, and a badge reference must not stand in one at all."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Badge, Person, UnknownBadge
from admin_web.errors import NotFound


def handle_of(id: str) -> str:
    """Make the handle of a person's id or a badge reference: 16 hex digits that name nobody."""
    return hashlib.sha256(b"phonekeep-handle\0" + id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_person_id(session: Session, handle: str) -> str:
    """Find the id a handle stands for, of people who have ended as well. Raises NotFound."""
    for id in session.scalars(select(Person.id)):
        if handle_of(id) == handle:
            return id
    raise NotFound("There is no such person.", what_to_do="Look on the page People and badges.", field="person")


def find_badge(session: Session, handle: str) -> str:
    """Find the reference a handle stands for, of known and unknown badges. Raises NotFound."""
    for table in (UnknownBadge, Badge):
        for reference in session.scalars(select(table.reference)):
            if handle_of(reference) == handle:
                return reference
    raise NotFound("There is no such badge.", what_to_do="Look on the page People and badges.", field="badge")


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def short_badge(reference: str) -> str:
    """Write a badge reference so that two people can compare it aloud: key epoch and 40 bits in Crockford's base 32."""
    epoch, _, digits = reference.partition(":")
    try:
        number = int(digits[:10], 16)
    except ValueError:
        return reference
    letters = "".join(_ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{epoch}: {letters[:4]} {letters[4:]}"
