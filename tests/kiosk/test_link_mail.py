"""What comes down waits in link for the cabinet: the newest of its kind, each handed in as what it is."""

from pathlib import Path
from typing import Any, cast

import pytest

from broker.topics import Channel, topic
from kiosk.link.mail import Mail
from kiosk.link.store import LinkStore
from kiosk.socket.client import DeviceSocketClient
from kiosk.socket.framing import Ask, Outcome


class Cabinet:
    """Takes everything, and remembers it."""

    def __init__(self) -> None:
        self.taken: list[tuple[Ask, bytes]] = []

    def ask(self, ask: Ask, body: bytes = b"") -> tuple[Outcome, bytes]:
        self.taken.append((ask, body))
        return Outcome.DONE, b""


@pytest.mark.parametrize(("channel", "ask"), [(Channel.RULES, Ask.RULES), (Channel.VISITS, Ask.VISITS)])
def test_of_rules_and_of_visits_the_newest_is_handed_in_once_also_after_a_restart(
    tmp_path: Path, channel: Channel, ask: Ask
) -> None:
    store = LinkStore(tmp_path)
    store.open()
    mail = Mail(store)
    for payload in (b"older", b"newer"):
        mail.arrived(topic("school", "robins", channel), payload, 0.0)
    mail.close()
    store = LinkStore(tmp_path)
    store.open()
    mail, cabinet = Mail(store), Cabinet()
    for _ in range(2):
        mail.deliver(cast(DeviceSocketClient, cast(Any, cabinet)), lambda _: True, 1.0)
    mail.close()
    assert cabinet.taken == [(ask, b"newer")]
