"""What central signed, checked before the cabinet acts: signature, purpose, site, device (flow 1, 9; flow 2, 3)."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from broker.errors import BadMessage, BadSignature, ForeignMessage, MessageTooLarge
from broker.messages.bundle import BUNDLE_BYTES, Bundle
from broker.messages.waiting import HostsWaited
from broker.messages.wire import Ack, Body, Command, Need, read_addressed
from broker.signed import Purpose, head_signature_of, open_signed, verify_rules_head
from kiosk.errors import CommandRefused, RulesRefused
from policy.rules import Point, Revision, Rules
from policy.visitors import VisitorsWaiting

BAD_SIGNATURE, FOREIGN, MALFORMED, NOT_NEWER, OTHER_POINT, UNKNOWN_COMMAND = (
    "bad_signature",
    "foreign",
    "malformed",
    "not_newer",
    "other_point",
    "unknown_command",
)
"""The codes that `rules.refused` and `command.refused` carry."""


@dataclass(frozen=True, slots=True)
class VerifiedRules:
    """A bundle that central signed for this device; whether it is newer is for the cabinet to say."""

    rules: Rules
    head_signature: bytes
    payload: bytes
    """As it came, to be kept and checked again at the next start."""


@dataclass(frozen=True, slots=True)
class VerifiedVisits:
    """For whom visitors wait, as central signed it for this device; whether it is newer is for the cabinet to say."""

    waiting: VisitorsWaiting
    edition: Revision
    payload: bytes
    """As it came, to be kept and checked again at the next start."""


class Central:
    """Knows central by its public key (as `signing_public_key` gives it), and this device by its names."""

    def __init__(self, public_key: Any, site: str, device: str, point: Point) -> None:
        self._key = public_key
        self._site = site
        self._device = device
        self._point = point

    def acknowledgement(self, payload: bytes) -> Ack:
        """Check an acknowledgement; raise CommandRefused when it is not central's for this device."""
        return self._body(Ack, Purpose.ACK, payload)

    def need(self, payload: bytes) -> Need:
        """Check what central says it lacks; raise CommandRefused when it is not central's for this device."""
        return self._body(Need, Purpose.NEED, payload)

    def command(self, payload: bytes) -> Command:
        """Check a command; raise CommandRefused when it is not central's for this device."""
        return self._body(Command, Purpose.COMMAND, payload)

    def visits(self, payload: bytes) -> VerifiedVisits:
        """Check who is waited for; raise CommandRefused when it is not central's for this device."""
        said = self._body(HostsWaited, Purpose.VISITS, payload)
        try:
            return VerifiedVisits(said.read(), said.edition, payload)
        except BadMessage as fault:
            raise CommandRefused(str(fault), MALFORMED, Purpose.VISITS.value) from fault

    def rules(self, payload: bytes) -> VerifiedRules:
        """Check a rules bundle; raise RulesRefused with its revision where it could be read."""
        revision: Revision | None = None
        try:
            body = open_signed(self._key, Purpose.RULES, payload)
            if len(body) > BUNDLE_BYTES:
                raise MessageTooLarge(f"a bundle of {len(body)} bytes: {BUNDLE_BYTES} is the most")
            bundle = read_addressed(Bundle, body, site=self._site, device=self._device)
            revision = bundle.revision
            rules = bundle.to_rules()
            ZoneInfo(rules.zone)
            head = head_signature_of(payload)
        except BadSignature as fault:
            raise RulesRefused(str(fault), BAD_SIGNATURE, revision) from fault
        except ForeignMessage as fault:
            raise RulesRefused(str(fault), FOREIGN, revision) from fault
        except (BadMessage, MessageTooLarge, ValueError, LookupError, OSError) as fault:
            raise RulesRefused(f"the rules cannot be read: {fault}", MALFORMED, revision) from fault
        if (rules.point, rules.kind, rules.slots) != (self._point.id, self._point.kind, self._point.slots):
            raise RulesRefused(
                f"the rules are for {rules.point} ({rules.kind}, {rules.slots} slots), this is {self._point.id} "
                f"({self._point.kind}, {self._point.slots}): put the same into the configuration and the office",
                OTHER_POINT,
                revision,
            )
        if not verify_rules_head(self._key, self._site, self._device, rules.revision, head):
            raise RulesRefused("the signature of the rules' head is not central's", BAD_SIGNATURE, revision)
        return VerifiedRules(rules, head, payload)

    def _body(self, kind: type[Body], purpose: Purpose, payload: bytes) -> Body:
        try:
            return read_addressed(kind, open_signed(self._key, purpose, payload), site=self._site, device=self._device)
        except BadSignature as fault:
            raise CommandRefused(str(fault), BAD_SIGNATURE, purpose.value) from fault
        except ForeignMessage as fault:
            raise CommandRefused(str(fault), FOREIGN, purpose.value) from fault
        except BadMessage as fault:
            raise CommandRefused(str(fault), MALFORMED, purpose.value) from fault
