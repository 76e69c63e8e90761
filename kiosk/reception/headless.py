"""A face of lines in place of a window, for tests and for a look without a display (`--no-screen`).

On stdin one input a line: `press ID`, `type TEXT` (each letter a key), `erase`, `screen`, `quit`. On stdout one JSON
object a line: {"screen": ...} for every new page, {"speak": clip or null}, {"reset": true}, and {"done": n} once the
n-th line has been taken.
"""

import json
import sys
import threading
from dataclasses import asdict
from typing import TextIO

from kiosk.cabinet.loop import tell_watchdog
from kiosk.reception.face import Runs
from kiosk.reception.flow.inputs import Erased, Input, Pressed, Typed
from kiosk.reception.flow.parts import everything
from kiosk.reception.flow.screen import Screen, Speech

WATCHDOG_EVERY_S = 1.0


class Headless:
    """Prints pages and reads fingers."""

    def __init__(self, lines: TextIO, out: TextIO) -> None:
        self._lines = lines
        self._out = out
        self._lock = threading.Lock()
        self._newest: Screen | None = None

    def show(self, screen: Screen) -> None:
        """Print the page."""
        self._newest = screen
        self._print({"screen": asdict(screen)})

    def speak(self, speech: Speech | None) -> None:
        """Print what would be heard."""
        self._print({"speak": None if speech is None else speech.clip})

    def reset(self) -> None:
        """Print that everything is to be wiped."""
        self._print({"reset": True})

    def capacity(self, screen: Screen) -> int:
        """Lines have no end."""
        return everything(screen)

    def run(self, program: Runs) -> None:
        """Run the program here, and the lines in a thread of their own; the end of the lines ends nothing."""
        ended = threading.Event()
        for work in (lambda: self._read(program), lambda: self._watch(program, ended)):
            threading.Thread(target=work, daemon=True).start()
        try:
            program.run()
        finally:
            ended.set()

    def _read(self, program: Runs) -> None:
        for number, line in enumerate(self._lines, 1):
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "quit":
                program.stop()
                return
            if word == "screen" and self._newest is not None:
                self.show(self._newest)
            for input in _inputs(word, rest):
                program.put(input)
            self._print({"done": number})

    def _watch(self, program: Runs, ended: threading.Event) -> None:
        while not ended.wait(WATCHDOG_EVERY_S):
            if program.is_alive():
                tell_watchdog()

    def _print(self, said: dict[str, object]) -> None:
        with self._lock:
            try:
                print(json.dumps(said, ensure_ascii=False), file=self._out, flush=True)
            except BrokenPipeError:
                # Nobody looks any more; the device socket and the roll go on.
                self._out = sys.stderr


def _inputs(word: str, rest: str) -> list[Input]:
    if word == "press":
        return [Pressed(rest)]
    if word == "type":
        return [Typed(letter) for letter in rest]
    return [Erased()] if word == "erase" else []
