"""What the office does about visitors: expects them, words their rules, answers a ring. All acts of central."""

from broker.messages.central import ActPrivate
from broker.messages.message import Code, Count, Flag, Hash, Id, Message, Nonce
from broker.messages.visit import LanguageCode


class _Act(Message):
    Private = ActPrivate


class VisitorExpected(_Act):
    """Somebody is expected, or what is expected of them was changed; `what` is the name."""

    type = "visitor.expected.v1"
    expected: Id
    images: Flag
    """Whether the headteacher has agreed to photos, video or sound for this visit (clause 3)."""


class VisitorNotExpected(_Act):
    """Somebody is expected no more."""

    type = "visitor.not_expected.v1"
    expected: Id


class VisitorRulesDrafted(_Act):
    """The words of the next version of the visitors' rules were changed in one language."""

    type = "visitor_rules.drafted.v1"
    language: LanguageCode
    checked: Flag
    """Whether a speaker has checked them."""


class VisitorRulesPublished(_Act):
    """The headteacher published a version of the visitors' rules."""

    type = "visitor_rules.published.v1"
    version: Count
    hash: Hash
    """SHA-256 of the words in every language."""


class ReceptionChanged(_Act):
    """The reception screen's settings, lanyards or regular visitors were changed."""

    type = "reception.changed.v1"
    part: Code
    """`settings`, `lanyard` or `regular_visitor`."""


class HelpAnswered(_Act):
    """Somebody in the office answered a ring from the reception screen."""

    type = "help.answered.v1"
    nonce: Nonce
