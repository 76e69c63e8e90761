"""What every page is drawn with: words in the visitor's language, and the parts that all pages have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from broker.messages.reception_parts import Role, Room, RuleLine
from kiosk.reception.content import Content
from kiosk.reception.flow import texts
from kiosk.reception.flow.screen import Button, Field, Keyboard, Page, Progress, Screen, Speech
from kiosk.reception.flow.session import Draft, Ring, Seeing, Session
from kiosk.reception.flow.visible import visible
from kiosk.reception.language import ENGLISH, Words

STEPS = (Page.NAME, Page.ORGANISATION, Page.REASON, Page.HOST, Page.PHONE_RULES, Page.NEED_PHONE, Page.CHECK)
_STEP_OF = {page: number for number, page in enumerate(STEPS, 1)} | {
    Page.HOST_NAME: 4,
    Page.PHONE_CALL: 6,
    Page.PAPERS: 6,
}
WITHOUT_HELP = frozenset({Page.WELCOME, Page.HELP, Page.SAVING})
"""Welcome has it among its buttons; the ring's own page needs none."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything a page may look at."""

    session: Session
    words: Words
    content: Content | None
    ring: Ring | None
    reader_works: bool

    @property
    def draft(self) -> Draft:
        """The answers so far."""
        return self.session.draft

    def say(self, message: str, **values: Any) -> str:
        """The text in the visitor's language."""
        return self.words.translate(message, **values)

    def english(self, message: str, **values: Any) -> str | None:
        """The same in English, where no speaker has checked the translation."""
        if self.words.checked:
            return None
        return message.format(**values) if values else message

    def button(self, id: str, message: str, **look: Any) -> Button:
        """A button with a text of ours."""
        return Button(id, self.say(message), **look)

    def main(self, id: str, message: str, icon: str | None = None) -> Button:
        """The one main button of a page."""
        return Button(id, self.say(message), "main", icon)

    @property
    def office(self) -> Button:
        """Ask at the office."""
        return self.button("help", texts.ASK_OFFICE, icon="bell", weight="second")

    @property
    def back(self) -> Button:
        """Back."""
        return self.button("back", texts.BACK, icon="back")

    def field(self, label: str, text: str, *, hint: str = "", keyboard: Keyboard = "letters") -> Field:
        """A writing line with this page's error."""
        error = self.session.error
        return Field(
            self.say(label),
            text,
            self.say(hint) if hint else "",
            None if error is None else self.say(error),
            keyboard,
            capital=keyboard == "letters" and (not text or text[-1] in " -'’"),
        )

    def page(self, heading: str, *, spoken: Sequence[str] = (), clip: str = "", **parts: Any) -> Screen:
        """A page with what all have: language, sizes, Back, Ask at the office, Read aloud, where one is.

        `heading` is a message id, and so is each of `spoken`, which is read aloud after it; `clip` names the version
        of the words where they are not fixed.
        """
        session = self.session
        language = self.words.language
        step = _STEP_OF.get(session.page)
        screen = Screen(
            page=session.page,
            language=language.code,
            heading=self.say(heading),
            heading_english=self.english(heading),
            right_to_left=language.right_to_left,
            bigger=session.bigger,
            contrast=session.contrast,
            help=None if session.page in WITHOUT_HELP else self.office,
            unchecked=None if self.words.checked else self.say(texts.UNCHECKED),
            progress=None
            if step is None
            else Progress(step, len(STEPS), self.say(texts.STEP, step=step, of=len(STEPS))),
        )
        if spoken:
            said = ". ".join(text.rstrip(".") for text in (heading, *spoken)) + "."
            speech = Speech(f"{session.page}{clip}", said.replace("?.", "?"))
            aloud = self.button("aloud", texts.READ_ALOUD, weight="link", icon="speaker", selected=session.speaking)
            screen = replace(screen, speak=speech, aloud=aloud)
        if session.error is not None and "error" not in parts and parts.get("field") is None:
            parts["error"] = self.say(session.error)
        return drawable(replace(screen, **parts))

    @property
    def telephone(self) -> str:
        """The school's telephone (clause 23); empty where the office has not said it."""
        return "" if self.content is None else self.content.telephone.strip()

    def job(self, role: Role) -> str:
        """What a job is called: in English as central calls it, else in words of ours where its id is known."""
        is_ours = self.words.language.code != ENGLISH and role.id in texts.JOBS
        return self.say(texts.JOBS[role.id]) if is_ours else role.name

    def place(self, room: Room) -> str:
        """What a room is called: its name, but for a kitchen that is called just that, in the visitor's language."""
        is_plain = texts.JOBS.get(room.id) == room.name
        return self.say(room.name) if is_plain else room.name

    def seeing(self, seeing: Seeing | None, *, english: bool = False) -> str:
        """Whom the visitor sees, in words; names as they are, jobs translated unless it is to be `english`."""
        content = self.content
        if seeing is None:
            return self.say(texts.NOT_SAID)
        if content is not None:
            if seeing.person is not None:
                host = content.host(seeing.person)
                return host.name if host is not None else self.say(texts.NOT_SAID)
            for role in content.roles:
                if role.id == seeing.role:
                    return role.name if english else self.job(role)
            for room in content.rooms:
                if room.id == seeing.room:
                    return room.name if english else self.place(room)
        return self.say(texts.HOST_NOBODY)

    def is_latin(self, seeing: Seeing | None) -> bool:
        """Whether what `seeing` says is a name that stays in Latin letters."""
        if seeing is None or self.content is None:
            return False
        if seeing.role is not None or seeing.room is not None:
            return self.seeing(seeing) == self.seeing(seeing, english=True)
        return seeing.person is not None

    def rules(self) -> tuple[tuple[RuleLine, ...], dict[str, str], bool]:
        """The rules in the visitor's language, the English by line, and whether a speaker has checked them."""
        if self.content is None:
            return (), {}, True
        rules, own = self.content.rules_in(self.session.language)
        english = {line.id: line.text for line in self.content.languages[ENGLISH].lines}
        checked = self.session.language == ENGLISH or (own and rules.checked and self.words.checked)
        return tuple(rules.lines), english, checked


def drawable(screen: Screen) -> Screen:
    """The page with a mark wherever a name or a word of the school has what no font of the screen can draw."""
    field = screen.field
    return replace(
        screen,
        site=visible(screen.site),
        field=None if field is None else replace(field, text=visible(field.text)),
        lines=tuple(
            replace(line, text=visible(line.text), english=None if line.english is None else visible(line.english))
            for line in screen.lines
        ),
        rows=tuple(replace(row, label=visible(row.label), value=visible(row.value)) for row in screen.rows),
        choices=tuple(replace(choice, text=visible(choice.text)) for choice in screen.choices),
        note=visible(screen.note),
        note_english=None if screen.note_english is None else visible(screen.note_english),
    )


def photos_agreed(content: Content | None, draft: Draft) -> bool:
    """Whether the headteacher's agreement to photos stands for this visitor now (clause 3)."""
    if content is None:
        return False
    expected = content.expected_by_id(draft.expected)
    if expected is not None:
        return expected.image_permission
    regular = None if draft.badge is None else content.regular.get(draft.badge)
    return regular is not None and regular.image_permission
