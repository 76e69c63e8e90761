"""What an idle cabinet costs: memory and processor time of `phonekeep-cabinet`, the emulator in its own process."""

import os
import time
from pathlib import Path

from bench.figure import Figure
from demo.driver import start_temporary

SETTLE_S, WATCH_S = 60.0, 60.0


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """VmRSS in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


def take() -> list[Figure]:
    """60 s after 60 s of nothing, at `robins`."""
    with start_temporary() as school:
        pid = school.program("cabinet", "robins")
        time.sleep(SETTLE_S)
        before, begun = cpu_seconds(pid), time.monotonic()
        time.sleep(WATCH_S)
        share = (cpu_seconds(pid) - before) / (time.monotonic() - begun) * 100
        resident = resident_mb(pid)
        assert pid == school.program("cabinet", "robins"), "the cabinet was restarted while it was watched"
    return [
        Figure("cabinet process idle, memory", "<= 65 MB RSS", f"{resident:.1f} MB", resident <= 65, {"mb": resident}),
        Figure("cabinet process idle, processor", "<= 3 % of a core", f"{share:.2f} %", share <= 3, {"percent": share}),
    ]
