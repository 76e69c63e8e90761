"""Promises 1 and 2, over random raw inputs through the real fold, `decide` and `cabinet.db` (policy-clauses).

A live badge has at most two gestures to an accepted PUT IN, and everybody declared in can take out the same day. The
steps are only what hands, doors, clocks and central do; how often each gesture and reason was reached is printed.
"""

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hardware.happenings import ButtonPressed, ButtonReleased, DoorClosed, DoorOpened
from hardware.reader import BadgeHeld, BadgePresented, BadgeRemoved, RandomBadge
from kiosk.cabinet.office.central import Central
from policy.clock import ClockQuality, Moment
from policy.decide import decide
from policy.decision import Outcome, Reason
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, PersonId, PointId
from policy.rules import (
    BadgeKind,
    BadgeRules,
    Entitlement,
    Permission,
    PermissionKind,
    PersonRules,
    Point,
    PointKind,
    PointLink,
    Restriction,
    RoomState,
    Rules,
    Settings,
    Span,
)
from policy.standing import Standing, standing
from policy.state import Declared
from policy.timetable import BlockRow, dated_blocks_of

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from

SEED = int(os.environ.get("PHONEKEEP_SEED") or random.randrange(2**32))
"""Printed with the result; PHONEKEEP_SEED repeats a run."""
EXAMPLES = int(os.environ.get("PHONEKEEP_EXAMPLES", "30"))
STEPS = 60
ROUNDS, MOST_ROUNDS = 2, 20
"""Rounds of all cabinets at least, and at most until everything has been reached."""
RARE, EDITIONS = 3, 6
"""The most restarts, midnights and openings, and editions of the rules, in one run: hands do more than the office."""
MEMORY = Path("/dev/shm")
"""Where there is one, a disk whose commits cost nothing: nothing is killed here."""

LONDON = ZoneInfo("Europe/London")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
UIDS = {
    "amara": bytes.fromhex("04a1b2c3d4e580"),
    "bilal": bytes.fromhex("04a1b2ffeedd81"),
    "grace": bytes.fromhex("04c3d4e5f60780"),
    "cover": bytes.fromhex("a0b1c2d3"),
    "stranger": bytes.fromhex("01020304"),
    "senior": bytes.fromhex("04d1e2f3a4b580"),
}
PEOPLE = ("amara", "bilal", "grace")
HELD_UP = (
    ("amara",), ("amara",), ("amara",), ("bilal",), ("bilal",), ("grace",), ("cover",), ("stranger",),
    ("senior",), ("amara", "bilal"), ("cover", "stranger", "bilal"), ("amara", "stranger"), ("senior", "stranger"),
    ("telephone",),
)  # fmt: skip
BUTTONS = ("put_in", "take_out")
PAUSES = (0, 0, 150, 2500, 6000)
HOLDS = (100, 600, 6000, 6000)
EDITS = (
    "end", "end", "lose", "lose", "move", "move", "put right", "put right", "stale", "no emergency",
    "permit", "permit", "restrict", "withdraw", "withdraw", "children in", "children out",
)  # fmt: skip
ROWS = tuple(
    BlockRow(weekday, None, Span(start, end), name, breaks)
    for weekday in range(5)
    for start, end, name, breaks in (
        (530, 720, "Morning", (Span(640, 655),)),
        (780, 915, "Afternoon", ()),
        (915, 1440, "Evening club", ()),
    )
)
DAY = (Span(480, 960),)
SPLIT = (Span(480, 600), Span(720, 1380))
HOURS = {"amara": (DAY,) * 7, "bilal": (SPLIT,) * 7, "grace": ((), DAY) + ((),) * 5}
"""Amara works every day, Bilal in two spans that end as late as may be, Grace on Tuesdays only."""
ROLES = {"grace": "SLT", "senior": "headteacher"}
"""Grace keeps a phone here too; the other senior leader's badge is here for its role only."""
HELD_MS = 3000


