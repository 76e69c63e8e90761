"""A school day of eight hours at the reception's screen: visitors of every kind and language, act after act."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.reception_window import TESTS, Screen
from kiosk.reception.flow.inputs import HostFound, OnRoll, RollRead, RulesChanged, Waiting

BEGINS = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOURS = 8
GAP = timedelta(minutes=7)
"""From the beginning of one act to that of the next, if it does not last longer."""
MORNING_S = 15
"""The screen stands so long before anybody comes, and measures the words of Urdu (kiosk/screens/warming.py)."""
LANGUAGES = ("en", "pl", "ur", "pa", "ar", "ro", "uk", "hi")
NAMES = ("Ioan Ek", "Sana Roy", "Piotr Zak", "Mia Obi", "Leanne Fothergill", "Daniel Achterberg")
ORGANISATIONS = ("", "Willowmere", "North Vale Boilers")
LANYARDS, CONTRACTORS = range(1, 61), range(71, 91)
STAFF_UID, REGULAR_UID, STRANGER_UID = "04a1b2c3d4e580", "04d1b2c3d4e580", "04c1b2c3d4e580"


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who has signed in."""

    visit: str
    name: str
    where: str
    number: str


def lanyard_uid(number: str) -> str:
    """The tag in a lanyard."""
    return f"04b1b2c3d4{int(number):02x}80"


def edition(version: int, reference: Callable[[str], Any], regular: Any) -> dict[str, Any]:
    """What this day's bundles have: lanyards enough, each with a tag, and rules in a version."""
    texts = TESTS.a_bundle().texts.model_dump(mode="json") | {"version": version, "hash": f"{version:064x}"}
    numbers = [*((number, False) for number in LANYARDS), *((number, True) for number in CONTRACTORS)]
    return {
        "texts": texts,
        "lanyards": [
            {
                "number": str(number),
                "colour": "red" if contractors else "green",
                "contractors": contractors,
                "reference": reference(str(number)),
            }
            for number, contractors in numbers
        ],
        "regular": [
            {
                "reference": regular,
                "name": "Katarzyna Wójcik",
                "organisation": "Reading help",
                "reason": "volunteer",
                "host": "sian-pritchard",
            }
        ],
    }


def tag(number: str) -> Any:
    """A lanyard's reference in the hand's edition."""
    return TESTS.reference(1000 + int(number))


