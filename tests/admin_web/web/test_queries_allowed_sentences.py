"""What the office allowed, took away, said and ordered, as the access log tells it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from admin_web.queries.names import Names, PlaceName
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.catalogue import tell
from admin_web.queries.stored_events import Privacy, StoredEvent

NOW = datetime(2026, 11, 24, 10, 58, tzinfo=UTC)
TIMES = SchoolTime(ZoneInfo("Europe/London"), NOW.date())
NAMES = Names(
    people={"amara-osei": "Amara Osei"},
    places={"robins": PlaceName("Robins")},
    devices={"robins": "robins"},
    actors={"account:1": "Ruth Ashcombe", "central": "Central"},
)


def event(type: str, data: dict[str, Any], **private: Any) -> StoredEvent:
    private = {"actor": "account:1", **private}
    return StoredEvent(
        id=1, device="central", epoch="0" * 16, sequence=1, type=type, point=data.get("point"), tap=None, time=NOW,
        quality="exact", committed_at=NOW, rules="1.1", data=data, private=private, privacy=Privacy.WHOLE,
        person=private.get("person"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("type", "data", "private", "sentence", "second"),
    [
        (
            "permission.granted.v1",
            {"permission": "perm-1", "kind": "trip", "ends": "2026-11-24T15:30:00.000Z"},
            {"person": "amara-osei", "what": "swimming"},
            "Ruth Ashcombe gave a permission to Amara Osei.",
            "Swimming lessons · until 15:30 · clause 15",
        ),
        (
            "permission.withdrawn.v1",
            {"permission": "perm-1", "kind": "adjustment", "ends": "2027-07-17T23:00:00.000Z"},
            {"person": "amara-osei", "what": "agreed_adjustment"},
            "Ruth Ashcombe withdrew a permission of Amara Osei.",
            "Agreed adjustment · until the end of 17 Jul 2027 · clause 4",
        ),
        (
            "permission.expired.v1",
            {"permission": "perm-1", "kind": "site_team", "ends": "2026-11-24T10:58:00.000Z"},
            {"actor": "central", "person": "amara-osei", "what": "lone_working"},
            "A permission of Amara Osei ended.",
            "Lone working · until 10:58 · clause 20",
        ),
        (
            "restriction.made.v1",
            {"restriction": "withdraw", "scope": "group", "ends": None},
            {"what": "event: site team"},
            "Ruth Ashcombe withdrew breaks, permissions and approvals from everyone in site team.",
            "A special day or event · until it is given back · clause 4",
        ),
        (
            "restriction.made.v1",
            {"restriction": "restrict", "scope": "person", "ends": "2026-11-26T12:00:00.000Z"},
            {"person": "amara-osei", "what": "under_review"},
            "Ruth Ashcombe restricted Amara Osei.",
            "While something is looked into · until Thursday 12:00 · clause 4",
        ),
        (
            "restriction.ended.v1",
            {"restriction": "withdraw", "scope": "everyone", "ends": None},
            {"what": "event"},
            "Ruth Ashcombe gave back what was taken from everyone.",
            "",
        ),
        (
            "room_state.set.v1",
            {
                "area": "Robins",
                "point": None,
                "starts": "2026-11-24T12:00:00.000Z",
                "ends": "2026-11-24T13:00:00.000Z",
            },
            {},
            "Ruth Ashcombe said that children stay in at Robins until 13:00.",
            "from 12:00 · clause 6",
        ),
        (
            "room_state.ended.v1",
            {"area": None, "point": "robins"},
            {"actor": "central"},
            "Children staying in at Robins is over.",
            "By itself",
        ),
        ("going_home.said.v1", {}, {"person": "amara-osei"}, "Ruth Ashcombe said that Amara Osei goes home.", None),
        (
            "no_phone.said.v1",
            {},
            {"person": "amara-osei", "what": "today"},
            "Amara Osei has no phone with them today.",
            "No reason is asked",
        ),
        (
            "command.ordered.v1",
            {"device": "robins", "command": "open_for"},
            {"person": "amara-osei", "what": "badge_lost"},
            "Ruth Ashcombe let Robins open for Amara Osei.",
            "Because the badge is lost · To be reviewed",
        ),
        (
            "command.ordered.v1",
            {"device": "robins", "command": "approve"},
            {"person": "amara-osei"},
            "Ruth Ashcombe approved the tap of Amara Osei at Robins.",
            "In the web view · clause 16",
        ),
        (
            "settings.saved.v1",
            {},
            {"what": "emergency hold off"},
            "Ruth Ashcombe changed the school’s settings.",
            "Emergency hold off",
        ),
        ("group.changed.v1", {}, {"what": "cleaning"}, "Ruth Ashcombe changed the duty of the group cleaning.", ""),
    ],
)
def test_an_act_is_told_with_its_reason_its_end_and_its_clause(
    type: str, data: dict[str, Any], private: dict[str, Any], sentence: str, second: str | None
) -> None:
    told = tell(event(type, data, **private), NAMES, TIMES)
    assert told.text == sentence
    assert second is None or told.second_text == second
    assert "breach" not in told.text
