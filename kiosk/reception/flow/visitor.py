"""What a visitor's presses do, from the first page to the finished sign-in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from broker.messages.help import HelpKind
from kiosk.reception.content import Content
from kiosk.reception.flow import texts
from kiosk.reception.flow.drawing import photos_agreed
from kiosk.reception.flow.effects import NewVisit, RingOffice, RulesRead, SignIn
from kiosk.reception.flow.reasons import SEEN_AT_OFFICE, needs_papers
from kiosk.reception.flow.screen import Page
from kiosk.reception.flow.session import Draft, Need, Seeing
from kiosk.reception.flow.turn import Turn
from policy.ids import BadgeReference

ORDER = (
    Page.NAME,
    Page.ORGANISATION,
    Page.REASON,
    Page.HOST,
    Page.PHONE_RULES,
    Page.NEED_PHONE,
    Page.PAPERS,
    Page.CHECK,
)
NEEDS: Mapping[str, Need] = {"no": "no", "health": "health", "other": "other"}
SECOND_NS = 1_000_000_000


def press(turn: Turn, id: str) -> None:
    """Take a press on one of the pages of a sign-in."""
    kind, _, which = id.partition(":")
    page = turn.session.page
    if kind == "next":
        _next(turn)
    elif kind == "reason":
        if which != turn.session.draft.reason:
            _unsee_papers(turn)
        turn.answer(reason=which)
        _onward(turn, Page.REASON)
    elif kind in ("role", "room", "person", "nobody"):
        _choose_host(turn, kind, which)
    elif kind == "type_name":
        turn.go(Page.HOST_NAME)
    elif kind == "tick":
        _toggle(turn, "ticks", which)
    elif kind == "paper" and turn.session.staff is not None:
        _toggle(turn, "papers", which)
    elif kind == "read":
        _read(turn)
    elif kind == "need_phone":
        turn.go(Page.NEED_PHONE)
    elif kind == "need":
        _need(turn, which)
    elif kind == "change":
        _change(turn, which)
    elif kind == "sign_in" and page is Page.CHECK:
        _sign_in(turn)


def back(turn: Turn) -> None:
    """Go to the question before; a change on the last page is taken back."""
    session, draft = turn.session, turn.session.draft
    if session.page is Page.HOST_NAME:
        turn.answer(letters="")
        turn.go(Page.HOST)
    elif session.page is Page.PHONE_CALL:
        turn.go(Page.NEED_PHONE)
    elif session.changing is not None and session.page is not Page.CHECK:
        session.draft, session.changing = session.changing, None
        turn.go(Page.CHECK)
    else:
        asked = [page for page in ORDER[: ORDER.index(session.page)] if _is_asked(draft, page)]
        if asked:
            turn.go(asked[-1])
        else:
            begin(turn)
            turn.go(Page.WELCOME)


def begin(turn: Turn) -> None:
    """Forget every answer; language and size stay."""
    session = turn.session
    session.draft, session.changing = Draft(), None
    session.rules_ns, session.rules_since, session.staff, session.read_again = 0, None, None, False


def arrive(turn: Turn, badge: BadgeReference) -> None:
    """A regular visitor's badge: what is known need not be asked; the rules are read every time."""
    content = turn.content
    visitor = None if content is None else content.regular.get(badge)
    if visitor is None or content is None:
        return
    begin(turn)
    known = {Page.NAME, Page.ORGANISATION, Page.REASON}
    seeing = None
    if content.host(visitor.host) is not None:
        seeing = Seeing(person=visitor.host)
        known.add(Page.HOST)
    turn.answer(
        name=visitor.name,
        organisation=visitor.organisation or "",
        reason=visitor.reason,
        seeing=seeing,
        badge=badge,
        known=frozenset(known),
    )
    turn.go(_unanswered(turn))


def obey(turn: Turn, before: Content, content: Content) -> None:
    """Go on under a new edition: other rules are read again, and a host who has left the school is asked again.

    Whether photos are agreed is a line of the rules as well: who ticked the one has not read the other (clause 3).
    """
    session, draft = turn.session, turn.session.draft
    person = None if draft.seeing is None else draft.seeing.person
    if person is not None and content.host(person) is None:
        turn.answer(seeing=None, known=draft.known - {Page.HOST})
    if before.hash == content.hash and photos_agreed(before, draft) is photos_agreed(content, draft):
        return
    session.read_again = session.read_again or draft.version_read is not None
    turn.answer(ticks=frozenset(), version_read=None)
    turn.pause_rules()
    session.rules_ns = 0
    if session.page is Page.PHONE_RULES:
        session.part = 0
        turn.go_on_with_rules()
        turn.fail(texts.RULES_CHANGED)


