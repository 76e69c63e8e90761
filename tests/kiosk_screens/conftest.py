"""Every page of the reception as the flow makes it, for any language, panel and size; and a real window."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from admin_web.services.visitor_words import SUGGESTED, TICKED
from kiosk.reception.flow.inputs import (
    HelpAnswered,
    HostFound,
    NotSaved,
    OnRoll,
    ReaderChanged,
    RecordRead,
    RollRead,
    SpeechFailed,
    Waiting,
)
from kiosk.reception.flow.screen import Page, Screen
from kiosk.screens.layout.cutting import capacity
from kiosk.screens.layout.pages import compose
from kiosk.screens.panel import PANELS, Panel

HERE = Path(__file__).parent
ROOMS = ("Ducklings", "Robins", "Wrens", "Goldfinches", "Kingfishers", "Owls", "Swifts")
ROLES = {"headteacher": "Headteacher", "office": "School office", "site": "Site team", "kitchen": "Kitchen"}
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff Aleksandrowicz-Kowalczyk of Little Hulton Upon"
HOSTILE_NAME = "<b>Zoe\u0308</b> & \u202eO\u2019Ne\u0328\u0323ll\u202c \U0001f44b\U0001f3fd [color=f00] مرحبا हिन्दी"
"""Marks, emoji, scripts in both directions, what another toolkit would take for markup."""
VISITORS = (
    "Aleksandra Kowalczyk",
    "Owen Castleton",
    "Katarzyna Wójcik",
    "Bilal Hussain",
    "Grace Mensah",
    "Marek Nowak",
)


def load_sibling() -> Any:
    """The flow under a hand and a clock: tests/kiosk/reception/conftest.py."""
    source = HERE.parent / "kiosk" / "reception" / "conftest.py"
    spec = importlib.util.spec_from_file_location("reception_hand", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reception_hand"] = module
    spec.loader.exec_module(module)
    return module


HAND = load_sibling()
CONTENT = HAND.a_content(
    rooms=[{"id": name.lower(), "name": name} for name in ROOMS],
    roles=[{"id": id, "name": name} for id, name in ROLES.items()],
    texts={
        "version": 1,
        "hash": "0" * 64,
        "published_at": "2026-11-20T15:00:00.000Z",
        "languages": {
            code: {
                "lines": [{"id": id, "text": text, "tick": id in TICKED} for id, text in lines.items()],
                "checked": code == "en",
            }
            for code, lines in SUGGESTED.items()
        },
    },
)
"""The first edition of the rules, as the office finds it."""


class Walk:
    """Goes through every page and keeps them by name."""

    def __init__(self, language: str, panel: Panel, *, bigger: bool = False, high: bool = False) -> None:
        self._language, self._panel, self._bigger, self._high = language, panel, bigger, high
        self.pages: dict[str, Screen] = {}

    def _hand(self) -> Any:
        hand = HAND.Hand(CONTENT, capacity=lambda screen: capacity(screen, self._panel))
        if self._language != "en":
            hand.press(f"language:{self._language}")
        for wanted, id in ((self._bigger, "bigger"), (self._high, "contrast")):
            if wanted:
                hand.press(id)
        return hand

    def _keep(self, hand: Any, name: str) -> None:
        """Keep a page, and every part of it."""
        self.pages[name] = hand.screen
        number = 1
        while hand.screen.part is not None and hand.screen.part.number < hand.screen.part.of:
            hand.press("more")
            number += 1
            self.pages[f"{name}_{number}"] = hand.screen

    def _choose(self, hand: Any, id: str) -> None:
        while all(choice.id != id for choice in hand.screen.choices):
            hand.press("more")
        hand.press(id)

    def all(self) -> dict[str, Screen]:
        """Every page."""
        self._sign_in()
        self._typing()
        self._others()
        self._staff()
        self._faults()
        return self.pages

    def _sign_in(self) -> None:
        hand = self._hand()
        self._keep(hand, "welcome")
        hand.press("sign_in")
        hand.type("Aleksandra Kowalczyk")
        self._keep(hand, "name")
        hand.press("next")
        hand.type("Willowmere Speech Therapy")
        self._keep(hand, "organisation")
        hand.press("next")
        self._keep(hand, "reason")
        self._choose(hand, "reason:contractor")
        self._keep(hand, "host")
        hand.press("type_name")
        hand.type("ioa")
        self._keep(hand, "host_name")
        hand.press("back")
        self._choose(hand, "room:ducklings")
        self._keep(hand, "phone_rules")
        hand.press("read")
        self.pages["phone_rules_wrong"] = hand.screen
        hand.press("tick:images")
        self.pages["phone_rules_ticked"] = hand.screen
        assert any(line.tick for line in hand.screen.lines), "the box is there, and stays where it was pressed"
        while "read" not in hand.buttons():
            hand.press("more")
        hand.press("read")
        assert hand.page == Page.NEED_PHONE.value
        self._keep(hand, "need_phone")
        hand.press("need:other")
        self._keep(hand, "phone_call")
        hand.press("next")
        if hand.page == Page.PAPERS.value:
            self._keep(hand, "papers")
            while "next" not in hand.buttons():
                hand.press("more")
            hand.press("next")
        self._keep(hand, "check")
        assert hand.page == Page.CHECK.value
        while "sign_in" not in hand.buttons():
            hand.press("more")
        hand.press("sign_in")
        self._keep(hand, "done")
        assert hand.page == Page.DONE.value

    def _typing(self) -> None:
        hand = self._hand()
        hand.press("sign_in", "next")
        self._keep(hand, "name_error")
        hand.type(LONG_NAME)
        self._keep(hand, "name_long")
        hand.wait(66)
        assert hand.screen.countdown_s is not None
        self._keep(hand, "more_time")
        hand.press("more_time")
        self._check_soon(hand, "check_long")
        hand = self._hand()
        hand.press("sign_in")
        hand.type(HOSTILE_NAME)
        self._keep(hand, "name_hostile")
        hand.hold(HAND.STAFF)
        self._keep(hand, "name_badge")
        self._check_soon(hand, "check_hostile")
        hand.answers = False
        while "sign_in" not in hand.buttons():
            hand.press("more")
        hand.press("sign_in")
        self._keep(hand, "saving")
        assert hand.page == Page.SAVING.value
        hand.take(NotSaved())
        self._keep(hand, "not_saved")

    def _check_soon(self, hand: Any, name: str) -> None:
        """Go on from the name to the last question, and keep it."""
        hand.press("next", "next")
        self._choose(hand, "reason:meeting")
        self._choose(hand, "nobody")
        while all(line.tick is None for line in hand.screen.lines):
            hand.press("more")
        hand.press("tick:images")
        while "read" not in hand.buttons():
            hand.press("more")
        hand.press("read")
        self._choose(hand, "need:no")
        self._keep(hand, name)
        assert hand.page == Page.CHECK.value

    def _others(self) -> None:
        hand = self._hand()
        hand.press("sign_out")
        self._keep(hand, "sign_out")
        hand.type("Ola Nowak")
        hand.press("next")
        hand.type("14")
        self._keep(hand, "sign_out_lanyard")
        hand.press("sign_out_now")
        self._keep(hand, "tell_office")
        hand = self._hand()
        hand.here = {HAND.LANYARD_14}
        hand.hold(HAND.LANYARD_14)
        self._keep(hand, "signed_out")
        hand = self._hand()
        hand.press("delivery")
        self._keep(hand, "delivery")
        hand.press("ring_delivery")
        self._keep(hand, "delivery_done")
        hand = self._hand()
        hand.press("help")
        self._keep(hand, "help")
        hand.wait(61)
        self._keep(hand, "help_unanswered")
        hand = self._hand()
        hand.press("help")
        hand.take(HelpAnswered())
        self._keep(hand, "help_coming")
        closed = HAND.Hand(None, capacity=lambda screen: capacity(screen, self._panel))
        self._keep(closed, "closed")

    def _staff(self) -> None:
        hand = self._hand()
        hand.hold(HAND.STAFF)
        self._keep(hand, "staff")
        waiting = (Waiting("a1", VISITORS[0], "09:12", False), Waiting("a2", VISITORS[5], "09:20", True))
        hand.take(HostFound(waiting, None))
        self._keep(hand, "host_here")
        hand.press("my_events")
        lines = tuple(
            (f"{8 + at:02}:31", "You asked to take your phone out at Wrens. It was lessons.") for at in range(10)
        )
        hand.take(RecordRead(lines, True))
        self._keep(hand, "my_events")
        hand = self._hand()
        hand.hold(HAND.STAFF)
        hand.take(HostFound((Waiting("a1", HOSTILE_NAME, "09:12", False),), None))
        hand.press("told:a1")
        self._keep(hand, "briefed")
        hand = self._hand()
        hand.hold(HAND.STAFF)
        hand.press("drill")
        visitors = tuple(OnRoll(f"v{at}", name, ROOMS[at], str(10 + at), at == 1) for at, name in enumerate(VISITORS))
        hand.take(RollRead(visitors, True))
        self._keep(hand, "roll")

    def _faults(self) -> None:
        hand = self._hand()
        hand.hold(HAND.STRANGER)
        self._keep(hand, "welcome_stranger")
        hand = self._hand()
        hand.take(ReaderChanged(works=False))
        self._keep(hand, "welcome_no_reader")
        hand.press("sign_out")
        self._keep(hand, "sign_out_no_reader")


_walked: dict[tuple[str, str, bool, bool], dict[str, Screen]] = {}


def walked(language: str, panel: str, bigger: bool = False, high: bool = False) -> dict[str, Screen]:
    """Every page; walked once a session."""
    key = (language, panel, bigger, high)
    if key not in _walked:
        _walked[key] = Walk(language, PANELS[panel], bigger=bigger, high=high).all()
    return _walked[key]


@pytest.fixture(scope="session")
def pages() -> Callable[..., dict[str, Screen]]:
    """Every page of a language on a panel: `pages("ur", "800x480", bigger=True)`."""
    return walked


class Display:
    """Xvfb with a finger made by xdotool."""

    def __init__(self, panel: str) -> None:
        self.panel = PANELS[panel]
        self._home = tempfile.TemporaryDirectory(prefix="pk-stage-")
        self.home = Path(self._home.name)
        read, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{panel}x24", "-nolisten", "tcp"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as file:
            display = f":{file.readline().strip()}"
        self.environment = os.environ | {
            "DISPLAY": display,
            "SDL_VIDEODRIVER": "x11",
            "SDL_AUDIODRIVER": "dummy",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "KIVY_HOME": self._home.name,
            "PYTHONPATH": str(HERE.parents[1]),
        }

    def tap(self, x: float, y: float, hold_s: float = 0.08) -> None:
        """A finger on the glass: down for a moment, and up."""
        self.x("mousemove", str(round(x)), str(round(y)), "mousedown", "1")
        time.sleep(hold_s)  # how long a finger rests; nothing is waited for
        self.x("mouseup", "1")

    def x(self, *arguments: str) -> str:
        """Ask xdotool."""
        command = ["xdotool", *arguments]
        done = subprocess.run(command, env=self.environment, check=True, timeout=20, capture_output=True, text=True)
        return done.stdout

    def picture(self, to: Path) -> Path:
        """What is on the glass."""
        subprocess.run(["import", "-window", "root", str(to)], env=self.environment, check=True, timeout=30)
        return to

    def close(self) -> None:
        """Switch it off."""
        end(self._server)
        self._home.cleanup()


def end(process: subprocess.Popen[Any]) -> None:
    """End a process of ours."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


