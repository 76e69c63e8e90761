"""Answers to check, people on the roll, the own record: rows on a card."""

from collections.abc import Iterator

from kiosk.reception.flow.screen import Row
from kiosk.screens.layout.boxes import Cell, Column, Part, Space, Text
from kiosk.screens.layout.boxes import Row as Beside
from kiosk.screens.layout.buttons import button
from kiosk.screens.layout.look import BARE, ROOMY, Look
from kiosk.screens.layout.pieces import Centred, Icon
from kiosk.screens.layout.shapes import (
    Box,
    Fill,
    Shape,
)


class Answer:
    """A label and what stands for it, with what may be done about it; on the roll also whether it is ticked."""

    def __init__(self, look: Look, row: Row, *, stacked: bool, names: bool, apart: bool = False) -> None:
        self._look, self._row, self._stacked = look, row, stacked
        c = look.colours
        self._label = Text(
            look,
            row.label,
            look.body if names else look.second,
            bold=names,
            colour=c.text if names else c.text2,
            private=names,
            floor=look.floor,
            most=2,
        )
        tight = stacked and look.tight > ROOMY
        self._value = Text(
            look,
            row.value,
            look.second if names else look.body,
            bold=not names,
            colour=c.text2 if names else c.text,
            private=row.latin or names,
            floor=look.floor,
            most=1 if tight and not look.bigger else 5 if look.bigger else 3,
        )
        self._side: Part | None = None
        self._below = look.bigger and look.panel.portrait and row.button is not None and not apart
        """What may be done stands under the words: beside them, bigger ones would have no room."""
        if apart:
            self._side = None
        elif row.button is not None:
            least = 9.1 if look.tight else 12.0
            self._side = button(
                look,
                row.button,
                least_mm=least,
                most=1,
                snug=look.tight > ROOMY,
                px=look.second if look.bigger else look.body,
            )
        elif row.ticked:
            self._side = Icon("tick", c.in_ink, look.body * 1.3, 2.4)

    def label_width(self) -> float:
        """How wide its label would like to be."""
        return self._label.width() + 2

    def side_width(self) -> float:
        """How wide what may be done is, where it stands beside."""
        return self._side.width() if self._side is not None and not self._below else 0.0

    def _parts(self, label: float, side: float) -> Beside:
        words: Part
        if self._stacked:
            words = Column([self._label, self._value])
        else:
            words = Beside(
                [Cell(self._label, fixed=label, middle=True), Cell(self._value, weight=1, middle=True)],
                self._look.mm(4),
            )
        if self._below and self._side is not None:
            words = Column([words, Beside([Cell(Space(), weight=1), Cell(self._side)], 0)], self._look.mm(0.8))
        cells = [Cell(words, weight=1, middle=True)]
        if side:
            shown = self._side or Space()
            cells.append(Cell(Centred(shown) if isinstance(shown, Icon) else shown, fixed=side, middle=True))
        return Beside(cells, self._look.mm(2))

    def height(self, width: float, label: float, side: float) -> float:
        """How high it is, with the columns of its card."""
        read_only = self._row.button is None and self._row.ticked is None and self._look.tight >= BARE
        least = self._look.mm(7.0 if read_only else 9.3 if self._look.tight else 12.6)
        if self._side is not None and not self._look.panel.portrait:
            # Two targets never touch.
            apart = 1.6 if self._look.tight < BARE else 0.6
            least = max(least, self._side.height(side) + self._look.mm(apart))
        air = self._look.mm(1.0) if not self._look.tight else self._look.mm(0.5)
        # Strokes that reach over their line stay off the hairlines.
        air += max(self._value.face.tall - self._value.face.line, 0.0) * self._look.body * 0.7
        return max(self._parts(label, side).height(width) + air, least)

    def draw(self, box: Box, label: float, side: float) -> Iterator[Shape]:
        """Its shapes."""
        yield from self._parts(label, side).draw(box)


class Answers:
    """Answers on a card with hairlines between them; labels and buttons stand in columns."""

    weight = 1.0
    """It takes what a page has left, up to a little air in each row."""

    def __init__(self, look: Look, rows: tuple[Row, ...], *, stacked: bool, names: bool, apart: bool = False) -> None:
        self._look = look
        self._rows = [Answer(look, row, stacked=stacked, names=names, apart=apart) for row in rows]
        self._pad = look.mm(6) if look.tight == ROOMY and not look.panel.short else look.mm(2.6)

    def width(self) -> float:
        return 0.0

    def _columns(self, width: float) -> tuple[float, float, float]:
        inner = width - 2 * self._pad
        label = min(max((row.label_width() for row in self._rows), default=0.0), inner * 0.36)
        return inner, label, min(max((row.side_width() for row in self._rows), default=0.0), inner * 0.45)

    def height(self, width: float) -> float:
        inner, label, side = self._columns(width)
        return sum(row.height(inner, label, side) for row in self._rows) + self._look.mm(1)

    def draw(self, box: Box) -> Iterator[Shape]:
        look, c = self._look, self._look.colours
        inner, label, side = self._columns(box.width)
        heights = [row.height(inner, label, side) for row in self._rows]
        spare = (box.height - sum(heights) - look.mm(1)) / max(len(heights), 1)
        grow = max(min(spare, look.mm(3.2)), 0)
        thin = max(look.edge / 2, 1)
        card = Box(box.x, box.y, box.width, sum(heights) + grow * len(heights) + look.mm(1))
        yield Fill(card, c.card, look.mm(3), c.line, thin)
        y = box.y + look.mm(0.5)
        for at, (row, high) in enumerate(zip(self._rows, heights, strict=True)):
            if at:
                yield Fill(Box(box.x + self._pad, y, inner, thin), c.line)
            yield from row.draw(Box(box.x + self._pad, y, inner, high + grow), label, side)
            y += high + grow
