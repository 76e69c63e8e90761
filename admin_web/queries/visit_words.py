"""Words for what visits say by codes: why somebody comes, in which language, how a visit ended or was briefed."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "meeting": "A meeting",
    "event": "A school event",
    "collect": "To pick up or see a child",
    "volunteer": "To help in school",
    "professional": "To work with a child",
    "contractor": "To fix or build things",
    "agency": "To teach for a day",
    "regular": "Comes often",
    "other": "Something else",
}
"""The tiles of the reception screen, and those who come often."""

LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "pl": "Polish",
    "ur": "Urdu",
    "pa": "Punjabi",
    "ar": "Arabic",
    "ro": "Romanian",
    "uk": "Ukrainian",
    "hi": "Hindi",
}
"""The languages of the reception screen, in its order."""
RIGHT_TO_LEFT = frozenset({"ur", "ar"})

BRIEFED_HOW: Mapping[str, str] = {
    "kiosk_badge": "by badge at the reception screen",
    "cabinet": "by badge at a cabinet",
    "web": "in the web view",
    "office": "by the office in the host’s name",
}
ENDED_HOW: Mapping[str, str] = {
    "lanyard": "by the lanyard",
    "name": "by name and lanyard number",
    "office": "by the office",
    "not_signed_out": "not signed out",
}
TICKS: Mapping[str, str] = {"id_seen": "ID seen", "letter": "letter of assurance seen", "escorted": "escorted"}
TICKED_AT_RECEPTION = frozenset({"contractor", "agency"})
"""Reasons of a visit for which reception ticks what it has seen."""
TOLD_HOW: Mapping[str, str] = {"spoken": "told by the office in words", "paper": "given on paper"}
"""How a visitor got to know the rules where no screen showed them."""
RINGS: Mapping[str, str] = {
    "office": "Somebody at reception asks for the office",
    "need_phone": "A visitor at reception needs their phone",
    "sign_out": "A visitor is leaving and could not sign out",
    "delivery": "A delivery is at reception",
    "senior": "Somebody at reception asks for the office",
}
"""What a ring from the reception screen is about."""


def reason_words(code: str | None) -> str | None:
    """Say why somebody comes; a code that this central does not know is said as it is."""
    return None if code is None else REASONS.get(code, code.replace("_", " ").capitalize())


def language_words(code: str) -> str:
    """Name a language in English."""
    return LANGUAGES.get(code, code)
