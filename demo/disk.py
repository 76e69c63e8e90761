"""The disk of a device as the bench breaks it: no write of its programs gets through, or every one does again."""

from collections.abc import Sequence

from demo.programs import Program

HOW = "RLIMIT_FSIZE"
"""How a disk is broken: the kernel refuses every write to a file, as one that is full or read-only does."""

FAULTS = ("full", "read_only")


class Disk:
    """Breaks and mends the disk under some programs, while they run and after they were started again."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self._programs = programs
        self.fault: str | None = None

    def set_fault(self, fault: str | None) -> None:
        """Break the disk (`full`, `read_only`), or mend it with None."""
        self.fault = fault
        for program in self._programs:
            program.limit_files(None if fault is None else 0)
