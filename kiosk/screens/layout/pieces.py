"""The pieces of pages: rule lines, banners, where the visitor is, the mark."""

from collections.abc import Iterator

from kiosk.reception.flow.screen import Line, Progress
from kiosk.screens.layout.boxes import Card, Cell, Column, Part, Text
from kiosk.screens.layout.boxes import Row as Beside
from kiosk.screens.layout.look import BARE, ROOMY, Look
from kiosk.screens.layout.shapes import (
    Box,
    Disc,
    Drawing,
    Fill,
    Mark,
    Plain,
    Shape,
    Target,
)


class LineItem:
    """A sentence beside its drawing, with English under it where that is needed; perhaps a box to tick."""

    def __init__(self, look: Look, line: Line, *, plain: bool = False, px: int | None = None) -> None:
        self._look, self._line, self._plain = look, line, plain
        px = px or look.body
        self._text = Text(look, line.text, px)
        # In a box with an edge the longest strokes must lie within, and those of the line after it off that edge.
        over = max(self._text.face.tall - self._text.face.line, 0.0) * px
        self._over = over if line.tick is not None else over / 2
        self._english = (
            None
            if line.english is None
            else Text(look, line.english, look.english, colour=look.colours.text2, language="en")
        )
        wide = look.mm(13.2) if look.tight == ROOMY and not look.panel.short else look.mm(10.0)
        if not plain and look.tight >= BARE:
            wide = max(look.mm(8.4 if not look.panel.portrait else 7.0), px * 0.9 if look.bigger else 0.0)
        self._disc = min(wide, look.body * 1.5) if plain else wide

    @property
    def _ticked(self) -> bool:
        return self._line.tick is not None

    def width(self) -> float:
        return self._side + self._text.width()

    @property
    def _side(self) -> float:
        return self._disc + self._look.mm(3.4 if self._look.tight == ROOMY else 2.4)

    def _words(self) -> Column:
        return Column([self._text, self._english])

    def _room(self, width: float) -> float:
        return width - self._side - (2 * self._look.mm(2) if self._ticked else 0)

    def height(self, width: float) -> float:
        high = max(self._words().height(self._room(width)), self._disc)
        high += 2 * self._over
        return max(high + self._look.mm(2), self._look.mm(12)) if self._ticked else high

    def draw(self, box: Box) -> Iterator[Shape]:
        if not self._ticked:
            yield from self._inside(box)
            return
        look, c, line = self._look, self._look.colours, self._line
        assert line.id is not None
        edge, width = (c.brand, look.strong_edge) if line.tick else (c.edge, look.edge)
        inside = tuple(
            shape
            for shape in self._inside(box.shrunk(look.mm(2), look.mm(1) + self._over))
            if not isinstance(shape, Target)
        )
        rest = Fill(box, c.tint if line.tick else c.card, look.radius, edge, width)
        under = Fill(box, c.tint, look.radius, c.brand, look.strong_edge)
        yield Target(box, line.id, "choice", (rest, *inside), (under, *inside))

    def _inside(self, box: Box) -> Iterator[Shape]:
        look = self._look
        disc = Box(box.x, box.y + (box.height - self._disc) / 2, self._disc, self._disc)
        yield from self._picture(disc)
        words = self._words()
        room = box.width - self._side
        high = words.height(room)
        place = Box(box.x + self._side, box.y + (box.height - high) / 2, room, high)
        # Letters of some scripts reach over their line: the line item is what they must stay near, not their own box.
        self._text.within = Box(place.x, box.y - look.mm(1.5), place.width, box.height + look.mm(3))
        yield from words.draw(place)

    def _picture(self, disc: Box) -> Iterator[Plain]:
        look, c, line = self._look, self._look.colours, self._line
        if line.tick is not None:
            side = disc.shrunk(disc.width * 0.14)
            yield Fill(
                side, c.brand if line.tick else c.card, look.mm(1), c.brand if line.tick else c.edge, look.strong_edge
            )
            if line.tick:
                yield Drawing(side.shrunk(side.width * 0.12), "tick", c.on_brand, 2.4)
            return
        if line.icon is None:
            return
        if self._plain:
            yield Drawing(disc, line.icon, c.text)
            return
        high = c.tint == c.page
        yield Disc(disc, c.tint, c.edge if high else None, look.edge if high else 0)
        # Beside bigger words a drawing has little room: it takes more of its disc.
        air = 0.15 if look.bigger and look.tight >= BARE else 0.24
        yield Drawing(disc.shrunk(disc.width * air), line.icon, c.brand)


