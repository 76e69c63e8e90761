"""Two pictures that say something: the seconds that are left, the lanyard to take."""

from collections.abc import Iterator

from kiosk.reception.flow.screen import Lanyard
from kiosk.screens.layout.boxes import Text
from kiosk.screens.layout.look import Look
from kiosk.screens.layout.shapes import (
    Box,
    Disc,
    Fill,
    Ribbon,
    Ring,
    Shape,
)
from kiosk.screens.tokens import RIBBONS


class Countdown:
    """Seconds that are left, as a ring and a number."""

    def __init__(self, look: Look, seconds: int, of: int, size: float) -> None:
        self._look, self._seconds, self._of, self._size = look, seconds, of, size

    def width(self) -> float:
        return self._size

    def height(self, width: float) -> float:
        return self._size

    def draw(self, box: Box) -> Iterator[Shape]:
        look, c = self._look, self._look.colours
        place = Box(box.x, box.y + (box.height - self._size) / 2, self._size, self._size)
        part = min(max(self._seconds / max(self._of, 1), 0.0), 1.0)
        track = c.away_soft if c.away_soft != c.card else c.line
        yield Ring(place, part, c.brand, track if track != c.brand else c.sunk, self._size * 0.1)
        number = Text(
            look,
            str(self._seconds),
            int(self._size * 0.34),
            bold=True,
            align="middle",
            middle=True,
            language="en",
            within=place,
        )
        yield from number.draw(place)


class LanyardPicture:
    """The lanyard to take: its ribbon, its number, as large as there is room."""

    def __init__(self, look: Look, lanyard: Lanyard, word: str) -> None:
        self._look, self._lanyard, self._word = look, lanyard, word

    def width(self) -> float:
        return 0.0

    def height(self, width: float) -> float:
        return 0.0

    def draw(self, box: Box) -> Iterator[Shape]:
        look, c = self._look, self._look.colours
        ribbon = RIBBONS.get(self._lanyard.colour, RIBBONS["black"])
        wide = min(box.width * (0.7 if not self._look.panel.short else 0.86), box.height * 0.52)
        high = wide * 1.2
        above = min(max(box.height - high, 0) * 0.62, wide * 0.8)
        top = box.y + above
        middle = box.x + box.width / 2
        card = Box(middle - wide / 2, top, wide, high)
        yield Ribbon(Box(middle - wide * 0.27, box.y, wide * 0.54, above - wide * 0.06), ribbon, c.edge, wide * 0.085)
        ring = wide * 0.15
        yield Disc(Box(middle - ring / 2, top - ring, ring, ring), c.edge)
        yield Disc(Box(middle - ring * 0.3, top - ring * 0.8, ring * 0.6, ring * 0.6), c.in_soft)
        round_ = wide * 0.1
        yield Fill(card, c.edge, round_)
        inner = card.shrunk(max(look.mm(0.6), 3))
        foot = high * 0.115
        yield Fill(inner, ribbon, round_ * 0.9)
        yield Fill(Box(inner.x, inner.y, inner.width, inner.height - foot), c.card, round_ * 0.9)
        yield Fill(Box(inner.x, inner.y + round_ * 2, inner.width, inner.height - foot - round_ * 2), c.card)
        slot = Box(middle - wide * 0.13, top + high * 0.06, wide * 0.26, high * 0.045)
        yield Fill(slot, c.sunk, slot.height / 2, c.edge, max(look.edge * 0.8, 2))
        number = Box(inner.x + wide * 0.04, top + high * 0.13, inner.width - wide * 0.08, high * 0.55)
        text = Text(
            look,
            self._lanyard.number,
            int(wide * 0.6),
            bold=True,
            align="middle",
            middle=True,
            language="en",
            most=1,
            floor=look.floor,
            within=inner,
        )
        yield from text.draw(number)
        word = Text(
            look,
            self._word,
            int(max(wide * 0.125, look.body * 0.9 if look.bigger else 0)),
            colour=c.text2,
            align="middle",
            middle=True,
            most=1,
            floor=8,
            within=inner,
        )
        yield from word.draw(Box(inner.x, top + high * 0.66, inner.width, high * 0.16))
