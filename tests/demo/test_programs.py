"""Real processes: started again when they die, left dead when the bench says so, and never outliving the demo."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from demo.disk import Disk
from demo.programs import Program

WITHIN_S = 10.0
SLEEPER = "import time; print('up', flush=True); time.sleep(600)"


def a_program(tmp_path: Path, code: str = SLEEPER) -> Program:
    return Program("sleeper", None, [sys.executable, "-c", code], log_file=tmp_path / "sleeper.log")


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not true():
            await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_program_that_dies_is_started_again_within_a_second(tmp_path: Path) -> None:
    async def scene() -> None:
        program = a_program(tmp_path)
        await program.start()
        first = program.pid
        assert first is not None
        began = asyncio.get_running_loop().time()
        os.kill(first, signal.SIGKILL)
        await until(lambda: program.starts == 2)
        assert asyncio.get_running_loop().time() - began < 1.0
        assert program.pid not in (None, first)
        await program.kill()

    asyncio.run(scene())


def test_a_program_that_was_killed_by_the_bench_stays_dead_until_it_is_started(tmp_path: Path) -> None:
    async def scene() -> None:
        program = a_program(tmp_path)
        await program.start()
        await program.start()
        assert program.starts == 1, "starting what runs changes nothing"
        await program.kill()
        assert program.pid is None
        assert not program.wanted
        await program.start()
        assert program.starts == 2
        await program.kill()

    asyncio.run(scene())


def test_a_program_that_will_not_stop_when_asked_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"

    async def scene() -> None:
        program = Program("deaf", None, [sys.executable, "-c", deaf], log_file=tmp_path / "log", stop_within_s=0.2)
        await program.start()
        await until(lambda: "deaf" in program.last_lines)
        pid = program.pid
        await program.stop()
        assert pid is not None
        assert not is_alive(pid)

    asyncio.run(scene())


def test_on_a_full_disk_nothing_is_written_until_it_is_mended_also_after_a_restart(tmp_path: Path) -> None:
    writer = (
        "import os, sys, time\n"
        "while True:\n"
        "    try:\n"
        f"        open({str(tmp_path / 'data')!r}, 'ab', buffering=0).write(b'x')\n"
        "        print('written', flush=True)\n"
        "    except OSError as fault:\n"
        "        print('refused', flush=True)\n"
        "    time.sleep(0.01)\n"
    )

    async def scene() -> None:
        program = a_program(tmp_path, writer)
        disk = Disk([program])
        await program.start()
        await until(lambda: program.last_lines.endswith("written"))
        disk.set_fault("full")
        await until(lambda: program.last_lines.endswith("refused"))
        await program.kill()
        size = (tmp_path / "data").stat().st_size
        await program.start()
        await until(lambda: program.last_lines.count("refused") > 5)
        disk.set_fault(None)
        await until(lambda: program.last_lines.endswith("written"))
        assert (tmp_path / "data").stat().st_size > size
        await program.kill()

    asyncio.run(scene())


def test_no_program_outlives_a_demo_that_was_killed(tmp_path: Path) -> None:
    demo = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from demo.programs import Program\n"
        "async def main():\n"
        f"    command = [sys.executable, '-c', {SLEEPER!r}]\n"
        f"    program = Program('sleeper', None, command, log_file=Path({str(tmp_path / 'log')!r}))\n"
        "    await program.start()\n"
        "    while 'up' not in program.last_lines: await asyncio.sleep(0.01)\n"
        "    print(program.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", demo], stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    assert is_alive(pid)
    process.kill()
    process.wait()
    process.stdout.close()

    asyncio.run(until(lambda: not is_alive(pid)))
