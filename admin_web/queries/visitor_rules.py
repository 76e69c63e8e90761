"""The visitors' rules as pages show them: what counts, the draft beside it, and what is not checked by a speaker."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.visitor_rules import VisitorRules, VisitorRulesDraft
from admin_web.errors import NotFound
from admin_web.queries.names import actor_names
from admin_web.queries.visit_words import LANGUAGES, RIGHT_TO_LEFT
from admin_web.rules.areas import phone_free_areas
from admin_web.services.visitor_rules import ENGLISH, first_edition, rules_now, texts_of
from admin_web.services.visitor_words import SUGGESTED, suggested_lines


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """The words in one language."""

    code: str
    name: str
    lines: Mapping[str, str]
    checked: bool
    checked_by: str | None
    etag: int
    """Of the draft, or the one it would have as soon as it is begun; 0 in what is published."""
    right_to_left: bool
    changed: bool
    """Whether the draft differs from what counts."""
    changed_by: str | None = None
    changed_at: datetime | None = None
    """Who saved these words of the draft last, and when."""


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """A published version."""

    version: int
    hash: str
    published_at: datetime
    published_by: str
    languages: tuple[LanguageWords, ...]

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The languages that no speaker has checked for this version, by name."""
        return tuple(one.name for one in self.languages if not one.checked)

    @property
    def missing(self) -> tuple[str, ...]:
        """The screen's languages that this version does not have."""
        there = {one.code for one in self.languages}
        return tuple(name for code, name in LANGUAGES.items() if code not in there)


def read_rules(session: Session, version: int | None = None) -> RulesVersion | None:
    """Read a version, or the one that counts; None before the first. Raises NotFound for one that never was."""
    row = rules_now(session) if version is None else session.get(VisitorRules, version)
    if row is None:
        if version is None:
            return None
        raise NotFound("There is no such version.", what_to_do="Look at the page Visitor rules.")
    names = actor_names(session, {row.published_by})
    texts = texts_of(session, row.version)
    return RulesVersion(
        version=row.version,
        hash=row.hash,
        published_at=row.published_at,
        published_by=names.get(row.published_by, "Somebody whose account is no longer kept"),
        languages=tuple(
            _words(session, code, json.loads(text.lines), text.checked, text.checked_by, 0)
            for code, text in texts.items()
        ),
    )


def read_versions(session: Session) -> list[tuple[int, datetime]]:
    """List versions with when they were published, newest first."""
    rows = session.execute(
        select(VisitorRules.version, VisitorRules.published_at).order_by(VisitorRules.version.desc())
    )
    return [(version, at) for version, at in rows]


def has_draft(session: Session) -> bool:
    """Tell whether anybody has begun the next version."""
    return session.scalars(select(VisitorRulesDraft.language).limit(1)).first() is not None


def read_draft(session: Session) -> list[LanguageWords]:
    """Read the words that the next version would have, by language in the screen's order."""
    live = read_rules(session)
    edition = first_edition(rules_now(session))
    before = {} if live is None else {one.code: one for one in live.languages}
    rows = {row.language: row for row in session.scalars(select(VisitorRulesDraft))}
    if rows:
        return [_drafted(session, code, rows[code], before.get(code)) for code in LANGUAGES if code in rows]
    if live is not None:
        return [_words(session, one.code, one.lines, one.checked, None, edition) for one in live.languages]
    places = phone_free_areas(session)
    return [
        _words(session, code, suggested_lines(code, places), code == ENGLISH, None, edition, changed=True)
        for code in LANGUAGES
        if code in SUGGESTED
    ]


def _drafted(session: Session, code: str, row: VisitorRulesDraft, before: LanguageWords | None) -> LanguageWords:
    lines = json.loads(row.lines)
    changed = before is None or (before.lines, before.checked) != (lines, row.checked)
    words = _words(session, code, lines, row.checked, row.checked_by, row.etag, changed=changed)
    by = actor_names(session, {row.changed_by}).get(row.changed_by)
    return replace(words, changed_by=by, changed_at=row.changed_at)


def _words(
    session: Session,
    code: str,
    lines: Mapping[str, str],
    checked: bool,
    checked_by: str | None,
    etag: int,
    *,
    changed: bool = False,
) -> LanguageWords:
    by = None if checked_by is None else actor_names(session, {checked_by}).get(checked_by)
    return LanguageWords(code, LANGUAGES.get(code, code), lines, checked, by, etag, code in RIGHT_TO_LEFT, changed)
