"""Builds the link: the one place where its parts are put together."""

import random
from pathlib import Path

from broker.messages.status import Online
from broker.session import Session, SessionConfig
from broker.topics import Channel, topic
from kiosk.clock import boot_number
from kiosk.config import DeviceConfig
from kiosk.errors import KeysMissing
from kiosk.link.courier import Courier
from kiosk.link.link import Link
from kiosk.link.mail import Mail
from kiosk.link.store import LinkStore
from kiosk.socket.client import DeviceSocketClient

KEY_FILES = ("ca.pem", "device.pem", "device.key")
RECEIVE_MAXIMUM = 20
SESSION_EXPIRY_S = 7 * 24 * 3600


def build_link(config: DeviceConfig, keys: Path | None) -> Link:
    """Put the link together; raise KeysMissing when a certificate or key is not there."""
    directory = keys or config.keys / "link"
    ca, certificate, key = (directory / name for name in KEY_FILES)
    for file in (ca, certificate, key):
        try:
            file.read_bytes()
        except OSError as fault:
            raise KeysMissing(
                f"{file} cannot be read ({fault.strerror}). Run `phonekeep-admin device add` at central, copy its "
                "directory link/ here and make it readable for phonekeep-link's user only."
            ) from None
    boot = boot_number()
    will = Online(online=False, boot=str(boot)).to_bytes()
    session = Session(
        SessionConfig(
            host=config.broker.host,
            port=config.broker.port,
            client_id=config.device,
            ca=ca,
            certificate=certificate,
            key=key,
            keepalive=config.broker.keepalive_s,
            will=(topic(config.site, config.device, Channel.ONLINE), will, True),
            expiry_s=SESSION_EXPIRY_S,
            receive_maximum=RECEIVE_MAXIMUM,
        )
    )
    store = LinkStore(config.link_data)
    store.open()
    return Link(
        config.site,
        config.device,
        boot,
        session,
        DeviceSocketClient(config.socket_path),
        Courier(random.Random()),
        Mail(store),
    )
