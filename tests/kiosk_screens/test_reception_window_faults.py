"""The real program in its real window, when something goes wrong: hostile letters, kills, no loudspeaker, sound."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

STAFF_UID = "04a1b2c3d4e580"
STAFF = f"1:{1:064x}"
"""The same badge in the edition of the finger's own flow."""
HOSTILE = "<b>Ola</b> \U0001f600\u202e {x} " + "x" * 80
RATE = 44_100 * 4
"""Bytes of sound a second: two channels of 16 bits."""
TO_THE_END = (
    ("sign_in", "name"),
    ("type:Quizzle", "name"),
    ("next", "organisation"),
    ("type:Vexford", "organisation"),
    ("next", "reason"),
    ("reason:meeting", "host"),
    ("type_name", "host_name"),
    ("back", "host"),
    ("room:robins", "phone_rules"),
    ("tick:images", "phone_rules"),
    ("read", "need_phone"),
    ("need:no", "check"),
)
OTHERS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("sign_out", "sign_out"), ("type:Quizzle", "sign_out"), ("next", "sign_out_lanyard")),
    (("delivery", "delivery"), ("type:Vexford", "delivery"), ("ring_delivery", "delivery_done")),
    (("sign_in", "name"), ("type:Quizzle", "name"), ("help", "help")),
)


def wait_until(true: Callable[[], Any], what: str, within_s: float = 15) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, f"{what}: not within {within_s} s"
        time.sleep(0.02)


def files_with(folder: Path, *texts: str) -> list[Path]:
    """The files under a folder in which one of some texts stands, as bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(text.encode() in path.read_bytes() for text in texts)]


def go(finger: Any, steps: tuple[tuple[str, str], ...]) -> None:
    """Do one step after the other."""
    for what, page in steps:
        kind, _, text = what.partition(":")
        finger.type(text) if kind == "type" else finger.press(what, page)


def power_cut(finger: Any) -> None:
    """Power off and on again."""
    finger.reception.kill()
    finger.reception.start()
    finger.reception.title_is("welcome")
    finger.begins_again()


def test_hostile_letters_a_badge_a_jumping_clock_and_a_lost_reader_end_in_one_visit(finger: Any) -> None:
    windowed = finger.reception
    finger.press("sign_in", "name")
    finger.write(HOSTILE)
    finger.hold(STAFF_UID, STAFF)
    windowed.set_clock("2031-11-24T09:00:00+00:00")
    windowed.bench(op="reader", fault="unplugged")
    wait_until(lambda: windowed.of("reader.failed"), "the lost reader")
    windowed.set_clock("2026-11-24T09:30:00+00:00")
    windowed.title_is("name")
    go(finger, (*TO_THE_END[2:3], *TO_THE_END[4:6], *TO_THE_END[8:]))
    finger.hammer("sign_in", "done", "welcome")
    wait_until(lambda: windowed.of("visit.signed_in"), "the visit")
    [(_, private)] = windowed.of("visit.signed_in")
    assert private["name"] == finger.signs_in()
    assert len(private["name"]) == 80
    assert "\u202e" not in private["name"]
    assert windowed.running.poll() is None
    assert "Traceback" not in windowed.log
    assert "Failures so far" not in windowed.log


def test_a_kill_keeps_nothing_unfinished_and_loses_nothing_finished(finger: Any) -> None:
    windowed = finger.reception
    go(finger, TO_THE_END[:5])
    power_cut(finger)
    assert files_with(windowed.directory, "Quizzle", "Vexford") == []
    go(finger, TO_THE_END)
    finger.press("sign_in", "done")
    power_cut(finger)
    assert [private["name"] for _, private in windowed.of("visit.signed_in")] == ["Quizzle"]
    assert [data["unclean"] for data, _ in windowed.of("device.started")] == [False, True, True]


@pytest.mark.long
def test_a_kill_at_any_page_keeps_nothing_unfinished(finger: Any) -> None:
    windowed = finger.reception
    ways = [TO_THE_END[:count] for count in range(1, len(TO_THE_END) + 1)]
    ways += [way[:count] for way in OTHERS for count in range(2, len(way) + 1)]
    for way in ways:
        go(finger, way)
        power_cut(finger)
        told = [private for _, private in windowed.of("visit.delivery")]
        assert files_with(windowed.directory, "Quizzle") == [], way
        assert bool(files_with(windowed.directory, "Vexford")) == bool(told), way
        assert windowed.of("visit.signed_in") == []


def test_what_is_read_aloud_is_heard_until_it_is_stopped(finger: Any) -> None:
    windowed = finger.reception
    assert windowed.stop() == 0
    sound = windowed.display.home / "sound.raw"
    windowed.display.environment |= {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": str(sound)}
    windowed.start()
    windowed.title_is("welcome")
    finger.press("aloud", "welcome")
    wait_until(lambda: loud(sound) > RATE, "a second of sound")
    finger.press("aloud", "welcome")
    silent_from = sound.stat().st_size
    wait_until(lambda: sound.stat().st_size > silent_from + RATE, "a second more")
    heard = sound.read_bytes()
    assert heard[-RATE // 2 :].count(0) == RATE // 2, "it stopped"
    assert "Nothing can be read aloud" not in windowed.log


def loud(sound: Path) -> int:
    """How many bytes of sound there are up to the last that is not silence."""
    return len(sound.read_bytes().rstrip(b"\0")) if sound.exists() else 0


def test_without_a_loudspeaker_nothing_is_offered_to_be_read_and_nothing_breaks(finger: Any) -> None:
    windowed = finger.reception
    assert windowed.stop() == 0
    windowed.display.environment |= {"SDL_AUDIODRIVER": "alsa", "ALSA_CONFIG_PATH": "/dev/null"}
    windowed.start()
    windowed.title_is("welcome")
    finger.press("aloud", "welcome")
    wait_until(lambda: "Nothing can be read aloud" in windowed.log, "the line of the log")
    finger.hears_nothing()
    finger.press("sign_in", "name")
    finger.type("Quizzle")
    finger.press("next", "organisation")
    assert "Failures so far" not in windowed.log
    assert "Traceback" not in windowed.log
