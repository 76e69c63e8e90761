"""The real program with its real window: a visitor signs in with a finger, and it is on the disk."""

from pathlib import Path
from typing import Any


def test_a_visitor_signs_in_with_a_finger_and_the_visit_is_on_the_disk(finger: Any) -> None:
    windowed = finger.reception
    finger.press("sign_in", "name")
    finger.type("Quizzle Vex")
    finger.press("back", "welcome")
    finger.press("sign_in", "name")
    finger.type("Ola Nowak")
    finger.press("next", "organisation")
    finger.press("next", "reason")
    finger.press("reason:meeting", "host")
    finger.press("room:robins", "phone_rules")
    finger.press("tick:images", "phone_rules")
    finger.press("read", "need_phone")
    finger.press("need:no", "check")
    finger.hammer("sign_in", "done", "welcome")  # one of the later taps may have been on Finish already
    [(data, private)] = windowed.of("visit.signed_in")
    assert private["name"] == "Ola Nowak"
    assert private["reason"] == "meeting"
    assert data["visit"]
    assert windowed.of("rules.acknowledged")
    assert "Nowak" not in windowed.log
    assert "Traceback" not in windowed.log, "nothing fails while the window opens"
    assert windowed.stop() == 0
    assert "Quizzle" not in windowed.log
    assert files_with(windowed.directory, "Quizzle") == [], "what was not finished is nowhere"
    assert files_with(windowed.directory, "Nowak") != [], "the test can find what is there"
    assert files_with(windowed.display.home, "Nowak") == [], "the window keeps nothing itself"


def files_with(folder: Path, text: str) -> list[Path]:
    """The files under a folder in which a text stands, as bytes."""
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
