"""What a device did with what central sent it: rules bundles and commands."""

from pydantic import Field

from broker.messages.message import Code, Message, Nonce, RevisionText, absent


class RulesApplied(Message):
    """A bundle is in force from the next decision on."""

    type = "rules.applied.v1"
    revision: RevisionText


class RulesRefused(Message):
    """A bundle was refused; the last good one stays. `revision` is null when it could not be read."""

    type = "rules.refused.v1"
    revision: RevisionText | None
    why: Code


class CommandObeyed(Message):
    """A command was carried out."""

    type = "command.obeyed.v1"
    command: Code
    why: Code | None = None
    nonce: Nonce | None = Field(default=None, exclude_if=absent)
    """Which command it was, by the nonce it answered."""


class CommandRefused(Message):
    """A command was refused."""

    type = "command.refused.v1"
    command: Code
    why: Code | None
    nonce: Nonce | None = Field(default=None, exclude_if=absent)
    """Which command it was; null for one that central did not sign."""
