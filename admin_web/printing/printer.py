"""The port to a printer: takes a sheet of text, or says in a sentence why it could not be printed."""

from typing import Protocol

from admin_web.errors import AdminWebError


class PrintFailed(AdminWebError):
    """The list did not go to the printer; the text says what happened and what to do."""


class Printer(Protocol):
    """Prints text; the driver is `lp`, tests have one that keeps what it was given."""

    def print_text(self, queue: str, title: str, text: str) -> None:
        """Hand one job to a queue and come back when it is accepted. Raises PrintFailed."""
