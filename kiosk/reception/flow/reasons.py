"""Why somebody comes: the codes an event carries, the words and drawings of their tiles."""

from dataclasses import dataclass

from kiosk.reception.flow import texts


@dataclass(frozen=True, slots=True)
class ReasonOfVisit:
    """One tile of *Why are you here?*."""

    code: str
    text: str
    """Message id."""
    icon: str
    shown_at_office: bool = False
    """Contractors and agency staff show their papers; reception ticks what it saw."""


REASONS = (
    ReasonOfVisit("meeting", texts.REASON_MEETING, "people"),
    ReasonOfVisit("event", texts.REASON_EVENT, "calendar"),
    ReasonOfVisit("collect", texts.REASON_COLLECT, "children"),
    ReasonOfVisit("volunteer", texts.REASON_VOLUNTEER, "visitor"),
    ReasonOfVisit("professional", texts.REASON_PROFESSIONAL, "badge"),
    ReasonOfVisit("contractor", texts.REASON_CONTRACTOR, "fault", shown_at_office=True),
    ReasonOfVisit("agency", texts.REASON_AGENCY, "timetable", shown_at_office=True),
    ReasonOfVisit("other", texts.REASON_OTHER, "edit"),
)
BY_CODE = {reason.code: reason for reason in REASONS}

SEEN_AT_OFFICE = (("id_seen", texts.TICK_ID), ("letter", texts.TICK_LETTER), ("escorted", texts.TICK_ESCORTED))
"""What reception can tick, and no more: nothing of a DBS check is written down."""


def words_of_reason(code: str) -> str:
    """The message id of a reason; a code that this version does not know is *Something else*."""
    return BY_CODE[code].text if code in BY_CODE else texts.REASON_OTHER


def needs_papers(code: str | None) -> bool:
    """Whether the visitor shows papers at the office."""
    return code in BY_CODE and BY_CODE[code].shown_at_office
