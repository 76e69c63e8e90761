"""Most taps are committed as one statement; what it writes is what the transaction of the others writes."""

import sqlite3
from typing import Any

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
