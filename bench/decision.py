"""One decision of a cabinet, and the size of its rules, in a school of 500 people and 60 places, five years old."""

import time
from dataclasses import replace
from datetime import timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.permissions import PermissionGiven, PermissionPerson
from admin_web.rules.bundle import build_bundle
from admin_web.rules.cabinet_state import cabinet_state
from bench.figure import Figure, spread
from bench.five_years import COVER, LEADERS, NOW, PEOPLE, POINTS, YEARS, open_school, person_id, reference
from broker.messages.bundle import BUNDLE_BYTES, Bundle
from policy.clock import ClockQuality, Moment
from policy.decide import decide
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, HolderId, PersonId
from policy.rules import BadgeRules, Permission, PermissionKind, PersonRules, Point, PointLink, Rules
from policy.state import Declaration, State

SEED, DECISIONS = 4, 20_000
ALL_DAY = [NOW.replace(hour=0) + timedelta(minutes=minute) for minute in range(0, 1440, 7)]


def take() -> list[Figure]:
    """Every place's own rules, and beside them one cabinet that carries everybody and all five years."""
    print(f"    seed {SEED}")
    random = Random(SEED)
    with open_school(SEED) as session:
        moment = Moment(NOW, ClockQuality.SYNCED, 1)
        bodies, schools = [], []
        for number in range(POINTS):
            device = f"room-{number:02d}"
            bundle = Bundle.from_rules(build_bundle(session, device, moment), site="bench", device=device)
            body = bundle.to_body()
            _holds_only_its_own(body, bundle, number)
            bodies.append(len(body))
            rules = Bundle.model_validate_json(body).to_rules()
            schools.append((rules, cabinet_state(session, device, rules.zone, NOW)))
        whole = _everybody(session, schools)
    own = [_decide_once(random, *random.choice(schools)) for _ in range(DECISIONS)]
    one = [_decide_once(random, *whole) for _ in range(DECISIONS)]
    numbers = {"of its own people": spread(own), "of everybody and every permission": spread(one)}
    worst = max(numbers.values(), key=lambda found: found["p99"])
    return [
        Figure(
            f"a decision with {PEOPLE} people, {POINTS} points, {YEARS} years of permissions",
            "p99 <= 1 ms",
            f"p99 {worst['p99']:.3f} ms (median {worst['median']:.3f})",
            worst["p99"] <= 1,
            numbers,
        ),
        Figure(
            "the rules of one device",
            "<= 64 kB",
            f"{max(bodies) / 1024:.1f} kB at most",
            max(bodies) <= BUNDLE_BYTES,
            {"bytes": {"largest": max(bodies), "smallest": min(bodies)}},
        ),
    ]


def _holds_only_its_own(body: bytes, bundle: Bundle, number: int) -> None:
    """Nobody of another room stands in the bytes; leaders and the pool stand there as references."""
    mine = {person_id(one) for one in range(PEOPLE) if one % POINTS == number}
    assert {person.id for person in bundle.people} == mine
    others = {person_id(one) for one in range(PEOPLE)} - mine
    assert not any(id.encode() in body for id in others), "a person of another room stands in the bytes"
    assert all(reference(person_id(one)).encode() in body for one in range(LEADERS))
    assert all(reference(f"cover {one}").encode() in body for one in range(COVER))


def _everybody(session: Session, schools: list[tuple[Rules, State]]) -> tuple[Rules, State]:
    """One cabinet for all 500, its rules naming every permission that was ever given."""
    people: dict[PersonId, PersonRules] = {}
    badges: dict[BadgeReference, BadgeRules] = {}
    for rules, _ in schools:
        people |= rules.people
        badges |= {name: badge for name, badge in rules.badges.items() if badge.person is not None}
    link = (PointLink(None, NOW - timedelta(days=9)),)
    people = {id: replace(person, links=link) for id, person in people.items()}
    rows = session.execute(
        select(PermissionGiven.id, PermissionGiven.kind, PermissionGiven.starts, PermissionGiven.ends)
        .add_columns(PermissionPerson.person_id)
        .join(PermissionPerson, PermissionPerson.permission_id == PermissionGiven.id)
    )
    permissions = tuple(
        Permission(id, PersonId(person), PermissionKind(kind), starts, ends) for id, kind, starts, ends, person in rows
    )
    declarations: dict[HolderId, Declaration] = {}
    for _, state in schools:
        declarations |= state.declarations
    rules = replace(schools[0][0], people=people, badges=badges, permissions=permissions)
    assert len(people) == PEOPLE
    return rules, State(declarations=declarations)


def _decide_once(random: Random, rules: Rules, state: State) -> float:
    """Milliseconds of one decision about somebody at some minute of the day."""
    point = Point(rules.point, rules.kind, rules.slots, buttons=True)
    badge = random.choice(list(rules.badges))
    gesture = Gesture((badge,), random.choice((Intent.TAKE_OUT, Intent.TAKE_OUT, Intent.PUT_IN)))
    now = Moment(random.choice(ALL_DAY) + timedelta(seconds=random.randrange(60)), ClockQuality.SYNCED, 1)
    begun = time.perf_counter_ns()
    decide(rules, point, state, gesture, now)
    return (time.perf_counter_ns() - begun) / 1e6
