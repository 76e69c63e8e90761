"""Compiles the reception screen's catalogues with Babel: `reception.po` -> `reception.mo` in each language.

`make` runs it; a `.mo` is not kept in the repository. A translation that lost or invented a {value} stops the set-up.
"""

import re
import sys
from pathlib import Path

from babel.messages import mofile, pofile

LOCALE = Path(__file__).parents[1] / "kiosk" / "reception" / "locale"
VALUE = re.compile(r"{\w*}")


def values_of(text: object) -> list[str]:
    """The {values} of a text, in the order of the alphabet."""
    return sorted(VALUE.findall(str(text)))


def compile_catalogue(source: Path) -> list[str]:
    """Write one language's `.mo`; what is wrong with its translations."""
    with source.open("rb") as file:
        catalogue = pofile.read_po(file, abort_invalid=True)
    wrong = [
        f"{source.parts[-3]}: {message.id!r} has other values in its translation {message.string!r}"
        for message in catalogue
        if message.id and message.string and values_of(message.id) != values_of(message.string)
    ]
    with source.with_suffix(".mo").open("wb") as file:
        mofile.write_mo(file, catalogue)
    return wrong


def main() -> None:
    """Compile every language."""
    wrong = [problem for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")) for problem in compile_catalogue(source)]
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
