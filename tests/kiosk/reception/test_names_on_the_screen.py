"""Jobs in the visitor's language, and names with letters that no font of the screen has."""

from typing import Any

import pytest

from kiosk.reception.flow import texts
from kiosk.reception.flow.visible import MARK, visible
from kiosk.reception.language import LANGUAGES, words_of

JOBS = (("headteacher", "Headteacher"), ("slt", "Senior leader"), ("office", "Office"), ("site_team", "Site team"))
TRANSLATED = [language.code for language in LANGUAGES if language.code != "en"]


def to_host(hand: Any, language: str) -> Any:
    hand.press(f"language:{language}", "sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:meeting")
    return hand


@pytest.fixture
def with_jobs(make_hand: Any, make_content: Any) -> Any:
    """A school with every job of central, and one that this screen has never heard of."""
    roles = [*({"id": id, "name": name} for id, name in JOBS), {"id": "librarian", "name": "Librarian"}]
    return make_hand(content=make_content(roles=roles))


@pytest.mark.parametrize("language", TRANSLATED)
def test_jobs_are_called_in_the_visitors_language_from_choice_to_lanyard(with_jobs: Any, language: str) -> None:
    hand = to_host(with_jobs, language)
    words = words_of(language)
    shown = {choice.id: choice.text for choice in hand.screen.choices if choice.id.startswith("role:")}
    assert shown == {f"role:{id}": words.translate(name) for id, name in JOBS} | {"role:librarian": "Librarian"}
    assert not {name for _, name in JOBS} & set(shown.values())
    hand.press("role:site_team", "tick:images", "read", "need:no")
    assert hand.screen.rows[3].value == words.translate("Site team")
    assert not hand.screen.rows[3].latin, "it is a word of the page, not a name"
    hand.press("sign_in")
    [told] = [line for line in hand.screen.lines if line.icon == "host-wait"]
    assert words.translate("Site team") in told.text
    assert told.english == "We have told Site team. Please wait."
    assert hand.visits()[0].seeing == "Site team", "the roll is read by the staff"


def test_a_job_that_the_screen_does_not_know_is_called_as_central_calls_it(with_jobs: Any) -> None:
    hand = to_host(with_jobs, "ur")
    hand.press("role:librarian", "tick:images", "read", "need:no")
    assert (hand.screen.rows[3].value, hand.screen.rows[3].latin) == ("Librarian", True)


def test_a_kitchen_is_a_kitchen_in_every_language_and_a_rooms_name_is_a_name(make_hand: Any, make_content: Any) -> None:
    rooms = [
        {"id": "kitchen", "name": "Kitchen"},
        {"id": "office", "name": "Bursar"},
        {"id": "robins", "name": "Robins"},
    ]
    hand = to_host(make_hand(content=make_content(rooms=rooms)), "pl")
    assert [choice.text for choice in hand.screen.choices if choice.id.startswith("room:")] == [
        "Kuchnia",
        "Bursar",
        "Robins",
    ]
    hand.press("room:kitchen", "tick:images", "read", "need:no")
    assert (hand.screen.rows[3].value, hand.screen.rows[3].latin) == ("Kuchnia", False)
    hand.press("change:host", "room:robins")
    assert (hand.screen.rows[3].value, hand.screen.rows[3].latin) == ("Robins", True)


def test_in_english_a_job_is_called_as_central_calls_it(hand: Any) -> None:
    assert "School office" in [choice.text for choice in to_host(hand, "en").screen.choices]


def test_the_screen_has_words_for_every_job_that_central_sends() -> None:
    from admin_web.rules.hosts import JOBS as CENTRAL
    from admin_web.rules.hosts import role_of

    assert {role_of(group): name for group, name in CENTRAL.items()}.items() <= texts.JOBS.items()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë \U0001f468\u200d\U0001f469 Birch", f"Zoë {MARK} Birch"),
        ("\U0001f44b\U0001f3fd", MARK),
        ("❤️ Amy", f"{MARK} Amy"),
        ("王小明", MARK),
        ("O’Neill-Ødegård Łucja Ştefan", "O’Neill-Ødegård Łucja Ştefan"),
        ("Олена Ґудзь", "Олена Ґудзь"),
        ("مریم صدیقی", "مریم صدیقی"),
        ("हिन्दी ਪੰਜਾਬੀ", "हिन्दी ਪੰਜਾਬੀ"),
        ("\u2068Robins\u2069", "\u2068Robins\u2069"),
        ("", ""),
    ],
)
def test_what_cannot_be_drawn_is_a_mark(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_name_with_emoji_has_a_mark_on_every_page_and_is_kept_whole(make_hand: Any, make_content: Any) -> None:
    hosts = [{"person": "joanne", "name": "Joanne \U0001f98b Birtles"}]
    hand = make_hand(content=make_content(hosts=hosts, name="Fernhollow \U0001f33f"))
    assert hand.screen.site == f"Fernhollow {MARK}"
    hand.press("sign_in")
    hand.type("Amy \U0001f600 Birch")
    assert hand.screen.field.text == f"Amy {MARK} Birch"
    hand.press("next", "next", "reason:meeting", "type_name")
    hand.type("joa")
    assert [choice.text for choice in hand.screen.choices] == [f"Joanne {MARK} Birtles"]
    hand.press("person:joanne", "tick:images", "read", "need:no")
    assert [hand.screen.rows[at].value for at in (0, 3)] == [f"Amy {MARK} Birch", f"Joanne {MARK} Birtles"]
    hand.press("sign_in")
    assert f"We have told Joanne {MARK} Birtles. Please wait." in [line.text for line in hand.screen.lines]
    [visit] = hand.visits()
    assert (visit.name, visit.seeing) == ("Amy \U0001f600 Birch", "Joanne \U0001f98b Birtles")
