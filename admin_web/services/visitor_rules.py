"""The visitors' rules: drafted by language, published as versions with a hash; old ones stay (clauses 1 to 5, 22)."""

import hashlib
import json
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin_web.database.visitor_rules import VisitorRules, VisitorRulesDraft, VisitorRulesText
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid
from admin_web.queries.visit_words import LANGUAGES
from admin_web.rules.areas import phone_free_areas
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_for_screens
from admin_web.services.texts import require_line
from admin_web.services.visitor_words import LINES, SUGGESTED, suggested_lines
from broker.messages.reception_acts import VisitorRulesDrafted, VisitorRulesPublished

ENGLISH = "en"
LONGEST = 300
"""Characters of a line: three times the longest there is."""
_DIRECTIONS = {"\u200e", "\u200f"}
_SAVES_A_VERSION = 1000
"""A draft's editions begin anew with every version, and no two versions share one."""


def save_draft(
    session: Session,
    language: str,
    lines: Mapping[str, str],
    *,
    checked: bool,
    if_match: str | None,
    occasion: Occasion,
) -> VisitorRulesDraft:
    """Save the next version's words in one language. Other English words make every other language unchecked.

    Whoever has a translation open meanwhile is told, too: it was of other English words.
    Raises Invalid naming the line, MatchMissing, ChangedMeanwhile.
    """
    if language not in LANGUAGES:
        raise Invalid("That is not a language of the screen.", what_to_do="Choose one of the list.", field="language")
    begin_draft(session, occasion)
    draft = session.get(VisitorRulesDraft, language)
    require_match(if_match, None if draft is None else draft.etag, "The text")
    tidy = {id: _line(id, lines.get(id, "")) for id in LINES}
    if draft is None:
        draft = _new_draft(language, tidy, first_edition(rules_now(session)), occasion)
        session.add(draft)
    changed = json.loads(draft.lines) != tidy
    draft.lines, draft.checked = _as_json(tidy), checked or language == ENGLISH
    draft.checked_by = occasion.actor.id if draft.checked else None
    draft.changed_at, draft.changed_by, draft.etag = occasion.now.utc, occasion.actor.id, draft.etag + 1
    if language == ENGLISH and changed:
        for other in session.scalars(select(VisitorRulesDraft).where(VisitorRulesDraft.language != ENGLISH)):
            other.checked, other.checked_by, other.etag = False, None, other.etag + 1
    audit.record_change(
        session,
        "visitor_rules_drafted",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        filter={"language": language},
    )
    acts.record(session, VisitorRulesDrafted(language=language, checked=draft.checked), occasion)
    session.flush()
    return draft


def begin_draft(session: Session, occasion: Occasion) -> None:
    """Begin a draft from the version that counts, or from the suggestion, where there is none."""
    if session.scalars(select(VisitorRulesDraft.language).limit(1)).first() is not None:
        return
    live = rules_now(session)
    edition = first_edition(live)
    if live is not None:
        for text in texts_of(session, live.version).values():
            draft = _new_draft(text.language, json.loads(text.lines), edition, occasion)
            draft.checked, draft.checked_by = text.checked, text.checked_by
            session.add(draft)
    else:
        places = phone_free_areas(session)
        for language in SUGGESTED:
            session.add(_new_draft(language, suggested_lines(language, places), edition, occasion))
    session.flush()


def publish_visitor_rules(
    session: Session, *, if_match: str | None = None, seen: str | None = None, occasion: Occasion
) -> VisitorRules:
    """Publish the draft, or the suggestion where nothing was drafted, as a new version.

    `if_match` names the version it follows; `seen` is the mark of the draft that was looked at, None at the console.
    Raises MatchMissing, ChangedMeanwhile, Conflict where nothing changed.
    """
    before = rules_now(session)
    require_match(if_match, None if before is None else before.version, "The version that is shown")
    _require_seen(session, seen)
    begin_draft(session, occasion)
    drafts = {draft.language: draft for draft in session.scalars(select(VisitorRulesDraft))}
    if before is not None and _same(texts_of(session, before.version), drafts):
        raise Conflict(
            f"This is version {before.version}, word for word.", what_to_do="Change something in the draft first."
        )
    rules = VisitorRules(
        version=1 if before is None else before.version + 1,
        hash=hash_of({one.language: (json.loads(one.lines), one.checked) for one in drafts.values()}),
        published_at=occasion.now.utc,
        published_by=occasion.actor.id,
    )
    session.add(rules)
    session.flush()
    for draft in drafts.values():
        session.add(
            VisitorRulesText(
                version=rules.version,
                language=draft.language,
                lines=draft.lines,
                checked=draft.checked,
                checked_by=draft.checked_by,
            )
        )
    session.execute(delete(VisitorRulesDraft))
    raise_for_screens(session, occasion.now)
    audit.record_change(
        session,
        "visitor_rules_published",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        filter={"version": rules.version},
    )
    acts.record(session, VisitorRulesPublished(version=rules.version, hash=rules.hash), occasion)
    session.flush()
    return rules


