"""The line on which a name is written."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.reception.flow.screen import Field
from kiosk.screens.layout.boxes import Text
from kiosk.screens.layout.look import Look
from kiosk.screens.layout.mirror import mirror
from kiosk.screens.layout.shapes import (
    Box,
    Dashes,
    Fill,
    Shape,
    Words,
)

X_HEIGHT = 0.54
ASCENDER = 0.83


def turned(shape: Shape, box: Box) -> Shape:
    """A shape mirrored within a box: with the page's own mirroring it is as it was."""
    moved = mirror(shape, box.x + box.right)
    if isinstance(moved, Words):
        return replace(moved, within=box)
    return moved


class WritingLine:
    """The line on which a name is written, as children write: base line, x-height, ascender; Latin, left to right."""

    def __init__(self, look: Look, field: Field, high: float) -> None:
        self._look, self._field, self._high = look, field, high

    def width(self) -> float:
        return 0.0

    def height(self, width: float) -> float:
        return self._high

    def draw(self, box: Box) -> Iterator[Shape]:
        look, c, wrong = self._look, self._look.colours, self._field.error is not None
        yield Fill(box, c.card, look.radius, c.no_solid if wrong else c.edge, look.strong_edge if wrong else look.edge)
        for shape in self._inside(box):
            # Names are written from left to right in every language: turned here, and once more with the page.
            yield turned(shape, box) if look.right_to_left else shape

    def _inside(self, box: Box) -> Iterator[Shape]:
        look = self._look
        inner = box.shrunk(look.mm(2.2))
        inner = Box(inner.x, box.y, inner.width, box.height)
        px = int(box.height * 0.52)
        base = box.y + box.height * 0.77
        fitted = self._text(px, box).fit(inner.width - look.mm(4), None)
        one = len(fitted.lines) == 1 and fitted.whole
        if one:
            yield from self._lines(inner, base, px)
            yield from self._written(inner, base, px, fitted.lines[0], fitted.px, box)
        else:
            yield from self._crowded(inner, box)

    def _text(self, px: int, box: Box, most: int | None = 1) -> Text:
        floor = self._look.panel.body
        return Text(self._look, self._field.text, px, language="en", private=True, most=most, floor=floor, within=box)

    def _lines(self, inner: Box, base: float, px: int) -> Iterator[Shape]:
        look, c = self._look, self._look.colours
        thin, strong = max(look.mm(0.17), 1), max(look.mm(0.42), 2)
        yield Fill(Box(inner.x, base - ASCENDER * px, inner.width, thin), c.line)
        yield Dashes(
            Box(inner.x, base - X_HEIGHT * px, inner.width, max(look.mm(0.25), 1)), c.edge, look.mm(1.4), look.mm(1.4)
        )
        yield Fill(Box(inner.x, base, inner.width, strong), c.brand)

    def _written(self, inner: Box, base: float, px: int, text: str, size: int, box: Box) -> Iterator[Shape]:
        look = self._look
        written = self._text(size, box)
        long = written.length_of(text, size)
        x = inner.x + look.mm(1.6)
        if text:
            place = Box(x, base - written.face.above * size, long, written.face.line * size)
            yield Words(place, base, text, written.face.name, False, size, look.colours.text, False, box, True)
        thick = max(look.mm(0.6), 3)
        yield Fill(Box(x + long + look.mm(0.5), base - 0.92 * px, thick, 1.16 * px), look.colours.focus, thick / 2)

    def _crowded(self, inner: Box, box: Box) -> Iterator[Shape]:
        """A very long name: in as many small lines as it takes, without the lines to write on."""
        for px in range(self._look.panel.body, 9, -1):
            text = Text(self._look, self._field.text, px, language="en", private=True, within=box)
            if text.height(inner.width) <= box.height - self._look.mm(1):
                break
        high = text.height(inner.width)
        yield from text.draw(Box(inner.x, box.y + (box.height - high) / 2, inner.width, high))