def _is_asked(draft: Draft, page: Page) -> bool:
    if page is Page.PAPERS:
        return needs_papers(draft.reason)
    return page not in draft.known


def _unanswered(turn: Turn) -> Page:
    """The first question without an answer; the last page when there is none."""
    draft, content = turn.session.draft, turn.content
    if not draft.name.strip():
        return Page.NAME
    if draft.reason is None:
        return Page.REASON
    if draft.seeing is None:
        return Page.HOST
    if content is not None and draft.version_read != content.hash:
        return Page.PHONE_RULES
    if draft.needs is None:
        return Page.NEED_PHONE
    if needs_papers(draft.reason) and not draft.papers_shown:
        return Page.PAPERS
    return Page.CHECK


def _onward(turn: Turn, page: Page) -> None:
    """Go on from a question that has been answered: to the next one, or back to the last page after *Change*."""
    session = turn.session
    if session.changing is not None or page is Page.NEED_PHONE:
        target = _unanswered(turn)
    else:
        target = next(following for following in ORDER[ORDER.index(page) + 1 :] if _comes(session.draft, following))
    if target is Page.CHECK:
        session.changing = None
    _turn_to(turn, target)


def _turn_to(turn: Turn, target: Page) -> None:
    """Turn to a question, and say so where it is the rules that have changed since they were read."""
    turn.go(target)
    if target is Page.PHONE_RULES and turn.session.read_again:
        turn.session.read_again = False
        turn.fail(texts.RULES_CHANGED)


def _comes(draft: Draft, page: Page) -> bool:
    """Whether a question comes on the way; one that was answered from the rules' page does not come again."""
    return _is_asked(draft, page) and not (page is Page.NEED_PHONE and draft.needs is not None)


def _next(turn: Turn) -> None:
    page = turn.session.page
    if page is Page.NAME:
        _name_given(turn)
    elif page is Page.ORGANISATION:
        turn.answer(organisation=" ".join(turn.session.draft.organisation.split()))
        _onward(turn, page)
    elif page is Page.PAPERS:
        turn.answer(papers_shown=True, papers_of=turn.session.draft.name)
        _onward(turn, page)
    elif page is Page.PHONE_CALL:
        _onward(turn, Page.NEED_PHONE)


def _name_given(turn: Turn) -> None:
    name = " ".join(turn.session.draft.name.split())
    if not any(letter.isalnum() for letter in name):
        turn.fail(texts.NAME_MISSING)
        return
    if name != turn.session.draft.papers_of:
        _unsee_papers(turn)
    turn.answer(name=name)
    _find_expected(turn, name)
    _onward(turn, Page.NAME)


def _unsee_papers(turn: Turn) -> None:
    """Take back what reception ticked: it saw the papers of another name, or for another reason."""
    turn.answer(papers=frozenset(), papers_shown=False, papers_of="")


def _find_expected(turn: Turn, name: str) -> None:
    """An exact name that is expected about now brings its answers with it; nothing of them is ever shown."""
    draft, content = turn.session.draft, turn.content
    found = None if content is None else content.expects(name, turn.now)
    if found is not None and draft.expected == found.id:
        return  # what was changed since stays changed
    if draft.expected is not None:
        # Another name: what the office wrote of the one before must not be read from the pages that are asked now.
        _forget_known(turn, *draft.known)
        turn.answer(expected=None)
    if found is None or content is None:
        return
    known: set[Page] = set()
    change: dict[str, object] = {"expected": found.id}
    if found.organisation:
        change["organisation"] = found.organisation
        known.add(Page.ORGANISATION)
    if found.kind is not None:
        change["reason"] = found.kind
        known.add(Page.REASON)
    if content.host(found.host) is not None:
        change["seeing"] = Seeing(person=found.host)
        known.add(Page.HOST)
    turn.answer(known=frozenset(known), **change)


