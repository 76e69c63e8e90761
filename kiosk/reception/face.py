"""What stands between the program and whoever looks at it: a window, or lines of text for tests."""

from collections.abc import Callable
from typing import Protocol

from kiosk.reception.flow.inputs import Input
from kiosk.reception.flow.screen import Screen, Speech


class Runs(Protocol):
    """The program as a face knows it."""

    def run(self) -> None:
        """Run until stopped, in a thread of its own."""
        ...

    def stop(self) -> None:
        """Let `run` return; from any thread."""
        ...

    @property
    def put(self) -> Callable[[Input], None]:
        """Hand in what a finger did; from any thread."""
        ...

    @property
    def is_alive(self) -> Callable[[], bool]:
        """Whether the program's loop has gone round within the last seconds; from any thread."""
        ...


class Face(Protocol):
    """Shows pages and says words. All but `run` are called from the program's thread and return at once."""

    def show(self, screen: Screen) -> None:
        """Draw this page from now on."""
        ...

    def speak(self, speech: Speech | None) -> None:
        """Read this aloud; None: be silent."""
        ...

    def reset(self) -> None:
        """Wipe whatever is kept of the last visitor: places, clipboard, undo."""
        ...

    def capacity(self, screen: Screen) -> int | tuple[int, ...]:
        """How many of a screen's items fit on the panel: at once, or in each of its parts."""
        ...

    def run(self, program: Runs) -> None:
        """Run the program in a thread and the face in this one until either ends; raise what the program raised."""
        ...
