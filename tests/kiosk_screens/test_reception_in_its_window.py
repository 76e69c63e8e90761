"""The real program with its real window: a visitor signs in with a finger, and it is on the disk."""

from typing import Any


def test_a_visitor_signs_in_with_a_finger_and_the_visit_is_on_the_disk(finger: Any) -> None:
    windowed = finger.reception
    finger.press("sign_in", "name")
    finger.type("Ola Nowak")
    finger.press("next", "organisation")
    finger.press("next", "reason")
    finger.press("reason:meeting", "host")
    finger.press("room:robins", "phone_rules")
    finger.press("tick:images", "phone_rules")
    finger.press("read", "need_phone")
    finger.press("need:no", "check")
    finger.press("sign_in", "done")
    [(data, private)] = windowed.of("visit.signed_in")
    assert private["name"] == "Ola Nowak"
    assert private["reason"] == "meeting"
    assert data["visit"]
    assert windowed.of("rules.acknowledged")
    finger.press("finish", "welcome")
    assert "Nowak" not in windowed.log
    assert windowed.stop() == 0
