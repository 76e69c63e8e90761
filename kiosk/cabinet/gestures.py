"""Folds cards and buttons into gestures (flow 1, step 2; policy-clauses: The cabinet). Pure: time is handed in.

Every tap that counts becomes one gesture, at once or when its waiting ends; `deadline` says when to `tick` next.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from policy.decision import Decision
from policy.field import pick_counting
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference
from policy.rules import Point, PointKind
from policy.standing import Standing

MS = 1_000_000
WAIT_NS = 5_000 * MS
"""A tap waits this long for a button, and a press this long for a tap."""
SECOND_BUTTON_NS = 400 * MS
"""The other button within this time of the first makes `no_phone`."""
SAME_TAP_NS = 2_000 * MS
"""A badge sooner back than this is still its last counted tap."""
FORGOTTEN_AT = 16
"""So many counted taps are remembered before those are forgotten that are the same tap no more."""
EMERGENCY_NS = 5_000 * MS
"""The press of a refused TAKE OUT opens once it has lasted this long."""

Ask = Callable[[BadgeReference], Standing]
"""Tells what a badge is here at this moment: `policy.standing.standing` with everything else filled in."""

_RANDOM = "random"


@dataclass(slots=True)
class _Press:
    """One time that a button went down."""

    button: Intent
    down_ns: int
    held: bool = True


@dataclass(slots=True)
class _Waiting:
    """A live badge's tap that has not got its button, or its button not its 400 ms."""

    badge: BadgeReference
    at_ns: int
    offered: int
    press: _Press | None = None
    is_hushed: bool = False
    """Its hold has said something already: without a button it ends without a word."""

    @property
    def deadline(self) -> int:
        return self.at_ns + WAIT_NS if self.press is None else self.press.down_ns + SECOND_BUTTON_NS


