"""The rules of one device: its own people, the cover pool, roles, who still has a phone in, 30 days of blocks."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin_web.database.events import Event, ExceptionRow
from admin_web.database.people import Badge, BadgePerson, DeclaredState, Person, PersonPoint, WorkingHours
from admin_web.database.publishing import CurrentRevision, PublishedBundle
from admin_web.database.restricted import RestrictedBlock, RestrictedBreak
from admin_web.errors import NotFound
from admin_web.rules.bundle import build_bundle
from admin_web.rules.publisher import RulesPublisher
from admin_web.services.revision import raise_revision
from broker.messages.bundle import Bundle
from broker.messages.wire import read_addressed
from broker.signed import Purpose, head_signature_of, open_signed, verify_rules_head
from policy.rules import NO_HOURS, BadgeKind, DatedBlock, PointKind, Revision, Span

LONG_AGO = datetime(2024, 9, 1, tzinfo=UTC)


def reference(name: str) -> str:
    return f"1:{hashlib.sha256(name.encode()).hexdigest()}"


class Office:
    """Puts rows where the office's services put them."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now

    def person(self, id: str, group: str = "classroom", *, ended: datetime | None = None) -> None:
        self.session.add(Person(id=id, name=id.title(), group=group, ended_at=ended))
        self.session.flush()

    def badge(self, name: str, person: str | None = None, *, ends: datetime | None = None, **columns: Any) -> None:
        if self.session.get(Badge, reference(name)) is None:
            self.session.add(Badge(reference=reference(name), added_at=LONG_AGO, **columns))
            self.session.flush()
        if person is not None:
            starts = LONG_AGO if ends is not None else self.now - timedelta(days=30)
            self.session.add(BadgePerson(badge=reference(name), person_id=person, starts=starts, ends=ends))
            self.session.flush()

    def keeps(self, person: str, point: str, slot: int | None = None, *, ends: datetime | None = None) -> None:
        starts = LONG_AGO if ends is not None else self.now - timedelta(days=30)
        self.session.add(PersonPoint(person_id=person, point_id=point, slot=slot, starts=starts, ends=ends))
        self.session.flush()

    def declared(self, holder: str, badge: str, point: str, state: str, slot: int = 1) -> None:
        self.session.add(
            DeclaredState(
                point_id=point, holder=holder, badge=reference(badge), state=state, slot=slot, at=LONG_AGO, sequence=1
            )
        )


@pytest.fixture
def build(school: Any) -> Any:
    """Lets a test fill the office and build the bundle of a device."""

    def fill_and_build(fill: Any, device: str = "robins") -> Any:
        with school.database.write() as session:
            fill(Office(session, school.clock.now().utc))
        with school.database.read() as session:
            return build_bundle(session, device, school.clock.now())

    return fill_and_build


def test_own_people_are_carried_with_hours_links_and_badges_and_nobody_elses(build: Any) -> None:
    def fill(office: Office) -> None:
        office.person("amara-osei")
        office.badge("amara", "amara-osei")
        office.keeps("amara-osei", "robins")
        office.session.add(WorkingHours(person_id="amara-osei", weekday=0, start=480, end=960))
        office.person("owen-castleton", "catering")
        office.badge("owen", "owen-castleton")
        office.keeps("owen-castleton", "kitchen", 3)

    rules = build(fill)
    assert set(rules.people) == {"amara-osei"}
    assert rules.people["amara-osei"].hours == ((Span(480, 960),), *NO_HOURS[1:])
    assert [(link.slot, link.ends) for link in rules.people["amara-osei"].links] == [(None, None)]
    assert {name: badge.kind for name, badge in rules.badges.items()} == {reference("amara"): BadgeKind.PERSONAL}
    assert (rules.kind, rules.slots, rules.point) == (PointKind.ONE_DOOR, 1, "robins")
    kitchen = build(lambda office: None, "kitchen")
    assert kitchen.people["owen-castleton"].links[0].slot == 3


def test_the_cover_pool_goes_to_every_one_door_cabinet_and_to_no_bank(build: Any) -> None:
    def fill(office: Office) -> None:
        office.badge("cover", cover=True, cover_since=office.now)

    rules = build(fill)
    assert rules.badges[reference("cover")].kind is BadgeKind.COVER
    assert rules.badges[reference("cover")].person is None
    assert rules.settings.cover_hours[0] == (Span(480, 990),)
    assert rules.settings.cover_hours[5] == ()
    assert build(lambda office: None, "kitchen").badges == {}


