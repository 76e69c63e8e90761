"""Puts shapes on a Kivy canvas; the page's y runs down, Kivy's up."""

from collections.abc import Callable, Hashable
from typing import Any

from kivy.graphics import BorderImage, Color, Rectangle

from kiosk.screens.drawings import icon_mask
from kiosk.screens.layout.shapes import Box, Dashes, Disc, Drawing, Fill, Mark, Plain, Ribbon, Ring, Words
from kiosk.screens.masks import disc_mask, mark_mask, ribbon_mask, ring_mask, round_mask
from kiosk.screens.measuring import Ink, ink_of, ink_of_ours
from kiosk.screens.textures import Textures
from kiosk.screens.tokens import channels


class Painter:
    """Paints shapes of a page `height` pixels high."""

    def __init__(self, textures: Textures, height: int) -> None:
        self._textures, self._height = textures, height

    def paint(self, canvas: Any, shape: Plain, ground: str) -> None:
        """Add a shape to a canvas; `ground` shows through a box that is only an edge."""
        with canvas:
            match shape:
                case Words():
                    self._words(shape)
                case Fill():
                    self._fill(shape, ground)
                case Drawing():
                    size = max(round(shape.box.width), 1)
                    key = (shape.name, size, shape.stroke)
                    self._mask(key, lambda: icon_mask(*key), shape.box, shape.colour)
                case Disc():
                    self._disc(shape)
                case Dashes():
                    self._dashes(shape)
                case Ring():
                    self._ring(shape, 1.0, shape.track)
                    self._ring(shape, shape.part, shape.colour)
                case Ribbon():
                    sizes = (round(shape.box.width), round(shape.box.height), round(shape.band))
                    self._mask(("ribbon", *sizes), lambda: ribbon_mask(*sizes), shape.box, shape.colour)
                case Mark():
                    wide, high = round(shape.box.width), round(shape.box.height)
                    self._mask(("mark", wide, high), lambda: mark_mask(wide, high), shape.box, shape.colour)

    def _words(self, words: Words) -> None:
        key = (words.text, words.face, words.bold, words.px, words.right_to_left)
        draw = ink_of if words.private else ink_of_ours
        self._put(key, lambda: draw(*key), words.box.x, words.baseline, words.colour, private=words.private)

    def _mask(self, key: Hashable, cover: Callable[[], bytes], box: Box, colour: str) -> None:
        width, height = max(round(box.width), 1), max(round(box.height), 1)
        self._put(key, lambda: Ink(0, 0, width, height, cover()), box.x, box.y, colour)

    def _put(
        self, key: Hashable, make: Callable[[], Ink], x: float, y: float, colour: str, *, private: bool = False
    ) -> None:
        kept = self._textures.of(key, make, private=private)
        width, height = kept.texture.size
        left, top = round(x) + kept.left, round(y) + kept.top
        Color(*channels(colour))
        Rectangle(texture=kept.texture, pos=(left, self._height - top - height), size=(width, height))

    def _fill(self, fill: Fill, ground: str) -> None:
        box = fill.box
        if box.width <= 0 or box.height <= 0:
            return
        if fill.edge is not None and fill.edge_px > 0:
            self._block(box, fill.edge, fill.radius, 1.0)
            self._block(box.shrunk(fill.edge_px), fill.colour or ground, max(fill.radius - fill.edge_px, 0), 1.0)
        elif fill.colour is not None:
            self._block(box, fill.colour, fill.radius, fill.opacity)

    def _block(self, box: Box, colour: str, radius: float, opacity: float) -> None:
        left, top, right, bottom = round(box.x), round(box.y), round(box.right), round(box.bottom)
        size = (max(right - left, 1), max(bottom - top, 1))
        Color(*channels(colour), opacity)
        place = (left, self._height - top - size[1])
        corner = round(min(radius, size[0] / 2, size[1] / 2))
        if corner < 1:
            Rectangle(pos=place, size=size)
            return
        side = 2 * corner + 2
        kept = self._textures.of(("round", corner), lambda: Ink(0, 0, side, side, round_mask(side, side, corner)))
        BorderImage(texture=kept.texture, pos=place, size=size, border=(corner, corner, corner, corner))

    def _disc(self, disc: Disc) -> None:
        if disc.edge is not None:
            self._ellipse(disc.box, disc.edge)
            self._ellipse(disc.box.shrunk(disc.edge_px), disc.colour)
        else:
            self._ellipse(disc.box, disc.colour)

    def _ellipse(self, box: Box, colour: str) -> None:
        width, height = max(round(box.width), 1), max(round(box.height), 1)
        key = ("disc", width, height)
        self._mask(key, lambda: disc_mask(width, height), box, colour)

    def _dashes(self, dashes: Dashes) -> None:
        Color(*channels(dashes.colour))
        box, x = dashes.box, dashes.box.x
        high = max(round(box.height), 1)
        while x < box.right:
            wide = min(dashes.dash, box.right - x)
            Rectangle(pos=(round(x), self._height - round(box.y) - high), size=(max(round(wide), 1), high))
            x += dashes.dash + dashes.gap

    def _ring(self, ring: Ring, part: float, colour: str) -> None:
        size, stroke = round(ring.box.width), max(round(ring.stroke), 1)
        # Nobody sees less than half a second of the ring; without this every tick would be kept for ever.
        part = round(part * 120) / 120
        key = ("ring", size, part, stroke)
        self._mask(key, lambda: ring_mask(size, part, stroke), ring.box, colour)