class Gestures:
    """The fold of one point; times are CLOCK_BOOTTIME in ns, an input's own time and never going back.

    What happens exactly when a time is up still counts as in time.
    """

    def __init__(self, point: Point) -> None:
        self._buttons = point.buttons
        self.is_bank = point.kind is PointKind.BANK
        """Two cards known here are judged together, and neither counts."""
        self._field: dict[BadgeReference, None] = {}
        self._counted: dict[Hashable, int] = {}
        self._pressed_ns: int | None = None
        self._press: _Press | None = None
        self._waiting: _Waiting | None = None
        self._asked: tuple[BadgeReference, _Press] | None = None
        self._emergency: tuple[BadgeReference, _Press] | None = None

    def deadline(self) -> int | None:
        """When `tick` has something to do next; None when only a card or a button can change anything."""
        times = [] if self._waiting is None else [self._waiting.deadline]
        if self._emergency is not None:
            times.append(self._emergency[1].down_ns + EMERGENCY_NS)
        return min(times, default=None)

    def tick(self, now_ns: int) -> tuple[Gesture, ...]:
        """Let time pass: what has waited long enough becomes a gesture."""
        return tuple(self._expire(now_ns))

    def press(self, button: Intent, now_ns: int) -> tuple[Gesture, ...]:
        """A button (PUT IN or TAKE OUT) went down; at a point without buttons nothing follows from it."""
        if not self._buttons:
            return ()
        gestures = self._expire(now_ns - 1)
        press = _Press(button, now_ns)
        self._pressed_ns = now_ns
        waiting = self._waiting
        if waiting is None:
            self._press = press
        elif waiting.press is None:
            waiting.press = press
        elif waiting.press.button is not button:
            self._waiting = None
            gestures.append(Gesture((waiting.badge,), Intent.NO_PHONE, offered=waiting.offered))
        return tuple(gestures)

    def release(self, button: Intent, now_ns: int) -> tuple[Gesture, ...]:
        """A button came up: what it was pressed for after a tap is decided now, and a hold of it is over."""
        gestures = self._expire(now_ns)
        if self._press is not None and self._press.button is button:
            self._press.held = False
        if self._emergency is not None and self._emergency[1].button is button:
            self._emergency = None
        waiting = self._waiting
        if waiting is not None and waiting.press is not None and waiting.press.button is button:
            waiting.press.held = False
            gestures += self._end_waiting()
        return tuple(gestures)

    def cards(
        self,
        presented: Iterable[BadgeReference],
        removed: Iterable[BadgeReference],
        now_ns: int,
        ask: Ask,
        *,
        random: bool = False,
    ) -> tuple[Gesture, ...]:
        """Cards came into the field and left it, all of one poll; `random` when a card without an identity came."""
        gestures = self._expire(now_ns - 1)
        for reference in removed:
            self._field.pop(reference, None)
        fresh = dict.fromkeys(presented)
        self._field.update(fresh)
        if fresh or random:
            gestures += self._arrived(tuple(fresh), now_ns, ask)
        return tuple(gestures)

    def forget_cards(self) -> None:
        """The reader failed: what was in its field is not known any more."""
        self._field.clear()

    def is_same_tap(self, badge: BadgeReference, now_ns: int) -> bool:
        """Whether a card that comes now would still be the last counted tap of its badge."""
        return self._is_same_tap((badge,), now_ns)

    def pressed(self, now_ns: int) -> Intent | None:
        """Tell which button the next tap would have."""
        press = self._press
        return press.button if press is not None and now_ns - press.down_ns <= WAIT_NS else None

    def waits_alone(self, badge: BadgeReference) -> bool:
        """Whether a badge that has left the field still waits for its button."""
        waiting = self._waiting
        return waiting is not None and waiting.badge == badge and waiting.press is None and badge not in self._field

    def in_emergency(self, badge: BadgeReference) -> bool:
        """Whether the press of its refused TAKE OUT is being held: the hand is busy with something else."""
        return self._emergency is not None and self._emergency[0] == badge

    def note(self, badge: BadgeReference, now_ns: int) -> None:
        """Take note of a card whose tap meant something else: it lies in the field, and it has counted."""
        self._field[badge] = None
        self._count((badge,), now_ns)

    def use_press(self, now_ns: int) -> None:
        """Spend the press that the next tap would have had."""
        self._use_press(now_ns)

    def hush(self, badge: BadgeReference) -> None:
        """A hold has said something: if its tap waits and no button comes, that was all."""
        if self._waiting is not None and self._waiting.badge == badge:
            self._waiting.is_hushed = True

    def let_go(self, badge: BadgeReference) -> None:
        """A waiting tap has said something: it waits no more."""
        if self._waiting is not None and self._waiting.badge == badge:
            self._waiting = None

    def decided(self, decision: Decision) -> None:
        """Hear what became of a gesture, straight after its commit: a refused TAKE OUT may be held on to."""
        asked = self._asked
        if asked is None or asked[0] != decision.badge:
            return
        self._asked = None
        if decision.hold_opens and asked[1].held:
            self._emergency = asked

    def not_committed(self, gesture: Gesture) -> None:
        """Its decision could not be committed: the tap never counted, so the badge may be tapped again at once."""
        self._counted.pop(gesture.badges, None)
        self._counted.pop((gesture.approver,), None)

    def _arrived(self, fresh: tuple[BadgeReference, ...], now: int, ask: Ask) -> list[Gesture]:
        """Judge the whole field, since a lanyard's cards need not all come with one poll."""
        if len(self._field) == len(fresh) == 1:  # as most often: nothing to pick from
            return self._tap(fresh[0], now, ask) if ask(fresh[0]).known else self._stranger(fresh, now)
        counting = pick_counting(self._field, ask)
        known = tuple(badge for badge in counting if ask(badge).known)
        if not known:
            return self._stranger(pick_counting(fresh, ask), now)
        arrived = tuple(badge for badge in known if badge in fresh)
        if not arrived:
            return []  # strangers beside a card that has counted already
        if len(known) == 1:
            return self._tap(known[0], now, ask)
        if self.is_bank:
            return self._hold_one(known, now)
        return self._together(arrived, now, ask)

    def _stranger(self, badges: tuple[BadgeReference, ...], now: int) -> list[Gesture]:
        """Refuse at once what is not known here; no badge at all is a card with a random UID."""
        if self._is_same_tap(badges or _RANDOM, now):
            return []
        self._count(badges or _RANDOM, now)
        press = self._use_press(now)
        return [self._gesture(badges, None if press is None else press.button)]

    def _tap(self, badge: BadgeReference, now: int, ask: Ask) -> list[Gesture]:
        if self._is_same_tap((badge,), now):
            return []
        self._count((badge,), now)
        live = ask(badge) is Standing.LIVE
        gestures = self._end_waiting() if live else []
        press = self._use_press(now)
        if live and self._buttons and press is None:
            self._waiting = _Waiting(badge, now, len(self._field))
            return gestures
        if press is not None and live:
            self._note_take_out(badge, press)
        return [*gestures, self._gesture((badge,), None if press is None else press.button)]

    def _hold_one(self, known: tuple[BadgeReference, ...], now: int) -> list[Gesture]:
        """Two badges known here at a bank: neither counts, and either counts at once when it comes alone."""
        if self._waiting is not None and self._waiting.badge in known:
            self._waiting = None
        for badge in known:
            self._counted.pop((badge,), None)
        both = frozenset(known)
        if self._is_same_tap(both, now):
            return []
        self._count(both, now)
        self._use_press(now)
        return [self._gesture(known, None)]

    def _together(self, arrived: tuple[BadgeReference, ...], now: int, ask: Ask) -> list[Gesture]:
        """Two badges known here at one door: PUT IN for each whose tap has not been decided yet."""
        waiting = self._waiting
        still_waiting = waiting is not None and waiting.badge in self._field and waiting.badge not in arrived
        if len(arrived) == 1 and not still_waiting:
            return self._tap(arrived[0], now, ask)
        putting = [badge for badge in arrived if not self._is_same_tap((badge,), now)]
        gestures: list[Gesture] = []
        if waiting is not None and waiting.badge in self._field:
            putting = list(dict.fromkeys([waiting.badge, *putting]))
            self._waiting = None
        elif any(ask(badge) is Standing.LIVE for badge in putting):
            gestures += self._end_waiting()
        for badge in putting:
            self._count((badge,), now)
        if putting:
            self._use_press(now)
        return gestures + [self._gesture((badge,), Intent.PUT_IN) for badge in putting]

    def _is_same_tap(self, key: Hashable, now: int) -> bool:
        """Whether this is the last counted tap still: within 2 s of it, and no button was pressed in between."""
        last = self._counted.get(key)
        if last is None or now - last >= SAME_TAP_NS:
            return False
        return self._pressed_ns is None or self._pressed_ns <= last

    def _count(self, key: Hashable, now: int) -> None:
        if len(self._counted) >= FORGOTTEN_AT:
            self._counted = {one: at for one, at in self._counted.items() if now - at < SAME_TAP_NS}
        self._counted[key] = now

    def _use_press(self, now: int) -> _Press | None:
        """Take the last press, if it is young enough; it counts for one tap."""
        press, self._press = self._press, None
        return press if press is not None and now - press.down_ns <= WAIT_NS else None

    def _note_take_out(self, badge: BadgeReference, press: _Press) -> None:
        """Remember whose TAKE OUT this press asked for, until its decision is heard."""
        if press.button is Intent.TAKE_OUT:
            self._asked = (badge, press)

    def _end_waiting(self) -> list[Gesture]:
        """End the waiting tap with what it has: its button, or none."""
        waiting, self._waiting = self._waiting, None
        if waiting is None or (waiting.is_hushed and waiting.press is None):
            return []
        if waiting.press is not None:
            self._note_take_out(waiting.badge, waiting.press)
        intent = None if waiting.press is None else waiting.press.button
        return [Gesture((waiting.badge,), intent, offered=waiting.offered)]

    def _expire(self, now: int) -> list[Gesture]:
        gestures: list[Gesture] = []
        emergency = self._emergency
        if emergency is not None and now >= emergency[1].down_ns + EMERGENCY_NS:
            self._emergency = None
            gestures.append(Gesture((emergency[0],), Intent.TAKE_OUT, emergency=True))
        if self._waiting is not None and now >= self._waiting.deadline:
            gestures += self._end_waiting()
        return gestures

    def _gesture(self, badges: tuple[BadgeReference, ...], intent: Intent | None) -> Gesture:
        return Gesture(badges, intent, offered=max(1, len(self._field)))
