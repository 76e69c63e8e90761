"""The reception's real program in a real window at 1280 x 800, by a finger: how soon, how quick, how large, how steady.

A start is from the process to the first page on the glass. A page change is from the finger's leaving the glass until
the window names the next page, which it does in the tick after that page's first picture. Memory is VmRSS; how much
it grows counts from the time that every page has been seen.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figure import Figure, spread
from bench.idle import resident_mb
from bench.touch import Touch
from kiosk.screens.layout.cutting import capacity
from kiosk.screens.layout.pages import compose
from kiosk.screens.layout.shapes import Target
from kiosk.screens.panel import DEFAULT_PANEL as PANEL

STARTS = 3
SIGN_INS, KNOWN_AFTER = 80, 20
"""So many visitors are a busy day of eight hours; after so many of them every page has been seen."""
NAMES = ("Ioan Ek", "Sana Roy", "Piotr Zak", "Mia Obi")
LANGUAGES = ("en", "pl", "ur", "en", "pa", "ar", "en", "ro", "uk", "hi")
HOLD_S, KEY_S = 0.02, 0.012
LOOKS_UP_S = 0.15
"""A first page is wiped in the picture after it: a finger so soon belongs to the visitor before."""
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

    def __init__(self, directory: Path, display: str) -> None:
        self._parts = TESTS.Reception(directory, TESTS.a_bundle)
        self._display = display
        self._finger: Touch | None = None
        self.turns: list[float] = []
        """Of each page, in milliseconds."""

    def start(self) -> float:
        """Start the program; how long until the first page was on the glass, in seconds."""
        config = ["--config", str(self._parts.config), "--simulate", str(self._parts.directory / "sim")]
        home = str(self._parts.directory / "kivy")
        shown = {"DISPLAY": self._display, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy", "KIVY_HOME": home}
        begun = time.monotonic()
        with (self._parts.directory / "reception.log").open("ab") as log:
            self._parts.process = subprocess.Popen(
                [sys.executable, "-m", "kiosk.reception.main", "--windowed", *config],
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | shown | {"LIBGL_ALWAYS_SOFTWARE": "1"},
                text=True,
            )
        said = self._parts.process.stdout.readline()
        took = time.monotonic() - begun
        assert said == "READY\n", self._parts.log
        self._finger = Touch(self._display, self.pid)
        return took

    def bring_rules(self) -> None:
        """Hand in the rules, and stand at the first page."""
        self._parts.send_rules()
        self.finger.turned("welcome")

    def stop(self) -> None:
        """End the program in order."""
        self.finger.close()
        assert self._parts.stop() == 0, self._parts.log

    def close(self) -> None:
        """End everything."""
        self._parts.close()

    @property
    def finger(self) -> Touch:
        """The finger, while the program runs."""
        assert self._finger is not None
        return self._finger

    @property
    def pid(self) -> int:
        """The program's process."""
        return int(self._parts.running.pid)

    @property
    def failures(self) -> int:
        """Exceptions that the window has outlived."""
        return int(self._parts.log.count("The window failed"))

    def live(self, number: int) -> None:
        """One visitor: signs in, in some language; every fifth asks for the office first, every fourth signs out."""
        hand = TESTS.Hand(TESTS.a_content(), capacity=lambda screen: capacity(screen, PANEL))
        if number % 5 == 0:
            self._press(hand, "help", "back")
        language = LANGUAGES[number % len(LANGUAGES)]
        if language != "en":
            self._press(hand, f"language:{language}")
        self._press(hand, "sign_in")
        self._type(hand, NAMES[number % len(NAMES)])
        self._press(hand, "next", "next", "reason:meeting", "room:robins", "tick:images", "read", "need:no")
        self._press(hand, "sign_in", "finish")
        if number % 4 == 0:
            self._parts.hold(TESTS.LANYARD_UID)
            self.finger.turned("signed_out")
            hand.here = {TESTS.LANYARD_14}
            hand.hold(TESTS.LANYARD_14)
            self._press(hand, "finish")
            time.sleep(AWAY_S)

    def _press(self, hand: Any, *ids: str) -> None:
        for id in ids:
            before = hand.page
            if before == "welcome":
                time.sleep(LOOKS_UP_S)
            left = self._touch(hand, _named(id), HOLD_S)
            hand.press(id)
            page = hand.page.value
            if page == "saving":  # until it is on the disk; mostly never seen
                page = "done"
            turned = self.finger.turned(page)
            if hand.page != before:
                self.turns.append((turned - left) * 1000)

    def _type(self, hand: Any, text: str) -> None:
        for letter in text:
            self._touch(hand, _typed(letter), KEY_S)
            hand.type(letter)

    def _touch(self, hand: Any, wanted: Callable[[Target], bool], hold_s: float) -> float:
        box = next(target.box for target in compose(hand.screen, PANEL).targets if wanted(target))
        return self.finger.press(box.x + box.width / 2, box.y + box.height / 2, hold_s)


def _named(id: str) -> Callable[[Target], bool]:
    return lambda target: target.id == id


def _typed(letter: str) -> Callable[[Target], bool]:
    return lambda target: target.typed == letter


def take() -> list[Figure]:
    """Some starts, then a busy day as quick as the screen is."""
    with tempfile.TemporaryDirectory(prefix="pk-") as directory, a_display() as display:
        screen = Screen(Path(directory), display)
        try:
            starts = []
            for number in range(STARTS):
                starts.append(screen.start())
                if number == 0:
                    screen.bring_rules()
                if number < STARTS - 1:
                    screen.stop()
            screen.finger.turned("welcome")
            known = 0.0
            for number in range(SIGN_INS):
                screen.live(number)
                if number == KNOWN_AFTER - 1:
                    known = resident_mb(screen.pid)
            now, failures = resident_mb(screen.pid), screen.failures
            screen.stop()
        finally:
            screen.close()
    slowest, turns, growth = max(starts), spread(screen.turns), (now / known - 1) * 100
    turned = f"p95 {turns['p95']:.0f} ms (median {turns['median']:.0f})"
    grown = f"{growth:.1f} %, {failures} exceptions"
    return [
        Figure("reception, start to the first page", "<= 3 s", f"{slowest:.2f} s", slowest <= 3, {"s": starts}),
        Figure("reception, press -> next page", "p95 <= 100 ms", turned, turns["p95"] <= 100, turns),
        Figure("reception process, memory", "<= 190 MB RSS", f"{now:.0f} MB", now <= 190, {"mb": now}),
        Figure(
            f"reception, {SIGN_INS} visitors, growth",
            "<= 5 %, no exception",
            grown,
            growth <= 5 and failures == 0,
            {"known_mb": known, "mb": now, "exceptions": failures},
        ),
    ]
