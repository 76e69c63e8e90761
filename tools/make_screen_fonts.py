"""Cuts and merges the reception screen's fonts from Debian's fonts-sil-andika and fonts-noto-core, as TrueType.

One file a script and weight, with Andika's Latin letters inside each, so that a name in an Urdu sentence has letters.
`make` runs it once the packages are there; nothing of it is kept in the repository. Andika is a Reserved Font Name
(SIL OFL 1.1, clause 3), so what is cut from it calls itself otherwise.
"""

import logging
import tempfile
from pathlib import Path

from fontTools import merge, subset  # type: ignore[import-not-found, unused-ignore]  # not needed to run or test anything
from fontTools.ttLib import TTFont, newTable  # type: ignore[import-not-found, unused-ignore]  # likewise
from fontTools.ttLib.scaleUpem import scale_upem  # type: ignore[import-not-found, unused-ignore]  # likewise
from fontTools.ttLib.tables.ttProgram import Program  # type: ignore[import-not-found, unused-ignore]  # likewise

TO = Path(__file__).parents[1] / "kiosk" / "screens" / "fonts"
WHERE = Path("/usr/share/fonts")
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x250), 0x1E9E, *range(0x2010, 0x2027), 0x2030, 0x20AC, 0xFFFD]
CYRILLIC = [*range(0x400, 0x460), 0x490, 0x491]
MARKS = [*range(0x300, 0x370)]
ARABIC = [0x60C, 0x61B, 0x61F, *range(0x621, 0x653), 0x654, 0x655, *range(0x660, 0x66B), 0x670, 0x671]
URDU = [*ARABIC, 0x679, 0x67E, 0x686, 0x688, 0x691, 0x698, 0x6A9, 0x6AF, 0x6BA, 0x6BE, *range(0x6C1, 0x6C4)]
URDU += [0x6CC, 0x6D2, 0x6D3, 0x6D4, 0x6D5, *range(0x6F0, 0x6FA)]
"""What the languages are written with: with every letter of the script a line takes three times as long to shape."""
SCRIPTS = {
    # script: (Debian's font, letters of the script, how much larger it is drawn than Latin beside it)
    "urdu": ("NotoNastaliqUrdu", URDU, 0.9),
    "arabic": ("NotoNaskhArabic", ARABIC, 1.0),
    "gurmukhi": ("NotoSansGurmukhi", [*range(0xA00, 0xA80), 0x964, 0x965], 1.12),
    "devanagari": ("NotoSansDevanagari", [*range(0x900, 0x980)], 1.12),
}
INVISIBLE = [0x200C, 0x200D, 0x200E, 0x200F, 0x2066, 0x2067, 0x2068, 0x2069, 0x25CC]
UNITS = 2048
WEIGHTS = {"400": "Regular", "700": "Bold"}
UNHINTED = ("urdu",)
"""FreeType hints a font without a program by itself; for Nastaliq it learns how, 20 ms and 0.6 MB at every size."""
SMOOTH = "PUSHW[ ] 511 SCANCTRL[ ] PUSHB[ ] 4 SCANTYPE[ ] PUSHB[ ] 0 POP[ ]"
"""A program that asks for nothing but smooth small sizes, one byte longer than the one that FreeType takes for none."""


def cut(source: Path, letters: list[int], to: Path) -> None:
    """Write a font with some letters only, and every feature that shapes them."""
    options = subset.Options()
    options.layout_features, options.hinting, options.name_IDs = ["*"], False, ["*"]
    if source.name.startswith("Andika"):
        # Andika's alternates are for choosing letter by letter; only what is on by default is kept.
        options.layout_features = ["kern", "liga", "ccmp", "mark", "mkmk", "locl"]
    options.drop_tables += ["FFTM", "meta", "Feat", "Silf", "Glat", "Gloc", "Sill"]
    font = TTFont(source)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    font.save(to)


def named(path: Path, family: str) -> None:
    """Call a font by our name."""
    font = TTFont(path)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = family.replace(" ", "") if record.nameID == 6 else family
    font.save(path)


def join(latin: Path, script: Path, larger: float, to: Path) -> None:
    """Put Latin letters into a script's font, as much smaller as the script is drawn larger."""
    for path, factor in ((script, 1.0), (latin, 1 / larger)):
        font = TTFont(path)
        scale_upem(font, round(UNITS * factor))
        font["head"].unitsPerEm = UNITS
        font.save(path)
    joined = merge.Merger().merge([str(script), str(latin)])
    joined.save(to)


def spare_hints(path: Path) -> None:
    """Give a font a program, so that FreeType draws its outlines as they are."""
    font = TTFont(path)
    font["prep"] = newTable("prep")
    font["prep"].program = Program()
    font["prep"].program.fromAssembly(SMOOTH)
    font["maxp"].maxStackElements = max(font["maxp"].maxStackElements, 1)
    font.save(path)


def find(name: str) -> Path | None:
    """Find a font where Debian's packages put it, which differs between releases."""
    return next((path for path in sorted(WHERE.rglob(f"{name}.*")) if path.suffix in (".otf", ".ttf")), None)


def make(weight: str, style: str, work: Path) -> None:
    """Make every font of one weight."""
    andika = find(f"Andika-{style}")
    if andika is None:
        print(f"Andika-{style} is not installed (fonts-sil-andika): the reception screen cannot draw its pages.")
        return
    cut(andika, [*LATIN, *CYRILLIC, *MARKS], TO / f"latin-{weight}.ttf")
    named(TO / f"latin-{weight}.ttf", "Phonekeep Screen")
    for script, (font, letters, larger) in SCRIPTS.items():
        source = find(f"{font}-{style}")
        if source is None:
            print(f"{font}-{style} is not installed (fonts-noto-core): that script cannot be shown.")
            continue
        cut(andika, LATIN, work / "latin.ttf")
        cut(source, [*letters, *INVISIBLE], work / "script.ttf")
        join(work / "latin.ttf", work / "script.ttf", larger, TO / f"{script}-{weight}.ttf")
        named(TO / f"{script}-{weight}.ttf", f"Phonekeep Screen {script.title()}")
        if script in UNHINTED:
            spare_hints(TO / f"{script}-{weight}.ttf")


def main() -> None:
    """Make what can be made, and say what is missing."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    TO.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        for weight, style in WEIGHTS.items():
            make(weight, style, Path(work))


if __name__ == "__main__":
    main()
