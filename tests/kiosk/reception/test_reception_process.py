"""The real program without a window: its pages as lines, real storage, real socket, real kills (kiosk.md)."""

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broker.envelope import decode_event
from broker.keys import new_signing_key
from broker.messages.wire import Ack
from broker.packing import decode_frame
from broker.signed import Purpose, sign, sign_rules
from kiosk.reception.flow.visible import visible
from kiosk.socket.framing import Ask, Outcome, Position, decode_frames, encode_events_ask

STAFF_UID, LANYARD_UID, STRANGER_UID = "04a1b2c3d4e580", "04b1b2c3d4e580", "04c1b2c3d4e580"
MARK = "Zzyzxq"
"""A name that stands nowhere but where it was typed."""


def wait_until(true: Callable[[], Any], what: str, within_s: float = 15) -> Any:
    end = time.monotonic() + within_s
    while not (answer := true()):
        assert time.monotonic() < end, f"{what}: not within {within_s} s"
        time.sleep(0.005)
    return answer


def test_a_sign_in_is_on_the_disk_before_the_page_says_so(reception: Any) -> None:
    number = reception.sign_in("Aleksandra Kowalczyk")
    assert number in ("14", "15", "16")
    [(data, private)] = reception.of("visit.signed_in")
    assert private["name"] == "Aleksandra Kowalczyk"
    assert private["lanyard"] == number
    [(read, said)] = reception.of("rules.acknowledged")
    assert read["visit"] == data["visit"]
    assert said["version"] == 3
    assert said["ticks"] == ["images"]


STEPS: list[tuple[str, str]] = [
    ("press sign_in", "name"),
    (f"type {MARK}", "name"),
    ("press next", "organisation"),
    (f"type {MARK}", "organisation"),
    ("press next", "reason"),
    ("press reason:meeting", "host"),
    ("press type_name", "host_name"),
    ("type joanne", "host_name"),
    ("press person:joanne-birtles", "phone_rules"),
    ("press tick:images", "phone_rules"),
    ("press read", "need_phone"),
    ("press need:health", "check"),
]


