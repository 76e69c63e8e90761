"""Parts that know how high they are at a width, and draw themselves into a box: text, columns, rows, grids, cards."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from kiosk.screens.faces import LATIN, URDU, Face, face_of, runs_right_to_left
from kiosk.screens.layout.look import STEP, Look
from kiosk.screens.layout.shapes import Box, Fill, Shape, Words
from kiosk.screens.measuring import ink_extent, line_length, wrap

Align = Literal["start", "middle"]


class Part(Protocol):
    """Something that takes room on a page."""

    def width(self) -> float:
        """How wide it would like to be, in pixels."""
        ...

    def height(self, width: float) -> float:
        """How high it is at a width."""
        ...

    def draw(self, box: Box) -> Iterator[Shape]:
        """Its shapes, drawn into a box of that width and at least that height."""
        ...


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text broken into lines at the size at which it fits."""

    px: int
    lines: tuple[str, ...]
    whole: bool
    """Every word in one piece."""


class Text:
    """A text that wraps; with a `floor` it grows smaller down to that before it takes more than `most` lines."""

    def __init__(
        self,
        look: Look,
        text: str,
        px: int,
        *,
        bold: bool = False,
        colour: str | None = None,
        align: Align = "start",
        language: str | None = None,
        private: bool = False,
        most: int | None = None,
        floor: int | None = None,
        within: Box | None = None,
        underline: bool = False,
        middle: bool = False,
    ) -> None:
        self._look, self._text, self._px, self._bold = look, text, px, bold
        self._colour = colour or look.colours.text
        self._align, self._private, self._most, self._floor = align, private, most, floor
        self.within, self._underline, self._middle = within, underline, middle
        self._known: dict[tuple[float, float | None], Fitted] = {}
        language = language or look.language
        self.face: Face = face_of(language, text)
        # A name keeps its own direction in every language; our own words have the page's.
        own = language == look.language and not private
        self._right_to_left = look.right_to_left if own and look.right_to_left else runs_right_to_left(text)

    def width(self) -> float:
        return self.length_of(self._text, self._px)

    def fit(self, width: float, height: float | None = None) -> Fitted:
        """Break it at a width, smaller where it must be and may be."""
        found = self._known.get((width, height))
        if found is None:
            found = self._known[width, height] = self._fitted(width, height)
        return found

    def _fitted(self, width: float, height: float | None) -> Fitted:
        px = self._px
        floor = px if self._floor is None else min(self._floor, px)
        while True:
            lines, whole = wrap(
                self._text,
                width,
                self.face,
                self._bold,
                px,
                right_to_left=self._right_to_left,
                private=self._private,
            )
            few = self._most is None or len(lines) <= self._most
            low = height is None or self._high(lines, px) <= height + 1
            if (few and low and whole) or px <= floor:
                return Fitted(px, lines, whole and few and low)
            px = max(int(px * STEP), floor)

    def height(self, width: float) -> float:
        if not self._text:
            return 0.0
        fitted = self.fit(width)
        return self._high(fitted.lines, fitted.px)

    def _extent(self, lines: tuple[str, ...]) -> tuple[float, float]:
        """How far the first line reaches above the middle of its letters, and the last one below, in sizes."""
        if self.face is not URDU or self._private:
            half = self.face.tall / 2
            return half, half
        # Nastaliq's strokes differ much from word to word: room for the longest ones would make all buttons high.
        above, _ = ink_extent(lines[0], self.face.name, self._bold, self._right_to_left)
        _, below = ink_extent(lines[-1], self.face.name, self._bold, self._right_to_left)
        return above - self.face.middle, below + self.face.middle

    def _high(self, lines: tuple[str, ...], px: int) -> float:
        """Height of some lines; in a button every stroke must lie within, in a text they may reach over."""
        if self._middle:
            return ((len(lines) - 1) * self.face.line + sum(self._extent(lines))) * px
        return len(lines) * self.face.line * px

    def draw(self, box: Box) -> Iterator[Shape]:
        if not self._text:
            return
        fitted = self.fit(box.width, box.height if self._floor is not None else None)
        if not fitted.whole and not self._private:
            self._look.problems.append(f"these words do not fit: {self._text}")
        line = self.face.line * fitted.px
        if self._middle:
            # What looks centred is the middle of the letters, not of the line.
            first = box.y + box.height / 2 - (len(fitted.lines) - 1) * line / 2
            above, below = (part * fitted.px for part in self._extent(fitted.lines))
            # A stroke that would reach over the edge moves the line, not the edge.
            first = min(
                max(first, box.y + above), max(box.bottom - below - (len(fitted.lines) - 1) * line, box.y + above)
            )
            baseline = first + self.face.middle * fitted.px
        else:
            baseline = box.y + self.face.above * fitted.px
        for text in fitted.lines:
            yield from self._line(text, fitted.px, baseline, box)
            baseline += line

    def _line(self, text: str, px: int, baseline: float, box: Box) -> Iterator[Shape]:
        long = self.length_of(text, px)
        x = box.x if self._align == "start" else box.x + (box.width - long) / 2
        place = Box(x, baseline - self.face.above * px, long, self.face.line * px)
        if self._underline:
            thick = max(round(px * 0.07), 2)
            under = 0.16 if self.face is LATIN else 0.34
            yield Fill(Box(x, baseline + under * px, long, thick), self._colour)
        yield Words(
            place,
            baseline,
            text,
            self.face.name,
            self._bold,
            px,
            self._colour,
            self._right_to_left,
            self.within or box,
            self._private,
        )

    def length_of(self, text: str, px: int) -> float:
        """Width of one line of this text."""
        return line_length(text, self.face, self._bold, px, right_to_left=self._right_to_left, private=self._private)


