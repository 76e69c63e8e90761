"""The reception's real program in a real window, and a hand that finds its way by the same flow beside it."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.touch import Touch
from kiosk.clock import boottime_ns
from kiosk.screens.layout.cutting import capacity
from kiosk.screens.layout.pages import compose
from kiosk.screens.layout.shapes import Target
from kiosk.screens.panel import DEFAULT_PANEL as PANEL

HOLD_S, KEY_S = 0.05, 0.015
"""How long a finger rests on a target, and on a key."""
LOOKS_UP_S = 0.15
"""A first page is wiped in the picture after it: a finger so soon belongs to the visitor before. The same page with
something else on it says nothing when it has been drawn."""
AWAY_S = 0.7
"""Until the reader has seen that a card has left."""


def load(name: str) -> Any:
    """A reception's keys, rules and simulator, and the flow under a hand: those that its tests have."""
    source = Path(__file__).parents[1] / "tests" / "kiosk" / "reception" / "conftest.py"
    spec = importlib.util.spec_from_file_location(name, source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


TESTS = load("reception_bench_parts")


@contextmanager
def a_display() -> Iterator[str]:
    """An Xvfb as large as the panel."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{PANEL.name}x24", "-nolisten", "tcp"]
    with subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as file:
            number = file.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()


class Screen:
    """A reception whose window stands on a display, and a finger that goes where the same flow says it has to."""

    def __init__(self, directory: Path, display: str, begins: datetime) -> None:
        self.parts = TESTS.Reception(directory, TESTS.a_bundle)
        self.hand: Any = None
        self._display = display
        self._finger: Touch | None = None
        self._begins, self._since = begins.astimezone(UTC), boottime_ns()
        self._skipped = timedelta()
        self.turns: list[float] = []
        """Of each page, in milliseconds."""
        self.pages = 0
        self._write_clock()

    # The program

    def start(self) -> float:
        """Start the program; how long until the first page was on the glass, in seconds."""
        config = ["--config", str(self.parts.config), "--simulate", str(self.parts.directory / "sim")]
        home = str(self.parts.directory / "kivy")
        shown = {"DISPLAY": self._display, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy", "KIVY_HOME": home}
        begun = time.monotonic()
        with (self.parts.directory / "reception.log").open("ab") as log:
            self.parts.process = subprocess.Popen(
                [sys.executable, "-m", "kiosk.reception.main", "--windowed", *config],
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | shown | {"LIBGL_ALWAYS_SOFTWARE": "1"},
                text=True,
            )
        said = self.parts.process.stdout.readline()
        took = time.monotonic() - begun
        assert said == "READY\n", self.parts.log
        self._finger = Touch(self._display, self.pid)
        return took

    def stop(self) -> None:
        """End the program in order."""
        self.finger.close()
        assert self.parts.stop() == 0, self.parts.log

    def close(self) -> None:
        """End everything."""
        self.parts.close()

    @property
    def finger(self) -> Touch:
        """The finger, while the program runs."""
        assert self._finger is not None
        return self._finger

    @property
    def pid(self) -> int:
        """The program's process."""
        return int(self.parts.running.pid)

    @property
    def failures(self) -> int:
        """Exceptions that were outlived, of the window and of the flow: each is a line of the log that counts them."""
        return int(self.parts.log.count("Failures so far"))

    # School time

    @property
    def now(self) -> datetime:
        """School time."""
        return self._begins + self._skipped + timedelta(microseconds=(boottime_ns() - self._since) // 1000)

    def pass_time(self, seconds: float) -> None:
        """Let school time pass at once, for the program and for the hand; wait for the page that follows."""
        time.sleep(LOOKS_UP_S)  # the last key is heard before
        self._skipped += timedelta(seconds=seconds)
        self._write_clock()
        self.hand.wait(seconds)
        self.sees()
        time.sleep(LOOKS_UP_S)

    def _write_clock(self) -> None:
        said = {"now": self.now.isoformat(), "boottime_ns": boottime_ns(), "synced": ["reception"]}
        said |= {"skipped_ns": self._skipped // timedelta(microseconds=1) * 1000}
        file = self.parts.directory / "sim" / "clock.json"
        file.with_suffix(".new").write_text(json.dumps(said))
        file.with_suffix(".new").replace(file)

    # A hand

    def take_up(self, content: Any) -> None:
        """Begin to move the same flow along, from the first page, under the rules of this edition."""
        self.hand = TESTS.Hand(content, capacity=lambda screen: capacity(screen, PANEL), utc=self.now)

    def sees(self) -> float:
        """Wait until the window names the page at which the hand's flow stands; when, by the monotonic clock."""
        page = self.hand.page.value
        return self.finger.turned("done" if page == "saving" else page)  # until it is on the disk; mostly never seen

    def press(self, *ids: str) -> None:
        """Press targets one after the other, in whatever part of a page, and wait for what follows each."""
        for id in ids:
            while not self._is_there(id):
                self._press("more")
            self._press(id)

    def type(self, text: str) -> None:
        """Type key by key; whether a letter is large is left to the keyboard."""
        for letter in text:
            keys = (target.typed for target in compose(self.hand.screen, PANEL).targets)
            typed = next(key for key in keys if key is not None and key.casefold() == letter.casefold())
            self._touch(_writes(typed), KEY_S)
            self.hand.type(typed)
        if self.hand.screen.choices:
            time.sleep(LOOKS_UP_S)  # until they are there

    def hold(self, uid: str, badge: Any) -> None:
        """Hold a badge to the reader; `badge` is its reference in the hand's edition."""
        self.parts.hold(uid)
        self.hand.hold(badge)
        time.sleep(AWAY_S)

    def _press(self, id: str) -> None:
        hand = self.hand
        before = hand.page
        if before == "welcome":
            time.sleep(LOOKS_UP_S)
        left = self._touch(lambda target: target.id == id, HOLD_S)
        hand.utc = self.now
        hand.press(id)
        turned = self.sees()
        if hand.page != before:
            self.pages += 1
            self.turns.append((turned - left) * 1000)
        else:
            time.sleep(LOOKS_UP_S)

    def _is_there(self, id: str) -> bool:
        return any(target.id == id for target in compose(self.hand.screen, PANEL).targets)

    def _touch(self, wanted: Callable[[Target], bool], hold_s: float) -> float:
        box = next(target.box for target in compose(self.hand.screen, PANEL).targets if wanted(target))
        return self.finger.press(box.x + box.width / 2, box.y + box.height / 2, hold_s)


def _writes(letter: str) -> Callable[[Target], bool]:
    return lambda target: target.typed == letter
