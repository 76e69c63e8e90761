"""The start of a school waits for simulated hardware that does not listen yet, and says so when it never does."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.clock import SchoolClock
from demo.devices import Device
from demo.errors import NotReady
from demo.fittings import cabinet_fitting
from demo.office import OfficeView
from demo.places import Places
from demo.programs import Program
from demo.running import RunningSchool
from demo.school import load_school

WITHIN_S = 10.0
LATE = """
import os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.bind(sys.argv[1])
with open(sys.argv[2]):  # until the test opens the other end
    line.listen()
while True:
    asking, _ = line.accept()
    words = asking.makefile("rwb")
    words.readline()
    for asked in words:
        words.write(b"{}\\n")
        words.flush()
"""
"""A simulator that has its socket, and listens at it only when it is let."""


class _NoCentral:
    """No office at all."""

    programs = ()

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        pass


class _HearsAll(OfficeView):
    """An office that hears every device."""

    def is_ready(self, device: str) -> bool:
        return True


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    opened = Places(tmp_path)
    opened.open()
    yield opened
    opened.close()


def a_school(places: Places, code: str) -> RunningSchool:
    """One cabinet without programs, whose simulated hardware is this code."""
    told = load_school(3)
    clock = SchoolClock(places.simulation / "clock.json")
    device = Device(cabinet_fitting(told.cabinets[0]), told.site, places, clock, 1)
    words = [sys.executable, "-c", code, str(places.sockets / f"{device.id}.sock"), str(places.data / "listen")]
    device.simulator = Program("simulator", device.id, words, log_file=places.logs / "simulator.log")
    device.programs = ()  # type: ignore[assignment]  # what they do is not looked at here
    central: Any = _NoCentral()
    return RunningSchool(told, clock, central, (device,), _HearsAll("http://127.0.0.1:1", "none"))


def test_hardware_that_has_its_socket_and_does_not_listen_yet_is_waited_for(places: Places) -> None:
    school = a_school(places, LATE)
    [device] = school.devices.values()
    socket, listen = places.sockets / f"{device.id}.sock", places.data / "listen"
    os.mkfifo(listen)
    asked: list[str] = []
    ask = device.line.ask

    async def count(op: str, **what: object) -> dict[str, Any]:
        asked.append(op)
        return await ask(op, **what)

    device.line.ask = count  # type: ignore[method-assign]  # counted, and then done

    async def scene() -> None:
        starting = asyncio.create_task(school.start())
        try:
            async with asyncio.timeout(WITHIN_S):
                while not (socket.exists() and len(asked) > 2) and not starting.done():
                    await asyncio.sleep(0.01)
                assert not starting.done()
                assert not device.powered
                await asyncio.to_thread(lambda: os.close(os.open(listen, os.O_WRONLY)))
                await starting
            assert device.powered
        finally:
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await starting
            await school.close()

    asyncio.run(scene())


def test_hardware_that_ends_again_and_again_is_named_with_its_last_words(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.programs.RESTART_AFTER_S", 0.0)
    school = a_school(places, "raise SystemExit('no chips left')")

    async def scene() -> None:
        try:
            async with asyncio.timeout(WITHIN_S):
                await school.start()
        finally:
            await school.close()

    with pytest.raises(NotReady, match="hardware of robins does not answer(.|\n)*no chips left"):
        asyncio.run(scene())
