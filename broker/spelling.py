"""Reads an event in the very spelling in which `Origin` writes it: one look at its text instead of a parse."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import from_json

from broker.envelope import PREFIX
from policy.clock import ClockQuality

_DECIMAL = "(?:0|[1-9][0-9]{0,18})"
_REST = re.compile(
    r"([a-z_.]{3,60}\.v[1-9][0-9]{0,2})"
    r'","time":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)'
    r'","epoch":"([0-9a-f]{16})'
    rf'","sequence":"({_DECIMAL})'
    rf'","boot":"({_DECIMAL})'
    rf'","monotonic":"({_DECIMAL})'
    rf'","clock":"({"|".join(ClockQuality)})'
    r'","rules":"([0-9]{1,10}\.[0-9]{1,10})'
    r'","prev":"([0-9a-f]{64})'
    r'","commitment":"([0-9a-f]{64})'
    r'","data":(\{.*\})\}',
    re.DOTALL,
)
"""From the name of the type to the end; what each group may be, `Envelope` says too."""
_CLOCKS = {quality.value: quality for quality in ClockQuality}


class Said(NamedTuple):
    """What an event says, besides which event of which epoch it is."""

    type: str
    """Catalogue name with version: `tap.granted.v1`."""
    time: str
    boot: int
    monotonic: int
    clock: ClockQuality
    rules: str
    prev: str
    commitment: str
    data: Mapping[str, Any]


class Spelling:
    """The spelling of the events of one epoch.

    Most of what it takes to store a backlog is reading; a device writes its events in this order and without spaces,
    so an expression does in half the time what the model of the envelope does, and refuses whatever that refuses.
    """

    __slots__ = ("_epoch", "_id", "_source")

    def __init__(self, source: str, device: str, epoch: str) -> None:
        self._epoch = epoch
        self._id = f'{{"specversion":"1.0","id":"{device}/{epoch}/'
        self._source = f'","source":"{source}","type":"{PREFIX}'

    def read(self, event: bytes, sequence: int) -> Said | None:
        """Read the event that is `sequence` of the epoch; None for any other spelling or event: ask the model."""
        beginning = f"{self._id}{sequence}{self._source}"
        try:
            text = event.decode()
            found = _REST.fullmatch(text, len(beginning)) if text.startswith(beginning) else None
            if found is None:
                return None
            type, time, epoch, again, boot, monotonic, clock, rules, prev, commitment, data = found.groups()
            if epoch != self._epoch or again != str(sequence):
                return None
            (parsed,) = from_json(f"[{data}]")  # as deep as in the event, where the parser has the same limit
        except ValueError:
            return None
        return Said(type, time, int(boot), int(monotonic), _CLOCKS[clock], rules, prev, commitment, parsed)
