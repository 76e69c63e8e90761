"""The topics under `phonekeep/v1/<site>/<device>/`: built and taken apart here and nowhere else (docs/topics.md)."""

import re
from dataclasses import dataclass
from enum import StrEnum

PREFIX = "phonekeep/v1"
CENTRAL = "central"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Channel(StrEnum):
    """What follows site and device in a topic."""

    EVENTS = "up/events"
    """Frames, never retained."""
    ONLINE = "up/online"
    """Retained birth and last will."""
    STATUS = "up/status"
    """Retained: what a device says of itself."""
    ACK = "down/ack"
    """Signed acknowledgements and `need`s; the body's purpose says which."""
    RULES = "down/rules"
    """The retained, signed rules bundle."""
    COMMAND = "down/command"
    """Signed commands, never retained."""
    VISITS = "down/visits"
    """Signed and retained, to cabinets: for whom visitors wait."""
    CENTRAL_STATUS = "status"
    """Of the device `central` only, retained: the announcement `ingest` makes at its start."""


RETAINED = frozenset({Channel.ONLINE, Channel.STATUS, Channel.RULES, Channel.VISITS, Channel.CENTRAL_STATUS})
"""Retained is state. An event or a command is never retained: a retained unlock would open the door at each boot."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic taken apart."""

    site: str
    device: str
    channel: Channel

    def __str__(self) -> str:
        return f"{PREFIX}/{self.site}/{self.device}/{self.channel}"


def topic(site: str, device: str, channel: Channel) -> str:
    """Build a topic. Raises `ValueError` when site or device is not a name of this system."""
    for name in (site, device):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot stand in a topic: use a-z, 0-9, - and _, at most 40 characters")
    if (channel is Channel.CENTRAL_STATUS) is not (device == CENTRAL):
        raise ValueError(f"the channel {channel} is not one of the device {device}")
    return f"{PREFIX}/{site}/{device}/{channel}"


def parse_topic(text: str) -> Topic | None:
    """Take a topic apart; None for one that is not ours, whatever its depth."""
    parts = text.split("/")
    if len(parts) not in (5, 6) or "/".join(parts[:2]) != PREFIX:
        return None
    site, device, rest = parts[2], parts[3], "/".join(parts[4:])
    if not (_NAME.fullmatch(site) and _NAME.fullmatch(device)) or rest not in set(Channel):
        return None
    channel = Channel(rest)
    if (channel is Channel.CENTRAL_STATUS) is not (device == CENTRAL):
        return None
    return Topic(site, device, channel)


def central_status(site: str) -> str:
    """Where `ingest` announces itself, readable by every device."""
    return topic(site, CENTRAL, Channel.CENTRAL_STATUS)


def everything_up(site: str) -> tuple[str, ...]:
    """The subscriptions of `ingest`: what the devices of a site send up."""
    return tuple(f"{PREFIX}/{site}/+/{channel}" for channel in (Channel.EVENTS, Channel.ONLINE, Channel.STATUS))


def everything_down(site: str, device: str) -> tuple[str, ...]:
    """The subscriptions of a device's `link`: what central sends to it, and the announcement."""
    channels = (Channel.ACK, Channel.RULES, Channel.COMMAND, Channel.VISITS)
    return (*(topic(site, device, channel) for channel in channels), central_status(site))
