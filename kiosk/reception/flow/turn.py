"""One input being taken: what it may change, and what it wants done."""

from dataclasses import replace
from typing import Any

from kiosk.reception.content import Content
from kiosk.reception.flow.effects import Effect, Silence
from kiosk.reception.flow.screen import Page
from kiosk.reception.flow.session import Ring, Session
from kiosk.reception.flow.tries import Tries
from policy.clock import Moment


class Turn:
    """The session with the moment and the rules in force; handlers change the first and collect effects."""

    def __init__(self, session: Session, content: Content | None, now: Moment, ring: Ring | None, tries: Tries) -> None:
        self.session = session
        self.content = content
        self.now = now
        self.ring = ring
        self.tries = tries
        self.effects: list[Effect] = []
        self.is_over = False
        """The screen begins again after this input."""

    def go(self, page: Page) -> None:
        """Turn to another page."""
        session = self.session
        self.pause_rules()
        if session.speaking:
            session.speaking = False
            self.effects.append(Silence())
        if session.page is Page.PAPERS:
            session.staff = None  # what a staff badge opened is locked again by whoever turns the page
        session.page, session.part, session.error = page, 0, None
        self.go_on_with_rules()

    def pause_rules(self) -> None:
        """The rules are on the screen no more: add the time that they were."""
        session = self.session
        if session.rules_since is not None:
            session.rules_ns += max(self.now.boottime_ns - session.rules_since, 0)
            session.rules_since = None

    def go_on_with_rules(self) -> None:
        """The rules are on the screen from now on, if they are."""
        if self.session.page is Page.PHONE_RULES:
            self.session.rules_since = self.now.boottime_ns

    def fail(self, message: str) -> None:
        """Stay on the page and say what is wrong there."""
        self.session.error = message

    def answer(self, **change: Any) -> None:
        """Put answers into the draft."""
        self.session.draft = replace(self.session.draft, **change)

    def want(self, effect: Effect) -> None:
        """Ask the program to do something."""
        self.effects.append(effect)

    def start_again(self) -> None:
        """Wipe everything and show the first page."""
        self.is_over = True
