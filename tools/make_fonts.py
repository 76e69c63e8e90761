"""Cuts the office's web fonts from Debian's fonts-sil-andika and fonts-inter: Latin letters, as WOFF2.

`make` runs it once the packages are there; nothing of it is kept in the repository; without it `system-ui` holds the
layout. Andika is a Reserved Font Name (SIL OFL 1.1, clause 3), so what is cut from it calls itself otherwise.
"""

import logging
from pathlib import Path

from fontTools import subset  # type: ignore[import-not-found, unused-ignore]  # not needed to run or test anything
from fontTools.ttLib import TTFont  # type: ignore[import-not-found, unused-ignore]  # likewise

TO = Path(__file__).parents[1] / "admin_web" / "web" / "static" / "fonts"
WHERE = Path("/usr/share/fonts")
FONTS = {
    "head-400": ("Phonekeep Head", "Andika-Regular"),
    "head-700": ("Phonekeep Head", "Andika-Bold"),
    "inter-400": ("Inter", "Inter-Regular"),
    "inter-600": ("Inter", "Inter-SemiBold"),
}
LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), 0x1E9E]
"""Basic Latin, Latin-1, Latin Extended-A, and the comma-below letters of Romanian."""
SIGNS = [0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026, 0x20AC]


def cut(name: str, family: str, source: Path) -> None:
    """Write one font with only what pages show, under the family's name."""
    options = subset.Options()
    options.flavor, options.layout_features, options.hinting = "woff2", ["kern", "liga", "tnum", "ccmp", "mark"], False
    options.name_IDs, options.desubroutinize = ["*"], True
    font = TTFont(source)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[*LETTERS, *SIGNS])
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = family.replace(" ", "") if record.nameID == 6 else family
    if "CFF " in font:
        font["CFF "].cff.fontNames = [family.replace(" ", "")]
    font.flavor = "woff2"
    font.save(TO / f"{name}.woff2")


def find(name: str) -> Path | None:
    """Find a font where Debian's packages put it, which differs between releases."""
    return next((path for path in sorted(WHERE.rglob(f"{name}.*")) if path.suffix in (".otf", ".ttf")), None)


def main() -> None:
    """Cut what is there, and say what is not."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    TO.mkdir(exist_ok=True)
    for name, (family, font) in FONTS.items():
        source = find(font)
        if source is None:
            print(f"{font} is not installed (fonts-sil-andika, fonts-inter): pages use the system's own font instead.")
        else:
            cut(name, family, source)


if __name__ == "__main__":
    main()
