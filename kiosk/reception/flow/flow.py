"""The reception screen as a state machine: an input and a moment give the next page and what is to be done.

No window, no disk, no clock of its own. A reset puts an empty session in the place of the one before, so that nothing
that was typed can be reached from here any more.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from broker.messages.help import HelpKind
from kiosk.reception.content import Content
from kiosk.reception.flow import badges, leaving, other_pages, staff, staff_pages, texts, visitor, visitor_pages
from kiosk.reception.flow.drawing import Drawing
from kiosk.reception.flow.effects import Deliver, Effect, Reset, RingOffice, Silence, Speak
from kiosk.reception.flow.inputs import (
    Arrives,
    BadgeSeen,
    BadgeUnreadable,
    Erased,
    FaceFailed,
    HelpAnswered,
    HostFound,
    Input,
    NotSaved,
    Pressed,
    ReaderChanged,
    RecordRead,
    RollHeard,
    RollRead,
    RulesChanged,
    SignedIn,
    SignOutAnswered,
    SpeechFailed,
    Tick,
    Typed,
)
from kiosk.reception.flow.keys import erase_key, type_key
from kiosk.reception.flow.parts import MORE, Capacity, cut, everything
from kiosk.reception.flow.screen import Page, Screen
from kiosk.reception.flow.session import Draft, Ring, Session
from kiosk.reception.flow.timing import (
    COUNTDOWN_S,
    MERGED_NS,
    RING_KEPT_S,
    RING_S,
    SECOND_NS,
    UNLOCKED_S,
    patience_of,
)
from kiosk.reception.flow.tries import Tries
from kiosk.reception.flow.turn import Turn
from kiosk.reception.language import BY_CODE, Words, words_of
from policy.clock import Moment

DRAW: dict[Page, Callable[[Drawing], Screen]] = {
    Page.WELCOME: other_pages.welcome,
    Page.NAME: visitor_pages.name,
    Page.ORGANISATION: visitor_pages.organisation,
    Page.REASON: visitor_pages.reason,
    Page.HOST: visitor_pages.host,
    Page.HOST_NAME: visitor_pages.host_name,
    Page.PHONE_RULES: visitor_pages.phone_rules,
    Page.NEED_PHONE: visitor_pages.need_phone,
    Page.PHONE_CALL: other_pages.phone_call,
    Page.PAPERS: visitor_pages.papers,
    Page.CHECK: visitor_pages.check,
    Page.SAVING: visitor_pages.saving,
    Page.DONE: visitor_pages.done,
    Page.SIGN_OUT: other_pages.sign_out,
    Page.SIGN_OUT_LANYARD: other_pages.sign_out_lanyard,
    Page.SIGNED_OUT: other_pages.signed_out,
    Page.TELL_OFFICE: other_pages.tell_office,
    Page.DELIVERY: other_pages.delivery,
    Page.DELIVERY_DONE: other_pages.delivery_done,
    Page.HELP: other_pages.help_page,
    Page.STAFF: staff_pages.staff,
    Page.HOST_HERE: staff_pages.staff,
    Page.BRIEFED: staff_pages.briefed,
    Page.ROLL: staff_pages.roll,
    Page.MY_EVENTS: staff_pages.my_events,
    Page.CLOSED: other_pages.closed,
}
VISITOR = frozenset(visitor.ORDER) | {Page.HOST_NAME, Page.PHONE_CALL}
STAFF = frozenset({Page.STAFF, Page.HOST_HERE, Page.ROLL, Page.MY_EVENTS})
WHOLE = frozenset({Page.WELCOME})
"""Pages that are made to fit every panel and are never cut."""
BY_HAND = (Pressed, Typed, Erased, BadgeSeen, BadgeUnreadable)


class Flow:
    """One screen. A press within `merge_ns` after the page has turned, or twice that after itself, is no press."""

    def __init__(
        self,
        content: Content | None,
        now: Moment,
        *,
        capacity: Capacity = everything,
        words: Callable[[str], Words] = words_of,
        merge_ns: int = MERGED_NS,
    ) -> None:
        self._content = content
        self._capacity = capacity
        self._words = words
        self._merge_ns = merge_ns
        self._ring: Ring | None = None
        self._tries = Tries()
        self._reader_works = True
        self._is_mute = False
        """Nothing can be read aloud, so that is offered no more until the program starts anew."""
        self._turned_at = self._pressed_at = -(1 << 62)
        self._pressed = ""
        self._idle_from = now.boottime_ns
        self._session = self._empty()
        self._screen = self._draw(now)

    @property
    def screen(self) -> Screen:
        """The page that stands now."""
        return self._screen

    @property
    def deadline(self) -> int | None:
        """When a `Tick` is wanted, in ns of CLOCK_BOOTTIME; None: nothing is waited for."""
        return min(self._deadlines(), default=None)

    def handle(self, input: Input, now: Moment) -> list[Effect]:
        """Take one input; whatever it is, the flow goes on."""
        turn = self._turn(now)
        page = self._screen.page
        self._take(input, turn)
        self._session = turn.session
        for effect in turn.effects:
            if isinstance(effect, RingOffice) and effect.kind is not HelpKind.SENIOR:
                self._note_ring(effect.kind, now)
            elif isinstance(effect, Deliver):
                self._note_ring(HelpKind.DELIVERY, now)
        if turn.is_over:
            self._begin_again(turn)
        self._screen = self._draw(now)
        if self._screen.page is not page:
            self._turned_at = now.boottime_ns if isinstance(input, Pressed) else self._turned_at
        if isinstance(input, BY_HAND) or self._screen.page not in (page, Page.MORE_TIME):
            self._idle_from = now.boottime_ns
        return turn.effects

    def start_again(self, now: Moment) -> list[Effect]:
        """Wipe everything and show the first page: what is done after a fault."""
        turn = self._turn(now)
        self._begin_again(turn)
        self._screen = self._draw(now)
        self._idle_from = now.boottime_ns
        return turn.effects

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody is at the screen."""
        return self._ring is None and self._session == self._empty()

    def _turn(self, now: Moment) -> Turn:
        return Turn(self._session, self._content, now, self._ring, self._tries)

    def _note_ring(self, kind: HelpKind, now: Moment) -> None:
        """Wait for an answer; who asks for the same again waits on with whoever asked first."""
        if self._ring is None or not self._ring.is_same(kind, now.boottime_ns):
            self._ring = Ring(kind, now.boottime_ns)

    def _take(self, input: Input, turn: Turn) -> None:
        session = turn.session
        if isinstance(input, Tick):
            self._tick(turn)
        elif isinstance(input, Pressed):
            self._press(turn, input.id)
        elif isinstance(input, Typed | Erased):
            if session.asked_at is None:
                type_key(turn, input.text) if isinstance(input, Typed) else erase_key(turn)
        elif isinstance(input, BadgeSeen):
            self._more_time(turn)
            badges.hold(turn, input.reference)
        elif isinstance(input, FaceFailed):
            turn.start_again()
        elif isinstance(input, BadgeUnreadable):
            badges.hold_unreadable(turn)
        elif isinstance(input, ReaderChanged):
            self._reader_works = input.works
        elif isinstance(input, SpeechFailed):
            self._is_mute, session.speaking = True, False
        elif isinstance(input, RulesChanged):
            self._obey(turn, input.content)
        elif isinstance(input, HelpAnswered):
            if self._ring is not None:
                self._ring.answered = True
        else:
            self._hear(turn, input)

    def _hear(self, turn: Turn, input: Input) -> None:
        """Take the program's answer to an effect."""
        session = turn.session
        if isinstance(input, SignedIn) and session.page is Page.SAVING:
            lanyard = input.lanyard
            if lanyard is not None:
                ribbon = self._words(session.language).translate(visitor_pages.english_ribbon(lanyard.colour))
                lanyard = replace(lanyard, ribbon=ribbon)
            session.lanyard = lanyard
            turn.go(Page.DONE)
        elif isinstance(input, NotSaved):
            session.draft = Draft()
            turn.go(Page.CLOSED)
            turn.fail(texts.NOT_SAVED)
        elif isinstance(input, SignOutAnswered) and session.page is Page.SAVING:
            leaving.answered(turn, input.sure)
        elif isinstance(input, Arrives) and session.page is Page.SAVING:
            visitor.arrive(turn, input.badge)
        elif isinstance(input, HostFound):
            staff.found(turn, input)
        elif isinstance(input, RollRead):
            staff.roll_read(turn, input)
        elif isinstance(input, RollHeard):
            staff.roll_heard(turn, input.roll)
        elif isinstance(input, RecordRead):
            staff.record_read(turn, input)

    def _press(self, turn: Turn, id: str) -> None:
        session, at = turn.session, turn.now.boottime_ns
        if id not in offered(self._screen) or self._is_merged(id, at):
            return
        self._pressed, self._pressed_at = id, at
        if id == "more_time":
            self._more_time(turn)
        elif id in ("start_again", "finish"):
            turn.start_again()
        elif id == "back":
            self._back(turn)
        elif id == "help":
            self._more_time(turn)
            leaving.ask_for_help(turn)
        elif id == MORE:
            part = self._screen.part
            session.part = (session.part + 1) % (part.of if part is not None else 1)
        elif id == "aloud":
            self._read_aloud(turn)
        elif session.page is Page.WELCOME:
            self._welcome(turn, id)
        elif session.page in VISITOR:
            visitor.press(turn, id)
        elif session.page in STAFF:
            staff.press(turn, id)
        else:
            leaving.press(turn, id)

    def _is_merged(self, id: str, at: int) -> bool:
        """Whether a press belongs to the one before: a bouncing finger, or one that came down as the page turned."""
        if at - self._turned_at < self._merge_ns:
            return True
        return id == self._pressed and at - self._pressed_at < 2 * self._merge_ns

    def _welcome(self, turn: Turn, id: str) -> None:
        session = turn.session
        kind, _, which = id.partition(":")
        if kind == "language" and which in BY_CODE:
            session.language = which
        elif kind == "bigger":
            session.bigger = not session.bigger
        elif kind == "contrast":
            session.contrast = "normal" if session.contrast == "high" else "high"
        elif kind == "sign_in":
            visitor.begin(turn)
            turn.go(Page.NAME)
        elif kind == "sign_out":
            turn.go(Page.SIGN_OUT)
        elif kind == "delivery":
            turn.go(Page.DELIVERY)

    def _back(self, turn: Turn) -> None:
        session = turn.session
        if session.part > 0:
            session.part -= 1
        elif session.page is Page.HELP and session.returns_to in STAFF:
            # This page stands longer than theirs: whoever comes by must not turn back to names.
            turn.start_again()
        elif session.page is Page.HELP:
            turn.go(session.returns_to)
        elif session.page in VISITOR:
            visitor.back(turn)
        elif session.page in STAFF:
            turn.start_again()
        else:
            leaving.back(turn)

    def _read_aloud(self, turn: Turn) -> None:
        session, speech = turn.session, self._screen.speak
        session.speaking = not session.speaking and speech is not None
        turn.want(Speak(speech) if session.speaking and speech is not None else Silence())

    def _obey(self, turn: Turn, content: Content) -> None:
        """Go on under a new edition: what was read in another version is read again, a host who left is asked again."""
        before, self._content, turn.content = self._content, content, content
        session = turn.session
        where = session.returns_to if session.page is Page.HELP else session.page
        if where in VISITOR and before is not None:
            visitor.obey(turn, before, content)
        if session.staff is not None and session.staff.badge not in content.badges:
            session.staff = None
            if session.page in STAFF:
                turn.start_again()
        if session.page is Page.CLOSED and before is None:
            turn.start_again()

    def _tick(self, turn: Turn) -> None:
        session, at, ring = turn.session, turn.now.boottime_ns, self._ring
        if ring is not None:
            waited = at - ring.since
            if not ring.answered and not ring.senior and waited >= RING_S * SECOND_NS:
                ring.senior = True
                turn.want(RingOffice(HelpKind.SENIOR))
            elif waited >= RING_KEPT_S * SECOND_NS:
                self._ring = None
        locks_at = self._locks_at()
        if locks_at is not None and at >= locks_at:
            session.staff = None
        if session.asked_at is not None:
            if at - session.asked_at >= COUNTDOWN_S * SECOND_NS:
                turn.start_again()
            return
        ends = self._patient_until()
        if ends is None or at < ends:
            return
        if patience_of(session.page).asks:
            session.asked_at = at
            turn.pause_rules()
        else:
            turn.start_again()

    def _more_time(self, turn: Turn) -> None:
        if turn.session.asked_at is not None:
            turn.session.asked_at = None
            turn.go_on_with_rules()

    def _patient_until(self) -> int | None:
        """When this page has waited long enough; None: it waits for ever."""
        session = self._session
        at_rest = session.page is Page.CLOSED and self._content is None
        if session.page is Page.WELCOME:
            at_rest = session == Session()
        return None if at_rest else self._idle_from + patience_of(session.page).seconds * SECOND_NS

    def _locks_at(self) -> int | None:
        """When reception's boxes are locked again because nobody touches them; None: they are not open."""
        is_open = self._session.page is Page.PAPERS and self._session.staff is not None
        return self._idle_from + UNLOCKED_S * SECOND_NS if is_open else None

    def _deadlines(self) -> Iterator[int]:
        ring, asked_at = self._ring, self._session.asked_at
        if (locks_at := self._locks_at()) is not None:
            yield locks_at
        if ring is not None:
            is_open = not ring.answered and not ring.senior
            yield ring.since + (RING_S if is_open else RING_KEPT_S) * SECOND_NS
        if asked_at is not None:
            shown = self._screen.countdown_s or 0
            yield asked_at + (COUNTDOWN_S - shown + 1) * SECOND_NS
        elif (ends := self._patient_until()) is not None:
            yield ends

    def _empty(self) -> Session:
        return Session(page=Page.CLOSED if self._content is None else Page.WELCOME)

    def _begin_again(self, turn: Turn) -> None:
        """Put an empty session in the place of the one that was: language, size, speech and every letter go."""
        if self._session.speaking:
            turn.want(Silence())
        turn.want(Reset())
        self._session = self._empty()
        self._pressed = ""

    def _draw(self, now: Moment) -> Screen:
        session = self._session
        words = self._words(session.language)
        drawing = Drawing(session, words, self._content, self._ring, self._reader_works)
        screen = DRAW[session.page](drawing)
        if self._is_mute:
            screen = replace(screen, aloud=None, speak=None)
        if session.page not in WHOLE:
            screen = cut(screen, session.part, self._capacity, words.translate, with_item=session.shows)
            session.part = screen.part.number - 1 if screen.part is not None else 0
        session.shows = None
        if session.asked_at is None:
            return screen
        left = COUNTDOWN_S - (now.boottime_ns - session.asked_at) // SECOND_NS
        return other_pages.more_time(drawing, screen, max(left, 0), COUNTDOWN_S)


def offered(screen: Screen) -> frozenset[str]:
    """The ids that can be pressed on a screen."""
    buttons = [*screen.buttons, screen.back, screen.help, screen.aloud, *(row.button for row in screen.rows)]
    ids = {button.id for button in buttons if button is not None and button.enabled}
    ids |= {choice.id for choice in screen.choices}
    return frozenset(ids | {line.id for line in screen.lines if line.tick is not None and line.id is not None})
