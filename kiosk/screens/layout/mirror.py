"""A page from right to left is the mirror of one from left to right; its words and most icons are not."""

from dataclasses import replace

from kiosk.screens.layout.shapes import TURNED, Drawing, Plain, Shape, Target, Words

MIRRORED_ICON = "~"
"""In front of the name of an icon that is drawn mirrored."""


def mirror(shape: Shape, width: float) -> Shape:
    """Mirror one shape on a page `width` pixels wide."""
    if isinstance(shape, Target):
        return replace(
            shape,
            box=shape.box.mirrored(width),
            shapes=tuple(_plain(part, width) for part in shape.shapes),
            pressed=tuple(_plain(part, width) for part in shape.pressed),
        )
    return _plain(shape, width)


def _plain(shape: Plain, width: float) -> Plain:
    if isinstance(shape, Words):
        return replace(shape, box=shape.box.mirrored(width), within=shape.within.mirrored(width))
    if isinstance(shape, Drawing) and shape.name in TURNED:
        return replace(shape, box=shape.box.mirrored(width), name=MIRRORED_ICON + shape.name)
    return replace(shape, box=shape.box.mirrored(width))