@dataclass
class Office:
    """What the office has entered so far; every change makes a newer bundle."""

    number: int = 1
    ended: dict[str, datetime] = field(default_factory=dict)
    lost: dict[str, datetime] = field(default_factory=dict)
    slots: dict[str, list[PointLink]] = field(default_factory=dict)
    stale: bool = False
    emergency: bool = True
    permissions: tuple[Permission, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    room_states: tuple[RoomState, ...] = ()
    room_states_ended: datetime | None = None


class Cabinet(RuleBasedStateMachine):
    """One cabinet with its hands; subclasses say which."""

    kind = PointKind.ONE_DOOR
    buttons = True
    kiosk_class: type[Any]
    reached: Counter[str]

    @initialize(minute=st.sampled_from([540, 540, 645, 645, 660, 750, 840, 960]))
    def open_the_school(self, minute: int) -> None:
        self.directory = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.kiosk = make_kiosk(self.kiosk_class, Path(self.directory.name), self.kind, self.buttons)
        self.badges = {name: self.kiosk.keys.reference(uid) for name, uid in UIDS.items()}
        self.field: dict[str, int] = {}
        """Cards in the field, and since when."""
        self.down: set[str] = set()
        self.coming: list[tuple[int, Callable[[], None]]] = []
        self.office = Office()
        self.rare = 0
        for number, name in enumerate(PEOPLE, start=1):
            slot = number if self.kind is PointKind.BANK else None
            self.office.slots[name] = [PointLink(slot, LONG_AGO)]
        self.publish()
        self.minute(minute)

    def publish(self) -> None:
        self.office.number += 1
        self.kiosk.obey(self.edition())

    def edition(self) -> Rules:
        office, today = self.office, self.today()
        first = today - timedelta(days=30 if office.stale else 1)
        last = today + timedelta(days=-3 if office.stale else 28)
        hours = dict.fromkeys(UIDS, HOURS["amara"]) | HOURS
        badges = [BadgeRules(self.badges["cover"], BadgeKind.COVER, None, LONG_AGO, *self.over("cover"))]
        badges += [
            BadgeRules(
                self.badges[name], BadgeKind.PERSONAL, PersonId(name), LONG_AGO, *self.over(name), ROLES.get(name)
            )
            for name in PEOPLE
        ]
        badges.append(BadgeRules(self.badges["senior"], BadgeKind.ROLE, None, LONG_AGO, role=ROLES["senior"]))
        rules: Rules = self.kiosk.rules(
            office.number,
            issued=self.kiosk.clock.utc,
            first=first,
            last=last,
            kind=self.kind,
            slots=6 if self.kind is PointKind.BANK else 1,
            settings=Settings(emergency=office.emergency, cover_hours=(DAY,) * 7),
            blocks=dated_blocks_of(ROWS, first, last),
            people={
                PersonId(name): PersonRules(PersonId(name), hours[name], tuple(office.slots[name])) for name in PEOPLE
            },
            badges={badge.reference: badge for badge in badges},
            permissions=office.permissions,
            restrictions=office.restrictions,
            room_states=office.room_states,
            room_states_ended=office.room_states_ended,
        )
        return rules

    def over(self, name: str) -> tuple[datetime | None, datetime | None]:
        return self.office.ended.get(name), self.office.lost.get(name)

    def today(self) -> date:
        local: datetime = self.kiosk.clock.utc.astimezone(LONDON)
        return local.date()

    # what hands do

    @rule(names=st.sampled_from(HELD_UP), pause=st.sampled_from(PAUSES), hold=st.sampled_from([300, 300, 300, 6000]))
    def card_in(self, names: tuple[str, ...], pause: int, hold: int) -> None:
        """After a pause cards are held to the reader together, and leave it after `hold` ms."""
        self.pass_time(pause)
        self.present(*(name for name in names if name not in self.field))
        self.later(hold, self.cards_out)

    @rule(names=st.sampled_from(HELD_UP[:9]), pause=st.sampled_from(PAUSES))
    def one_card_in(self, names: tuple[str, ...], pause: int) -> None:
        self.card_in(names, pause, 300)

    def cards_out(self) -> None:
        events = [BadgeRemoved(UIDS[name], self.kiosk.clock.boottime, "reader") for name in sorted(self.field)]
        self.field.clear()
        self.handle_polled(*events)

    @rule(name=st.sampled_from(BUTTONS), pause=st.sampled_from(PAUSES), hold=st.sampled_from(HOLDS))
    def button_down(self, name: str, pause: int, hold: int) -> None:
        """After a pause a button goes down, and comes up after `hold` ms."""
        self.pass_time(pause)
        if self.buttons and name not in self.down:
            self.down.add(name)
            self.handle(ButtonPressed(name, self.pass_time(30)))
            self.later(hold, lambda: self.button_up(name))

    @rule(pause=st.sampled_from(PAUSES), hold=st.sampled_from(HOLDS))
    def take_out_down(self, pause: int, hold: int) -> None:
        self.button_down("take_out", pause, hold)

    def button_up(self, name: str) -> None:
        if name in self.down:
            self.down.remove(name)
            self.handle(ButtonReleased(name, self.kiosk.clock.boottime))

    @rule(slot=st.integers(1, 6), opens=st.booleans())
    def door(self, slot: int, opens: bool) -> None:
        slot = slot if self.kind is PointKind.BANK else 1
        self.handle((DoorOpened if opens else DoorClosed)(slot, self.pass_time(30)))

    @precondition(lambda self: self.kiosk.approvals)
    @rule(name=st.sampled_from(["senior", "senior", "grace"]), pause=st.sampled_from([2500, 6000, 60_000]))
    def a_senior_comes(self, name: str, pause: int) -> None:
        self.card_in((name,), pause, 300)

    # what time does

    @rule(milliseconds=st.sampled_from([100, 400, 1000, 2000, 2500, 4600, 5000, 5000, 10_000, 20_000]))
    def time_passes(self, milliseconds: int) -> None:
        self.pass_time(milliseconds)

    @rule(minute=st.sampled_from([480, 530, 540, 600, 640, 645, 650, 655, 660, 750, 840, 960, 1379, 1380]))
    def minute(self, minute: int) -> None:
        """It becomes that time of the day, tomorrow if it is past today."""
        wall = datetime.combine(self.today(), datetime.min.time(), LONDON) + timedelta(minutes=minute)
        delta = wall.astimezone(UTC) - self.kiosk.clock.utc
        self.pass_time((delta if delta > timedelta() else delta + timedelta(days=1)) // timedelta(milliseconds=1))

    @precondition(lambda self: self.rare < RARE)
    @rule()
    def midnight(self) -> None:
        self.rare += 1
        self.minute(1440)

    @precondition(lambda self: self.rare < RARE)
    @rule(synced=st.booleans())
    def restart(self, synced: bool) -> None:
        """The power is cut and comes back, with the network or without it; hands let go."""
        self.rare += 1
        self.field.clear()
        self.down.clear()
        self.coming.clear()
        self.kiosk.clock.move(seconds=1)
        self.kiosk.clock.quality = ClockQuality.SYNCED if synced else ClockQuality.FLOOR
        self.kiosk.crash()

    # what the office does

    @precondition(lambda self: self.office.number < EDITIONS)
    @rule(what=st.sampled_from(EDITS), data=st.data())
    def new_bundle(self, what: str, data: st.DataObject) -> None:
        office, now = self.office, self.kiosk.clock.utc
        if what in ("end", "lose"):
            name = data.draw(st.sampled_from([*PEOPLE, "cover"]))
            (office.ended if what == "end" else office.lost)[name] = now
        elif what == "move":
            self.move(data.draw(st.sampled_from(PEOPLE)), data.draw(st.integers(1, 6)))
        elif what == "put right":
            self.office = Office(office.number, slots=office.slots)
            self.kiosk.clock.quality = ClockQuality.SYNCED
        elif what == "permit":
            person = PersonId(data.draw(st.sampled_from(PEOPLE)))
            trip = Permission("trip", person, PermissionKind.TRIP, now, now + timedelta(hours=3))
            office.permissions = (*office.permissions, trip)
        elif what in ("restrict", "withdraw"):
            takes = data.draw(st.frozensets(st.sampled_from(Entitlement))) if what == "restrict" else Entitlement
            whom = data.draw(st.sampled_from([None, *map(PersonId, PEOPLE)]))
            office.restrictions = (*office.restrictions, Restriction(whom, frozenset(takes), now))
        elif what == "children in":
            office.room_states = (RoomState(now, now + timedelta(hours=1)),)
        elif what == "children out":
            office.room_states, office.room_states_ended = (), now
        else:
            office.stale, office.emergency = what == "stale", what != "no emergency"
        self.publish()

    @precondition(lambda self: self.buttons and self.rare < RARE and self.office.number < EDITIONS)
    @rule(after=st.sampled_from(("nothing", "withdrawn", "permitted")))
    def take_out_in_a_break(self, after: str) -> None:
        """Somebody tries in a break, after the headteacher has withdrawn or permitted everything or not; stays away."""
        self.rare += 1
        self.minute(645)
        now = self.kiosk.clock.utc
        if after == "withdrawn":
            everything = Restriction(PersonId("amara"), frozenset(Entitlement), now)
            self.office.restrictions = (*self.office.restrictions, everything)
            self.publish()
        elif after == "permitted":
            trip = Permission("outing", PersonId("amara"), PermissionKind.TRIP, now, now + timedelta(hours=3))
            self.office.permissions = (*self.office.permissions, trip)
            self.publish()
        self.tap("amara", "take_out")
        self.minute(661)

    @precondition(lambda self: self.rare < RARE)
    @rule(name=st.sampled_from([*PEOPLE, "nobody"]))
    def open_for(self, name: str) -> None:
        self.rare += 1
        self.kiosk.command(command="open_for", nonce=self.kiosk.status.nonce or "0" * 32, holder=name)
        self.settle()

    @precondition(lambda self: self.kiosk.approvals.asked is not None)
    @rule()
    def approve(self) -> None:
        self.kiosk.command(command="approve", nonce=self.kiosk.approvals.asked.nonce)
        self.settle()

    def move(self, name: str, slot: int) -> None:
        """The link here ends; at a bank one to another slot that nobody holds begins, at one door one in a minute."""
        links, now = self.office.slots[name], self.kiosk.clock.utc
        links[-1] = PointLink(links[-1].slot, links[-1].starts, links[-1].ends or now)
        held = {link.slot for links in self.office.slots.values() for link in links if link.ends is None}
        inside = {one.slot for one in self.kiosk.taps.state.declarations.values() if one.state is Declared.IN}
        if self.kind is not PointKind.BANK:
            links.append(PointLink(None, now + timedelta(minutes=1)))
        elif slot not in held | inside:
            links.append(PointLink(slot, now))

    # what must hold

    @invariant()
    def the_database_says_what_is_decided_by(self) -> None:
        remembered = self.kiosk.store.remember()
        state = self.kiosk.taps.state
        assert remembered.declarations == state.declarations
        assert remembered.going_home == state.going_home
        assert remembered.room_state == state.room_state

    @invariant()
    def everybody_declared_in_can_take_out_today(self) -> None:
        """Judged at a minute to midnight; the last steps of each run do it by hand."""
        night = datetime.combine(self.today(), datetime.min.time(), LONDON) + timedelta(hours=23, minutes=59)
        clock, state = self.kiosk.clock, self.kiosk.taps.state
        then = Moment(max(clock.utc, night.astimezone(UTC)), clock.quality, clock.boottime)
        for declaration in state.declarations.values():
            if declaration.state is Declared.IN and not self.is_lost(declaration.badge):
                gesture = Gesture((declaration.badge,), Intent.TAKE_OUT)
                decision = decide(self.kiosk.taps.rules, self.kiosk.point, state, gesture, then)
                assert (decision.outcome, decision.declares) == (Outcome.GRANTED, Declared.OUT), declaration

    def teardown(self) -> None:
        if not hasattr(self, "kiosk"):
            return
        try:
            if self.kiosk.taps.rules.badges:
                self.hands_off()
                for name in UIDS:
                    self.put_in_with_two_gestures(name)
                self.take_out_before_midnight()
            self.count()
        finally:
            self.kiosk.store.close()
            self.directory.cleanup()

    def hands_off(self) -> None:
        self.pass_time(30_000)

    def put_in_with_two_gestures(self, name: str) -> None:
        badge = self.badges[name]
        if self.standing(badge) not in (Standing.LIVE, Standing.AFTER_END):
            return
        before = Standing.LIVE
        for _ in range(2):
            before = self.standing(badge)  # a link that begins only after the second gesture made nothing live for it
            self.tap(name, "put_in")
            self.pass_time(3000)
            if self.last_tap() == ("put_in", badge):
                return
        was_live = before is self.standing(badge) is Standing.LIVE
        assert not was_live, f"{name} did not get PUT IN with two gestures"

    def take_out_before_midnight(self) -> None:
        """From here on it is 23:30 of the same day: who is declared in gets a phone out with one gesture."""
        if self.kiosk.clock.utc.astimezone(LONDON).time() < datetime(1, 1, 1, 23, 30).time():
            self.minute(1410)
        names = {badge: name for name, badge in self.badges.items()}
        inside = [one for one in self.kiosk.taps.state.declarations.values() if one.state is Declared.IN]
        for declaration in inside:
            if declaration.day == self.today() and not self.is_lost(declaration.badge):
                self.tap(names[declaration.badge], "take_out")
                self.pass_time(3000)
                assert self.kiosk.taps.state.declarations[declaration.holder].state is Declared.OUT, declaration

    def tap(self, name: str, button: str) -> None:
        if self.buttons:
            self.down.add(button)
            self.handle(ButtonPressed(button, self.pass_time(30)))
        self.present(name)
        self.cards_out()
        self.button_up(button)
        self.door(self.slot_of_last_pulse(), True)
        self.door(self.slot_of_last_pulse(), False)

    # how it is done

    def present(self, *names: str) -> None:
        at = self.pass_time(30)
        badges = [name for name in names if name in UIDS]
        self.field.update(dict.fromkeys(badges, at))
        self.later(HELD_MS, lambda: self.held(at))
        self.handle_polled(
            *(BadgePresented(UIDS[name], at, "reader") for name in badges),
            *(RandomBadge(at, "reader") for name in names if name == "telephone"),
        )

    def held(self, since: int) -> None:
        """Those that have lain there since then have done so for 3 s."""
        held = [name for name, at in self.field.items() if at == since]
        self.handle_polled(*(BadgeHeld(UIDS[name], self.kiosk.clock.boottime, "reader") for name in held))

    def handle_polled(self, *events: Any) -> None:
        if events:
            self.kiosk.cabinet.handle_polled(events)
        self.settle()

    def handle(self, happening: Any) -> None:
        self.kiosk.cabinet.handle(happening)
        self.settle()

    def settle(self) -> None:
        """Let every pulse have its time, then finish the round as the program's loop does."""
        for lock in self.kiosk.board.locks.values():
            while lock.waiting:
                lock.done()
                self.pulsed = lock.slot
        self.kiosk.go_on()

    def later(self, milliseconds: int, then: Callable[[], None]) -> None:
        """Let a hand do something after a while."""
        self.coming.append((self.kiosk.clock.boottime + milliseconds * 1_000_000, then))

    def pass_time(self, milliseconds: int) -> int:
        """Let time pass, with a tick at each deadline and each hand's doing on the way; return the monotonic time."""
        clock = self.kiosk.clock
        until = clock.boottime + milliseconds * 1_000_000
        while True:
            at, then = min(self.coming, key=lambda one: one[0], default=(until + 1, None))
            deadline = self.kiosk.cabinet.deadline()
            if deadline is not None and deadline <= min(at, until):
                self.move_clock(deadline)
                self.settle()
            elif then is not None and at <= until:
                self.coming.remove((at, then))
                self.move_clock(at)
                then()
            else:
                break
        self.move_clock(until)
        self.settle()
        now: int = clock.boottime
        return now

    def move_clock(self, to: int) -> None:
        self.kiosk.clock.move(microseconds=max(to - self.kiosk.clock.boottime, 0) // 1000)

    def slot_of_last_pulse(self) -> int:
        return getattr(self, "pulsed", 1)

    def standing(self, badge: BadgeReference) -> Standing:
        taps = self.kiosk.taps
        return standing(taps.rules, self.kiosk.point, taps.state, badge, self.kiosk.clock.now())

    def is_lost(self, badge: BadgeReference) -> bool:
        return any(self.badges[name] == badge for name in self.office.lost)

    def last_tap(self) -> tuple[str | None, str | None]:
        private = next(private for kind, _, private in reversed(self.kiosk.events()) if kind.startswith("tap."))
        return private["reason"], private["badge"]

    def count(self) -> None:
        for kind, data, private in self.kiosk.events():
            if kind in ("tap.granted", "tap.refused"):
                self.reached[f"reason {private['reason']}"] += 1
                intent = data.get("intent") or private.get("intent")
                self.reached[f"{self.__class__.__name__}: {kind}, intent {intent}"] += 1
            elif kind in ALSO:
                self.reached[kind] += 1


class WithButtons(Cabinet):
    """A one-door cabinet as the reference wiring has it."""


class WithoutButtons(Cabinet):
    """A one-door cabinet where the intent is inferred."""

    buttons = False


class Bank(Cabinet):
    """A locker bank without buttons."""

    kind, buttons = PointKind.BANK, False


class BankWithButtons(Cabinet):
    """A locker bank with buttons."""

    kind = PointKind.BANK


ALSO = (
    "put_in.repeated",
    "door.not_opened",
    "phone.overdue",
    "approval.given",
    "approval.expired",
    "permission.used",
    "room.children_in",
    "person.going_home",
    "command.obeyed",
    "command.refused",
)
"""Events that a run has to reach besides every reason."""

GESTURES = {
    WithButtons: ("put_in", "take_out", "no_phone", "None"),
    WithoutButtons: ("put_in", "take_out", "None"),
    Bank: ("put_in", "take_out", "None"),
    BankWithButtons: ("put_in", "take_out", "no_phone", "None"),
}


def make_kiosk(kiosk_class: type[Any], directory: Path, kind: PointKind, buttons: bool) -> Kiosk:
    """A kiosk of the harness, at another point than its own."""
    start: Callable[[Any], None] = kiosk_class.start

    def start_here(made: Any) -> None:
        made.point = Point(PointId("robins"), kind, 6 if kind is PointKind.BANK else 1, buttons)
        made.central = Central(made.keys.central.public_key(), "school", "robins", made.point)
        start(made)

    return type("KioskHere", (kiosk_class,), {"start": start_here})(directory, buttons=buttons)


def never_reached(reached: Counter[str]) -> list[str]:
    """Name what a run has to reach and has not yet."""
    missing = [reason.value for reason in Reason if not reached[f"reason {reason.value}"]]
    missing += [what for what in ALSO if not reached[what]]
    for machine, intents in GESTURES.items():
        seen = {what.rpartition(" ")[2] for what in reached if what.startswith(f"{machine.__name__}:")}
        missing += [f"{machine.__name__}: intent {intent}" for intent in intents if intent not in seen]
    return missing


def test_two_gestures_put_in_and_the_same_day_takes_out_whatever_hands_and_clocks_do(kiosk: Kiosk) -> None:
    reached: Counter[str] = Counter()
    print(f"PHONEKEEP_SEED={SEED}")
    for number in range(MOST_ROUNDS):
        for machine in GESTURES:
            cabinet = type(machine.__name__, (machine,), {"kiosk_class": type(kiosk), "reached": reached})
            run_state_machine_as_test(
                seed(SEED + number)(cabinet),
                settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None),
            )
        if number + 1 >= ROUNDS and not never_reached(reached):
            break
    for what, count in sorted(reached.items()):
        print(f"{count:6} {what}")
    assert not never_reached(reached), f"never reached: {never_reached(reached)}"
