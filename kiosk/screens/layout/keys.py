"""The keyboard laid out on a panel; letters stand from left to right in every language."""

from collections.abc import Iterator, Sequence

from kiosk.reception.flow.screen import Button, Field
from kiosk.screens.keyboard import (
    BOTTOM,
    ERASE,
    NEXT,
    SHIFT,
    SPACE,
    accents_of,
    rows_of,
    shown,
)
from kiosk.screens.layout.boxes import Text
from kiosk.screens.layout.buttons import Paint, button
from kiosk.screens.layout.look import BARE, Look
from kiosk.screens.layout.mirror import mirror
from kiosk.screens.layout.shapes import Box, Drawing, Fill, Plain, Shape, Target
from kiosk.screens.panel import SMALLEST_MM, TARGET_MM

LETTER = 0.44
"""Size of a letter against the width of its key."""


class Keys:
    """A keyboard at the foot of a page, with the page's main button in its last row."""

    def __init__(self, look: Look, field: Field, main: Button | None, *, capital: bool, searching: bool) -> None:
        self._look, self._field, self._main, self._capital = look, field, main, capital
        panel = look.panel
        self._rows = rows_of(panel, field.keyboard, searching=searching)
        # Where words need the room, keys give some of their height, and never go under what a finger needs.
        least = SMALLEST_MM + 0.15
        high = max(panel.key_mm[1] * (1.0, 0.92)[min(look.tight, 1)], least) if look.tight < BARE else least
        self._key = (panel.key_mm[0] * panel.px_per_mm, high * panel.px_per_mm)
        self._gap: tuple[float, float] = panel.key_gap
        if look.tight >= BARE:
            self._gap = (self._gap[0], min(self._gap[1], look.mm(0.9)))
        self._pad = (
            look.mm(2.0 if panel.short else 1.2 if panel.portrait else 3.0) if look.tight < BARE else look.mm(1.2)
        )
        self._digits = field.keyboard == "digits"
        self._searching = searching
        if panel.portrait:
            # The grid is as wide as the page.
            across = 3 if self._digits else max(len(row) for row in self._rows)
            room = panel.width - 2 * panel.margin
            self._gap = (min(self._gap[0], look.mm(1.8)), self._gap[1])
            self._key = ((room - (across - 1) * self._gap[0]) / across, self._key[1])

    def width(self) -> float:
        return self._look.panel.width

    @property
    def _has_bottom(self) -> bool:
        """Whether there is a row under the letters."""
        if self._digits:
            return self._main is not None and self._look.panel.portrait
        return not (self._searching and self._look.panel.portrait and self._main is None)

    @property
    def _bottom(self) -> float:
        if self._main is None:
            return self._key[1]
        return max(self._look.panel.px(TARGET_MM), self._key[1])

    def height(self, width: float) -> float:
        rows = len(self._rows) * self._key[1] + (len(self._rows) - 1) * self._gap[1]
        if self._has_bottom:
            rows += self._gap[1] + self._bottom
        elif self._main is not None:
            # Beside the digits stands the main button, in their last row.
            rows += max(self._look.panel.px(TARGET_MM) - self._key[1], 0)
        return rows + 2 * self._pad

    def draw(self, box: Box) -> Iterator[Shape]:
        look = self._look
        if not look.panel.portrait:
            yield Fill(Box(0, box.y, look.panel.width, look.panel.height - box.y), look.colours.sunk)
            yield Fill(Box(0, box.y, look.panel.width, max(look.edge / 2, 1)), look.colours.line)
        y = box.y + self._pad
        fixed: list[Shape] = []
        for at, row in enumerate(self._rows):
            high = self._key[1]
            if self._digits and at == len(self._rows) - 1 and self._main is not None and not self._has_bottom:
                high = max(high, look.panel.px(TARGET_MM))
            fixed += self._row(row, box, y, high)
            y += high + self._gap[1]
        for shape in fixed:
            # Drawn mirrored here and once more with the page: letters keep their places in every language.
            yield mirror(shape, look.panel.width) if look.right_to_left else shape
        if self._has_bottom:
            yield from self._last(box, y)
        elif self._main is not None:
            yield from self._beside_digits(y - self._gap[1])

    def _row(self, row: Sequence[str], box: Box, y: float, high: float) -> Iterator[Shape]:
        widths = [self._wide(key) for key in row]
        long = sum(widths) + self._gap[0] * (len(row) - 1)
        x = box.x + (box.width - long) / 2
        if self._digits and self._main is not None and not self._has_bottom:
            # The main button stands after the digits, on whichever side that is.
            aside = (self._next_wide + self._gap[0]) / 2
            x += aside if self._look.right_to_left else -aside
        for key, wide in zip(row, widths, strict=True):
            if key:
                yield self.key(key, Box(x, y, wide, high))
            x += wide + self._gap[0]

    @property
    def _next_wide(self) -> float:
        return self._look.panel.px(TARGET_MM) * 2.2

    def _wide(self, key: str) -> float:
        if self._look.panel.portrait:
            return self._key[0]
        if self._digits:
            return self._key[0] * 1.7
        return self._key[0] * 1.5 if key in (SHIFT, ERASE) else self._key[0]

    def _last(self, box: Box, y: float) -> Iterator[Shape]:
        panel, gap = self._look.panel, self._gap[0]
        long = 10 * self._key[0] + 9 * gap if not panel.portrait else panel.width - 2 * panel.margin
        x, end = (panel.width - long) / 2, (panel.width + long) / 2
        row: tuple[str, ...] = (SPACE, NEXT) if panel.portrait else BOTTOM
        if self._digits:
            row = (NEXT,)
        if self._main is not None:
            wide = long if self._digits else self._main_width(long)
            yield from button(self._look, self._main, most=2, floor=self._look.floor).draw(
                Box(end - wide, y, wide, self._bottom)
            )
            end -= wide + gap
        for key in row:
            if key == NEXT:
                continue
            wide = end - x if key == SPACE else self._key[0]
            yield self.key(key, Box(x, y, wide, self._bottom))
            x += wide + gap

    def _main_width(self, long: float) -> float:
        assert self._main is not None
        wanted = button(self._look, self._main).width()
        return min(max(wanted, 2.85 * self._key[0] + 2 * self._gap[0]), long * 0.62)

    def _beside_digits(self, bottom: float) -> Iterator[Shape]:
        assert self._main is not None
        long = 3 * self._key[0] * 1.7 + 2 * self._gap[0] + self._gap[0] + self._next_wide
        x = (self._look.panel.width + long) / 2 - self._next_wide
        high = self._key[1] + max(self._look.panel.px(TARGET_MM), self._key[1]) + self._gap[1]
        yield from button(self._look, self._main, most=2).draw(Box(x, bottom - high, self._next_wide, high))

    def key(self, key: str, box: Box) -> Target:
        """One key."""
        look, c = self._look, self._look.colours
        special = key in (SHIFT, ERASE)
        chosen = key == SHIFT and self._capital
        rest = Paint(c.tint if special else c.card, c.brand if special else c.text, c.edge, look.edge)
        if chosen:
            rest = Paint(c.brand, c.on_brand, c.brand, look.edge)
        pressed = Paint(c.brand, c.on_brand, c.brand, look.edge)
        letter = shown(key, capital=self._capital)
        typed = None if special else " " if key == SPACE else letter
        return Target(
            box,
            key if special else f"key:{key}",
            "key",
            tuple(self._paint(key, letter, box, rest)),
            tuple(self._paint(key, letter, box, pressed)),
            typed=typed,
            accents=() if special or key == SPACE else accents_of(key, capital=self._capital),
        )

    def _paint(self, key: str, letter: str, box: Box, paint: Paint) -> Iterator[Plain]:
        look = self._look
        yield Fill(box, paint.fill, look.radius * 0.9, paint.edge, paint.edge_px)
        size = min(box.height, self._key[0]) * LETTER
        if key in (SHIFT, ERASE):
            icon = size * 0.9
            place = Box(box.x + (box.width - icon) / 2, box.y + (box.height - icon) / 2, icon, icon)
            yield Drawing(place, key, paint.ink)
            return
        if key == SPACE:
            yield from self._space_bar(box, paint.ink)
            return
        px = max(int(size), look.body if look.bigger else 0, look.floor)
        text = Text(
            look,
            letter,
            min(px, int(box.height * 0.8)),
            colour=paint.ink,
            align="middle",
            middle=True,
            language="en",
            within=box,
        )
        for shape in text.draw(box):
            assert not isinstance(shape, Target)
            yield shape

    def _space_bar(self, box: Box, ink: str) -> Iterator[Plain]:
        """The sign for a space: a bar with its ends turned up, the same in every language."""
        thick = max(self._look.mm(0.35), 2)
        wide, high = min(box.width * 0.4, self._look.mm(24)), self._look.mm(1.5)
        x, y = box.x + (box.width - wide) / 2, box.y + box.height * 0.54
        yield Fill(Box(x, y, wide, thick), ink)
        yield Fill(Box(x, y - high, thick, high + thick), ink)
        yield Fill(Box(x + wide - thick, y - high, thick, high + thick), ink)