def test_slt_and_office_badges_are_carried_as_reference_and_role_only(build: Any) -> None:
    def fill(office: Office) -> None:
        for person, group in (("ruth", "headteacher"), ("tom", "SLT"), ("grace", "office"), ("leanne", "cleaning")):
            office.person(person, group)
            office.badge(person, person)
        office.badge("tom's lost one", "tom", lost_at=office.now)
        office.badge("tom's old one", "tom", ends=office.now)

    rules = build(fill)
    assert set(rules.badges) == {reference("ruth"), reference("tom"), reference("grace")}
    assert {badge.role for badge in rules.badges.values()} == {"headteacher", "SLT", "office"}
    assert all(badge.kind is BadgeKind.ROLE and badge.person is None for badge in rules.badges.values())
    assert rules.people == {}


def test_a_leader_who_keeps_a_phone_here_is_personal_and_still_has_the_role(build: Any) -> None:
    def fill(office: Office) -> None:
        office.person("tom", "SLT")
        office.badge("tom", "tom")
        office.keeps("tom", "robins")

    badge = build(fill).badges[reference("tom")]
    assert (badge.kind, badge.role, badge.person) == (BadgeKind.PERSONAL, "SLT", "tom")


def test_lost_and_ended_badges_of_the_point_are_named_so_that_the_reason_is_true(build: Any) -> None:
    def fill(office: Office) -> None:
        office.person("amara")
        office.keeps("amara", "robins")
        office.badge("lost", "amara", lost_at=office.now)
        office.badge("ended", "amara", ends=office.now)

    rules = build(fill)
    assert rules.badges[reference("lost")].lost is not None
    assert rules.badges[reference("ended")].ends is not None


def test_somebody_who_left_years_ago_with_a_phone_in_is_carried_until_it_is_out(build: Any, school: Any) -> None:
    years_ago = LONG_AGO + timedelta(days=30)

    def fill(office: Office) -> None:
        office.person("daniel", ended=years_ago)
        office.badge("daniel", "daniel", ends=years_ago)
        office.keeps("daniel", "robins", ends=years_ago)
        office.declared("daniel", "daniel", "robins", "in")
        office.person("gone", ended=years_ago)
        office.badge("gone", "gone", ends=years_ago)
        office.keeps("gone", "robins", ends=years_ago)

    rules = build(fill)
    assert set(rules.people) == {"daniel"}
    assert set(rules.badges) == {reference("daniel")}
    with school.database.write() as session:
        session.get_one(DeclaredState, ("robins", "daniel")).state = "out"
    assert build(lambda office: None).people == {}


def test_a_person_who_ended_ends_links_and_badges_that_were_left_open(build: Any) -> None:
    def fill(office: Office) -> None:
        office.person("daniel", ended=office.now)
        office.badge("daniel", "daniel")
        office.keeps("daniel", "robins")

    rules = build(fill)
    assert rules.people["daniel"].links[0].ends == rules.badges[reference("daniel")].ends is not None


def test_a_badge_that_was_handed_on_speaks_for_its_new_holder_only(build: Any) -> None:
    def fill(office: Office) -> None:
        office.person("amara")
        office.keeps("amara", "robins")
        office.badge("handed on", "amara", ends=office.now - timedelta(days=60))
        office.person("bilal", "catering")
        office.badge("handed on", "bilal")
        office.keeps("bilal", "kitchen", 1)

    assert reference("handed on") not in build(fill).badges
    assert build(lambda office: None, "kitchen").badges[reference("handed on")].person == "bilal"


def test_a_cover_badge_that_left_the_pool_with_a_phone_in_is_carried_as_ended(build: Any) -> None:
    def fill(office: Office) -> None:
        office.badge("cover", cover=False)
        office.declared(f"badge:{reference('cover')}", "cover", "robins", "in")

    badge = build(fill).badges[reference("cover")]
    assert badge.kind is BadgeKind.COVER
    assert badge.ends is not None


def test_blocks_are_dated_from_yesterday_to_28_days_ahead_and_a_date_replaces_its_weekday(build: Any) -> None:
    def fill(office: Office) -> None:
        block = RestrictedBlock(point_id="robins", weekday=0, start=540, end=900, name="Lessons")
        club = RestrictedBlock(point_id="robins", date=date(2026, 11, 30), start=600, end=660, name="Visit")
        elsewhere = RestrictedBlock(point_id="kitchen", weekday=1, start=540, end=900, name="Elsewhere")
        office.session.add_all([block, club, elsewhere])
        office.session.flush()
        office.session.add(RestrictedBreak(block_id=block.id, start=620, end=640))

    rules = build(fill)
    assert (rules.first, rules.last) == (date(2026, 11, 22), date(2026, 12, 21))
    lessons = [DatedBlock(day, Span(540, 900), "Lessons", (Span(620, 640),)) for day in _mondays()]
    visit = DatedBlock(date(2026, 11, 30), Span(600, 660), "Visit")
    assert set(rules.blocks) == {*lessons, visit}