@dataclass(frozen=True, slots=True)
class Space:
    """Room of a fixed height, or, with a weight, a part of what is left."""

    size: float = 0.0
    weight: float = 0.0

    def width(self) -> float:
        return self.size

    def height(self, width: float) -> float:
        return self.size

    def draw(self, box: Box) -> Iterator[Shape]:
        return iter(())


class Column:
    """Parts one under another; spaces with a weight share what is left."""

    def __init__(self, parts: Iterable[Part | None], gap: float = 0.0) -> None:
        self._parts = [part for part in parts if part is not None]
        self._gap = gap

    def width(self) -> float:
        return max((part.width() for part in self._parts), default=0.0)

    def height(self, width: float) -> float:
        heights = [part.height(width) for part in self._parts]
        return sum(heights) + self._gap * max(len(heights) - 1, 0)

    def draw(self, box: Box) -> Iterator[Shape]:
        heights = [part.height(box.width) for part in self._parts]
        left = box.height - sum(heights) - self._gap * max(len(heights) - 1, 0)
        weights: list[float] = [getattr(part, "weight", 0.0) for part in self._parts]
        share = max(left, 0.0) / (sum(weights) or 1.0)
        y = box.y
        for part, height, weight in zip(self._parts, heights, weights, strict=True):
            high = height + weight * share
            yield from part.draw(Box(box.x, y, box.width, high))
            y += high + self._gap


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a row: as wide as it likes, a fixed width, or a weight of what is left."""

    part: Part
    weight: float = 0.0
    fixed: float | None = None
    middle: bool = False
    """Centred in the row's height instead of filling it."""