def accent_keys(look: Look, target: Target) -> tuple[Shape, ...]:
    """What a long press opens: the accents of a key, over the keyboard and near the finger; already mirrored."""
    panel = look.panel
    wide = max(panel.key_mm[0] * panel.px_per_mm, panel.px(9.0) + 2)
    high, gap = target.box.height, panel.key_gap[0]
    pad = look.mm(1.6)
    most = max(int((panel.width - 4 * pad + gap) // (wide + gap)), 1)
    accents = target.accents
    rows = -(-len(accents) // most)
    across = -(-len(accents) // rows)
    long = across * wide + (across - 1) * gap + 2 * pad
    deep = rows * high + (rows - 1) * panel.key_gap[1] + 2 * pad
    x = min(max(target.box.x + target.box.width / 2 - long / 2, pad), panel.width - long - pad)
    y = target.box.y - deep - look.mm(1)
    if y < (panel.height / 2 if panel.portrait else 0):
        # Upright, nothing to press is out of reach of a hand on the arm of a wheelchair.
        y = target.box.bottom + look.mm(1)
    c = look.colours
    shapes: list[Shape] = [Fill(Box(x, y, long, deep), c.card, look.radius, c.brand, look.strong_edge)]
    keys = Keys(look, Field(""), None, capital=False, searching=False)
    for at, accent in enumerate(accents):
        row, column = divmod(at, across)
        box = Box(x + pad + column * (wide + gap), y + pad + row * (high + panel.key_gap[1]), wide, high)
        made = keys.key(accent, box)
        shapes.append(Target(box, f"accent:{accent}", "key", made.shapes, made.pressed, typed=accent))
    return tuple(shapes)
