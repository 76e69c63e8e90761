"""Every message there is, found by walking the package: in the catalogue, round-tripped, held by a golden file."""

import importlib
import json
import pkgutil
import re
from datetime import UTC
from pathlib import Path

import pytest

import broker.messages
from broker.envelope import Envelope, commitment, decode_event, encode_event, leaf_of
from broker.instants import read_instant
from broker.messages.catalogue import MESSAGES
from broker.messages.message import Message, PrivatePart
from policy.clock import Moment

GOLDEN = Path(__file__).parent / "golden"
EVENTS_PAGE = Path(__file__).parents[2] / "docs" / "events.md"
TYPES = sorted(MESSAGES)


def _descendants(kind: type[Message]) -> set[type[Message]]:
    direct = set(kind.__subclasses__())
    return direct.union(*(_descendants(child) for child in direct))


def _discovered() -> set[type[Message]]:
    for module in pkgutil.iter_modules(broker.messages.__path__, "broker.messages."):
        importlib.import_module(module.name)
    return {kind for kind in _descendants(Message) if "type" in vars(kind)}


def _golden(name: str) -> dict[str, str | None]:
    content: dict[str, str | None] = json.loads((GOLDEN / f"{name}.json").read_text())
    return content


def _event_of(name: str) -> tuple[bytes, Envelope]:
    event = str(_golden(name)["event"]).encode()
    return event, decode_event(event)


def test_every_message_of_the_package_is_in_the_catalogue_under_its_own_type() -> None:
    discovered = _discovered()
    assert discovered == set(MESSAGES.values())
    assert all(MESSAGES[kind.type] is kind for kind in discovered)
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[1-9]", name) for name in TYPES)


def test_every_type_has_a_golden_file_and_the_other_way_round() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == TYPES


@pytest.mark.parametrize("name", TYPES)
def test_an_event_written_by_version_1_reads_today_and_would_be_written_the_same(name: str) -> None:
    event, envelope = _event_of(name)
    private, salt = _golden(name)["private"], _golden(name)["salt"]
    kind = MESSAGES[name]
    message = kind.model_validate(envelope.data)
    beside = b""
    if private is not None and kind.Private is not None:
        beside = kind.Private.from_bytes(private.encode()).to_bytes()
        assert beside == private.encode()
    again = encode_event(
        message,
        site=envelope.source.split("/")[1],
        device=envelope.event_id.device,
        epoch=envelope.epoch,
        sequence=envelope.event_id.sequence,
        now=Moment(read_instant(envelope.time).astimezone(UTC), envelope.clock, int(envelope.monotonic)),
        boot=int(envelope.boot),
        rules=envelope.rules,
        prev=bytes.fromhex(envelope.prev),
        commitment=commitment(beside, bytes.fromhex(salt or "")),
    )
    assert again == event
    assert leaf_of(again).hex() == _golden(name)["leaf"]


@pytest.mark.parametrize("name", TYPES)
def test_a_message_survives_the_way_to_bytes_and_back(name: str) -> None:
    message = MESSAGES[name].model_validate(_event_of(name)[1].data)
    assert MESSAGES[name].from_bytes(message.to_bytes()) == message


@pytest.mark.parametrize("name", TYPES)
def test_a_field_that_is_missing_or_not_known_is_refused(name: str) -> None:
    data = _event_of(name)[1].data
    with pytest.raises(ValueError, match="Extra inputs"):
        MESSAGES[name].model_validate({**data, "uid": "04a1b2c3d4e580"})
    for field, kind in MESSAGES[name].model_fields.items():
        if kind.is_required():
            with pytest.raises(ValueError, match="Field required"):
                MESSAGES[name].model_validate({key: value for key, value in data.items() if key != field})


@pytest.mark.parametrize("name", TYPES)
def test_personal_facts_stand_in_the_private_part_only(name: str) -> None:
    personal = {"person", "badge", "reason", "clause", "block", "name", "actor", "what", "next_allowed"}
    fields = set(MESSAGES[name].model_fields)
    fields -= {"reason"} if name.startswith("log.") else set()
    assert not fields & personal
    assert "1:" not in str(_event_of(name)[1].data)


def test_the_private_parts_are_frozen_and_refuse_what_they_do_not_know() -> None:
    kinds = {kind.Private for kind in MESSAGES.values() if kind.Private is not None}
    assert len(kinds) >= 6
    for kind in kinds:
        assert issubclass(kind, PrivatePart)
        assert kind.model_config["frozen"]
        assert kind.model_config["extra"] == "forbid"


def test_the_page_events_lists_every_type_with_its_fields_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z_.0-9]+)` \| ([^|]*) \| ([^|]*) \|", EVENTS_PAGE.read_text(), re.MULTILINE)
    listed = {name: (_words(public), _words(private)) for name, public, private in rows}
    expected = {name: (_fields(kind), _fields(kind.Private)) for name, kind in MESSAGES.items()}
    assert listed == expected


def _words(cell: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", cell)


def _fields(kind: type[Message] | type[PrivatePart] | None) -> list[str]:
    return [] if kind is None else [str(field.serialization_alias or name) for name, field in kind.model_fields.items()]
