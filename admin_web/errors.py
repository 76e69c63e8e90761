"""What can go wrong in the office: every error says what happened and what to do, and none shows a traceback."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

from policy.problem import Problem


class AdminWebError(Exception):
    """Base of everything this package raises on purpose; its text is a sentence for a person."""


class SettingsInvalid(AdminWebError, ValueError):
    """central.toml is missing, cannot be read, or says something that it cannot say."""


class ClockFileInvalid(AdminWebError, ValueError):
    """The simulated school clock's file does not hold a time."""


class DatabaseNotReady(AdminWebError):
    """The database has not been set up, or was made by another version of the program."""


class DatabaseUnavailable(AdminWebError, OSError):
    """The database could not be reached, stayed busy, or has no room; nothing of the transaction was saved."""


class SetUpFailed(AdminWebError):
    """A command of phonekeep-admin could not do its work; nothing is half done."""


class Refused(AdminWebError):
    """A request that was not carried out: nothing of it has been saved."""

    status: ClassVar[HTTPStatus] = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, error: str, *, what_to_do: str, field: str | None = None) -> None:
        super().__init__(f"{error} {what_to_do}")
        self.error = error
        """What happened, one sentence."""
        self.what_to_do = what_to_do
        """What to do about it, one sentence."""
        self.field = field
        """The field it is about, as a path like `points[0].slot`; None when it is about no single field."""


class Invalid(Refused):
    """The content cannot be right as it stands (422)."""


class Conflict(Refused):
    """The content is right by itself but clashes with what is there: a slot or badge that somebody holds (409)."""

    status = HTTPStatus.CONFLICT


class LookFirst(Conflict):
    """It may be saved, but something about it should be looked at first: said again with `although` it is (409)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            " ".join(problem.error for problem in problems),
            what_to_do=" ".join(problem.what_to_do for problem in problems),
            field=problems[0].field,
        )
        self.problems = tuple(problems)
        """What is to be looked at, each with its field."""


class NotFound(Refused):
    """What the request names does not exist (404)."""

    status = HTTPStatus.NOT_FOUND


class Forbidden(Refused):
    """The role may not see or do this (403)."""

    status = HTTPStatus.FORBIDDEN


class NotSignedIn(Refused):
    """No sign-in, a wrong one, or one that has ended (401)."""

    status = HTTPStatus.UNAUTHORIZED


class ChangedMeanwhile(Refused):
    """Somebody else changed it since it was read (412)."""

    status = HTTPStatus.PRECONDITION_FAILED


class SaidAlready(ChangedMeanwhile):
    """Somebody said that children stay in longer than they now would; carries the editions that were said (412)."""

    def __init__(self, rooms: str, said: frozenset[str]) -> None:
        super().__init__(
            f"{rooms}: it was said already that children stay in for longer.",
            what_to_do="Look at what was said, then leave it, or say yours in its place.",
            field="ends",
        )
        self.said = said


class MatchMissing(Refused):
    """A change of something that exists has to say which edition it changes (428)."""

    status = HTTPStatus.PRECONDITION_REQUIRED


class BodyTooLong(Refused):
    """More was sent than any page or call takes (413)."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self) -> None:
        super().__init__("That is more than this page takes.", what_to_do="Send less at a time.")


class TooManyAttempts(Refused):
    """Too many refused sign-ins for this name or from this place (429)."""

    status = HTTPStatus.TOO_MANY_REQUESTS