def _mondays() -> list[date]:
    return [date(2026, 11, 23), date(2026, 12, 7), date(2026, 12, 14), date(2026, 12, 21)]


def test_a_device_without_a_point_has_no_bundle(school: Any) -> None:
    with school.database.read() as session, pytest.raises(NotFound):
        build_bundle(session, "central", school.clock.now())


class Broker:
    """Keeps what is published."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []

    def __call__(self, device: str, payload: bytes) -> None:
        self.sent.append((device, payload))


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def publisher(school: Any, broker: Broker) -> RulesPublisher:
    return RulesPublisher(school.database, school.clock, site="ashgrove", signing_key=school.signing_key, send=broker)


def test_every_device_gets_its_own_signed_bundle_once(school: Any, publisher: Any, broker: Any) -> None:
    assert publisher.publish_due() == 2
    assert publisher.publish_due() == 0
    key = school.signing_key.public_key()
    for device, payload in broker.sent:
        bundle = read_addressed(Bundle, open_signed(key, Purpose.RULES, payload), site="ashgrove", device=device)
        assert bundle.to_rules().point == device
        assert verify_rules_head(key, "ashgrove", device, Revision(1, 1), head_signature_of(payload))
    assert school.count(Event, Event.type == "rules.published.v1") == 1


def test_an_edit_is_published_and_is_one_event_of_central(school: Any, publisher: Any, broker: Any) -> None:
    publisher.publish_due()
    with school.database.write() as session:
        raise_revision(session, school.clock.now())
    assert publisher.publish_due() == 2
    assert school.count(Event, Event.type == "rules.published.v1") == 2
    assert {(row.generation, row.number) for row in school.all(PublishedBundle)} == {(1, 2)}


@pytest.mark.parametrize("step", [timedelta(days=1), timedelta(days=-3), timedelta(days=5 * 365)])
def test_midnight_or_a_jump_of_the_clock_builds_again(school: Any, publisher: Any, step: Any) -> None:
    publisher.publish_due()
    school.clock.utc += step
    assert publisher.publish_due() == 2
    (current,) = school.all(CurrentRevision)
    assert (current.generation, current.number) == (1, 2)
    assert {row.window_first for row in school.all(PublishedBundle)} == {(school.clock.utc - timedelta(days=1)).date()}
    assert publisher.publish_due() == 0


def test_after_a_connect_everything_is_published_again_without_a_new_revision_or_event(
    school: Any, publisher: Any, broker: Any
) -> None:
    publisher.publish_due()
    assert publisher.publish_all() == 2
    assert len(broker.sent) == 4
    assert school.count(Event, Event.type == "rules.published.v1") == 1


def test_a_bundle_too_large_is_an_exception_and_the_others_go_out(school: Any, publisher: Any, broker: Any) -> None:
    with school.database.write() as session:
        office = Office(session, school.clock.now().utc)
        for number in range(400):
            office.person(f"person-{number}")
            office.badge(f"badge-{number}", f"person-{number}")
            office.keeps(f"person-{number}", "robins")
    assert publisher.publish_due() == 1
    assert [device for device, _ in broker.sent] == ["kitchen"]
    assert publisher.publish_due() == 0
    assert [(row.kind, row.device) for row in school.all(ExceptionRow)] == [("bundle_too_large", "robins")]


def test_a_full_point_fits_with_room_to_spare(build: Any, school: Any) -> None:
    def fill(office: Office) -> None:
        for number in range(40):
            office.person(f"person-{number}")
            office.badge(f"badge-{number}", f"person-{number}")
            office.keeps(f"person-{number}", "robins")
            for weekday in range(5):
                office.session.add(WorkingHours(person_id=f"person-{number}", weekday=weekday, start=480, end=960))
        for weekday in range(5):
            for start in (540, 660, 800):
                office.session.add(
                    RestrictedBlock(point_id="robins", weekday=weekday, start=start, end=start + 90, name="Lessons")
                )

    body = Bundle.from_rules(build(fill), site="ashgrove", device="robins").to_body()
    print(f"{len(body)} bytes")
    assert len(body) < 40_000


def test_after_the_clock_went_back_what_was_entered_meanwhile_holds(build: Any) -> None:
    """A live badge is not refused because its start lies ahead: everything is entered from now on."""

    def fill(office: Office) -> None:
        office.now += timedelta(days=90)
        office.person("amara")
        office.badge("amara", "amara")
        office.keeps("amara", "robins")
        office.badge("pool", cover=True, cover_since=office.now)

    rules = build(fill)
    assert rules.badges[reference("amara")].starts <= rules.issued
    assert rules.badges[reference("pool")].starts <= rules.issued
    assert rules.people["amara"].links[0].starts <= rules.issued
