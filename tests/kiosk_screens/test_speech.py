"""Reading aloud: fixed English words, recorded once; never what a visitor typed."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.reception.flow.screen import Screen
from kiosk.screens import speech
from kiosk.screens.speech import Voice, record, recording_name


class Sound:
    """A recording that plays."""

    def __init__(self, file: str, log: list[str]) -> None:
        self._file, self._log = Path(file).name, log

    def play(self) -> None:
        self._log.append(f"play {self._file}")

    def stop(self) -> None:
        self._log.append(f"stop {self._file}")

    def unload(self) -> None:
        pass


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def done() -> threading.Event:
    return threading.Event()


@pytest.fixture
def voice(log: list[str], done: threading.Event) -> Voice:
    def later(what: Callable[[], None]) -> None:
        what()
        done.set()

    return Voice(later, lambda file: Sound(file, log), lambda: log.append("failed"))


def espeak(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An espeak-ng that writes its words into the file instead of saying them."""
    program = folder / "espeak-ng"
    program.write_text('#!/bin/sh\nwhile [ "$1" != -w ]; do shift; done\ncat >"$2"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_recording_that_is_there_is_played(voice: Voice, log: list[str], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(speech, "RECORDED", tmp_path)
    (tmp_path / recording_name("Welcome.")).write_bytes(b"RIFF")
    voice.say("Welcome.")
    assert log == [f"play {recording_name('Welcome.')}"]
    voice.hush()
    assert log[-1].startswith("stop")


def test_words_of_the_school_are_recorded_when_they_are_asked_for(
    voice: Voice, log: list[str], done: threading.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    espeak(tmp_path, monkeypatch)
    voice.say("Our rules of today.")
    assert done.wait(10)
    assert log == [f"play {recording_name('Our rules of today.')}"]


def test_what_is_not_wanted_any_more_is_not_played(
    voice: Voice, log: list[str], done: threading.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    espeak(tmp_path, monkeypatch)
    monkeypatch.setattr(threading.Thread, "start", lambda thread: None)
    voice.say("Our rules of today.")
    voice.hush()
    voice._record("Our rules of today.", tmp_path / "x.wav")
    assert done.wait(10)
    assert log == []


def test_where_nothing_can_be_played_every_try_is_told(tmp_path: Path, monkeypatch: Any, caplog: Any) -> None:
    log: list[str] = []
    monkeypatch.setattr(speech, "RECORDED", tmp_path)
    (tmp_path / recording_name("Welcome.")).write_bytes(b"RIFF")
    voice = Voice(lambda what: what(), lambda file: None, lambda: log.append("failed"))
    voice.say("Welcome.")
    voice.say("Welcome.")
    voice.close()
    assert log == ["failed", "failed"]
    assert caplog.text.count("connect a loudspeaker") == 1


def test_without_espeak_nothing_is_said_and_nothing_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not record("Welcome.", tmp_path / "x.wav")
    assert list(tmp_path.iterdir()) == []


def test_no_page_reads_aloud_what_was_typed_or_whom_somebody_sees(pages: Callable[..., dict[str, Screen]]) -> None:
    said = " ".join(screen.speak.words for screen in pages("en", "1280x800").values() if screen.speak is not None)
    assert "What is your name" in said
    for private in ("Aleksandra", "Willowmere", "Wolfe", "Ioana", "Ducklings", "Nowak"):
        assert private not in said


def test_the_same_words_have_the_same_recording() -> None:
    assert recording_name("a") == recording_name("a") != recording_name("b")
