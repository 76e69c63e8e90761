"""Most taps are committed as one statement; what it writes is what the transaction of the others writes."""

import json
import sqlite3
from typing import Any

from broker.envelope import leaf_of
from broker.messages.draft import Draft
from policy.clock import Moment

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from


def test_a_tap_with_what_it_declares_is_all_there_after_a_crash(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    said = [kind for kind in kiosk.types() if kind in ("tap.granted", "phone.declared")]
    assert said == ["tap.granted", "phone.declared"]
    kiosk.crash()
    with sqlite3.connect(kiosk.file) as file:
        assert file.execute("SELECT holder, state, slot, timely FROM declaration").fetchall() == [("amara", "in", 1, 1)]
    kiosk.tap(kiosk.amara, "put_in")
    assert kiosk.types().count("put_in.repeated") == 1, "the phone's state was not remembered"


def test_where_a_frame_ends_between_a_tap_and_what_it_declares_its_head_is_written_with_them(kiosk: Kiosk) -> None:
    """Taps faster than heads are signed: no head may stand over an event that is not there, and frames stay short."""
    signed = kiosk.store.outbox.sign_head
    kiosk.store.outbox.sign_head = lambda: None
    for number in range(120):
        kiosk.tap(kiosk.amara, ("put_in", "take_out")[number % 2])
        kiosk.go_on(seconds=3 + number % 2)
    kiosk.store.outbox.sign_head = signed
    with sqlite3.connect(kiosk.file) as file:
        heads = [row[0] for row in file.execute("SELECT position FROM outbox_head ORDER BY position")]
        newest = file.execute("SELECT max(position) FROM outbox_event").fetchone()[0]
    kinds = ["", *kiosk.types()]  # by position
    between = [at for at in heads[:-1] if (kinds[at], kinds[at + 1]) == ("tap.granted", "phone.declared")]
    assert between, "no frame ended between a tap and what it declares: the test proves nothing"
    assert max(after - before for before, after in zip(heads, heads[1:], strict=False)) <= 50
    assert newest - 50 <= heads[-1] <= newest


def written(kiosk: Kiosk) -> list[str]:
    """All that stands in `cabinet.db`, as another connection sees it."""
    with sqlite3.connect(kiosk.file) as file:
        return list(file.iterdump())


def test_a_press_rehearses_a_tap_and_leaves_nothing_of_it(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(seconds=8)
    before, pulses, heard = written(kiosk), kiosk.board.locks[1].pulses, []
    rehearse = kiosk.store.outbox.rehearse

    def note(drafts: tuple[Draft, ...], now: Moment) -> None:
        heard.append([draft.kind.type for draft in drafts])
        rehearse(drafts, now)

    kiosk.store.outbox.rehearse = note
    kiosk.cabinet.handle(kiosk.press("take_out"))
    kiosk.go_on(seconds=8)
    assert heard == [["tap.granted.v1", "phone.declared.v1"]], "nothing was rehearsed: the test proves nothing"
    assert written(kiosk) == before
    assert kiosk.board.locks[1].pulses == pulses
    kiosk.tap(kiosk.amara, "put_in")
    assert kiosk.types()[-1] == "put_in.repeated", "the rehearsed TAKE OUT was remembered"


def test_the_tap_after_a_rehearsal_follows_the_event_before_it(kiosk: Kiosk) -> None:
    for button in ("put_in", "take_out", "put_in"):
        kiosk.tap(kiosk.amara, button)
        kiosk.go_on(seconds=8)
    with sqlite3.connect(kiosk.file) as file:
        events = [bytes(row[0]) for row in file.execute("SELECT event FROM outbox_event ORDER BY position")]
        salts = [row[0] for row in file.execute("SELECT salt FROM outbox_event WHERE salt IS NOT NULL")]
    assert [json.loads(event)["prev"] for event in events[1:]] == [leaf_of(event).hex() for event in events[:-1]]
    assert len(set(salts)) == len(salts)


def test_where_nobody_has_declared_anything_a_press_rehearses_nothing(kiosk: Kiosk) -> None:
    before = written(kiosk)
    kiosk.cabinet.handle(kiosk.press("put_in"))
    assert written(kiosk) == before


def test_while_the_disk_is_gone_a_press_does_not_ask_it(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(seconds=8)
    kiosk.break_disk()
    try:
        kiosk.tap(kiosk.amara, "take_out")  # not committed: where the log ends is known no more
        kiosk.go_on(seconds=8)
        kiosk.cabinet.handle(kiosk.press("take_out"))
    finally:
        kiosk.mend_disk()


def test_while_heads_cannot_be_signed_a_press_does_not_ask_the_disk_either(kiosk: Kiosk) -> None:
    """Where a frame would have to end, the event after it needs a head, of which only the tables know the epoch."""
    kiosk.store.outbox.sign_head = lambda: None
    asked: list[str] = []
    for _ in range(30):
        kiosk.tap(kiosk.amara, "put_in")
        kiosk.go_on(seconds=4)
        kiosk.store._connection.set_trace_callback(asked.append)
        kiosk.cabinet.handle(kiosk.press("put_in"))
        kiosk.store._connection.set_trace_callback(None)
        kiosk.go_on(seconds=6)
    assert not asked
