"""A rules bundle says on the wire exactly what the rules say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import BadMessage, MessageTooLarge
from broker.messages.bundle import BUNDLE_BYTES, Bundle
from policy.ids import BadgeReference, PersonId, PointId
from policy.rules import (
    BadgeKind,
    BadgeRules,
    DatedBlock,
    Entitlement,
    Permission,
    PermissionKind,
    PersonRules,
    PointKind,
    PointLink,
    Restriction,
    Revision,
    RoomState,
    Rules,
    Settings,
    Span,
    Week,
)

GOLDEN = Path(__file__).parent / "golden" / "bundles"
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


def full_rules() -> Rules:
    """Rules that say everything there is to say."""
    days = timedelta(days=1)
    some = rules(days=2, people=3)
    ids = tuple(some.people)
    return replace(
        some,
        settings=replace(some.settings, trip_grace=timedelta(minutes=20)),
        blocks=(*some.blocks, DatedBlock(some.first, Span(930, 990), "Curriculum club", group="catering")),
        people={
            person: replace(one, group="catering", going_home=START if person == ids[0] else None)
            for person, one in some.people.items()
        },
        badges=dict(some.badges)
        | {
            BadgeReference(f"1:{99:064x}"): BadgeRules(
                BadgeReference(f"1:{99:064x}"), BadgeKind.ROLE, None, START, START + 90 * days, role="SLT"
            )
        },
        room_states=(RoomState(START, START + timedelta(hours=1)),),
        room_states_ended=START + timedelta(minutes=3),
        permissions=(Permission("permission-12", ids[0], PermissionKind.TRIP, START, START + days),),
        restrictions=(
            Restriction(None, frozenset({Entitlement.BREAKS}), START, START + days),
            Restriction(ids[1], frozenset(Entitlement), START),
        ),
    )


def test_a_bundle_of_the_first_programs_reads_today_and_would_be_written_the_same() -> None:
    body = (GOLDEN / "issue_3.json").read_bytes()
    assert Bundle.from_bytes(body).to_rules() == rules(days=2, people=8)
    assert Bundle.from_rules(rules(days=2, people=8), site="hillside", device="kitchen").to_body() == body


def test_a_bundle_that_says_everything_reads_as_it_did_and_would_be_written_the_same() -> None:
    body = (GOLDEN / "issue_4.json").read_bytes()
    assert Bundle.from_bytes(body).to_rules() == full_rules()
    assert Bundle.from_rules(full_rules(), site="hillside", device="kitchen").to_body() == body


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'"kind":"trip"', b'"kind":"image"'),
        (b'"takes":["breaks"]', b'"takes":["put_in"]'),
        (b'"trip_grace_s":1200', b'"trip_grace_s":"20 min"'),
    ],
)
def test_a_permission_or_restriction_of_a_kind_that_cabinets_do_not_know_is_refused(right: bytes, wrong: bytes) -> None:
    body = Bundle.from_rules(full_rules(), site="hillside", device="kitchen").to_body()
    assert right in body
    with pytest.raises(BadMessage):
        Bundle.from_bytes(body.replace(right, wrong, 1))


def test_the_rules_of_a_large_room_with_everything_that_can_be_said_fit_into_64_kb() -> None:
    some = rules(days=28, people=40)
    people = tuple(some.people)
    large = replace(
        some,
        permissions=tuple(
            Permission(f"permission-{n}", people[n % 40], PermissionKind.SITE_TEAM, START, START + timedelta(days=365))
            for n in range(60)
        ),
        restrictions=tuple(Restriction(person, frozenset(Entitlement), START) for person in people),
        badges=dict(some.badges)
        | {
            (reference := BadgeReference(f"1:{n:064x}")): BadgeRules(
                reference, BadgeKind.ROLE, None, START, START + timedelta(days=365), role="headteacher"
            )
            for n in range(1000, 1020)
        },
    )
    assert len(Bundle.from_rules(large, site="hillside", device="kitchen").to_body()) < BUNDLE_BYTES


INSTANTS = st.integers(0, 4_000_000_000_000).map(lambda ms: START + timedelta(milliseconds=ms))
IDS = st.from_regex(r"[a-z][a-z-]{0,20}", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
SPANS = st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True).map(lambda two: Span(*sorted(two)))
WEEKS = st.lists(st.lists(SPANS, max_size=2).map(tuple), min_size=7, max_size=7).map(tuple)
DATES = st.dates(date(2026, 9, 1), date(2027, 8, 31))
REFERENCES = st.integers(0, 2**64).map(lambda n: BadgeReference(f"1:{n:064x}"))


@st.composite
def any_rules(draw: st.DrawFn) -> Rules:
    """Rules of any content that this point could have."""

    def some(each: st.SearchStrategy[Any]) -> Any:
        return tuple(draw(st.lists(each, max_size=3)))

    blocks = st.builds(DatedBlock, DATES, SPANS, TEXT, st.lists(SPANS, max_size=2).map(tuple), st.none() | TEXT)
    links = st.builds(PointLink, st.none() | st.integers(1, 6), INSTANTS, st.none() | INSTANTS)
    people = st.builds(
        PersonRules, IDS.map(PersonId), WEEKS, st.lists(links, max_size=2).map(tuple), TEXT, st.none() | INSTANTS
    )
    badges = st.builds(
        BadgeRules,
        REFERENCES,
        st.sampled_from(BadgeKind),
        st.none() | IDS.map(PersonId),
        INSTANTS,
        st.none() | INSTANTS,
        st.none() | INSTANTS,
        st.none() | TEXT,
    )
    permissions = st.builds(Permission, IDS, IDS.map(PersonId), st.sampled_from(PermissionKind), INSTANTS, INSTANTS)
    takes = st.frozensets(st.sampled_from(Entitlement))
    restrictions = st.builds(Restriction, st.none() | IDS.map(PersonId), takes, INSTANTS, st.none() | INSTANTS)
    seconds = st.integers(0, 100_000).map(lambda count: timedelta(seconds=count))
    return Rules(
        revision=Revision(draw(st.integers(0, 99)), draw(st.integers(0, 10**6))),
        issued=draw(INSTANTS),
        zone=draw(st.sampled_from(["Europe/London", "UTC"])),
        first=draw(DATES),
        last=draw(DATES),
        point=PointId("kitchen"),
        kind=PointKind.BANK,
        slots=6,
        settings=draw(st.builds(Settings, st.booleans(), WEEKS, seconds, seconds)),
        blocks=some(blocks),
        people={person.id: person for person in some(people)},
        badges={badge.reference: badge for badge in some(badges)},
        room_states=some(st.builds(RoomState, INSTANTS, INSTANTS)),
        room_states_ended=draw(st.none() | INSTANTS),
        permissions=some(permissions),
        restrictions=some(restrictions),
    )


@given(any_rules())
def test_whatever_rules_say_survives_the_way_over_the_wire(some: Rules) -> None:
    body = Bundle.from_rules(some, site="hillside", device="kitchen").to_bytes()
    assert Bundle.from_bytes(body).to_rules() == some
    assert Bundle.from_bytes(body).to_bytes() == body
