"""What only the office knows of a device (health, how many declared in), asked over its API and kept for a second."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.request import Request, urlopen

FRESH_FOR_S = 1.0
ANSWER_WITHIN_S = 2.0
WAIT_AT_MOST_S = 0.5
"""How long a look at the bench waits for the office; then it shows what was last known."""


class OfficeView:
    """Health and counts per device, by the API that everybody else uses; empty until the office has answered."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self._token = token
        self._devices: dict[str, Mapping[str, Any]] = {}
        self._declared_in: dict[str, int] = {}
        self._asked_at = 0.0
        self._asking: asyncio.Task[None] | None = None
        self.answers = False

    async def refresh(self) -> None:
        """Ask the office if what is known is older than a second; never wait long for it."""
        if self._asking is None and time.monotonic() - self._asked_at >= FRESH_FOR_S:
            self._asking = asyncio.create_task(self._ask())
        if self._asking is not None:
            await asyncio.wait([self._asking], timeout=WAIT_AT_MOST_S)

    def health(self, device: str) -> list[Any]:
        """The parts of a device with their state, as the office last heard them."""
        return list(self._devices.get(device, {}).get("health") or [])

    def declared_in(self, point: str) -> int | None:
        """How many phones are declared in at a point, None while nobody knows."""
        return self._declared_in.get(point)

    def is_ready(self, device: str) -> bool:
        """Whether the office hears the device and the device obeys rules the office published."""
        seen = self._devices.get(device, {})
        return bool(seen.get("online")) and seen.get("rules_applied") is not None

    async def _ask(self) -> None:
        try:
            devices, points = await asyncio.gather(
                asyncio.to_thread(self._get, "devices"), asyncio.to_thread(self._get, "points")
            )
            self._devices = {device["id"]: device for device in devices}
            self._declared_in = {point["id"]: point["declared_in"] for point in points}
            self.answers = True
        except (OSError, ValueError, KeyError, TypeError):
            self.answers = False
        finally:
            self._asked_at = time.monotonic()
            self._asking = None

    def _get(self, what: str) -> list[dict[str, Any]]:
        request = Request(f"{self.address}/api/v1/{what}", headers={"Authorization": f"Bearer {self._token}"})
        with urlopen(request, timeout=ANSWER_WITHIN_S) as answer:
            items = json.loads(answer.read())["items"]
        return list(items)
