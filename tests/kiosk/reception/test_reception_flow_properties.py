"""Whatever is pressed, typed, held up or told, in any order: no exception, and nothing typed is left after a reset."""

import gc
import types
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.reception.flow.effects import Reset, SignIn
from kiosk.reception.flow.flow import offered
from kiosk.reception.flow.inputs import (
    Arrives,
    BadgeSeen,
    BadgeUnreadable,
    Erased,
    HelpAnswered,
    HostFound,
    Input,
    NotSaved,
    OnRoll,
    Pressed,
    ReaderChanged,
    RecordRead,
    RollRead,
    RulesChanged,
    SignedIn,
    SignOutAnswered,
    Tick,
    Typed,
    Waiting,
)
from kiosk.reception.flow.screen import Lanyard, Page, Screen
from policy.ids import BadgeReference

MARK = "\ua66e"
"""A letter that stands in no text of ours: whatever holds it was typed."""
BADGES = [BadgeReference(f"1:{number:064x}") for number in (1, 2, 14, 50, 99)]


def reachable(root: object) -> set[str]:
    """Every text that can be reached from an object, but through code."""
    seen: set[int] = set()
    found: set[str] = set()
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type | types.ModuleType | types.FunctionType | types.MethodType):
            continue
        seen.add(id(one))
        if isinstance(one, str):
            found.add(one)
        waiting += gc.get_referents(one)
    return found


def holds_what_was_typed(root: object) -> bool:
    return any(MARK in text for text in reachable(root))


one_input = st.one_of(
    st.just("press"),
    st.just("press"),
    st.just("press"),
    st.sampled_from([Typed(MARK), Typed("a" + MARK), Typed("\u202e<b>" + MARK), Typed(""), Typed("14"), Erased()]),
    st.builds(Typed, st.text(max_size=3).map(lambda text: MARK + text)),
    st.builds(Pressed, st.sampled_from(["sign_in", "read", "nonsense", "", "change:host", "seen:x", "told:x", "more"])),
    st.builds(BadgeSeen, st.sampled_from(BADGES)),
    st.sampled_from([BadgeUnreadable(), ReaderChanged(False), ReaderChanged(True), HelpAnswered()]),
    st.sampled_from([SignedIn(Lanyard("14", "green", "")), SignedIn(None), NotSaved()]),
    st.builds(SignOutAnswered, st.booleans()),
    st.builds(Arrives, st.sampled_from(BADGES)),
    st.just(HostFound((Waiting("0" * 16, f"Amy {MARK}", "09:12", False),), None)),
    st.just(RollRead((OnRoll("0" * 16, f"Amy {MARK}", "Robins", None, False),), drill=False)),
    st.just(RecordRead((("10:02", f"{MARK} came to see you."),), whole=False)),
    st.sampled_from(["rules", "new rules", "no hosts"]),
    st.floats(min_value=0, max_value=200),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(one_input, max_size=60), st.randoms(use_true_random=False), st.sampled_from([1, 2, 5, 1000]))
def test_random_use_never_fails_and_leaves_nothing_typed(
    make_hand: Any, make_content: Any, inputs: list[Any], chance: Any, fits: int
) -> None:
    hand = make_hand(capacity=lambda screen: fits, answers=chance.random() < 0.7)
    editions = {
        "rules": make_content(number=2),
        "new rules": make_content(
            number=3,
            texts={
                "version": 4,
                "hash": "cd" * 32,
                "published_at": "2026-11-24T09:10:00.000Z",
                "languages": make_content().languages,
            },
        ),
        "no hosts": make_content(
            number=4, hosts=[], badges=[], rooms=[], roles=[], expected=[], regular=[], lanyards=[]
        ),
    }
    for one in inputs:
        effects = []
        if isinstance(one, float):
            hand.wait(one)
        else:
            hand._move(chance.randrange(10**9))
            effects = hand.take(_made(one, hand.screen, editions, chance))
        assert isinstance(hand.screen, Screen)
        assert hand.screen.page in Page
        hand.effects = [effect for effect in hand.effects if isinstance(effect, SignIn)]
        if Reset() in effects or (hand.page is Page.WELCOME and hand.flow.deadline is None):
            assert not holds_what_was_typed(hand.flow)
    # However it stands: nobody comes any more, and all of it is gone.
    hand.wait(1000)
    assert hand.page in (Page.WELCOME, Page.CLOSED)
    assert not holds_what_was_typed(hand.flow)


def _made(one: Any, screen: Screen, editions: dict[str, Any], chance: Any) -> Input:
    if one == "press":
        return Pressed(chance.choice(sorted(offered(screen)) or ["nothing"]))
    return RulesChanged(editions[one]) if isinstance(one, str) else one


def test_the_search_finds_what_was_typed_while_it_is_there(hand: Any) -> None:
    hand.press("sign_in")
    hand.type(MARK)
    assert holds_what_was_typed(hand.flow)
    hand.take(Tick())
    hand.press("back")
    assert not holds_what_was_typed(hand.flow)


def test_a_sign_in_leaves_nothing_typed_on_its_last_page(hand: Any) -> None:
    hand.fill_in(f"Amy {MARK}")
    hand.press("sign_in")
    assert hand.page == Page.DONE
    hand.effects.clear()
    assert not holds_what_was_typed(hand.flow)


def test_signing_out_and_deliveries_leave_nothing_typed(hand: Any) -> None:
    hand.press("sign_out")
    hand.type(f"Amy {MARK}")
    hand.press("next")
    hand.type("14")
    hand.press("sign_out_now")
    hand.effects.clear()
    assert not holds_what_was_typed(hand.flow)
    hand.press("finish", "delivery")
    hand.type(MARK)
    hand.press("ring_delivery")
    hand.effects.clear()
    assert not holds_what_was_typed(hand.flow)


def test_an_effect_with_a_name_does_not_show_it_in_a_log(hand: Any) -> None:
    hand.fill_in(f"Amy {MARK}")
    hand.press("sign_in", "finish", "sign_out")
    hand.type(f"Amy {MARK}")
    hand.press("next")
    hand.type("14")
    hand.press("sign_out_now")
    assert MARK not in repr(hand.effects)
    assert MARK not in repr(Typed(MARK))
