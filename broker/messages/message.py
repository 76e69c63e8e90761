"""What every message is made of: the base of events with a public and a private part, and the kinds of field."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.types import Strict

from broker.errors import BadMessage

PRIVATE_BYTES = 4096
"""The most that may travel beside an event as `private`."""
EVENT_BYTES = 8192
"""The most an event may be long; one of today's has about 630 bytes."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""A site, device, point, reader or part."""
Person = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Holder = Annotated[str, StringConstraints(min_length=1, max_length=100)]
"""Whose phone: a person's id, or `badge:` and the reference of a cover-pool badge."""
PermissionId = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Badge = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}:[0-9a-f]{64}$")]
"""A badge reference, never a UID."""
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A reason, fault or kind: any word, so that a cabinet newer than its central is still understood."""
Clause = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,15}$")]
Text = Annotated[str, StringConstraints(max_length=200)]
Decimal = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,18})$")]
"""A whole number over 32 bits, as a string (JavaScript and CloudEvents cannot hold it)."""
Epoch = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Nonce = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""Made by a device; the signed command that names it is good once and for 120 s of that device's monotonic time."""
RevisionText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}\.[0-9]{1,10}$")]
Count = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Slot = Annotated[int, Strict()]


def absent(value: object) -> bool:
    """Leave a field out that says nothing: what came later is not in the bytes of what does without it."""
    return value is None


def empty(value: object) -> bool:
    """Leave an empty field out, for the same reason."""
    return not value


class WireModel(BaseModel):
    """A value on the wire: frozen, no unknown fields, JSON in the order its fields are declared."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    def to_bytes(self) -> bytes:
        """Encode as canonical JSON; made once and kept, nobody makes the same bytes twice."""
        return self.__pydantic_serializer__.to_json(self)

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Decode JSON. Raises `BadMessage` naming the first field that does not fit."""
        try:
            return cls.model_validate_json(payload)
        except ValidationError as error:
            raise BadMessage(f"this is not a {cls.__name__}: {first_problem(error)}") from error


class PrivatePart(WireModel):
    """Personal facts beside an event; erasing them leaves the event, its chain and its proofs whole."""


PrivateKind = type[PrivatePart] | None
"""The model of a private part, or None for events that never have one."""


class Message(WireModel):
    """The public `data` of an event; subclasses are the catalogue."""

    type: ClassVar[str]
    """Catalogue name with version, without `uk.phonekeep.`."""
    Private: ClassVar[PrivateKind] = None
    private_optional: ClassVar[bool] = False
    """Whether an event of this type may go without its private part."""

    def bytes_beside(self, private: PrivatePart | None) -> bytes | None:
        """The private part in the bytes it travels in. Raises `ValueError` when it is not this message's."""
        if private is None:
            if self.Private is not None and not self.private_optional:
                raise ValueError(f"{self.type} needs its private part, a {self.Private.__name__}")
            return None
        if self.Private is None or type(private) is not self.Private:
            raise ValueError(f"{self.type} has no private part {type(private).__name__}")
        return private.to_bytes()


def first_problem(error: ValidationError) -> str:
    """Say in one line what the first problem is and where, without repeating the value (it may be personal)."""
    problem: Any = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(step) for step in problem["loc"]) or "the whole"
    return f"{where}: {problem['msg']}"
