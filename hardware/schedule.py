"""One thread that does short things at their time: ends of pulses, blinking, debouncing. Waits without cost."""

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from hardware.pace import BootPace, Pace

log = logging.getLogger(__name__)


@dataclass(order=True, slots=True)
class Call:
    """Something to be done at a time; `cancel` it to have it left out."""

    at_ns: int
    order: int
    action: Callable[[], None] = field(compare=False)
    is_cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Leave it out, if it has not begun."""
        self.is_cancelled = True


class Schedule(Protocol):
    """Where devices leave what is to be done later; actions must be short, and their exceptions are contained."""

    def now_ns(self) -> int:
        """CLOCK_BOOTTIME in nanoseconds."""
        ...

    def call_at(self, at_ns: int, action: Callable[[], None]) -> Call:
        """Have something done at a time, in the order of times and, at one time, of asking."""
        ...

    def close(self) -> None:
        """Do nothing more."""
        ...


class Agenda:
    """The heap of calls, without a thread; `run_due` does what has fallen due."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._order = itertools.count()

    def add(self, at_ns: int, action: Callable[[], None]) -> Call:
        """Put a call in its place."""
        call = Call(at_ns, next(self._order), action)
        heapq.heappush(self._calls, call)
        return call

    def next_ns(self) -> int | None:
        """When the next call is due."""
        while self._calls and self._calls[0].is_cancelled:
            heapq.heappop(self._calls)
        return self._calls[0].at_ns if self._calls else None

    def pop_due(self, now_ns: int) -> Call | None:
        """Take the next call that is due."""
        due = self.next_ns()
        return heapq.heappop(self._calls) if due is not None and due <= now_ns else None

    @staticmethod
    def run(call: Call) -> None:
        """Do it; an exception is logged and goes no further."""
        try:
            call.action()
        except Exception:
            log.exception("a scheduled action failed; later ones go on")


def given_or_own(schedule: Schedule | None) -> tuple[Schedule, Callable[[], None]]:
    """For devices that may stand alone: the schedule to use, and what to do with it at the end."""
    if schedule is not None:
        return schedule, lambda: None
    own = ThreadSchedule()
    return own, own.close


class ThreadSchedule:
    """A schedule with a thread of its own, started by the first call."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace if pace is not None else BootPace()
        self._agenda = Agenda()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def now_ns(self) -> int:
        return self._pace.now_ns()

    def call_at(self, at_ns: int, action: Callable[[], None]) -> Call:
        with self._changed:
            call = self._agenda.add(at_ns, action)
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name="schedule", daemon=True)
                self._thread.start()
            self._changed.notify()
            return call

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(2.0)

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._is_closed:
                    return
                call = self._agenda.pop_due(self.now_ns())
                if call is None:
                    due = self._agenda.next_ns()
                    self._changed.wait(None if due is None else max(0, due - self.now_ns()) / 1e9)
                    continue
            Agenda.run(call)
