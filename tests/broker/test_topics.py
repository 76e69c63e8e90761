"""Topics are built and taken apart in one place, and docs/topics.md names each."""

import re
from pathlib import Path

import pytest

from broker.topics import RETAINED, Channel, Topic, central_status, everything_down, everything_up, parse_topic, topic

PAGE = Path(__file__).parents[2] / "docs" / "topics.md"
DEVICE_CHANNELS = sorted(set(Channel) - {Channel.CENTRAL_STATUS})


@pytest.mark.parametrize("channel", DEVICE_CHANNELS)
def test_a_topic_taken_apart_gives_back_what_it_was_built_from(channel: Channel) -> None:
    text = topic("hillside", "robins", channel)
    assert text == f"phonekeep/v1/hillside/robins/{channel}"
    assert parse_topic(text) == Topic("hillside", "robins", channel)
    assert str(parse_topic(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "phonekeep",
        "phonekeep/v1/hillside/robins",
        "phonekeep/v1/hillside/robins/up",
        "phonekeep/v1/hillside/robins/up/else",
        "phonekeep/v1/hillside/robins/up/events/more",
        "phonekeep/v2/hillside/robins/up/events",
        "phonekeep/v1/hillside/Robins/up/events",
        "phonekeep/v1/hillside/+/up/events",
        "phonekeep/v1/hillside/robins/status",
        "phonekeep/v1/" + "a/" * 190,
    ],
)
def test_what_is_no_topic_of_ours_is_none(text: str) -> None:
    assert parse_topic(text) is None


@pytest.mark.parametrize("name", ["", "a/b", "#", "+", "Robins", "r\x00", "a" * 41, "..", "é"])
def test_a_name_that_could_reach_into_other_topics_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a topic"):
        topic("hillside", name, Channel.EVENTS)
    with pytest.raises(ValueError, match="cannot stand in a topic"):
        topic(name, "robins", Channel.EVENTS)


def test_events_and_commands_are_never_retained() -> None:
    assert not RETAINED & {Channel.EVENTS, Channel.COMMAND, Channel.ACK}


def test_ingest_hears_what_goes_up_and_a_link_what_comes_down_to_it() -> None:
    assert everything_up("hillside") == (
        "phonekeep/v1/hillside/+/up/events",
        "phonekeep/v1/hillside/+/up/online",
        "phonekeep/v1/hillside/+/up/status",
    )
    assert everything_down("hillside", "robins") == (
        "phonekeep/v1/hillside/robins/down/ack",
        "phonekeep/v1/hillside/robins/down/rules",
        "phonekeep/v1/hillside/robins/down/command",
        "phonekeep/v1/hillside/robins/down/visits",
        central_status("hillside"),
    )


def test_the_page_topics_names_every_topic_whether_it_is_retained_and_no_other() -> None:
    rows = re.findall(r"^\| `<(?:device|central)>/([a-z/]+)` \| ([^|]+) \| (yes|never) \|", PAGE.read_text(), re.M)
    assert {channel for channel, _, _ in rows} == set(Channel)
    assert {Channel(channel) for channel, _, kept in rows if kept == "yes"} == RETAINED