def files_with(directory: Path, text: str) -> list[str]:
    """The files under a directory in which a text stands."""
    return [path.name for path in directory.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def do(reception: Any, line: str, page: str) -> None:
    """Do one step and wait until it shows."""
    reception.say(line)
    reception.page_is(page)
    if line.startswith("type"):
        typed = line.partition(" ")[2]
        wait_until(lambda: reception.screen["field"]["text"] == typed, "the text")
    if "tick" in line:
        wait_until(lambda: any(line["tick"] for line in reception.screen["lines"]), "the tick")


def test_a_kill_at_any_page_keeps_nothing_of_an_unfinished_sign_in(reception: Any) -> None:
    for count in range(1, len(STEPS) + 1):
        for line, page in STEPS[:count]:
            do(reception, line, page)
        reception.kill()
        assert files_with(reception.directory, MARK) == []
        reception.start()
        reception.page_is("welcome")
        assert reception.of("visit.signed_in") == []
    started = reception.of("device.started")
    assert len(started) == len(STEPS) + 1
    assert all(data["unclean"] for data, _ in started[1:])


@pytest.mark.parametrize(
    ("ids", "pages"),
    [
        (["sign_out", "next"], ["sign_out", "sign_out_lanyard"]),
        (["delivery", "help"], ["delivery", "help"]),
        (["sign_in", "help"], ["name", "help"]),
    ],
)
def test_a_kill_on_any_other_page_keeps_nothing_typed_either(reception: Any, ids: list[str], pages: list[str]) -> None:
    reception.press(ids[0], pages[0])
    reception.type(MARK)
    reception.press(ids[1], pages[1])
    reception.kill()
    assert files_with(reception.directory, MARK) == []
    reception.start()
    reception.page_is("welcome")
    assert reception.of("visit.signed_out") == []


def test_several_cards_together_are_the_one_that_is_known(reception: Any) -> None:
    reception.bench(op="badge", uids=[STRANGER_UID, STAFF_UID], hold_ms=300)
    reception.page_is("staff")
    assert reception.screen["error"] is None


@pytest.mark.parametrize("wait", [True, False], ids=["after the page", "at once"])
def test_a_kill_loses_no_finished_sign_in(reception: Any, wait: bool) -> None:
    for number in range(4):
        reception.to_check(f"{MARK} {number}")
        reception.say("press sign_in")
        if wait:
            reception.page_is("done")
        reception.kill()
        reception.start()
        reception.page_is("welcome")
    visits = [data["visit"] for data, _ in reception.of("visit.signed_in")]
    assert visits == [data["visit"] for data, _ in reception.of("rules.acknowledged")]
    connection = sqlite3.connect(reception.database)
    rows = connection.execute("SELECT visit FROM visit WHERE ended IS NULL ORDER BY since").fetchall()
    connection.close()
    assert [row[0] for row in rows] == visits
    if wait:
        assert len(visits) == 4
        assert [private["name"] for _, private in reception.of("visit.signed_in")] == [f"{MARK} {n}" for n in range(4)]


def test_after_a_reset_the_name_of_a_visitor_stands_in_the_database_alone(reception: Any) -> None:
    reception.sign_in(MARK)
    assert all(name.startswith("reception.db") for name in files_with(reception.directory, MARK))
    assert MARK not in reception.log


def test_ten_presses_on_sign_in_are_one_visit(reception: Any) -> None:
    reception.to_check("Amy Birch")
    for _ in range(10):
        reception.say("press sign_in")
    reception.page_is("done")
    reception.press("finish", "welcome")
    assert len(reception.of("visit.signed_in")) == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("x" * 120, "x" * 80),
        ("<b>Amy</b>", "<b>Amy</b>"),
        ("Zoë \U0001f468\u200d\U0001f469 O’Neill-Ødegård", "Zoë \U0001f468\U0001f469 O’Neill-Ødegård"),
        ("\u202eAmy\u2066 \u200fBirch", "Amy Birch"),
        ("'; DROP TABLE visit; --", "'; DROP TABLE visit; --"),
        ("A" + "\U0001f600" * 90, "A" + "\U0001f600" * 79),
        ('{"name": "Amy"} {name} %s', '{"name": "Amy"} {name} %s'),
    ],
)
def test_hostile_names_sign_in_and_out(reception: Any, typed: str, kept: str) -> None:
    reception.press("sign_in", "name")
    reception.type(typed, visible(kept))
    reception.press("next", "organisation")
    reception.type(typed, visible(kept))
    reception.press("next", "reason")
    reception.press("reason:other", "host")
    reception.press("nobody", "phone_rules")
    reception.say("press tick:images")
    wait_until(lambda: any(line["tick"] for line in reception.screen["lines"]), "the tick")
    reception.press("read", "need_phone")
    reception.press("need:no", "check")
    assert reception.screen["rows"][0]["value"] == visible(kept)
    reception.press("sign_in", "done")
    number = reception.screen["lanyard"]["number"]
    reception.press("finish", "welcome")
    assert reception.of("visit.signed_in")[0][1]["name"] == kept
    reception.press("sign_out", "sign_out")
    reception.type(typed, visible(kept))
    reception.press("next", "sign_out_lanyard")
    reception.type(number)
    reception.press("sign_out_now", "signed_out")


def test_a_lanyard_signs_out_and_a_strange_badge_does_not(reception: Any) -> None:
    badge = reception.reference(LANYARD_UID)
    reception.send_rules(lanyards=[{"number": "14", "colour": "green", "reference": badge}])
    reception.sign_in("Amy Birch")
    reception.hold(STRANGER_UID)
    wait_until(lambda: "do not know this badge" in (reception.screen["error"] or ""), "the answer")
    reception.hold(LANYARD_UID)
    reception.page_is("signed_out")
    assert [data["how"] for data, _ in reception.of("visit.signed_out")] == ["lanyard"]


def test_a_badge_in_the_middle_of_typing_changes_nothing(reception: Any) -> None:
    reception.press("sign_in", "name")
    reception.type("Amy Bi")
    reception.hold(STAFF_UID)
    wait_until(lambda: "finish this first" in (reception.screen["field"]["error"] or ""), "the answer")
    reception.say("type rch")
    wait_until(lambda: reception.screen["field"]["text"] == "Amy Birch", "the rest of the name")
    assert reception.screen["page"] == "name"


def test_an_unplugged_reader_is_said_and_visitors_go_on(reception: Any) -> None:
    reception.bench(op="reader", fault="unplugged")
    wait_until(lambda: "reader does not work" in (reception.screen["error"] or ""), "the fault")
    reception.sign_out("Amy Birch", reception.sign_in("Amy Birch"))
    assert [data["fault"] for data, _ in reception.of("reader.failed")] == ["not_there"]
    reception.bench(op="reader", fault=None)
    wait_until(lambda: reception.screen["error"] is None, "the reader's return")
    assert len(reception.of("reader.recovered")) == 1


