"""The reception's bundle: what was written reads the same, old ones stay readable, and no more than 200 kB."""

import json
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from broker.errors import BadMessage, MessageTooLarge
from broker.keys import new_signing_key
from broker.messages.reception_bundle import RECEPTION_BUNDLE_BYTES, ReceptionBundle
from broker.signed import SIGNED_BYTES, sign_rules

GOLDEN = Path(__file__).parent / "golden" / "bundles" / "reception_issue_5.json"
BADGE = "1:" + "5a" * 32


def bundle(**change: Any) -> ReceptionBundle:
    values: dict[str, Any] = {
        "site": "hillside",
        "device": "reception",
        "generation": 2,
        "number": 31,
        "issued": "2026-11-24T10:40:00.250Z",
        "point": "reception",
        "zone": "Europe/London",
        "name": "Hillside Infant School",
        "telephone": "01632 960 155",
        "closing": time(18, 0),
        "texts": {
            "version": 3,
            "hash": "ab" * 32,
            "published_at": "2026-11-20T15:00:00.000Z",
            "languages": {
                "en": {
                    "lines": [
                        {"id": "silent", "text": "Keep it silent."},
                        {"id": "images", "text": "No photos.", "tick": True},
                    ],
                    "checked": True,
                }
            },
        },
        "rooms": [{"id": "robins", "name": "Robins"}],
        "roles": [{"id": "headteacher", "name": "Headteacher"}],
        "hosts": [{"person": "ruth-ashcombe", "name": "Ruth Ashcombe", "role": "headteacher"}],
        "badges": [{"reference": BADGE, "person": "ruth-ashcombe", "role": "headteacher"}],
        "lanyards": [{"number": "14", "colour": "green", "reference": BADGE}],
        "expected": [
            {
                "id": "exp-1",
                "name": "Owen Castleton",
                "from": "2026-11-24T09:00:00.000Z",
                "until": "2026-11-24T11:00:00.000Z",
                "image_permission": True,
            }
        ],
        "regular": [{"reference": BADGE, "name": "Katarzyna Wójcik"}],
        "visits": [{"visit": "00f1e2d3c4b5a697", "name": "Amy Birch", "since": "2026-11-24T09:10:00.000Z"}],
    }
    return ReceptionBundle.model_validate(values | change)


def test_a_bundle_reads_as_it_was_written() -> None:
    assert ReceptionBundle.from_bytes(bundle().to_body()) == bundle()


def test_the_bundle_of_today_is_written_as_it_was_first() -> None:
    assert bundle().to_body() == GOLDEN.read_bytes().rstrip(b"\n")


@pytest.mark.parametrize(
    "change", [{"telephone": None}, {"kind": "cabinet"}, {"rooms": [{"id": "Robins!", "name": "Robins"}]}, {"more": 1}]
)
def test_a_bundle_that_is_wrong_is_refused(change: dict[str, Any]) -> None:
    body = bundle().model_dump(mode="json", by_alias=True) | change
    with pytest.raises(BadMessage):
        ReceptionBundle.from_bytes(json.dumps(body).encode())


def test_a_large_school_fits_and_what_does_not_fit_is_said() -> None:
    hosts = [
        {"person": f"person-{n}", "name": f"Anastasia Featherstonehaugh {n}", "room": "robins"} for n in range(400)
    ]
    badges = [{"reference": f"1:{n:064x}", "person": f"person-{n}", "role": "teacher"} for n in range(400)]
    visits = [
        {"visit": f"{n:016x}", "name": f"Maximiliana Wetherby {n}", "since": "2026-11-24T09:10:00.000Z"}
        for n in range(250)
    ]
    body = bundle(hosts=hosts, badges=badges, visits=visits).to_body()
    assert len(body) < RECEPTION_BUNDLE_BYTES
    with pytest.raises(MessageTooLarge, match="204800 is the most"):
        bundle(hosts=hosts * 12, badges=badges).to_body()


def test_what_fits_fits_once_it_is_signed_too() -> None:
    rooms = [{"id": f"r{n}", "name": "R"} for n in range(7500)]
    body = bundle(rooms=rooms).to_body()
    signed = sign_rules(new_signing_key(), "hillside", "reception", bundle().revision, body)
    assert len(signed) < SIGNED_BYTES
    with pytest.raises(MessageTooLarge):
        bundle(rooms=[*rooms, *({"id": f"s{n}", "name": "R"} for n in range(350))]).to_body()
