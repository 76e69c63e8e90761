"""The real programs as processes: started, watched, and started again within a second as systemd would."""

import asyncio
import logging
import os
import resource
import signal
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

RESTART_AFTER_S = 0.4
"""systemd's RestartSec stands for this; the bench promises less than a second."""
STOP_WITHIN_S = 8.0
KEPT_LINES = 30
READY = "READY"
"""The line by which a program with a window says that its first page has reached the glass."""

DIES_WITH_THE_DEMO = ("setpriv", "--pdeathsig", "KILL", "--")
"""The kernel kills the program when the demo ends, however it ends (prctl(2), PR_SET_PDEATHSIG); the pid stays."""


class Program:
    """One program: what it is called, what it runs, and whether it is meant to run."""

    def __init__(
        self,
        name: str,
        device: str | None,
        command: Sequence[str],
        *,
        log_file: Path,
        environment: Mapping[str, str] | None = None,
        stop_within_s: float = STOP_WITHIN_S,
    ) -> None:
        self.name = name
        self.device = device
        self._command = [*DIES_WITH_THE_DEMO, *command]
        self._log_file = log_file
        self._stop_within_s = stop_within_s
        self._environment = {} if environment is None else environment
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._spawning = asyncio.Lock()
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._reading: asyncio.Task[None] | None = None
        self._file_limit: int | None = None
        self.starts = 0
        self._said_ready = False

    @property
    def is_ready(self) -> bool:
        """Whether it runs and has said READY since it was last started; only a program with a window says so."""
        return self.pid is not None and self._said_ready

    @property
    def wanted(self) -> bool:
        """Whether it is meant to run: started again when it dies."""
        return self._keeper is not None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    @property
    def last_lines(self) -> str:
        """The end of what it said on stderr."""
        return "\n".join(self._lines)

    async def start(self) -> None:
        """Start it and keep it running; nothing happens if it is meant to run already."""
        async with self._spawning:
            if self._keeper is not None:
                return
            await self._spawn()
            self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def kill(self) -> None:
        """SIGKILL, and no restart."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM as systemd stops a unit, SIGKILL if that is not obeyed in time, and no restart."""
        await self._end(signal.SIGTERM)

    def limit_files(self, size: int | None) -> None:
        """Let no write go beyond `size` bytes of a file, now and after a restart (prlimit(2), RLIMIT_FSIZE).

        Every write of a database then fails, as on a disk that is full; None takes the limit away.
        """
        self._file_limit = size
        if self.pid is not None:
            self._apply_limit(self.pid)

    def _apply_limit(self, pid: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if self._file_limit is None else self._file_limit, hard))

    async def _end(self, how: signal.Signals) -> None:
        async with self._spawning:  # held, so that the keeper is not cancelled half way through a start
            keeper, self._keeper = self._keeper, None
            if keeper is not None:
                keeper.cancel()
                await asyncio.gather(keeper, return_exceptions=True)
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(how)
        try:
            await asyncio.wait_for(process.wait(), self._stop_within_s)
        except TimeoutError:
            log.warning("%s did not stop when asked; killed", self._title)
            process.kill()
            await process.wait()

    async def _keep(self) -> None:
        while self._process is not None:
            code = await self._process.wait()
            log.info("%s ended (%s); started again", self._title, code)
            await asyncio.sleep(RESTART_AFTER_S)
            async with self._spawning:
                await self._spawn()

    async def _spawn(self) -> None:
        self._said_ready = False
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **self._environment},
            # A group of its own, so that Ctrl-C reaches the demo alone, which then stops each in order.
            process_group=0,
        )
        self.starts += 1
        if self._file_limit is not None:
            self._apply_limit(self._process.pid)
        if self._process.stdout is not None:
            self._reading = asyncio.create_task(self._read(self._process.stdout), name=f"read {self.name}")

    async def _read(self, stream: asyncio.StreamReader) -> None:
        """Take what it writes: to its log file, and the end of it to memory."""
        with self._log_file.open("ab") as file:
            started = ""
            while data := await stream.read(65536):
                file.write(data)
                file.flush()
                *lines, started = (started + data.decode("utf-8", "replace")).split("\n")
                self._lines.extend(lines)
                self._said_ready = self._said_ready or READY in lines

    @property
    def _title(self) -> str:
        return self.name if self.device is None else f"{self.name} of {self.device}"