def test_a_host_is_told_by_badge_and_says_so(reception: Any) -> None:
    reception.to_check("Amy Birch")
    reception.press("change:host", "host")
    reception.press("type_name", "host_name")
    reception.type("joanne")
    reception.press("person:joanne-birtles", "check")
    reception.press("sign_in", "done")
    reception.press("finish", "welcome")
    reception.hold(STAFF_UID)
    screen = reception.page_is("host_here")
    assert screen["rows"][0]["label"] == "Amy Birch"
    reception.press(screen["rows"][0]["button"]["id"], "briefed")
    [(data, private)] = reception.of("visit.briefed")
    assert (data["how"], private["person"]) == ("kiosk_badge", "joanne-birtles")


def test_the_office_answers_by_a_signed_command_once(reception: Any) -> None:
    reception.press("help", "help")
    [(asked, _)] = reception.of("help.asked")
    assert asked["kind"] == "office"
    reception.order("help_answered", "0" * 32)
    reception.order("help_answered", asked["nonce"])
    wait_until(lambda: reception.screen["lines"][0]["text"] == "The office is coming to you.", "the answer")
    reception.order("help_answered", asked["nonce"])
    reception.order("open_for", asked["nonce"], holder="amara")
    wait_until(lambda: len(reception.of("command.refused")) == 3, "the refusals")
    assert [data["why"] for data, _ in reception.of("command.refused")] == ["unknown_nonce", "used", "unknown_command"]
    assert len(reception.of("command.obeyed")) == 1


def test_staff_see_their_own_record_by_badge(reception: Any) -> None:
    before = reception.resets
    reception.hold(STAFF_UID)
    reception.page_is("staff")
    reception.press("my_events", "my_events")
    assert "The rest is in the web view" in reception.screen["lead"]
    [(asked, private)] = reception.of("record.asked")
    assert private["person"] == "joanne-birtles"
    record = [{"at": "2026-11-24T08:41:00.000Z", "text": "You declared a phone in at Wrens."}]
    reception.order("show_record", asked["nonce"], record=record)
    wait_until(lambda: reception.screen["rows"], "central's answer")
    assert reception.screen["rows"][0]["value"] == "You declared a phone in at Wrens."
    reception.press("finish", "welcome")
    assert reception.resets == before + 1


def test_a_record_that_comes_late_is_shown_to_nobody(reception: Any) -> None:
    reception.hold(STAFF_UID)
    reception.page_is("staff")
    reception.press("my_events", "my_events")
    [(asked, _)] = reception.of("record.asked")
    reception.press("finish", "welcome")
    reception.order("show_record", asked["nonce"], record=[{"at": "2026-11-24T08:41:00.000Z", "text": MARK}])
    wait_until(lambda: reception.of("command.obeyed"), "the command")
    assert reception.screen["page"] == "welcome"
    assert MARK not in json.dumps(reception.screen)


def test_closing_time_ends_visits_and_the_next_day_is_a_new_visit(reception: Any) -> None:
    reception.set_clock("2026-11-24T09:00:00+00:00")
    reception.sign_in("Amy Birch")
    reception.set_clock("2026-11-24T18:00:01+00:00")
    wait_until(lambda: reception.of("visit.signed_out"), "closing time")
    reception.set_clock("2026-11-25T09:00:00+00:00")
    reception.sign_in("Amy Birch")
    assert [data["how"] for data, _ in reception.of("visit.signed_out")] == ["not_signed_out"]
    assert len({data["visit"] for data, _ in reception.of("visit.signed_in")}) == 2


def test_a_jumping_clock_signs_nobody_out_who_came_by_a_wrong_one(reception: Any) -> None:
    reception.set_clock("2031-11-24T09:00:00+00:00")
    amy = reception.sign_in("Amy Birch")
    reception.set_clock("2026-11-24T10:00:00+00:00")
    bo = reception.sign_in("Bo Lind")
    reception.set_clock("2026-11-24T10:05:00+00:00", synced=False)
    reception.sign_out("Bo Lind", bo)
    reception.set_clock("2026-11-24T11:00:00+00:00")
    reception.sign_out("Amy Birch", amy)
    assert [data["how"] for data, _ in reception.of("visit.signed_out")] == ["name", "name"]


