"""The window: takes pages from the program's thread, draws them in Kivy's, and outlives an exception of one page."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from kivy.app import App
from kivy.base import ExceptionHandler, ExceptionManager
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.lang import Builder

from kiosk.notify import notify
from kiosk.reception.face import Runs
from kiosk.reception.flow.inputs import Erased, FaceFailed, SpeechFailed, Typed
from kiosk.reception.flow.screen import Page, Screen, Speech
from kiosk.screens.errors import NoWindow, TooManyExceptions
from kiosk.screens.layout.cutting import capacity
from kiosk.screens.memory import set_aside, tidy_up
from kiosk.screens.panel import Panel
from kiosk.screens.speech import Voice
from kiosk.screens.view import Finger, View
from kiosk.screens.warming import warm

log = logging.getLogger(__name__)

TITLE = "Phonekeep reception"
AT_ONCE = 100
"""So many things are taken from the program's thread in one picture."""
MOST_EXCEPTIONS, WITHIN_S = 5, 60.0
"""More than so many in so long: the window ends, and systemd starts a new one."""
WATCHDOG_S = 1.0
WARM_S, WARM_STEPS = 0.1, 4
BACKSPACE = 8
TIDY_S = 0.06
NIGHT = 3
"""The hour in which an idle screen starts anew, once a day."""
OLD_S = 12 * 3600.0


