"""Central's own acts: it is a device too, and what people do in the office are events of the device `central`."""

from typing import Annotated

from pydantic import StringConstraints

from broker.messages.message import Code, Id, Message, Person, PrivatePart, RevisionText, Slot

Detail = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class ActPrivate(PrivatePart):
    """Who did it, to whom, and the details as somebody typed them."""

    actor: Name
    """An account's or token's id, or `owner`, `console`, `ingest`."""
    person: Person | None = None
    badge: Name | None = None
    """A badge reference."""
    point: Id | None = None
    slot: Slot | None = None
    account: Name | None = None
    token: Name | None = None
    what: Detail | None = None


class _Act(Message):
    Private = ActPrivate


class PersonSaved(_Act):
    """A person was made or changed: name, group, hours, links, badges."""

    type = "person.saved.v1"


class BadgeAssigned(_Act):
    """A badge is a person's from now on."""

    type = "badge.assigned.v1"


class BadgeEnded(_Act):
    """A badge is nobody's any more."""

    type = "badge.ended.v1"


class BadgeLost(_Act):
    """A badge was reported lost."""

    type = "badge.lost.v1"


class BadgeFound(_Act):
    """A lost badge is back."""

    type = "badge.found.v1"


class BadgePooled(_Act):
    """A badge went into the cover pool or out of it."""

    type = "badge.pooled.v1"


class PointAdded(_Act):
    """A storage point was added."""

    type = "point.added.v1"
    point: Id


class DeviceAdded(_Act):
    """A device was enrolled for a point."""

    type = "device.added.v1"
    device: Id
    point: Id | None


class RestrictedSaved(_Act):
    """The restricted times of a point were changed."""

    type = "restricted.saved.v1"
    point: Id


class RulesPublished(_Act):
    """Bundles of a revision were published."""

    type = "rules.published.v1"
    private_optional = True
    revision: RevisionText


class AccountCreated(_Act):
    """Somebody may sign in."""

    type = "account.created.v1"


class AccountChanged(_Act):
    """An account's name, role or password was changed."""

    type = "account.changed.v1"


class AccountEnded(_Act):
    """Somebody may not sign in any more."""

    type = "account.ended.v1"


class TokenCreated(_Act):
    """A program may use the API."""

    type = "token.created.v1"


class TokenEnded(_Act):
    """A program may not use the API any more."""

    type = "token.ended.v1"


class SettingsSaved(_Act):
    """A setting of the school was changed; `what` says which, and how."""

    type = "settings.saved.v1"


class SchoolImported(_Act):
    """A file with people, badges and points was imported."""

    type = "school.imported.v1"


class ExceptionRaised(_Act):
    """Central found something for a person to look at; it accuses nobody."""

    type = "exception.raised.v1"
    private_optional = True
    kind: Code
    device: Id | None
