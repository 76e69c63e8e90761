"""Who is waited for, on the wire: as it was, the same bytes for the same facts, and nothing but what it may hold."""

from datetime import UTC, datetime, timedelta

import pytest

from broker.errors import BadMessage
from broker.messages.waiting import HostsWaited
from policy.ids import BadgeReference, PersonId
from policy.rules import Revision
from policy.visitors import NOBODY, VisitorsWaiting

SINCE = datetime(2026, 11, 24, 9, 12, 30, 250_000, tzinfo=UTC)
HERE = {PersonId("joanne-birtles"): SINCE, PersonId("amara-osei"): SINCE + timedelta(minutes=2)}
ELSEWHERE = {BadgeReference("1:" + "b" * 64): SINCE, BadgeReference("1:" + "a" * 64): SINCE}


def written(waiting: VisitorsWaiting) -> bytes:
    return HostsWaited.write(waiting, Revision(2, 7), site="hillside", device="robins").to_bytes()


@pytest.mark.parametrize("waiting", [NOBODY, VisitorsWaiting(HERE, ELSEWHERE)])
def test_it_survives_the_way_over_the_wire(waiting: VisitorsWaiting) -> None:
    read = HostsWaited.from_bytes(written(waiting))
    assert (read.read(), read.edition, read.site, read.device) == (waiting, Revision(2, 7), "hillside", "robins")


def test_the_same_facts_give_the_same_bytes_in_whatever_order_they_were_found() -> None:
    turned = VisitorsWaiting(dict(reversed(HERE.items())), dict(reversed(ELSEWHERE.items())))
    assert written(turned) == written(VisitorsWaiting(HERE, ELSEWHERE))


@pytest.mark.parametrize(
    ("what", "other"),
    [(b"1:" + b"a" * 64, b"04a1b2c3d4e580"), (b"2026-11-24T09:12:30.250Z", b"yesterday"), (b'"here"', b'"names"')],
)
def test_a_uid_a_time_that_is_none_and_a_field_of_another_name_are_refused(what: bytes, other: bytes) -> None:
    with pytest.raises(BadMessage):
        HostsWaited.from_bytes(written(VisitorsWaiting(HERE, ELSEWHERE)).replace(what, other)).read()
