"""Things to press: buttons of every weight, tiles, links; with how each looks under a finger."""

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.reception.flow.screen import Button, Choice
from kiosk.screens.layout.boxes import Text
from kiosk.screens.layout.look import BARE, ROOMY, Look
from kiosk.screens.layout.shapes import Box, Drawing, Fill, Plain, Role, Shape, Target, Words
from kiosk.screens.panel import SMALLEST_MM, TARGET_MM


@dataclass(frozen=True, slots=True)
class Paint:
    """The colours of a button."""

    fill: str | None
    ink: str
    edge: str | None
    edge_px: float = 0.0


def paint_of(look: Look, role: Role, *, chosen: bool, enabled: bool) -> tuple[Paint, Paint]:
    """How a button is painted at rest and under a finger."""
    c = look.colours
    if not enabled:
        off = Paint(c.sunk, c.text2, c.edge, look.edge)
        return off, off
    if role == "main":
        return Paint(c.brand, c.on_brand, None), Paint(c.brand_pressed, c.on_brand, None)
    if role == "stop":
        return Paint(c.card, c.no_ink, c.no_solid, look.strong_edge), Paint(c.no_solid, c.no_on, c.no_solid, look.edge)
    pressed = Paint(c.brand, c.on_brand, c.brand, look.edge)
    if chosen:
        return Paint(c.tint, c.brand, c.brand, look.strong_edge), pressed
    if role == "link":
        return Paint(None, c.text, None), Paint(c.tint, c.brand, c.brand, look.edge)
    return Paint(c.card, c.text, c.edge, look.edge), pressed