def test_a_foreign_bundle_changes_nothing(reception: Any) -> None:
    before = dict(reception.screen)
    bundle = reception.make_bundle(number=9, name="Another School", device="other")
    for key, device in ((reception.central, "other"), (new_signing_key(), "reception")):
        client = reception.link()
        signed = sign_rules(key, "school", device, bundle.revision, bundle.to_body())
        outcome, _ = client.ask(Ask.RULES, signed)
        client.close()
        assert outcome is Outcome.REFUSED
    wait_until(lambda: len(reception.of("rules.refused")) == 2, "the refusals")
    assert reception.screen == before


def test_a_clean_end_is_said_and_the_rules_are_there_at_the_next_start(reception: Any) -> None:
    assert reception.stop() == 0
    reception.start()
    reception.page_is("welcome")
    assert reception.screen["site"] == "Fernhollow Infant and Nursery School"
    assert reception.of("device.started")[-1][0]["unclean"] is False


def test_the_database_is_for_the_programs_user_only(reception: Any) -> None:
    assert reception.database.parent.stat().st_mode & 0o777 == 0o700


class Central:
    """Takes frames from the device socket as link does, and acknowledges what it was given."""

    def __init__(self, reception: Any) -> None:
        self.reception = reception
        self.ids: list[str] = []
        self.told: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def take_all(self) -> None:
        """Fetch everything there is, and acknowledge every epoch."""
        client = self.reception.link()
        ends: dict[str, Any] = {}
        place: Position | None = None
        while True:
            outcome, body = client.ask(Ask.EVENTS, encode_events_ask(place, 4))
            assert outcome is Outcome.DONE
            frames = decode_frames(body)
            if not frames:
                break
            for placed in frames:
                frame = decode_frame(placed.payload)
                for item in frame.events:
                    event = decode_event(item.event)
                    self.ids.append(event.id)
                    self.told.append((event.name[:-3], event.data, json.loads(item.private or b"{}")))
                ends[frame.head.epoch] = frame.head
                place = placed.position
        for head in ends.values():
            ack = Ack(
                site="school",
                device="reception",
                epoch=head.epoch,
                upto=str(head.sequence),
                leaf=head.leaf.hex(),
                time="2026-11-24T18:00:00.000Z",
            )
            outcome, _ = client.ask(Ask.ACKNOWLEDGEMENT, sign(self.reception.central, Purpose.ACK, ack.to_bytes()))
            assert outcome is Outcome.DONE
        client.close()

    def of(self, kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [(data, private) for name, data, private in self.told if name == kind]


def test_a_day_without_a_network_arrives_whole_and_once(reception: Any) -> None:
    """200 sign-ins, sign-outs and a roll-call, with two power cuts; then the network is back."""
    reception.send_rules(lanyards=[{"number": str(n), "colour": "green"} for n in range(1, 251)])
    expected: list[tuple[str, str]] = []
    for number in range(200):
        name = f"Visitor {number}"
        expected.append((name, reception.sign_in(name)))
        if number % 2:
            earlier, lanyard = expected[number // 2]
            reception.sign_out(earlier, lanyard)
        if number in (70, 150):
            reception.kill()
            reception.start()
            reception.page_is("welcome")
    reception.hold(STAFF_UID)
    reception.page_is("staff")
    reception.press("drill", "roll")
    assert len(reception.screen["rows"]) == 100
    for row in list(reception.screen["rows"])[:30]:
        reception.say(f"press {row['button']['id']}")
    wait_until(lambda: sum(bool(row["ticked"]) for row in reception.screen["rows"]) == 30, "the ticks")
    reception.press("end_roll", "welcome")

    central = Central(reception)
    central.take_all()
    assert len(central.ids) == len(set(central.ids))
    signed_in = [(private["name"], private["lanyard"]) for _, private in central.of("visit.signed_in")]
    assert signed_in == expected
    assert len(central.of("rules.acknowledged")) == 200
    assert len(central.of("visit.signed_out")) == 100
    assert {data["how"] for data, _ in central.of("visit.signed_out")} == {"name"}
    assert len({data["visit"] for data, _ in central.of("roll.seen")}) == len(central.of("roll.seen")) == 30
    assert [data["drill"] for data, _ in central.of("roll.begun") + central.of("roll.ended")] == [True, True]
    wait_until(lambda: reception.waiting() == 0, "the acknowledgement")
    before = len(central.ids)
    central.take_all()
    assert len(central.ids) == before
