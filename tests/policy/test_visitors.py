"""For whom a badge held at a cabinet speaks, and whether the lamp has somebody to call (clause 21)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from policy.clock import ClockQuality, Moment
from policy.ids import BadgeReference, PersonId, PointId
from policy.rules import BadgeKind, BadgeRules, PointKind, Revision, Rules
from policy.visitors import NOBODY, Host, VisitorsWaiting, anybody_waits, host_of, still_briefed

NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(minutes=20), NOW - timedelta(minutes=5)
AMARA = PersonId("amara-osei")
OWN, ELSEWHERE, SENIOR, STRANGER = (BadgeReference(f"1:{name}") for name in ("own", "elsewhere", "senior", "stranger"))
WAITING = VisitorsWaiting({AMARA: EARLIER}, {ELSEWHERE: EARLIER, SENIOR: LATER})


def rules(**own: datetime | None) -> Rules:
    """A point with Amara's badge, changed as said, and a senior leader's, carried for its role."""
    badges = {
        OWN: BadgeRules(OWN, BadgeKind.PERSONAL, AMARA, **{"starts": datetime(2026, 1, 1, tzinfo=UTC), **own}),  # type: ignore[arg-type]
        SENIOR: BadgeRules(SENIOR, BadgeKind.ROLE, None, datetime(2026, 1, 1, tzinfo=UTC), role="SLT"),
    }
    day = date(2026, 11, 24)
    return Rules(
        Revision(1, 1), NOW, "Europe/London", day, day, PointId("robins"), PointKind.ONE_DOOR, 1, badges=badges
    )


def host(
    badge: BadgeReference,
    waiting: VisitorsWaiting = WAITING,
    briefed: dict[str, datetime] | None = None,
    at: Rules | None = None,
) -> Host | None:
    return host_of(waiting, briefed or {}, at or rules(), badge, Moment(NOW, ClockQuality.SYNCED, 0))


def test_a_badge_of_this_point_speaks_for_its_person_and_any_other_for_itself() -> None:
    assert host(OWN) == Host("amara-osei", AMARA, EARLIER)
    assert host(ELSEWHERE) == Host(ELSEWHERE, None, EARLIER)
    assert host(SENIOR) == Host(SENIOR, None, LATER)
    assert host(STRANGER) is None
    assert host(OWN, NOBODY) is None


@pytest.mark.parametrize("change", [{"lost": EARLIER}, {"ends": LATER}, {"starts": NOW + timedelta(hours=1)}])
def test_a_badge_that_is_not_live_speaks_for_nobody(change: dict[str, datetime]) -> None:
    assert host(OWN, at=rules(**change)) is None


def test_a_host_who_has_told_speaks_again_only_of_a_visitor_who_came_after() -> None:
    assert host(OWN, briefed={AMARA: EARLIER}) is None
    assert host(OWN, VisitorsWaiting({AMARA: LATER}), {AMARA: EARLIER}) == Host(AMARA, AMARA, LATER)
    assert host(OWN, VisitorsWaiting({AMARA: EARLIER}), {AMARA: LATER}) is None


def test_the_lamp_calls_only_those_of_this_point_who_have_not_told_yet() -> None:
    assert anybody_waits(WAITING, {})
    assert not anybody_waits(WAITING, {AMARA: EARLIER})
    assert anybody_waits(VisitorsWaiting({AMARA: LATER}), {AMARA: EARLIER})
    assert not anybody_waits(VisitorsWaiting({}, WAITING.elsewhere), {})


def test_what_was_told_is_forgotten_once_central_says_that_nobody_waits_any_more() -> None:
    told: dict[str, datetime] = {AMARA: EARLIER, ELSEWHERE: EARLIER}
    assert still_briefed(WAITING, told) == told
    assert still_briefed(VisitorsWaiting({}, {ELSEWHERE: EARLIER}), told) == {ELSEWHERE: EARLIER}
    assert still_briefed(NOBODY, told) == {}
