"""Which page follows which press (kiosk.md), with a clock that is moved by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from broker.messages.help import HelpKind
from kiosk.reception.content import Content
from kiosk.reception.flow.effects import (
    Confirm,
    Deliver,
    EndRoll,
    ReadRecord,
    Reset,
    RingOffice,
    SeenOnRoll,
    ShowRoll,
    SignIn,
    SignOutByBadge,
    SignOutByName,
    Silence,
    Speak,
)
from kiosk.reception.flow.inputs import (
    BadgeUnreadable,
    FaceFailed,
    HelpAnswered,
    HostFound,
    NotSaved,
    OnRoll,
    Pressed,
    ReaderChanged,
    RecordRead,
    RollHeard,
    RollRead,
    RulesChanged,
    SpeechFailed,
    Waiting,
)
from kiosk.reception.flow.screen import Page


def choices(hand: Any) -> list[str]:
    return [choice.text for choice in hand.screen.choices]


def test_the_first_page_offers_languages_and_every_way_on(hand: Any) -> None:
    assert hand.page == Page.WELCOME
    assert choices(hand)[:3] == ["English", "Polski", "اردو"]
    assert {"sign_in", "sign_out", "delivery", "bigger", "contrast", "help"} == set(hand.buttons())
    assert hand.screen.site == "Fernhollow Infant and Nursery School"
    assert hand.flow.deadline is None


def test_a_sign_in_asks_one_thing_a_page_and_commits_what_was_answered(hand: Any) -> None:
    hand.fill_in()
    assert hand.page == Page.CHECK
    assert [row.value for row in hand.screen.rows] == [
        "Aleksandra Kowalczyk",
        "Willowmere Speech Therapy",
        "A meeting",
        "Robins",
        "Rules read. I do not need it here.",
    ]
    hand.press("sign_in")
    [visit] = hand.visits()
    assert (visit.name, visit.room, visit.host, visit.needs_phone) == ("Aleksandra Kowalczyk", "robins", None, False)
    assert (visit.rules.version, visit.rules.language, visit.rules.ticks) == (3, "en", ("images",))
    assert visit.rules.seconds == 21
    assert hand.page == Page.DONE
    assert hand.screen.lanyard.number == "14"
    assert "Please take lanyard 14. It has a green ribbon." in [line.text for line in hand.screen.lines]


def test_the_page_says_done_only_after_the_answer_of_the_disk(make_hand: Any) -> None:
    hand = make_hand(answers=False)
    hand.fill_in()
    hand.press("sign_in")
    assert hand.page == Page.SAVING
    hand.take(NotSaved())
    assert hand.page == Page.CLOSED
    assert "could not keep" in hand.screen.error
    hand.wait(61)
    assert hand.page == Page.WELCOME


def test_ten_taps_in_100_ms_on_sign_in_are_one(make_hand: Any) -> None:
    hand = make_hand()
    hand.fill_in()
    hand._move(10**9)
    for _ in range(10):
        hand.take(Pressed("sign_in"))
        hand._move(10**7)
    assert len(hand.visits()) == 1
    assert hand.page == Page.DONE


def test_ten_taps_on_the_first_page_turn_one_page(hand: Any) -> None:
    hand._move(10**9)
    for _ in range(10):
        hand.take(Pressed("sign_in"))
        hand.take(Pressed("next"))
        hand._move(10**7)
    assert hand.page == Page.NAME
    assert hand.screen.field.error is None


@pytest.mark.parametrize("name", ["", "   ", "- '", "\u202e\u200f"])
def test_an_empty_name_is_asked_for_at_the_field(hand: Any, name: str) -> None:
    hand.press("sign_in")
    hand.type(name)
    hand.press("next")
    assert hand.page == Page.NAME
    assert hand.screen.field.error == "Please type your name."
    hand.type("A")
    assert hand.screen.field.error is None


def test_hostile_names_are_kept_as_they_are_seen(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("\u202e<b>Ze\u0308 \u2067\U0001f600\x00\n\t'};--")
    assert hand.screen.field.text == "<b>Zë • '};--"
    hand.type("x" * 100)
    assert len(hand.screen.field.text) == 80
    assert hand.screen.field.error == "No more letters fit here."
    hand.erase()
    assert len(hand.screen.field.text) == 79
    assert hand.screen.field.error is None


def test_erasing_takes_a_letter_with_its_accents(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Nq\u0323\u0307")
    hand.erase()
    assert hand.screen.field.text == "N"


def test_back_leads_to_the_question_before_and_at_last_to_the_first_page(hand: Any) -> None:
    hand.fill_in()
    pages = []
    while hand.page is not Page.WELCOME:
        hand.press("back")
        pages.append(hand.page)
    assert pages == [
        Page.NEED_PHONE, Page.PHONE_RULES, Page.HOST, Page.REASON, Page.ORGANISATION, Page.NAME, Page.WELCOME,
    ]  # fmt: skip
    hand.press("sign_in")
    assert hand.screen.field.text == ""


def test_change_leads_to_one_answer_and_back_to_all_of_them(hand: Any) -> None:
    hand.fill_in()
    hand.press("change:name")
    hand.type("-Birch")
    hand.press("next")
    assert hand.page == Page.CHECK
    assert hand.screen.rows[0].value == "Aleksandra Kowalczyk-Birch"
    hand.press("change:host", "role:headteacher")
    assert hand.page == Page.CHECK
    assert hand.screen.rows[3].value == "Headteacher"
    hand.press("change:name")
    hand.type("zzz")
    hand.press("back")
    assert hand.screen.rows[0].value == "Aleksandra Kowalczyk-Birch"


def test_people_are_named_only_from_three_letters_on_five_at_most_and_by_name_alone(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:meeting", "type_name")
    for letters, expected in (("m", []), ("ma", []), ("mar", [f"Ioana Marin {x}" for x in "abcde"])):
        while hand.screen.field.text:
            hand.erase()
        hand.type(letters)
        assert choices(hand) == expected
    assert "one more letter" in hand.screen.field.hint
    hand.press("back", "type_name")
    hand.type("pri")
    assert choices(hand) == ["Siân Pritchard"]
    hand.press("back", "type_name")
    hand.type("sia")
    assert choices(hand) == ["Siân Pritchard"]
    hand.press("back", "type_name")
    hand.type("xyz")
    assert choices(hand) == []
    assert "no such name" in hand.screen.field.error


@pytest.mark.parametrize("letters", ["   ", "...", "'-'", "a  ", "1 2 3"])
def test_what_is_no_letter_names_nobody(hand: Any, letters: str) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:meeting", "type_name")
    hand.type(letters)
    assert choices(hand) == []


def test_the_rules_are_told_whole_before_they_are_confirmed(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody")
    assert hand.page == Page.PHONE_RULES
    assert len(hand.screen.lines) == 6
    assert "may check a phone" in hand.screen.note
    hand.press("read")
    assert hand.page == Page.PHONE_RULES
    assert hand.screen.error == "Please tap the box next to the rule first."
    hand.press("tick:images", "read")
    assert hand.page == Page.NEED_PHONE


def test_i_need_my_phone_for_health_goes_on_at_once_and_keeps_no_reason(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody", "need_phone")
    assert choices(hand)[0] == "Yes. For my health or to communicate"
    hand.press("need:health")
    assert hand.page == Page.PHONE_RULES
    hand.press("tick:images", "read")
    assert hand.page == Page.CHECK
    hand.press("sign_in")
    assert hand.visits()[0].needs_phone is True
    assert not any(isinstance(effect, RingOffice) for effect in hand.effects)


def test_another_reason_rings_the_office_and_is_no_dead_end(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody", "tick:images", "read")
    assert RingOffice(HelpKind.NEED_PHONE) in hand.press("need:other")
    assert hand.page == Page.PHONE_CALL
    hand.press("next")
    assert hand.page == Page.CHECK


def test_a_new_version_of_the_rules_is_read_before_anybody_signs_in(
    hand: Any, make_content: Callable[..., Content]
) -> None:
    hand.fill_in()
    newer = make_content()
    texts = {"version": 4, "hash": "ab" * 32, "published_at": "2026-11-24T09:10:00.000Z", "languages": newer.languages}
    hand.take(RulesChanged(make_content(number=2, texts=texts)))
    hand.press("sign_in")
    assert hand.page == Page.PHONE_RULES
    assert hand.screen.error == "The rules have changed. Please read them again."
    hand.press("tick:images", "read", "sign_in")
    assert hand.visits()[0].rules.version == 4
    assert hand.visits()[0].rules.seconds == 2


def test_an_expected_visitor_is_found_by_the_exact_name_alone(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("owen  CASTLETON")
    hand.press("next")
    assert hand.page == Page.PHONE_RULES
    assert "You may take photos today. The headteacher has agreed." in [line.text for line in hand.screen.lines]
    hand.press("tick:images", "read", "need:no", "sign_in")
    [visit] = hand.visits()
    assert (visit.expected, visit.host, visit.image_permission) == ("exp-1", "ruth-ashcombe", True)
    assert visit.organisation == "Willowmere Theatre"


@pytest.mark.parametrize("name", ["Owen", "Owen Castle", "Owen Castleton Jr", "Castleton Owen"])
def test_any_other_name_finds_nobody_expected(hand: Any, name: str) -> None:
    hand.press("sign_in")
    hand.type(name)
    hand.press("next")
    assert hand.page == Page.ORGANISATION
    assert hand.screen.field.text == ""


def test_a_withdrawn_photo_permission_is_gone_from_the_page_at_once(
    hand: Any, make_content: Callable[..., Content]
) -> None:
    hand.press("sign_in")
    hand.type("Owen Castleton")
    hand.press("next", "tick:images", "read", "need:no")
    hand.take(RulesChanged(make_content(number=2, expected=[])))
    hand.press("sign_in")
    assert hand.page == Page.PHONE_RULES, "the line that was ticked was another one"
    assert hand.screen.error == "The rules have changed. Please read them again."
    assert not any(line.tick for line in hand.screen.lines)
    hand.press("tick:images", "read", "sign_in")
    assert hand.visits()[0].image_permission is False
    assert hand.visits()[0].expected is None


@pytest.mark.parametrize("asks", [False, True])
def test_a_photo_permission_that_is_withdrawn_while_the_rules_are_read_takes_the_tick_with_it(
    hand: Any, make_content: Callable[..., Content], asks: bool
) -> None:
    hand.press("sign_in")
    hand.type("Owen Castleton")
    hand.press("next", "tick:images", *(("help",) if asks else ()))
    hand.take(RulesChanged(make_content(number=2, expected=[])))
    if asks:
        hand.press("back")
    else:
        assert hand.screen.error == "The rules have changed. Please read them again."
    assert "You may take photos today. The headteacher has agreed." not in [line.text for line in hand.screen.lines]
    hand.press("read")
    assert hand.page == Page.PHONE_RULES
    hand.press("tick:images", "read")
    assert hand.page == Page.NEED_PHONE


def test_rules_that_change_on_a_later_page_are_read_again_without_the_old_ticks(
    hand: Any, make_content: Callable[..., Content]
) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody", "tick:images", "read")
    newer = make_content()
    texts = {"version": 4, "hash": "ab" * 32, "published_at": "2026-11-24T09:10:00.000Z", "languages": newer.languages}
    hand.take(RulesChanged(make_content(number=2, texts=texts)))
    hand.press("need:no")
    assert hand.page == Page.PHONE_RULES
    assert hand.screen.error == "The rules have changed. Please read them again."
    assert not any(line.tick for line in hand.screen.lines)


def test_contractors_show_papers_and_only_a_staff_badge_ticks_them(hand: Any, badges: Any) -> None:
    hand.press("sign_in")
    hand.type("Gareth Pugh")
    hand.press("next", "next", "reason:contractor", "role:office", "tick:images", "read", "need:no")
    assert hand.page == Page.PAPERS
    hand.press("paper:id_seen")
    assert not any(line.tick for line in hand.screen.lines)
    hand.hold(badges["lanyard"])
    assert hand.page == Page.PAPERS
    hand.hold(badges["office"])
    hand.press("paper:id_seen", "paper:escorted", "next", "sign_in")
    [visit] = hand.visits()
    assert visit.ticks == ("id_seen", "escorted")
    assert visit.contractor


def test_papers_are_no_dead_end(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Gareth Pugh")
    hand.press("next", "next", "reason:agency", "role:office", "tick:images", "read", "need:no", "next", "sign_in")
    assert hand.visits()[0].ticks == ()


def test_a_regular_visitor_reads_the_rules_and_is_asked_nothing_that_is_known(hand: Any, badges: Any) -> None:
    hand.hold(badges["regular"])
    assert hand.page == Page.PHONE_RULES
    hand.press("tick:images", "read", "need:no")
    assert hand.screen.rows[0].value == "Katarzyna Wójcik"
    assert hand.screen.rows[0].button is None
    hand.press("sign_in")
    [visit] = hand.visits()
    assert (visit.badge, visit.host, visit.reason) == (badges["regular"], "sian-pritchard", "volunteer")


def test_back_from_a_regular_visitors_first_page_leads_out(hand: Any, badges: Any) -> None:
    hand.hold(badges["regular"])
    hand.press("back")
    assert hand.page == Page.WELCOME


# Leaving


def test_a_lanyard_signs_out_from_the_first_page_and_from_sign_out(hand: Any, badges: Any) -> None:
    hand.here = {badges["lanyard"]}
    hand.hold(badges["lanyard"])
    assert hand.page == Page.SIGNED_OUT
    hand.press("finish", "sign_out")
    hand.hold(badges["lanyard"])
    assert hand.page == Page.SIGNED_OUT
    assert [effect for effect in hand.effects if isinstance(effect, SignOutByBadge)]


def test_a_name_alone_signs_nobody_out(hand: Any) -> None:
    hand.here = {"Amy Birch/14"}
    hand.press("sign_out")
    hand.type("Amy Birch")
    hand.press("next")
    assert hand.page == Page.SIGN_OUT_LANYARD
    hand.press("sign_out_now")
    assert hand.screen.field.error == "Please type the number on your lanyard."
    hand.type("14x<5")
    assert hand.screen.field.text == "145"
    hand.erase()
    hand.press("sign_out_now")
    assert hand.page == Page.SIGNED_OUT
    assert SignOutByName("Amy Birch", "14") in hand.effects


def test_the_answer_to_somebody_here_and_somebody_not_here_is_the_same(hand: Any, make_hand: Any) -> None:
    screens = []
    for here in ({"Amy Birch/14"}, set[str]()):
        hand = make_hand(here=here)
        hand.press("sign_out")
        hand.type("Amy Birch")
        hand.press("next")
        screens.append(hand.screen)
        hand.type("15")
        hand.press("sign_out_now")
        screens.append(hand.screen)
        assert RingOffice(HelpKind.SIGN_OUT) in hand.effects
    assert screens[0] == screens[2]
    assert screens[1] == screens[3]
    assert screens[1].page is Page.TELL_OFFICE


def test_a_new_lanyard_does_not_sign_its_visitor_out_again(hand: Any, badges: Any) -> None:
    hand.here = {badges["lanyard"]}
    hand.fill_in()
    hand.press("sign_in")
    hand.hold(badges["lanyard"])
    assert hand.page == Page.DONE


def test_a_delivery_rings_the_office_and_signs_nobody_in(hand: Any) -> None:
    hand.press("delivery")
    assert "Who brings it" in hand.screen.field.hint
    hand.type("Marrowby Parcels")
    assert Deliver("Marrowby Parcels") in hand.press("ring_delivery")
    assert hand.page == Page.DELIVERY_DONE
    assert not hand.visits()


# Help


def test_the_office_can_be_asked_on_every_page(hand: Any, badges: Any) -> None:
    ways = (
        (),
        ("sign_in",),
        ("sign_out",),
        ("delivery",),
    )
    for way in ways:
        hand.press(*way)
        assert hand.screen.help is not None or "help" in hand.buttons()
        hand.press("help")
        assert hand.page == Page.HELP
        hand.press("back")
        while hand.page is not Page.WELCOME:
            hand.press("back")
    rings = [effect for effect in hand.effects if isinstance(effect, RingOffice)]
    assert rings == [RingOffice(HelpKind.OFFICE)]


def test_asking_goes_on_where_the_visitor_was(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Amy")
    hand.press("help", "back")
    assert hand.page == Page.NAME
    assert hand.screen.field.text == "Amy"


def test_unanswered_for_60_s_shows_the_telephone_and_rings_senior_leaders_once(hand: Any) -> None:
    hand.press("help")
    hand.wait(59)
    assert "Please wait here" in hand.screen.lines[0].text
    hand.wait(2)
    assert "01632 960 155" in hand.screen.lines[0].text
    hand.wait(50)
    assert hand.effects.count(RingOffice(HelpKind.SENIOR)) == 1


def test_an_answer_of_the_office_is_shown_and_ends_the_waiting(hand: Any) -> None:
    hand.press("help")
    hand.wait(20)
    hand.take(HelpAnswered())
    assert hand.screen.lines[0].text == "The office is coming to you."
    hand.wait(60)
    assert RingOffice(HelpKind.SENIOR) not in hand.effects


def test_a_ring_outlives_the_visitor_who_walks_off(hand: Any) -> None:
    hand.press("sign_in", "help", "back", "back")
    assert hand.page == Page.WELCOME
    hand.wait(61)
    assert RingOffice(HelpKind.SENIOR) in hand.effects


# Time


@pytest.mark.parametrize("way", [("sign_in",), ("sign_out",), ("delivery",)])
def test_an_idle_page_asks_after_60_s_and_wipes_after_30_more(hand: Any, way: tuple[str, ...]) -> None:
    hand.press(*way)
    hand.type("Amy")
    hand.wait(59)
    assert hand.page != Page.MORE_TIME
    hand.wait(1)
    assert hand.page == Page.MORE_TIME
    assert hand.screen.countdown_s == 30
    assert hand.screen.behind.field.text == "Amy"
    hand.wait(10)
    assert hand.screen.countdown_s == 20
    assert "In 20 seconds" in hand.screen.lead
    hand.wait(20)
    assert hand.page == Page.WELCOME
    assert Reset() in hand.effects


def test_the_rules_wait_120_s_and_count_only_the_time_they_were_read(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody")
    hand.wait(119)
    assert hand.page == Page.PHONE_RULES
    hand.wait(11)
    assert hand.page == Page.MORE_TIME
    hand.press("more_time")
    assert hand.page == Page.PHONE_RULES
    hand.wait(5)
    hand.press("tick:images", "read", "need:no", "sign_in")
    assert hand.visits()[0].rules.seconds == 120 + 5 + 2


def test_more_time_keeps_what_was_typed_and_start_again_does_not(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Amy")
    hand.wait(65)
    hand.type("x")
    hand.press("more_time")
    assert hand.screen.field.text == "Amy"
    hand.wait(65)
    hand.press("help")
    assert hand.page == Page.HELP, "the office can be asked from the question too"
    hand.press("back")
    assert hand.screen.field.text == "Amy"
    hand.wait(65)
    hand.press("start_again")
    assert hand.page == Page.WELCOME


def test_the_first_page_never_asks_and_forgets_a_language_after_a_while(hand: Any) -> None:
    hand.press("language:ur", "bigger", "contrast")
    assert (hand.screen.language, hand.screen.right_to_left) == ("ur", True)
    assert (hand.screen.bigger, hand.screen.contrast) == (True, "high")
    hand.wait(121)
    assert hand.page == Page.WELCOME
    assert (hand.screen.language, hand.screen.bigger, hand.screen.contrast) == ("en", False, "normal")
    hand.wait(86_400)
    assert hand.effects.count(Reset()) == 1


def test_a_clock_that_jumps_moves_no_countdown(hand: Any) -> None:
    hand.press("sign_in")
    hand.utc = hand.utc.replace(year=2031)
    hand.wait(30)
    assert hand.page == Page.NAME
    hand.utc = hand.utc.replace(year=1999)
    hand.wait(31)
    assert hand.page == Page.MORE_TIME


def test_last_pages_close_by_themselves(hand: Any) -> None:
    hand.fill_in()
    hand.press("sign_in")
    hand.wait(31)
    assert hand.page == Page.WELCOME


# Language, sizes, speech


def test_a_language_without_checked_words_says_so_and_shows_english_beside_it(hand: Any) -> None:
    hand.press("language:ur", "sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody")
    assert hand.screen.unchecked
    assert {line.english for line in hand.screen.lines} == {
        "Keep it silent.",
        "Keep it out of sight.",
        "No photos, video or sound, unless the headteacher has agreed.",
    }
    hand.press("tick:images", "read", "need:no", "sign_in")
    assert hand.visits()[0].rules.language == "ur"


def test_a_language_without_words_shows_english_and_records_english(hand: Any) -> None:
    hand.press("language:hi", "sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody")
    assert hand.screen.lines[0].text == "Keep it silent."
    assert hand.screen.unchecked
    hand.press("tick:images", "read", "need:no", "sign_in")
    assert hand.visits()[0].rules.language == "en"


def test_reading_aloud_begins_ends_and_stops_with_the_page(hand: Any) -> None:
    [speak] = hand.press("aloud")
    assert isinstance(speak, Speak)
    assert speak.speech.words.startswith("Welcome. Please sign in")
    assert hand.screen.aloud.selected
    assert hand.press("aloud") == [Silence()]
    hand.press("aloud")
    assert Silence() in hand.press("sign_in")


def test_nothing_typed_is_ever_read_aloud(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Zzyzx")
    spoken = []
    for id in ("next", "next", "reason:meeting", "type_name", "back", "room:robins", "tick:images", "read", "need:no"):
        spoken.append(hand.screen.speak)
        hand.press(id)
    spoken.append(hand.screen.speak)
    assert not any(speech is not None and "zzyzx" in speech.words.lower() for speech in spoken)


def test_a_long_page_is_cut_into_parts_of_which_only_the_last_goes_on(make_hand: Any) -> None:
    hand = make_hand(capacity=lambda screen: 2)
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next")
    while "reason:event" not in {choice.id for choice in hand.screen.choices}:
        hand.press("more")
    hand.press("reason:event")
    while "nobody" not in {choice.id for choice in hand.screen.choices}:
        hand.press("more")
    hand.press("nobody")
    seen = []
    for number in (1, 2, 3):
        assert (hand.screen.part.number, hand.screen.part.of) == (number, 3)
        seen += [line.id for line in hand.screen.lines]
        assert ("read" in hand.buttons()) == (number == 3)
        assert bool(hand.screen.note) == (number == 3)
        if number < 3:
            hand.press("more")
    assert len(seen) == 6
    hand.press("back")
    assert hand.screen.part.number == 2
    assert hand.page == Page.PHONE_RULES


def rules_in_parts(make_hand: Any, capacity: Callable[[Any], int | tuple[int, ...]]) -> Any:
    """A visitor at the rules, of which each part holds so many."""
    hand = make_hand(capacity=lambda screen: capacity(screen) if screen.page == Page.PHONE_RULES else 1000)
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody")
    assert hand.page == Page.PHONE_RULES
    return hand


def test_parts_are_as_the_panel_says_and_a_note_may_stand_alone_on_the_last(make_hand: Any) -> None:
    hand = rules_in_parts(make_hand, lambda screen: (3, 1, 2, 0))
    found = []
    for _ in range(4):
        found.append((len(hand.screen.lines), bool(hand.screen.note), "read" in hand.buttons()))
        hand.press("more")
    assert found == [(3, False, False), (1, False, False), (2, False, False), (0, True, True)]


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1, 1, 1), (3, 1, 2, 0), (6,), (5, 1)])
def test_a_box_that_was_forgotten_is_shown_with_the_error_and_stays_when_it_is_ticked(
    make_hand: Any, sizes: tuple[int, ...]
) -> None:
    # Without the error there is more room: the parts are others.
    hand = rules_in_parts(make_hand, lambda screen: (2, 2, 2) if screen.error is None else sizes)
    while "read" not in hand.buttons():
        hand.press("more")
    hand.press("read")
    assert hand.page == Page.PHONE_RULES
    assert hand.screen.error == "Please tap the box next to the rule first."
    assert [line.tick for line in hand.screen.lines if line.id == "tick:images"] == [False]
    hand.press("tick:images")
    assert hand.screen.error is None
    assert [line.tick for line in hand.screen.lines if line.id == "tick:images"] == [True]
    while "read" not in hand.buttons():
        hand.press("more")
    hand.press("read")
    assert hand.page == Page.NEED_PHONE


def test_a_window_that_failed_wipes_the_page_and_begins_again(hand: Any) -> None:
    hand.press("language:pl", "bigger", "sign_in")
    hand.type("Zzyzx")
    assert Reset() in hand.take(FaceFailed())
    assert hand.page == Page.WELCOME
    assert (hand.screen.language, hand.screen.bigger) == ("en", False)
    hand.press("sign_in")
    assert hand.screen.field.text == ""


# Badges


@pytest.mark.parametrize("who", ["staff", "lanyard", "regular", "stranger"])
def test_a_badge_during_typing_takes_nobody_away_and_says_so(hand: Any, badges: Any, who: str) -> None:
    hand.press("sign_in")
    hand.type("Amy")
    hand.hold(badges[who])
    assert hand.page == Page.NAME
    assert hand.screen.field.text == "Amy"
    assert hand.screen.field.error == "Please finish this first. Then hold the badge here again."


def test_an_unknown_badge_and_a_phone_are_answered_kindly(hand: Any, badges: Any) -> None:
    hand.hold(badges["stranger"])
    assert "do not know this badge" in hand.screen.error
    hand.take(BadgeUnreadable())
    assert "not a badge of the school" in hand.screen.error


def test_a_reader_that_fails_is_said_where_badges_are_held(hand: Any) -> None:
    hand.take(ReaderChanged(works=False))
    assert "reader does not work" in hand.screen.error
    hand.press("sign_out")
    assert "type your name" in hand.screen.lead
    hand.take(ReaderChanged(works=True))
    hand.press("back")
    assert hand.screen.error is None


def test_a_host_confirms_by_badge_that_the_visitor_was_told(make_hand: Any, badges: Any) -> None:
    hand = make_hand(answers=False)
    hand.hold(badges["staff"])
    hand.take(HostFound((Waiting("0" * 16, "Amy Birch", "09:12", False),), None))
    assert hand.page == Page.HOST_HERE
    assert hand.screen.rows[0].label == "Amy Birch"
    assert Confirm(("0" * 16,), "joanne-birtles", badges["staff"]) in hand.press(f"told:{'0' * 16}")
    assert hand.page == Page.BRIEFED
    hand.wait(9)
    assert hand.page == Page.WELCOME


def test_a_staff_badge_opens_the_own_record_and_the_roll(make_hand: Any, badges: Any) -> None:
    hand = make_hand(answers=False)
    hand.hold(badges["staff"])
    hand.take(HostFound((), None))
    assert hand.page == Page.STAFF
    assert ReadRecord("joanne-birtles", badges["staff"]) in hand.press("my_events")
    hand.take(RecordRead((("10:02", "You declared a phone out at Robins."),), whole=True))
    assert hand.page == Page.MY_EVENTS
    hand.press("finish")
    hand.hold(badges["staff"])
    hand.take(HostFound((), None))
    assert ShowRoll(True, "joanne-birtles") in hand.press("drill")
    hand.take(RollRead((OnRoll("a" * 16, "Amy Birch", "Robins", "14", False),), drill=True))
    assert hand.page == Page.ROLL
    assert "visitors only" in hand.screen.lead
    assert hand.screen.heading.startswith("Drill")
    assert SeenOnRoll("a" * 16, "joanne-birtles") in hand.press(f"seen:{'a' * 16}")
    hand.take(RollRead((OnRoll("a" * 16, "Amy Birch", "Robins", "14", True),), drill=True))
    assert hand.screen.rows[0].ticked is True
    assert EndRoll("joanne-birtles") in hand.press("end_roll")
    assert hand.page == Page.WELCOME


def test_a_roll_begun_elsewhere_shows_others_ticks_and_its_end(make_hand: Any, badges: Any) -> None:
    amy = OnRoll("a" * 16, "Amy Birch", "Robins", "14", False)
    hand = make_hand(answers=False)
    hand.hold(badges["staff"])
    hand.take(HostFound((), None))
    assert {"drill", "roll"} <= set(hand.buttons())
    hand.take(RollHeard(RollRead((amy,), drill=True, since="10:02")))
    assert hand.page == Page.STAFF
    assert {"go_on", "roll"} <= set(hand.buttons())  # a drill never stands in the way of an alarm
    assert "drill" not in hand.buttons()
    assert "10:02" in hand.screen.lead
    assert ShowRoll(None, "joanne-birtles") in hand.press("go_on")
    hand.take(RollRead((amy,), drill=True, since="10:02"))
    hand.wait(400)
    hand.take(RollHeard(RollRead((replace(amy, seen=True),), drill=True, since="10:02")))
    assert (hand.page, hand.screen.rows[0].ticked) == (Page.ROLL, True)
    hand.take(RollHeard(RollRead((replace(amy, seen=True),), drill=True, is_over=True, since="10:02")))
    assert (hand.page, "over" in hand.screen.lead, "end_roll" in hand.buttons()) == (Page.ROLL, True, False)
    assert hand.screen.lead.startswith("1 of 1 seen.")
    hand.wait(201)  # what is heard is no finger: the names go away when nobody touches them
    assert hand.page == Page.WELCOME


def test_a_staff_badge_leads_on_from_a_roll_that_is_over_and_not_from_one_that_is_called(
    make_hand: Any, badges: Any
) -> None:
    hand = make_hand(answers=False)
    for is_over, page in ((False, Page.ROLL), (True, Page.STAFF)):
        hand.hold(badges["staff"])
        hand.take(HostFound((), None))
        hand.press("drill")
        hand.take(RollRead((), drill=True, is_over=is_over))
        hand.hold(badges["office"])
        assert hand.page == page
        hand.press("end_roll", "back")


def test_an_alarm_heard_of_is_the_only_one_to_go_on_with(make_hand: Any, badges: Any) -> None:
    hand = make_hand(answers=False)
    hand.take(RollHeard(RollRead((), drill=False, since="10:02")))
    assert hand.page == Page.WELCOME
    hand.hold(badges["staff"])
    hand.take(HostFound((), False, "10:02"))
    assert "go_on" in hand.buttons()
    assert not {"drill", "roll"} & set(hand.buttons())


def test_the_first_part_of_an_own_record_can_be_left_too(make_hand: Any, badges: Any) -> None:
    hand = make_hand(answers=False, capacity=lambda screen: 4)
    hand.hold(badges["staff"])
    hand.take(HostFound((), None))
    hand.press("my_events")
    hand.take(RecordRead(tuple((f"10:0{n}", "You declared a phone out.") for n in range(6)), whole=True))
    hand.press("more", "back")
    assert hand.page == Page.MY_EVENTS
    hand.press("back")
    assert hand.page == Page.WELCOME


def test_who_asks_for_the_office_from_a_page_of_the_staff_leaves_it_behind(make_hand: Any, badges: Any) -> None:
    hand = make_hand(answers=False)
    hand.hold(badges["staff"])
    hand.take(HostFound((Waiting("0" * 16, "Amy Birch", "09:12", False),), None))
    hand.press("help", "back")
    assert hand.page == Page.WELCOME


def test_a_role_badge_can_call_the_roll_and_has_no_record(make_hand: Any, badges: Any) -> None:
    hand = make_hand(answers=False)
    hand.hold(badges["office"])
    hand.take(HostFound((), None))
    assert "my_events" not in hand.buttons()
    assert ShowRoll(False, f"badge:{badges['office']}") in hand.press("roll")


def test_without_a_staff_badge_no_press_shows_who_is_here(hand: Any) -> None:
    for id in ("roll", "drill", "my_events", f"seen:{'a' * 16}", "end_roll", f"told:{'a' * 16}"):
        hand.press(id)
    assert hand.effects == []
    hand.take(RollRead((OnRoll("a" * 16, "Amy Birch", "Robins", "14", False),), drill=True))
    hand.take(RecordRead((("10:02", "You declared a phone out."),), whole=True))
    assert hand.page == Page.WELCOME


def test_a_badge_that_is_ended_while_its_page_stands_ends_the_page(
    make_hand: Any, badges: Any, make_content: Callable[..., Content]
) -> None:
    hand = make_hand(answers=False)
    hand.hold(badges["staff"])
    hand.take(HostFound((Waiting("0" * 16, "Amy Birch", "09:12", False),), None))
    hand.take(RulesChanged(make_content(number=2, badges=[])))
    assert hand.page == Page.WELCOME


def test_before_any_rules_have_come_visitors_go_to_the_office(make_hand: Any, make_content: Any) -> None:
    hand = make_hand(content=None)
    assert hand.page == Page.CLOSED
    hand.wait(3600)
    assert hand.page == Page.CLOSED
    assert RingOffice(HelpKind.OFFICE) in hand.press("help")
    hand.press("back")
    hand.take(RulesChanged(make_content()))
    assert hand.page == Page.WELCOME


def test_a_host_who_leaves_the_school_is_asked_for_again(hand: Any, make_content: Callable[..., Content]) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:meeting", "type_name")
    hand.type("joanne")
    hand.press("person:joanne-birtles", "tick:images", "read", "need:no")
    hand.take(RulesChanged(make_content(number=2, hosts=[])))
    assert hand.screen.rows[3].value == "Not said"
    hand.press("sign_in")
    assert hand.page == Page.HOST
    assert not any(isinstance(effect, SignIn) for effect in hand.effects)


@pytest.mark.parametrize("id", ["person:joanne-birtles", "sign_in", "read", "need:no", "paper:id_seen", "more_time"])
def test_what_the_page_does_not_offer_cannot_be_pressed(hand: Any, id: str) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:meeting", "type_name")
    before = hand.screen
    hand.press(id)
    assert hand.screen == before


def test_where_nothing_can_be_read_aloud_that_is_offered_no_more(hand: Any) -> None:
    hand.press("aloud")
    assert hand.screen.aloud.selected
    hand.take(SpeechFailed())
    for ids in ((), ("sign_in",), ("help",)):
        hand.press(*ids)
        assert (hand.screen.aloud, hand.screen.speak) == (None, None)
