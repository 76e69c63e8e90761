"""Has the reception screen's fixed English pages read into files by Debian's espeak-ng, for *Read aloud*.

`make` runs it; a recording is not kept in the repository. What the school edits is recorded by the screen itself.
"""

import shutil

from kiosk.reception.flow.drawing import Drawing
from kiosk.reception.flow.flow import DRAW
from kiosk.reception.flow.session import Session
from kiosk.reception.language import ENGLISH, words_of
from kiosk.screens.speech import RECORDED, record, recording_name


def fixed_words() -> set[str]:
    """What the pages say when nobody has typed anything and no rules have come."""
    found = set()
    for page, draw in DRAW.items():
        for reader_works in (True, False):
            speech = draw(Drawing(Session(page=page), words_of(ENGLISH), None, None, reader_works)).speak
            if speech is not None:
                found.add(speech.words)
    return found


def main() -> None:
    """Record what is not recorded yet, and take away what no page says any more."""
    if shutil.which("espeak-ng") is None:
        print("espeak-ng is not installed: the reception screen reads nothing aloud.")
        return
    RECORDED.mkdir(exist_ok=True)
    wanted = {recording_name(words): words for words in fixed_words()}
    for file in RECORDED.iterdir():
        if file.name not in wanted:
            file.unlink()
    for name, words in wanted.items():
        if not (RECORDED / name).exists() and not record(words, RECORDED / name):
            print("espeak-ng could not read a page aloud; the reception screen tries again when it is asked to.")


if __name__ == "__main__":
    main()
