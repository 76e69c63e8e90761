"""What central signed for the reception, checked before it is shown: signature, purpose, site, device (flow 2, 3)."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from broker.errors import BadMessage, BadSignature, ForeignMessage, MessageTooLarge
from broker.messages.reception_bundle import RECEPTION_BUNDLE_BYTES, ReceptionBundle
from broker.messages.roll_told import RollsTold
from broker.messages.wire import read_addressed
from broker.signed import Purpose, head_signature_of, open_signed, verify_rules_head
from kiosk.cabinet.office.central import (
    BAD_SIGNATURE,
    FOREIGN,
    MALFORMED,
    OTHER_POINT,
    Central,
    VerifiedRules,
    VerifiedVisits,
)
from kiosk.errors import CommandRefused, RulesRefused
from kiosk.reception.content import Content, read_content
from policy.roll_call import RollFact
from policy.rules import Point, Revision, Rules
from policy.visitors import NOBODY


@dataclass(frozen=True, slots=True)
class VerifiedContent(VerifiedRules):
    """An edition that central signed for this screen. Its `rules` are empty: nothing is locked away here."""

    content: Content


@dataclass(frozen=True, slots=True)
class VerifiedRolls(VerifiedVisits):
    """The roll-calls that central signed for this screen. Nobody is waited for here: that stands in the bundle."""

    facts: tuple[RollFact, ...]


class ReceptionCentral(Central):
    """Knows central by its public key, and this screen by its names."""

    def visits(self, payload: bytes) -> VerifiedRolls:
        """Check what is told of roll-calls; raise CommandRefused when it is not central's for this screen."""
        told = self._body(RollsTold, Purpose.VISITS, payload)
        try:
            return VerifiedRolls(NOBODY, told.edition, payload, told.read())
        except BadMessage as fault:
            raise CommandRefused(str(fault), MALFORMED, Purpose.VISITS.value) from fault

    def rules(self, payload: bytes) -> VerifiedContent:
        """Check a reception bundle; raise RulesRefused with its revision where it could be read."""
        revision: Revision | None = None
        try:
            body = open_signed(self._key, Purpose.RULES, payload)
            if len(body) > RECEPTION_BUNDLE_BYTES:
                raise MessageTooLarge(f"a bundle of {len(body)} bytes: {RECEPTION_BUNDLE_BYTES} is the most")
            bundle = read_addressed(ReceptionBundle, body, site=self._site, device=self._device)
            revision = bundle.revision
            content = read_content(bundle)
            ZoneInfo(content.zone)
            head = head_signature_of(payload)
        except BadSignature as fault:
            raise RulesRefused(str(fault), BAD_SIGNATURE, revision) from fault
        except ForeignMessage as fault:
            raise RulesRefused(str(fault), FOREIGN, revision) from fault
        except (BadMessage, MessageTooLarge, ValueError, LookupError, OSError) as fault:
            raise RulesRefused(f"the reception's bundle cannot be read: {fault}", MALFORMED, revision) from fault
        if bundle.point != self._point.id:
            sentence = f"the bundle is for {bundle.point}, this is {self._point.id}: put the same into both"
            raise RulesRefused(sentence, OTHER_POINT, revision)
        if not verify_rules_head(self._key, self._site, self._device, revision, head):
            raise RulesRefused("the signature of the bundle's head is not central's", BAD_SIGNATURE, revision)
        return VerifiedContent(_empty_rules(self._point, content), head, payload, content)


def _empty_rules(point: Point, content: Content) -> Rules:
    return Rules(
        revision=content.revision,
        issued=content.issued,
        zone=content.zone,
        first=date(1970, 1, 1),
        last=date(1970, 1, 1),
        point=point.id,
        kind=point.kind,
        slots=point.slots,
    )
