"""The line to the simulated hardware of one device: one JSON object a line each way, the bench half of its socket."""

import asyncio
import json
from pathlib import Path
from typing import Any

from demo.errors import BodyInvalid, PartSilent

ANSWER_WITHIN_S = 5.0
LINE_LIMIT = 4 * 1024 * 1024
"""500 changes of history are about 60 kB."""


class SimulatorLine:
    """Asks the simulator of a device; connects when first needed and again after the simulator was restarted."""

    def __init__(self, device: str, socket: Path) -> None:
        self._device = device
        self._socket = socket
        self._lock = asyncio.Lock()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, op: str, **what: object) -> dict[str, Any]:
        """Send one request and return its answer; raises PartSilent when none comes."""
        async with self._lock:
            for last in (False, True):
                try:
                    return await asyncio.wait_for(self._exchange({"op": op, **what}), ANSWER_WITHIN_S)
                except (OSError, EOFError, ValueError, TimeoutError):
                    self.close()
                    if last:
                        raise PartSilent(
                            f"The simulated hardware of {self._device} does not answer.",
                            what_to_do="It is being started again; ask once more in a second.",
                        ) from None
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, request: dict[str, object]) -> dict[str, Any]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_unix_connection(str(self._socket), limit=LINE_LIMIT)
            self._writer.write(b"bench\n")
        self._writer.write(json.dumps(request).encode() + b"\n")
        await self._writer.drain()
        line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise EOFError("the simulator hung up")
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise ValueError("not an answer")
        if "error" in answer:
            raise BodyInvalid("The simulated hardware refused it.", what_to_do=str(answer["error"]))
        return answer