ANSWER_S = 20.0
"""So long nothing may be said before a test gives up."""


class Stage(Display):
    """A window; what it shows and what it hears comes back as lines."""

    def __init__(self, panel: str, *arguments: str) -> None:
        super().__init__(panel)
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "stage.py"), panel, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            text=True,
        )
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            assert self.line() == "READY"
        except BaseException:
            self.close()
            raise

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def line(self) -> str:
        """The next line of the stage; it says nothing while nothing happens."""
        line = self._lines.get(timeout=ANSWER_S)
        assert line, "the stage has ended"
        return line.rstrip("\n")

    def told(self, key: str) -> Any:
        """The next line that tells this; lines that tell something else are passed over."""
        while True:
            line = self.line()
            if line.startswith("{") and key in (said := json.loads(line)):
                return said[key]

    def say(self, **order: Any) -> None:
        """Give the stage an order."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def show(self, name: str) -> None:
        """Show a page by name and wait until it is on the glass."""
        self.say(show=name)
        while self.told("shown") != name:
            pass

    def said_aside(self) -> str:
        """Everything on stderr; it ends the stage."""
        end(self.process)
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def close(self) -> None:
        end(self.process)
        super().close()


@pytest.fixture
def open_stage() -> Iterator[Callable[..., Stage]]:
    """Open a window: `open_stage("800x480", "ur", "bigger")`."""
    open_ones: list[Stage] = []

    def make(panel: str, *arguments: str) -> Stage:
        open_ones.append(Stage(panel, *arguments))
        return open_ones[-1]

    yield make
    for stage in open_ones:
        stage.close()


WINDOW_PANEL = "800x480"


class Windowed(HAND.Reception):  # type: ignore[misc, unused-ignore, name-defined]  # loaded by its path
    """A reception whose face is the window."""

    display: Display

    def start(self) -> None:
        command = [sys.executable, "-m", "kiosk.reception.main", "--windowed", "--panel", WINDOW_PANEL]
        command += ["--config", str(self.config), "--simulate", str(self.directory / "sim")]
        with (self.directory / "reception.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, env=self.display.environment, text=True
            )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "READY\n", self.log

    def title_is(self, *pages: str) -> None:
        """Wait until the window shows one of some pages."""

        def shows() -> bool:
            try:
                title = self.display.x("search", "--class", ".", "getwindowname")
            except subprocess.CalledProcessError:
                return False  # no window yet
            return title.strip() in {f"Phonekeep reception: {page}" for page in pages}

        HAND.wait_until(shows, f"the page {' or '.join(pages)}")


class Finger:
    """Presses by id on the page that the same flow, moved along here, says is on the glass."""

    def __init__(self, reception: Windowed) -> None:
        panel = PANELS[WINDOW_PANEL]
        self._hand = HAND.Hand(HAND.a_content(), capacity=lambda screen: capacity(screen, panel))
        self.reception = reception

    def press(self, id: str, page: str) -> None:
        """Press a target and wait for the page that follows."""
        box = self._box(lambda target: target.id == id)
        self.reception.display.tap(box.x + box.width / 2, box.y + box.height / 2)
        self._hand.press(id)
        self.reception.title_is(page)

    def hammer(self, id: str, *pages: str) -> None:
        """Press a target ten times in 100 ms and wait for one of the pages that may follow."""
        box = self._box(lambda target: target.id == id)
        x, y = round(box.x + box.width / 2), round(box.y + box.height / 2)
        self.reception.display.x("mousemove", str(x), str(y), "click", "--repeat", "10", "--delay", "10", "1")
        self.reception.title_is(*pages)

    def type(self, text: str) -> None:
        """Type key by key."""
        for letter in text:
            box = self._box(lambda target, letter=letter: target.typed == letter)
            self.reception.display.tap(box.x + box.width / 2, box.y + box.height / 2, hold_s=0.03)
            self._hand.type(letter)

    def write(self, text: str) -> None:
        """Write on the keyboard beside the screen; a letter that no key has is lent one for half a second."""
        for run in re.findall("[\x00-\x7f]+|[^\x00-\x7f]+", text):
            self.reception.display.x("type", "--delay", "8" if run.isascii() else "500", "--", run)
        self._hand.type("".join(letter for letter in text if letter.isprintable()))

    def hold(self, uid: str, badge: Any) -> None:
        """Hold a badge; `badge` is its reference in the hand's edition."""
        self.reception.hold(uid)
        self._hand.hold(badge)

    def signs_in(self) -> str:
        """Press *Sign in* in the flow beside the window alone; the name of the visitor who is signed in by it."""
        self._hand.press("sign_in")
        return str(self._hand.visits()[-1].name)

    def hears_nothing(self) -> None:
        """Nothing can be read aloud: the pages offer it no more."""
        self._hand.take(SpeechFailed())

    def begins_again(self) -> None:
        """Another visitor, at the first page."""
        panel = PANELS[WINDOW_PANEL]
        self._hand = HAND.Hand(HAND.a_content(), capacity=lambda screen: capacity(screen, panel))

    def _box(self, wanted: Callable[..., bool]) -> Any:
        screen: Screen = self._hand.screen
        return next(target.box for target in compose(screen, PANELS[WINDOW_PANEL]).targets if wanted(target))


@pytest.fixture
def finger() -> Iterator[Finger]:
    """A finger at the real program in its real window."""
    directory = tempfile.TemporaryDirectory(prefix="pk-")
    display = Display(WINDOW_PANEL)
    made = Windowed(Path(directory.name), HAND.a_bundle)
    made.display = display
    try:
        made.start()
        made.title_is("closed")
        made.send_rules()
        made.title_is("welcome")
        yield Finger(made)
    finally:
        made.close()
        end(made.simulator)
        display.close()
        directory.cleanup()