class Press:
    """A button: an icon, words, perhaps an icon after them."""

    def __init__(
        self,
        look: Look,
        id: str,
        text: str,
        role: Role,
        *,
        icon: str | None = None,
        after: str | None = None,
        chosen: bool = False,
        enabled: bool = True,
        least_mm: float = TARGET_MM,
        px: int | None = None,
        bold: bool = True,
        language: str | None = None,
        private: bool = False,
        most: int = 2,
        icon_only: bool = False,
        above: bool = False,
        hero: bool = False,
        floor: int | None = None,
        wide_mm: float = 0.0,
        snug: bool = False,
        icon_px: float | None = None,
        pad_mm: float = 0.0,
    ) -> None:
        self._wide, self._icon_size, self._least_pad = look.mm(wide_mm), icon_px, look.mm(pad_mm)
        self._look, self._id, self._role, self._words = look, id, role, text
        self._icon, self._after, self._chosen, self._enabled = icon, after, chosen, enabled
        self._least, self._px = look.mm(least_mm), px or look.body
        self._bold = bold and role != "link"
        self._language, self._private, self._most = language, private, most
        self._icon_only, self._above, self._hero = icon_only and icon is not None, above and icon is not None, hero
        self._floor = floor or look.floor
        if snug:
            # As large as one line may be in a target of this height.
            line = self._text("").height(10**6) / self._px
            if line > 0:
                self._px = max(min(self._px, int((self._least - look.mm(1.2)) / line)), look.floor)

    @property
    def size(self) -> int:
        """The size that its words have unless they must give way."""
        return self._px

    @property
    def _icon_px(self) -> float:
        if self._icon_size is not None:
            return self._icon_size
        # Icons are as large as the words beside them are in normal text: bigger ones would push the words out.
        return self._px * 1.1 if not self._hero else self._px * 1.05

    def _text(self, colour: str, within: Box | None = None) -> Text:
        return Text(
            self._look,
            self._words,
            self._px,
            bold=self._bold,
            colour=colour,
            align="middle" if self._above else "start",
            language=self._language,
            private=self._private,
            most=self._most,
            floor=self._floor,
            within=within,
            underline=self._role == "link" and self._enabled and not self._above,
            middle=True,
        )

    @property
    def _pad(self) -> float:
        if self._role == "link" or self._above:
            return max(self._look.mm(0.8), self._least_pad)
        if self._hero:
            return self._look.pad * 1.6
        if self._most > 1:
            return self._look.pad
        part = 0.85 if self._look.tight == ROOMY and self._role != "choice" else 0.6
        return max(self._look.pad * part, self._least_pad)

    def _beside(self) -> float:
        """Room that icons take beside the words."""
        gap = self._look.mm(2.6) if self._look.tight < BARE else self._look.mm(1.6)
        icons = (self._icon is not None) + (self._after is not None)
        return icons * (self._icon_px + gap)

    def width(self) -> float:
        if self._icon_only:
            return max(self._icon_px + 2 * self._pad, self._least)
        if self._above:
            return max(self._text("").width() + 2, self._icon_px, self._least - 2 * self._pad) + 2 * self._pad
        return max(self._text("").width() + self._beside() + 2 * self._pad + 2, self._wide)

    def height(self, width: float) -> float:
        if self._icon_only:
            return self._least
        if self._above:
            words = self._text("").height(width - 2 * self._pad)
            return max(self._icon_px + self._look.mm(1) + words + self._look.mm(1), self._least)
        room = width - 2 * self._pad - self._beside()
        if not self._text("").fit(max(room, 1)).whole:
            room = width - 2 * self._pad
        return max(self._text("").height(max(room, 1)) + self._look.mm(1.2), self._least)

    def whole(self, width: float) -> bool:
        """Whether its words fit at their full size in so many lines as they may have."""
        fitted = self._text("").fit(max(width - 2 * self._pad - self._beside(), 1))
        return fitted.whole and fitted.px == self._px

    def draw(self, box: Box) -> Iterator[Shape]:
        rest, pressed = paint_of(self._look, self._role, chosen=self._chosen, enabled=self._enabled)
        yield Target(
            box,
            self._id,
            self._role,
            tuple(self._paint(box, rest)),
            tuple(self._paint(box, pressed)),
            enabled=self._enabled,
        )

    def _paint(self, box: Box, paint: Paint) -> Iterator[Plain]:
        if paint.fill is not None or paint.edge is not None:
            yield Fill(box, paint.fill, self._look.radius, paint.edge, paint.edge_px)
        if self._icon_only:
            assert self._icon is not None
            yield self._drawing(self._icon, box.x + (box.width - self._icon_px) / 2, box, paint.ink)
        elif self._above:
            yield from self._stacked(box, paint)
        else:
            yield from self._inline(box, paint)

    def _drawing(self, name: str, x: float, box: Box, colour: str, size: float | None = None) -> Drawing:
        size = size or self._icon_px
        return Drawing(Box(x, box.y + (box.height - size) / 2, size, size), name, colour)

    def _inline(self, box: Box, paint: Paint) -> Iterator[Plain]:
        icon, after = self._icon, self._after
        inner = box.shrunk(self._pad, self._look.mm(0.6))
        beside = self._beside()
        text = self._text(paint.ink, box)
        if beside and not text.fit(inner.width - beside, inner.height).whole:
            # Words come before icons.
            icon = after = None
            beside = 0.0
        fitted = text.fit(inner.width - beside, inner.height)
        # Lines are centred as a block: the widest one decides.
        wide = min(max(text.length_of(line, fitted.px) for line in fitted.lines), inner.width - beside)
        step = beside / ((icon is not None) + (after is not None)) if beside else 0.0
        x = inner.x if self._hero else inner.x + (inner.width - wide - beside) / 2
        if self._role == "link":
            x = inner.x
        if icon is not None:
            yield self._drawing(icon, x, box, paint.ink)
            x += step
        for shape in text.draw(Box(x, inner.y, wide + 1, inner.height)):
            assert isinstance(shape, Words | Fill)
            yield shape
        if after is not None:
            end = inner.right - self._icon_px if self._hero else x + wide + step - self._icon_px
            yield self._drawing(after, end, box, paint.ink)

    def _stacked(self, box: Box, paint: Paint) -> Iterator[Plain]:
        assert self._icon is not None
        inner = box.shrunk(self._pad, 0)
        text = self._text(paint.ink, box)
        high = text.height(inner.width)
        # Icons of a row stand on one line, whether one line of words follows or two.
        line = text.face.line * self._px
        lines = min(self._most, 2)
        top = box.y + max((box.height - lines * line - self._icon_px - self._look.mm(1)) / 2, self._look.mm(0.5))
        icon = Box(box.x + (box.width - self._icon_px) / 2, top, self._icon_px, self._icon_px)
        yield Drawing(icon, self._icon, paint.ink)
        for shape in text.draw(Box(inner.x, icon.bottom + self._look.mm(1), inner.width, high)):
            assert isinstance(shape, Words | Fill)
            yield shape


def button(look: Look, value: Button, **wishes: object) -> Press:
    """A button of the flow, as its weight says."""
    icon, after = value.icon, None
    if icon == "forward":
        icon, after = None, "forward"
    if value.selected:
        after = "tick"
    made: dict[str, object] = {"icon": icon, "after": after, "chosen": value.selected, "enabled": value.enabled}
    return Press(look, value.id, value.text, value.weight, **(made | wishes))  # type: ignore[arg-type]  # checked by name


def tile(look: Look, choice: Choice, *, least_mm: float = 12.0, **wishes: object) -> Press:
    """One of several tiles; a name in it keeps its own letters and direction."""
    made: dict[str, object] = {
        "icon": choice.icon,
        "after": "tick" if choice.chosen else None,
        "chosen": choice.chosen,
        "language": choice.language,
        "least_mm": max(least_mm, SMALLEST_MM),
        "private": choice.id.startswith("person:"),
    }
    return Press(look, choice.id, choice.text, "choice", **(made | wishes))  # type: ignore[arg-type]  # checked by name