def drop_draft(session: Session, *, seen: str, occasion: Occasion) -> None:
    """Throw the draft away that was looked at, by its mark; what is published stays. Raises ChangedMeanwhile."""
    _require_seen(session, seen)
    session.execute(delete(VisitorRulesDraft))
    audit.record_change(session, "visitor_rules_dropped", actor=occasion.actor, machine_now=occasion.machine_now)
    session.flush()


def mark_of_draft(session: Session) -> str:
    """Mark the draft as it is: who publishes it, or throws it away, has seen just this; empty where there is none."""
    rows = list(session.scalars(select(VisitorRulesDraft).order_by(VisitorRulesDraft.language)))
    told = [f"{row.language} {row.etag} {row.checked} {row.lines}" for row in rows]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16] if rows else ""


def first_edition(live: VisitorRules | None) -> int:
    """Number a draft that follows a version: a form that was opened before it never fits."""
    return 1 + _SAVES_A_VERSION * (0 if live is None else live.version)


def rules_now(session: Session) -> VisitorRules | None:
    """Find the version that counts; None before the first."""
    return session.scalars(select(VisitorRules).order_by(VisitorRules.version.desc()).limit(1)).first()


def texts_of(session: Session, version: int) -> dict[str, VisitorRulesText]:
    """Read a version's words by language, in the screen's order."""
    rows = {
        row.language: row
        for row in session.scalars(select(VisitorRulesText).where(VisitorRulesText.version == version))
    }
    return {language: rows[language] for language in LANGUAGES if language in rows}


def hash_of(texts: Mapping[str, tuple[Mapping[str, str], bool]]) -> str:
    """SHA-256 of a version as visitors see it, in hex: by language its words, and whether a speaker has checked them.

    One line of UTF-8 after the other: a language's code, with ` checked` where it is so, then its words in the screen's
    order; languages in the screen's order.
    """
    told: list[str] = []
    for language in LANGUAGES:
        if language in texts:
            lines, checked = texts[language]
            told += [f"{language} checked" if checked else language, *(lines[id] for id in LINES if id in lines)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _require_seen(session: Session, seen: str | None) -> None:
    """Check that nobody has changed the draft since it was looked at. Raises ChangedMeanwhile."""
    if seen is not None and seen != mark_of_draft(session):
        raise ChangedMeanwhile(
            "The draft was changed by somebody else in the meantime.",
            what_to_do="Look at what it says now, then do it once more.",
        )


def _line(id: str, text: str) -> str:
    """Check one line; marks of direction may stand in it. Raises Invalid."""
    marks = "".join(letter for letter in text if letter not in _DIRECTIONS)
    require_line(marks, id, "This line", at_most=LONGEST)
    return " ".join(text.split())


def _new_draft(language: str, lines: Mapping[str, str], edition: int, occasion: Occasion) -> VisitorRulesDraft:
    return VisitorRulesDraft(
        language=language,
        lines=_as_json(lines),
        checked=language == ENGLISH,
        changed_at=occasion.now.utc,
        changed_by=occasion.actor.id,
        etag=edition,
    )


def _as_json(lines: Mapping[str, str]) -> str:
    return json.dumps(dict(lines), ensure_ascii=False)


def _same(texts: Mapping[str, VisitorRulesText], drafts: Mapping[str, VisitorRulesDraft]) -> bool:
    published = {one.language: (json.loads(one.lines), one.checked) for one in texts.values()}
    return published == {one.language: (json.loads(one.lines), one.checked) for one in drafts.values()}
