"""Reads pages aloud in English: recordings by espeak-ng, made at set-up for the fixed texts.

What the school edits (the rules) is recorded when it is first asked for. A name is never said: `Speech` holds the words
of a page, never what was typed on it.
"""

import hashlib
import logging
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

RECORDED = Path(__file__).parent / "voice"
"""Made by tools/make_recordings.py."""
VOICE = ("-v", "en-gb", "-s", "150", "-g", "4")
TIMEOUT_S = 20


def recording_name(words: str) -> str:
    """The file of some words; the same words have the same file."""
    return hashlib.sha256(words.encode()).hexdigest()[:32] + ".wav"


def record(words: str, to: Path) -> bool:
    """Have words read into a file; False where espeak-ng is not installed or does not manage it."""
    program = shutil.which("espeak-ng")
    if program is None:
        return False
    unfinished = to.with_suffix(".part")
    try:
        subprocess.run(
            [program, *VOICE, "-w", str(unfinished), "--stdin"],
            input=words.encode(),
            check=True,
            capture_output=True,
            timeout=TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    unfinished.replace(to)
    return True


class Voice:
    """Says one thing at a time. `say` and `hush` are called from the window's thread.

    `load` gives None for a recording that cannot be played; `failed` is told when words cannot be said.
    """

    def __init__(
        self, later: Callable[[Callable[[], None]], None], load: Callable[[str], Any], failed: Callable[[], None]
    ) -> None:
        self._later, self._load, self._failed = later, load, failed
        self._made = tempfile.TemporaryDirectory(prefix="phonekeep-voice-")
        self._sound: Any = None
        self._wanted: str | None = None
        self._told = False

    def say(self, words: str) -> None:
        """Read words aloud, from their recording."""
        self.hush()
        self._wanted = words
        name = recording_name(words)
        for folder in (RECORDED, Path(self._made.name)):
            if (folder / name).exists():
                self._play(folder / name, words)
                return
        threading.Thread(target=self._record, args=(words, Path(self._made.name) / name), daemon=True).start()

    def hush(self) -> None:
        """Be silent."""
        self._wanted = None
        if self._sound is not None:
            self._sound.stop()
            self._sound.unload()
            self._sound = None

    def close(self) -> None:
        """Be silent for good, and take the recordings made here away."""
        self.hush()
        self._made.cleanup()

    def _record(self, words: str, file: Path) -> None:
        made = record(words, file)
        self._later(lambda: self._play(file if made else None, words))

    def _play(self, file: Path | None, words: str) -> None:
        if words != self._wanted:
            return
        self._sound = None if file is None else self._load(str(file))
        if self._sound is not None:
            self._sound.play()
            return
        self._wanted = None
        self._failed()
        if not self._told:
            self._told = True
            log.warning("Nothing can be read aloud: install espeak-ng and connect a loudspeaker.")