def _choose_host(turn: Turn, kind: str, which: str) -> None:
    seeing = Seeing() if kind == "nobody" else Seeing(**{kind: which})
    turn.answer(seeing=seeing, letters="")
    _onward(turn, Page.HOST)


def _toggle(turn: Turn, what: str, which: str) -> None:
    before: frozenset[str] = getattr(turn.session.draft, what)
    turn.answer(**{what: before ^ {which}})
    turn.session.error = None
    # Without the error there is more room, and a part may hold other lines than before: this box stays in sight.
    turn.session.shows = f"{'tick' if what == 'ticks' else 'paper'}:{which}"


def _read(turn: Turn) -> None:
    draft, content = turn.session.draft, turn.content
    if content is None:
        return
    rules, own = content.rules_in(turn.session.language)
    missing = next((line.id for line in rules.lines if line.tick and line.id not in draft.ticks), None)
    if missing is not None:
        turn.fail(texts.RULES_TICK)
        turn.session.shows = f"tick:{missing}"
        return
    turn.answer(version_read=content.hash, language_read=turn.session.language if own else "en")
    _onward(turn, Page.PHONE_RULES)


def _need(turn: Turn, which: str) -> None:
    need = NEEDS.get(which)
    turn.answer(needs=need)
    if need == "other":
        turn.want(RingOffice(HelpKind.NEED_PHONE))
        turn.go(Page.PHONE_CALL)
    else:
        _onward(turn, Page.NEED_PHONE)


def _change(turn: Turn, what: str) -> None:
    page = {
        "name": Page.NAME,
        "organisation": Page.ORGANISATION,
        "reason": Page.REASON,
        "host": Page.HOST,
        "phone": Page.NEED_PHONE,
    }[what]
    draft = turn.session.draft
    turn.session.changing = draft
    if draft.badge is None and page in draft.known:
        _forget_known(turn, page)
    turn.go(page)


def _forget_known(turn: Turn, *pages: Page) -> None:
    """Empty answers that central knew: whoever typed the name answers them anew and reads none of them here."""
    empty: dict[Page, dict[str, Any]] = {
        Page.ORGANISATION: {"organisation": ""},
        Page.REASON: {"reason": None},
        Page.HOST: {"seeing": None},
    }
    for page in pages:
        turn.answer(**empty.get(page, {}))
    turn.answer(known=turn.session.draft.known - set(pages))


def _sign_in(turn: Turn) -> None:
    session, content = turn.session, turn.content
    target = _unanswered(turn)
    if content is None:
        return
    if target is not Page.CHECK:
        _turn_to(turn, target)
        return
    visit = _visit(turn, content)
    # What was typed goes with the effect; the screen keeps what the last page shows.
    session.draft = replace(Draft(), seeing=session.draft.seeing, badge=session.draft.badge)
    session.changing, session.staff = None, None
    turn.go(Page.SAVING)
    turn.want(SignIn(visit))


def _visit(turn: Turn, content: Content) -> NewVisit:
    session, draft = turn.session, turn.session.draft
    seeing = draft.seeing or Seeing()
    papers = tuple(code for code, _ in SEEN_AT_OFFICE if code in draft.papers)
    contractor = needs_papers(draft.reason)
    return NewVisit(
        name=draft.name,
        organisation=draft.organisation or None,
        reason=draft.reason or "other",
        host=seeing.person,
        role=seeing.role,
        room=seeing.room,
        seeing=_in_words(content, seeing),
        needs_phone=draft.needs not in (None, "no"),
        badge=draft.badge,
        ticks=papers if contractor else (),
        expected=None if content.expected_by_id(draft.expected) is None else draft.expected,
        image_permission=photos_agreed(content, draft),
        rules=RulesRead(
            content.version,
            content.hash,
            draft.language_read,
            session.rules_ns // SECOND_NS,
            tuple(sorted(draft.ticks)),
        ),
        contractor=contractor,
    )


def _in_words(content: Content, seeing: Seeing) -> str:
    host = content.host(seeing.person)
    if host is not None:
        return host.name
    names: dict[str | None, str] = {role.id: role.name for role in content.roles}
    if seeing.role in names:
        return names[seeing.role]
    names = {room.id: room.name for room in content.rooms}
    return names.get(seeing.room, "")
