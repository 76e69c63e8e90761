"""Storage put back: copies of a machine's data directories, taken and brought back while its programs stand still."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

from demo.errors import NotHere


class Snapshots:
    """The named snapshots of one machine's directories; forgotten when the demo ends."""

    def __init__(self, kept_in: Path, directories: Mapping[str, Path]) -> None:
        self._kept_in = kept_in
        self._directories = directories
        shutil.rmtree(kept_in, ignore_errors=True)

    def require(self, name: str) -> None:
        """Raise NotHere unless a snapshot of this name was saved."""
        if not (self._kept_in / name).is_dir():
            raise NotHere(
                f'No snapshot "{name}" was saved here.',
                what_to_do='Save one first, with {"save": "..."}.',
                field="restore",
            )

    async def save(self, name: str) -> None:
        """Copy the directories; a snapshot of the same name is replaced."""
        await asyncio.to_thread(self._copy_away, self._kept_in / name)

    async def restore(self, name: str) -> None:
        """Put the directories back to what they were."""
        await asyncio.to_thread(self._bring_back, self._kept_in / name)

    def _copy_away(self, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        for part, directory in self._directories.items():
            if directory.exists():
                shutil.copytree(directory, target / part, symlinks=True)

    def _bring_back(self, source: Path) -> None:
        for part, directory in self._directories.items():
            shutil.rmtree(directory, ignore_errors=True)
            if (source / part).exists():
                shutil.copytree(source / part, directory, symlinks=True)
