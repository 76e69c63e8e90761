"""What can go wrong with the demo; every sentence says what to do."""

from http import HTTPStatus
from typing import ClassVar


class DemoError(Exception):
    """Base of everything the demo raises on purpose; its text is for a person."""


class SetUpFailed(DemoError):
    """A command that sets the school up did not work, or the place for its data cannot be used."""


class NotReady(DemoError):
    """The school was started and did not become ready in time."""


class BenchRefused(DemoError):
    """A call of the bench that was not carried out; nothing of it happened."""

    status: ClassVar[HTTPStatus] = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, error: str, *, what_to_do: str, field: str | None = None) -> None:
        super().__init__(f"{error} {what_to_do}")
        self.error = error
        self.what_to_do = what_to_do
        self.field = field
        """The field of the body it is about, None when it is about no single one."""


class BodyInvalid(BenchRefused):
    """The body of a call says something it cannot say (422)."""


class NotHere(BenchRefused):
    """What the call names does not exist (404)."""

    status = HTTPStatus.NOT_FOUND


class NotNow(BenchRefused):
    """The call is right, but not in the state that the machine is in (409)."""

    status = HTTPStatus.CONFLICT


class PartSilent(BenchRefused):
    """The simulated hardware of a device did not answer (503)."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