class Row:
    """Parts side by side, all as high as the highest."""

    def __init__(self, cells: Sequence[Cell], gap: float) -> None:
        self._cells, self._gap = cells, gap

    def _widths(self, width: float) -> list[float]:
        wanted: list[float] = [
            0.0 if cell.weight else cell.part.width() if cell.fixed is None else cell.fixed for cell in self._cells
        ]
        left = width - sum(wanted) - self._gap * (len(self._cells) - 1)
        weights: float = sum(cell.weight for cell in self._cells)
        if weights:
            share = max(left, 0.0) / weights
            wanted = [
                cell.weight * share if cell.weight else want for cell, want in zip(self._cells, wanted, strict=True)
            ]
        total: float = sum(wanted)
        if left < 0 and total:
            room = max(width - self._gap * (len(self._cells) - 1), 1.0)
            wanted = [want * room / total for want in wanted]
        return wanted

    def width(self) -> float:
        return sum(cell.part.width() if cell.fixed is None else cell.fixed for cell in self._cells) + self._gap * (
            len(self._cells) - 1
        )

    def height(self, width: float) -> float:
        return max(cell.part.height(each) for cell, each in zip(self._cells, self._widths(width), strict=True))

    def draw(self, box: Box) -> Iterator[Shape]:
        x = box.x
        for cell, each in zip(self._cells, self._widths(box.width), strict=True):
            high = cell.part.height(each) if cell.middle else box.height
            yield from cell.part.draw(Box(x, box.y + (box.height - high) / 2, each, high))
            x += each + self._gap


class Grid:
    """Parts in equal columns, row by row; rows grow to fill a box up to `highest`."""

    def __init__(
        self,
        parts: Sequence[Part],
        columns: int,
        gap: float,
        *,
        down: float | None = None,
        highest: float = 0.0,
        by_column: bool = False,
    ) -> None:
        self._parts, self._columns, self._gap = parts, max(min(columns, len(parts)), 1), gap
        self._down = gap if down is None else down
        self._highest, self._by_column = highest, by_column
        # Tiles take what a page has left; they do not grow past `highest`.
        self.weight = 1.0 if highest else 0.0

    def _rows(self) -> list[list[Part]]:
        count = -(-len(self._parts) // self._columns)
        if self._by_column:
            return [list(self._parts[row::count]) for row in range(count)]
        return [list(self._parts[at : at + self._columns]) for at in range(0, len(self._parts), self._columns)]

    def _cell(self, width: float) -> float:
        return (width - self._gap * (self._columns - 1)) / self._columns

    def width(self) -> float:
        return max((part.width() for part in self._parts), default=0.0) * self._columns

    def height(self, width: float) -> float:
        cell = self._cell(width)
        heights = [max(part.height(cell) for part in row) for row in self._rows()]
        return sum(heights) + self._down * max(len(heights) - 1, 0)

    def draw(self, box: Box) -> Iterator[Shape]:
        cell, rows = self._cell(box.width), self._rows()
        heights = [max(part.height(cell) for part in row) for row in rows]
        spare = box.height - sum(heights) - self._down * (len(rows) - 1)
        if spare > 0 and self._highest:
            heights = [max(high, min(high + spare / len(rows), self._highest)) for high in heights]
        y = box.y
        for row, high in zip(rows, heights, strict=True):
            for at, part in enumerate(row):
                yield from part.draw(Box(box.x + at * (cell + self._gap), y, cell, high))
            y += high + self._down


class Card:
    """A part on its own ground."""

    def __init__(
        self,
        part: Part,
        look: Look,
        fill: str,
        *,
        pad: float,
        down: float | None = None,
        edge: str | None = None,
        bar: str | None = None,
    ) -> None:
        self._part, self._look, self._fill, self._pad, self._edge, self._bar = part, look, fill, pad, edge, bar
        self._down = pad if down is None else down

    def width(self) -> float:
        return self._part.width() + 2 * self._pad

    def height(self, width: float) -> float:
        return self._part.height(width - 2 * self._pad) + 2 * self._down

    def draw(self, box: Box) -> Iterator[Shape]:
        edge = self._look.edge if self._edge else 0.0
        yield Fill(box, self._fill, self._look.radius, self._edge, edge)
        if self._bar is not None:
            yield Fill(Box(box.x, box.y, self._look.mm(1.2), box.height), self._bar)
        yield from self._part.draw(box.shrunk(self._pad, self._down))
