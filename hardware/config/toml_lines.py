"""Finds the line of a TOML file where a key stands; `tomllib` does not tell."""

import re
from pathlib import Path

HEADER = re.compile(r"\s*(\[{1,2})\s*([^\]]+?)\s*\]")
KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")


class TomlLines:
    """The lines of one file, read when the first error asks for one."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def place(self, path: tuple[str, ...]) -> str:
        """Say `kiosk.toml, line 12` for a key's path (arrays of tables by index), or the nearest thing around it."""
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return str(self._file)
        line = find_line(lines, path)
        return str(self._file) if line is None else f"{self._file}, line {line}"


def find_line(lines: list[str], path: tuple[str, ...]) -> int | None:
    """The line, from 1, of the longest beginning of `path` that stands in the file; None if none does."""
    best: int | None = None
    depth = 0
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines, 1):
        if header := HEADER.match(line):
            table = _split(header[2])
            if header[1] == "[[":
                index = counts.get(table, -1) + 1
                counts[table] = index
                table = (*table, str(index))
            here = table
        elif key := KEY.match(line):
            here = (*table, *_split(key[1]))
        else:
            continue
        common = _common(here, path)
        if common > depth:
            best, depth = number, common
    return best


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _common(here: tuple[str, ...], path: tuple[str, ...]) -> int:
    """How much of `path` this line leads to; nothing if it leads elsewhere."""
    return len(here) if here == path[: len(here)] else 0
