"""A rules bundle says on the wire exactly what the rules say."""

from datetime import UTC, date, datetime, timedelta

import pytest

from broker.errors import BadMessage, MessageTooLarge
from broker.messages.bundle import BUNDLE_BYTES, Bundle
from policy.ids import BadgeReference, PersonId, PointId
from policy.rules import (
    BadgeKind,
    BadgeRules,
    DatedBlock,
    PersonRules,
    PointKind,
    PointLink,
    Revision,
    Rules,
    Settings,
    Span,
    Week,
)

START = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
WEEK: Week = ((Span(480, 960),),) * 5 + ((), ())


def rules(days: int = 30, people: int = 40) -> Rules:
    first = date(2026, 11, 23)
    lessons = ((535, 595, "Lesson 1"), (595, 715, "Lesson 2"), (780, 900, "Nachmittag für Siân"))
    return Rules(
        revision=Revision(2, 31),
        issued=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        zone="Europe/London",
        first=first,
        last=first + timedelta(days=days - 1),
        point=PointId("kitchen"),
        kind=PointKind.BANK,
        slots=6,
        settings=Settings(emergency=False, cover_hours=WEEK, break_grace=timedelta(minutes=7)),
        blocks=tuple(
            DatedBlock(first + timedelta(days=day), Span(start, end), name, (Span(start + 20, start + 35),))
            for day in range(days)
            for start, end, name in lessons
        ),
        people={
            PersonId(f"person-{n}"): PersonRules(PersonId(f"person-{n}"), WEEK, (PointLink(n % 6 + 1, START, None),))
            for n in range(people)
        },
        badges={
            BadgeReference(f"1:{n:064x}"): BadgeRules(
                BadgeReference(f"1:{n:064x}"),
                BadgeKind.PERSONAL,
                PersonId(f"person-{n}"),
                START,
                lost=START + timedelta(days=3) if n % 7 == 0 else None,
            )  # fmt: skip
            for n in range(people)
        },
    )


def test_rules_survive_the_way_over_the_wire() -> None:
    bundle = Bundle.from_rules(rules(), site="hillside", device="kitchen")
    body = bundle.to_body()
    assert Bundle.from_bytes(body).to_rules() == rules()
    assert Bundle.from_bytes(body).revision == Revision(2, 31)
    assert Bundle.from_bytes(body).to_bytes() == body


def test_a_month_of_a_full_cabinet_is_well_within_the_limit() -> None:
    body = Bundle.from_rules(rules(), site="hillside", device="kitchen").to_body()
    assert len(body) < BUNDLE_BYTES / 2


def test_rules_that_are_too_long_are_refused_before_they_are_signed() -> None:
    with pytest.raises(MessageTooLarge, match="kitchen"):
        Bundle.from_rules(rules(days=600), site="hillside", device="kitchen").to_body()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'"span":[535,595]', b'"span":[595,535]'),
        (b'"span":[535,595]', b'"span":[535,1441]'),
        (b'"issued":"2026-11-24', b'"issued":"2026-02-30'),
    ],
)
def test_a_bundle_that_cannot_be_is_refused_though_its_form_is_right(right: bytes, wrong: bytes) -> None:
    body = Bundle.from_rules(rules(), site="hillside", device="kitchen").to_body()
    with pytest.raises(BadMessage, match=r"2\.31"):
        Bundle.from_bytes(body.replace(right, wrong, 1)).to_rules()