class Banner:
    """A sentence with an icon on soft ground: wrong, or not yet checked."""

    def __init__(
        self, look: Look, text: str, icon: str, ink: str, soft: str, *, bar: str | None = None, px: int | None = None
    ) -> None:
        words = Text(look, text, px or look.second, colour=ink)
        size = (px or look.second) * 1.2
        row = Beside([Cell(Icon(icon, ink, size), middle=True), Cell(words, weight=1, middle=True)], look.mm(2))
        edge = ink if soft == look.colours.page else None
        self._card = Card(row, look, soft, pad=look.mm(2.2), down=look.mm(1.0), bar=bar, edge=edge)

    def width(self) -> float:
        return self._card.width() + 2

    def height(self, width: float) -> float:
        return self._card.height(width)

    def draw(self, box: Box) -> Iterator[Shape]:
        yield from self._card.draw(box)


class Snug:
    """A part no wider than it likes to be, at the start of its row."""

    def __init__(self, part: Part) -> None:
        self._part = part

    def width(self) -> float:
        return self._part.width()

    def height(self, width: float) -> float:
        return self._part.height(min(self._part.width() + 2, width))

    def draw(self, box: Box) -> Iterator[Shape]:
        wide = min(self._part.width() + 2, box.width)
        yield from self._part.draw(Box(box.x, box.y, wide, box.height))


class Icon:
    """A drawing on its own."""

    def __init__(self, name: str, colour: str, size: float, stroke: float = 1.75) -> None:
        self._name, self._colour, self._size, self._stroke = name, colour, size, stroke

    def width(self) -> float:
        return self._size

    def height(self, width: float) -> float:
        return self._size

    def draw(self, box: Box) -> Iterator[Shape]:
        yield Drawing(
            Box(box.x, box.y + (box.height - self._size) / 2, self._size, self._size),
            self._name,
            self._colour,
            self._stroke,
        )


class Seal:
    """A large round sign at the head of a page that tells how something ended."""

    def __init__(self, look: Look, icon: str, good: bool, size: float) -> None:
        self._icon, self._size = icon, size
        c = look.colours
        self._ground, self._ink = (c.in_solid, c.in_on) if good else (c.brand, c.on_brand)

    def width(self) -> float:
        return self._size

    def height(self, width: float) -> float:
        return self._size

    def draw(self, box: Box) -> Iterator[Shape]:
        disc = Box(box.x, box.y, self._size, self._size)
        yield Disc(disc, self._ground)
        yield Drawing(disc.shrunk(self._size * 0.22), self._icon, self._ink)


class Where:
    """Where the visitor is: a mark for each step, and the same in words."""

    def __init__(self, look: Look, progress: Progress, *, marks: bool) -> None:
        self._look, self._progress = look, progress
        self._marks = marks and not look.bigger
        # Beside bigger words it may be smaller: what is asked here matters more.
        px = round(look.panel.body * 1.2) if look.bigger else look.second
        self._text = Text(look, progress.text, px, colour=look.colours.text2, most=1, floor=look.floor, middle=True)
        self._mark = look.mm(5.0) if not look.panel.portrait else look.mm(1.7)
        self._gap = look.mm(1.2) if not look.panel.portrait else look.mm(0.6)

    def width(self) -> float:
        marks = self._progress.of * (self._mark + self._gap) + self._look.mm(1.6) if self._marks else 0
        return marks + self._text.width() + 2

    def height(self, width: float) -> float:
        return self._text.height(self._text.width() + 2)

    def draw(self, box: Box) -> Iterator[Shape]:
        c, high = self._look.colours, self._look.mm(1.7)
        x = box.x
        if self._marks:
            for step in range(1, self._progress.of + 1):
                colour = c.brand if step <= self._progress.step else c.away_soft
                edge = c.edge if c.away_soft == c.page and step > self._progress.step else None
                yield Fill(
                    Box(x, box.y + (box.height - high) / 2, self._mark, high), colour, high / 2, edge, 2 if edge else 0
                )
                x += self._mark + self._gap
            x += self._look.mm(1.6)
        yield from self._text.draw(Box(x, box.y, self._text.width() + 2, box.height))


class Pocket:
    """The mark."""

    def __init__(self, look: Look, size: float) -> None:
        self._look, self._size = look, size

    def width(self) -> float:
        return self._size

    def height(self, width: float) -> float:
        return self._size * 1.13

    def draw(self, box: Box) -> Iterator[Shape]:
        high = self._size * 1.13
        c = self._look.colours
        yield Mark(Box(box.x, box.y + (box.height - high) / 2, self._size, high), c.on_brand, c.brand)


class Centred:
    """A part in the middle of the width it is given."""

    def __init__(self, part: Part) -> None:
        self._part = part

    def width(self) -> float:
        return self._part.width()

    def height(self, width: float) -> float:
        return self._part.height(width)

    def draw(self, box: Box) -> Iterator[Shape]:
        wide = min(self._part.width(), box.width)
        yield from self._part.draw(Box(box.x + (box.width - wide) / 2, box.y, wide, box.height))