class WindowFace:
    """A `Face` (kiosk/reception/face.py) drawn by Kivy."""

    def __init__(self, panel: Panel, *, shown: Callable[[Screen], None] | None = None) -> None:
        self._panel, self._shown = panel, shown
        self._said: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._trigger = Clock.create_trigger(lambda _: self._take())
        self._program: Runs | None = None
        self._view: View | None = None
        self._screen: Screen | None = None
        self._unshown: Screen | None = None
        self._voice = Voice(self._later, _load_sound, lambda: self._send(SpeechFailed()))
        self._failed: BaseException | None = None
        self._exceptions: deque[float] = deque()
        self._counted = 0
        self._began = time.monotonic()
        self._ready = False
        self._warming = warm()

    # From the program's thread

    def show(self, screen: Screen) -> None:
        """Draw this page from now on."""
        self._later(lambda: self._show(screen))

    def speak(self, speech: Speech | None) -> None:
        """Read this aloud; None: be silent."""
        self._later(self._voice.hush if speech is None else lambda: self._voice.say(speech.words))

    def reset(self) -> None:
        """Wipe whatever is kept of the last visitor."""
        self._later(self._reset)

    def capacity(self, screen: Screen) -> int | tuple[int, ...]:
        """How many of a screen's items fit on the panel in each of its parts."""
        return capacity(screen, self._panel)

    def _later(self, what: Callable[[], None]) -> None:
        self._said.put(what)
        self._trigger()

    # In Kivy's thread

    def run(self, program: Runs) -> None:
        """Run the program in a thread and the window in this one until either ends; raise what the program raised."""
        if Window is None:
            raise NoWindow("There is no display for the reception's window. Connect one, or start with --no-screen.")
        self._program = program
        for file in tuple(Builder.files):
            Builder.unload_file(file)  # Kivy's looks of its own widgets: 1 MB, and none of them is here
        set_aside()  # before there is a page: a widget set aside would never let go of what it showed
        self._view = View(self._panel, self._send)
        ExceptionManager.add_handler(_Handler(self._went_wrong))
        thread = threading.Thread(target=self._run_program, args=(program,), name="program")
        thread.start()
        Clock.schedule_interval(self._alive, WATCHDOG_S)
        Clock.schedule_interval(self._warm, WARM_S)
        Window.bind(on_flip=self._flipped, on_key_down=self._key, on_textinput=self._text)
        app = _ReceptionApp(self._view)
        try:
            app.run()
        finally:
            program.stop()
            thread.join()
            self._voice.close()
        if self._failed is not None:
            raise self._failed

    def _run_program(self, program: Runs) -> None:
        try:
            program.run()
        except BaseException as failure:
            self._failed = failure
        self._later(_stop)

    def _take(self) -> None:
        for _ in range(AT_ONCE):
            try:
                what = self._said.get_nowait()
            except Empty:
                break
            what()
        else:
            self._trigger()
        if self._unshown is not None and self._view is not None:
            # Only the newest page of a picture is drawn: the ones before were gone before anybody could see them.
            screen, self._unshown = self._unshown, None
            self._screen = screen
            self._view.show(screen)
            self._drawn = screen

    _drawn: Screen | None = None

    def _show(self, screen: Screen) -> None:
        self._unshown = screen

    def _reset(self) -> None:
        self._voice.hush()
        # A first page that stands already is not shown again by the program; nothing of a visitor is on it.
        newest = self._unshown or self._screen
        self._unshown = newest if _is_first(newest) else None
        self._screen = None
        if self._view is not None:
            self._view.forget()
        # Once the first page stands; the next visitor is still looking at it.
        Clock.unschedule(tidy_up_now)
        Clock.schedule_once(tidy_up_now, TIDY_S)

    def _send(self, said: Finger | SpeechFailed) -> None:
        if self._program is not None:
            self._program.put(said)

    def _flipped(self, *_: Any) -> None:
        if self._drawn is None:
            return
        screen, self._drawn = self._drawn, None
        # Whoever is bound to `on_flip` is called before the picture is handed over; by the next tick it is there.
        Clock.schedule_once(lambda _: self._on_glass(screen), 0)

    def _on_glass(self, screen: Screen) -> None:
        # The title names the page, for whoever looks after the window from outside; never what is on it.
        Window.set_title(f"{TITLE}: {screen.page}")
        if not self._ready:
            self._ready = True
            print("READY", flush=True)
        if self._shown is not None:
            self._shown(screen)

    def _key(self, _window: Any, key: int, *_: Any) -> bool:
        """A keyboard on the desk of whoever tries the product out; a kiosk has none."""
        if key == BACKSPACE:
            self._send(Erased())
        return True

    def _text(self, _window: Any, text: str) -> None:
        """What that keyboard writes: with shift, dead keys and every letter it has."""
        for letter in text:
            if letter.isprintable():
                self._send(Typed(letter))

    def _alive(self, _: float) -> None:
        program = self._program
        if program is not None and program.is_alive():
            notify("WATCHDOG=1")
        old = time.monotonic() - self._began > OLD_S
        if program is not None and self._is_idle and old and time.localtime().tm_hour == NIGHT:
            log.info("The screen starts anew, as every night.")
            program.stop()

    def _warm(self, _: float) -> bool | None:
        """A little work in every second picture while the first page stands; False: there is no more."""
        if not self._is_idle:
            return None
        try:
            for _step in range(WARM_STEPS):
                next(self._warming)
        except StopIteration:
            return False
        return None

    @property
    def _is_idle(self) -> bool:
        return _is_first(self._screen)

    def _went_wrong(self, failure: Exception) -> None:
        """One page could not be drawn or a touch not be heard: the first page follows, too many end the window."""
        self._counted += 1
        # Of the exception only its type and place are logged: its text might hold something typed.
        place = _place(failure)
        log.error(
            "The window failed (%s at %s); it begins again. Failures so far: %d.",
            type(failure).__name__,
            place,
            self._counted,
        )
        now = time.monotonic()
        self._exceptions.append(now)
        while self._exceptions and self._exceptions[0] < now - WITHIN_S:
            self._exceptions.popleft()
        if len(self._exceptions) > MOST_EXCEPTIONS:
            self._failed = TooManyExceptions("The window failed again and again: it ends, and is to be started anew.")
            _stop()
            return
        self._reset()
        if self._program is not None:
            self._program.put(FaceFailed())
        # A first page that stood already is drawn anew from here; a failing one a little later, not at once again.
        Clock.schedule_once(lambda _: self._take(), 0.2)


class _Handler(ExceptionHandler):
    def __init__(self, handle: Callable[[Exception], None]) -> None:
        super().__init__()
        self._handle = handle

    def handle_exception(self, inst: BaseException) -> int:
        if not isinstance(inst, Exception):
            return int(ExceptionManager.RAISE)
        self._handle(inst)
        return int(ExceptionManager.PASS)


class _ReceptionApp(App):
    title = TITLE

    def __init__(self, view: View, **options: Any) -> None:
        super().__init__(**options)
        self._view = view

    def build(self) -> View:
        return self._view


def _load_sound(file: str) -> Any:
    # Only a screen that is asked to speak pays for the sound's libraries.
    from kivy.core.audio import SoundLoader

    sound = SoundLoader.load(file)
    # Without a sound device Kivy gives a sound all the same, of no length.
    return sound if sound is not None and sound.length > 0 else None


def tidy_up_now(_: float) -> None:
    """Called by Kivy's clock."""
    tidy_up()


def _is_first(screen: Screen | None) -> bool:
    """Whether nobody stands at this page: nothing of a visitor can be on it."""
    return screen is not None and screen.page in (Page.WELCOME, Page.CLOSED)


def _stop() -> None:
    app = App.get_running_app()
    if app is not None:
        app.stop()


def _place(failure: BaseException) -> str:
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
