"""The text that staff confirm to have read: published as versions, each with its hash; old ones stay (clause 25)."""

import hashlib
import re
import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.policy_texts import PolicyText
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.texts import is_shown
from broker.messages.register import PolicyTextPublished
from policy.clauses import CLAUSES

LONGEST = 30_000
"""Characters: three times the school's whole appendix."""
_DIRECTIONS = {"\u200e", "\u200f"}
_FOR_STAFF = tuple(str(number) for number in range(1, 22))
"""Clauses 1 to 21: staff look after their visitors too; those after are for visitors, parents and pupils."""


def publish_policy_text(
    session: Session, words: str, *, if_match: str | None = None, although: bool = False, occasion: Occasion
) -> PolicyText:
    """Publish a new version: from now on everybody is asked to confirm this one.

    `if_match` names the version it follows. `although` publishes a text that does not say what clause 1 asks for.
    Raises Invalid, MatchMissing, ChangedMeanwhile, and Conflict for the same text again or without clause 1.
    """
    words = tidy_words(words)
    before = policy_text_now(session)
    require_match(if_match, None if before is None else before.version, "The text")
    hash = hash_of(words)
    if before is not None and before.hash == hash:
        raise Conflict(
            f"This is version {before.version}, word for word.",
            what_to_do="Change something, or leave it as it is: nobody is asked again for the same text.",
            field="words",
        )
    if not although and not says_own_risk(words):
        raise Conflict(
            "The text does not say that phones are at their owner’s own risk.",
            what_to_do="Add it, since clause 1 asks for it, or tick that it is meant so and publish once more.",
            field="although",
        )
    text = PolicyText(
        version=1 if before is None else before.version + 1,
        words=words,
        hash=hash,
        published_at=occasion.now.utc,
        published_by=occasion.actor.id,
    )
    session.add(text)
    session.flush()
    audit.record_change(
        session,
        "policy_text_published",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        filter={"version": text.version},
        why=occasion.why,
    )
    acts.record(session, PolicyTextPublished(version=text.version, hash=hash), occasion)
    session.flush()
    return text


def policy_text_now(session: Session) -> PolicyText | None:
    """Find the version that counts; None before the first."""
    return session.scalars(select(PolicyText).order_by(PolicyText.version.desc()).limit(1)).first()


def require_policy_text(session: Session, version: int) -> PolicyText:
    """Find a version, whether it counts or did. Raises NotFound."""
    text = session.get(PolicyText, version) if 0 < version < 2**31 else None
    if text is None:
        raise NotFound("There is no such version.", what_to_do="Look on the page The phone rules.", field="version")
    return text


def count_versions(session: Session) -> int:
    """Count how many versions there have been."""
    return session.scalar(select(func.count()).select_from(PolicyText)) or 0


def hash_of(words: str) -> str:
    """SHA-256 of the words in UTF-8, in hex: what `sha256sum` says of the text in a file."""
    return hashlib.sha256(words.encode()).hexdigest()


def tidy_words(words: str) -> str:
    """Bring a text into the form it is kept and hashed in: NFC, plain line ends, no spaces at their ends.

    Raises Invalid.
    """
    plain = words.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    lines = [line.rstrip() for line in unicodedata.normalize("NFC", plain).split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    if not text.strip():
        raise Invalid("The text is empty.", what_to_do="Write what staff shall confirm.", field="words")
    if len(text) > LONGEST:
        raise Invalid(
            f"The text is {len(text):,} characters long.", what_to_do=f"Shorten it to {LONGEST:,}.", field="words"
        )
    for number, line in enumerate(text.split("\n"), 1):
        if not is_shown("".join(letter for letter in line if letter not in _DIRECTIONS)):
            raise Invalid(
                f"Line {number} contains characters that cannot be shown.",
                what_to_do="Type that line again.",
                field="words",
            )
    return text


def says_own_risk(words: str) -> bool:
    """Tell whether a text says that phones are at own risk (clause 1)."""
    return re.search(r"\bown risk\b", words, re.IGNORECASE) is not None


def suggested_words() -> str:
    """The text to begin with: the school's own words for staff, clause by clause, with what confirming means."""
    paragraphs = ["# Staff and their phones in school\nYou bring your phone at own risk. These are the school’s rules."]
    for id in _FOR_STAFF:
        clause = CLAUSES[id]
        paragraphs.append(f"# {clause.title}\n{clause.words}")
    paragraphs.append("By confirming I say that I have read and understood this text.")
    return tidy_words("\n\n".join(paragraphs))