class SchoolDay:
    """The day's acts; `run` plays them until eight hours have passed."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.counts: Counter[str] = Counter()
        self.here: list[Here] = []
        self._version = 1
        self._number = 0
        self._acts = (
            self._meeting, self._met_by_name, self._delivery, self._briefed, self._left_alone, self._contractor,
            self._leaves_by_lanyard, self._asks_for_help, self._switches, self._needs_phone, self._takes_time,
            self._leaves_by_name, self._regular, self._my_events, self._stranger, self._roll_call, self._new_rules,
            self._leaves_by_lanyard, self._regular_leaves, self._leaves_by_name,
        )  # fmt: skip

    def begin(self) -> None:
        """Bring the first rules."""
        self._send()
        self.screen.take_up(TESTS.a_content(**edition(self._version, tag, TESTS.REGULAR)))
        self.screen.sees()
        time.sleep(MORNING_S)

    def run(self, known: Callable[[], None]) -> None:
        """Play the day; `known` is called once every act and every language has been seen."""
        acts = 0
        while (passed := self.screen.now - BEGINS) < timedelta(hours=HOURS):
            self._acts[acts % len(self._acts)]()
            acts += 1
            if acts == len(self._acts):
                known()
            gap = (GAP - (self.screen.now - BEGINS - passed)).total_seconds()
            if gap > 0:
                self.screen.pass_time(gap)
            assert self.screen.hand.page == "welcome"
            self.screen.hand.effects.clear()

    # A sign-in

    def _signs_in(self, *, reason: str = "meeting", host: str = "room:robins", need: str = "no", **more: Any) -> None:
        """From the first page to the first page, in the next language."""
        screen, hand = self.screen, self.screen.hand
        name = NAMES[self._number % len(NAMES)]
        self._speak()
        screen.press(*more.get("first", ()))
        screen.press("sign_in")
        screen.type(name)
        if more.get("dawdles"):
            self._is_warned()
            screen.press("more_time")
            self.counts["warnings"] += 1
        screen.press("next")
        screen.type(ORGANISATIONS[self._number % len(ORGANISATIONS)])
        screen.press("next", f"reason:{reason}")
        if host.startswith("person:"):
            screen.press("type_name")
            screen.type("joa")
        screen.press(host)
        if more.get("rules_change"):
            self._change_rules()
        self._reads(need)
        if hand.page == "papers":
            screen.hold(STAFF_UID, TESTS.STAFF)
            screen.press("paper:id_seen", "next")
        self._finishes(name, {"room:robins": "Robins", "nobody": ""}.get(host, "Joanne Birtles"))

    def _speak(self) -> None:
        """The next language, from the first page."""
        language = LANGUAGES[self._number % len(LANGUAGES)]
        self._number += 1
        if language != "en":
            self.screen.press(f"language:{language}")
            self.counts["languages"] += 1

    def _reads(self, need: str) -> None:
        self.screen.press("tick:images", "read", f"need:{need}")
        if self.screen.hand.page == "phone_call":
            self.screen.press("next")

    def _finishes(self, name: str, where: str) -> None:
        self.screen.press("sign_in")
        data, private = self.screen.parts.of("visit.signed_in")[-1]
        self.here.append(Here(data["visit"], private["name"], where, private["lanyard"] or ""))
        assert private["name"].casefold() == name.casefold(), "no key was lost"
        self.screen.press("finish")
        self.counts["sign-ins"] += 1

    # Acts

    def _meeting(self) -> None:
        self._signs_in()

    def _met_by_name(self) -> None:
        self._signs_in(reason="meeting", host="person:joanne-birtles", need="health")

    def _briefed(self) -> None:
        """The host's own badge: who waits, told."""
        waiting = next(one for one in self._staff_badge() if not one.briefed)
        self.screen.press(f"told:{waiting.visit}", "finish")
        self.counts["briefings"] += 1

    def _staff_badge(self) -> tuple[Waiting, ...]:
        """Hold Joanne Birtles's badge; who waits for her."""
        screen = self.screen
        briefed = {data["visit"] for data, _ in screen.parts.of("visit.briefed")}
        waiting = tuple(
            Waiting(one.visit, one.name, "09:12", one.visit in briefed)
            for one in self._open()
            if one.where == "Joanne Birtles"
        )
        screen.hold(STAFF_UID, TESTS.STAFF)
        screen.hand.take(HostFound(waiting, None))
        screen.sees()
        self.counts["badge taps"] += 1
        return waiting

    def _contractor(self) -> None:
        self._signs_in(reason="contractor", host="nobody")

    def _needs_phone(self) -> None:
        self._signs_in(need="other")

    def _takes_time(self) -> None:
        self._signs_in(dawdles=True)

    def _switches(self) -> None:
        """Languages one after the other on the first page, then Bigger text and high contrast."""
        first = ("language:hi", "language:ar", "language:en", "bigger", "contrast")
        self._signs_in(host="nobody", first=first)
        self.counts["languages"] += 3
        self.counts["bigger, high contrast"] += 1

    def _delivery(self) -> None:
        self._speak()
        self.screen.press("delivery", "ring_delivery", "finish")
        self.counts["deliveries"] += 1

    def _left_alone(self) -> None:
        """Somebody types and goes away: a warning, then the first page in English."""
        self._speak()
        self.screen.press("sign_in")
        self.screen.type("Ola No")
        self._is_warned()
        self.screen.pass_time(31)
        assert self.screen.hand.page == "welcome"
        self.counts["warnings"] += 1
        self.counts["resets"] += 1

    def _is_warned(self) -> None:
        self.screen.pass_time(61)
        assert self.screen.hand.page == "more_time"

    def _asks_for_help(self) -> None:
        self._speak()
        self.screen.press("help")
        self.screen.pass_time(61)  # senior leaders are rung too
        self.screen.press("back")
        self.counts["calls for help"] += 1
        self.screen.pass_time(121)  # the language goes too

    def _leaves_by_lanyard(self) -> None:
        one = self.here.pop(0)
        self.screen.hand.here = {tag(one.number)}
        self.screen.hold(lanyard_uid(one.number), tag(one.number))
        self.screen.sees()
        self.screen.press("finish")
        self.counts["sign-outs by badge"] += 1

    def _leaves_by_name(self) -> None:
        one = self.here.pop(0)
        self._speak()
        self._writes_out(one.name, one.number, sure=True)
        self.counts["sign-outs by name"] += 1

    def _writes_out(self, name: str, number: str, *, sure: bool) -> None:
        self.screen.press("sign_out")
        self.screen.type(name)
        typed = self.screen.hand.screen.field.text
        self.screen.press("next")
        self.screen.type(number)
        self.screen.hand.here = {f"{typed}/{number}"} if sure else set()
        self.screen.press("sign_out_now", "finish")

    def _regular(self) -> None:
        self.screen.hold(REGULAR_UID, TESTS.REGULAR)
        self.screen.sees()
        self._reads("no")
        self._finishes("Katarzyna Wójcik", "Siân Pritchard")
        self.here.pop()
        self.counts["badge taps"] += 1

    def _regular_leaves(self) -> None:
        self.screen.hand.here = {TESTS.REGULAR}
        self.screen.press("sign_out")
        self.screen.hold(REGULAR_UID, TESTS.REGULAR)
        self.screen.sees()
        self.screen.press("finish")
        self.counts["sign-outs by badge"] += 1

    def _my_events(self) -> None:
        self._staff_badge()
        self.screen.pass_time(31)  # nobody stays on a page with names
        self.counts["resets"] += 1

    def _stranger(self) -> None:
        """A badge that nobody knows, and a number that does not fit."""
        self.screen.hold(STRANGER_UID, TESTS.STRANGER)
        self._writes_out("Nobody Known", "59", sure=False)
        self.counts["badge taps"] += 1
        self.counts["unsure sign-outs"] += 1

    def _roll_call(self) -> None:
        screen, hand = self.screen, self.screen.hand
        self._staff_badge()
        screen.press("drill")
        open_visits = sorted(self._open(), key=lambda one: one.name.casefold())
        seen: set[str] = set()
        for tick in [None, *open_visits[:2]]:
            if tick is not None:
                screen.press(f"seen:{tick.visit}")
                seen.add(tick.visit)
            rows = tuple(
                OnRoll(one.visit, one.name, one.where, one.number or None, one.visit in seen) for one in open_visits
            )
            hand.take(RollRead(rows, True))
            screen.sees()
        screen.press("end_roll")
        self.counts["roll-calls"] += 1

    def _open(self) -> list[Here]:
        """Who is on the roll, as the disk says."""
        over = {data["visit"] for data, _ in self.screen.parts.of("visit.signed_out")}
        open_ones = []
        for data, private in self.screen.parts.of("visit.signed_in"):
            if data["visit"] not in over:
                where = {"robins": "Robins", None: ""}.get(private["room"], "")
                where = {"joanne-birtles": "Joanne Birtles", "sian-pritchard": "Siân Pritchard"}.get(
                    private["host"], where
                )
                open_ones.append(Here(data["visit"], private["name"], where, private["lanyard"] or ""))
        return open_ones

    def _new_rules(self) -> None:
        """A new edition while somebody reads: they read again."""
        self._signs_in(rules_change=True)

    def _change_rules(self) -> None:
        self._version += 1
        self._send()
        self.screen.hand.take(RulesChanged(TESTS.a_content(**edition(self._version, tag, TESTS.REGULAR))))
        self.screen.sees()
        self.counts["new rules"] += 1

    def _send(self) -> None:
        parts = self.screen.parts
        regular = parts.reference(REGULAR_UID)
        parts.send_rules(**edition(self._version, lambda number: parts.reference(lanyard_uid(number)), regular))
