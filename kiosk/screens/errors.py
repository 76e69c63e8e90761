"""What keeps the window from opening or going on; every message says what happened and what to do."""

from kiosk.errors import KioskError


class ScreenError(KioskError):
    """Anything the window says to a person instead of a traceback."""


class UnknownPanel(ScreenError):
    """There is no profile for a panel of that size."""


class FontsMissing(ScreenError):
    """The fonts that set-up makes are not there."""


class NoWindow(ScreenError):
    """There is no display to open a window on."""


class TooManyExceptions(ScreenError):
    """The window failed again and again."""
