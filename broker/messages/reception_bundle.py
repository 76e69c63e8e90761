"""The reception's rules bundle on the wire: everything the screen shows and knows by, for one device (flow 2)."""

from datetime import time
from typing import Literal

from pydantic import Field

from broker.errors import MessageTooLarge
from broker.instants import Instant
from broker.messages.message import Count, Id, Text, empty
from broker.messages.reception_parts import (
    ExpectedVisit,
    Host,
    KnownVisit,
    Lanyard,
    RegularVisitor,
    Role,
    Room,
    RuleTexts,
    StaffBadge,
)
from broker.messages.wire import Addressed
from broker.signed import SIGNED_BYTES
from policy.rules import Revision

RECEPTION_BUNDLE_BYTES = 200 * 1024
SIGNATURES_BYTES = 1024
"""More than two signatures and the names of their fields take."""


class ReceptionBundle(Addressed):
    """Signed and published like a cabinet's, under the same purpose."""

    purpose: Literal["rules"] = "rules"
    v: Literal[1] = 1
    kind: Literal["reception"] = "reception"
    generation: Count
    number: Count
    issued: Instant
    point: Id
    zone: Text
    name: Text
    """The school's name, as the welcome page shows it."""
    telephone: Text
    """The school's telephone (clause 23)."""
    closing: time
    """Local wall time at which open visits end as `not_signed_out`."""
    texts: RuleTexts
    rooms: list[Room] = Field(default_factory=list)
    roles: list[Role] = Field(default_factory=list)
    hosts: list[Host] = Field(default_factory=list)
    badges: list[StaffBadge] = Field(default_factory=list)
    lanyards: list[Lanyard] = Field(default_factory=list)
    expected: list[ExpectedVisit] = Field(default_factory=list, exclude_if=empty)
    regular: list[RegularVisitor] = Field(default_factory=list, exclude_if=empty)
    visits: list[KnownVisit] = Field(default_factory=list, exclude_if=empty)
    """Today's visits that central has heard of: open ones for the roll, briefed ones, ended ones."""

    @property
    def revision(self) -> Revision:
        """Which edition it is."""
        return Revision(self.generation, self.number)

    def to_body(self) -> bytes:
        """Encode, ready to be signed. Raises `MessageTooLarge` over 200 kB."""
        body = self.to_bytes()
        # Signed, it travels as a string in JSON, where each quote takes two bytes.
        signed = len(body) + body.count(b'"') + body.count(b"\\") + SIGNATURES_BYTES
        if len(body) > RECEPTION_BUNDLE_BYTES or signed > SIGNED_BYTES:
            raise MessageTooLarge(
                f"the reception's bundle has {len(body)} bytes: {RECEPTION_BUNDLE_BYTES} is the most. "
                "End expected visitors that are over, or people who have left"
            )
        return body
