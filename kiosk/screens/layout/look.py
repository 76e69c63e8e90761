"""How a page is drawn: panel, theme, language, sizes of type, and how tight."""

from dataclasses import dataclass, field, replace

from kiosk.reception.flow.screen import Screen
from kiosk.screens.panel import BIGGER_MM, Panel
from kiosk.screens.tokens import Colours, colours_of

ROOMY, TIGHT, BARE = 0, 1, 2
"""Roomy as drawn; tight with smaller gaps; bare without what only adorns. Each step more makes words a step smaller."""
TIGHTEST = 12
STEP = 0.93
ASIDE = 0.7
"""Second text beside Bigger text, where room is short: capitals of 4.2 mm (0.5 degrees), a third above normal text."""


@dataclass(frozen=True, slots=True)
class Look:
    """What every part of one page is drawn with."""

    panel: Panel
    colours: Colours
    language: str
    right_to_left: bool
    bigger: bool
    tight: int = ROOMY
    problems: list[str] = field(default_factory=list, compare=False, repr=False)
    """What did not fit; empty once a page is good."""

    def tighter(self, tight: int) -> "Look":
        """The same, tighter, with no problems yet."""
        return replace(self, tight=tight, problems=[])

    @property
    def big(self) -> int:
        """The size of everything with Bigger text."""
        return round(BIGGER_MM * self.panel.px_per_mm)

    def _size(self, normal: float, bigger: float) -> int:
        if self.bigger:
            return max(round(bigger * STEP ** max(self.tight - BARE, 0)), round(normal))
        # Without Bigger text words give way little: the sizes of the table are for arm's length already.
        return round(normal * STEP ** min(max(self.tight - BARE, 0), 3))

    @property
    def body(self) -> int:
        """Text, buttons, rule lines."""
        return self._size(self.panel.body, self.big)

    @property
    def second(self) -> int:
        """Text that explains other text."""
        if self.bigger and self.tight >= BARE:
            # It gives way first, so that what is read first keeps its size and its page, and no further than that.
            return min(self.body, max(round(self.big * ASIDE), round(self.panel.body * 0.85)))
        return self._size(self.panel.body * 0.85, self.big)

    @property
    def english(self) -> int:
        """English beside another language."""
        return self._size(self.panel.body * 0.78, self.big * (0.78 if self.tight < BARE else ASIDE * 0.86))

    @property
    def heading(self) -> int:
        """The question."""
        room = 1.0 if self.panel.short or self.panel.portrait else 1.3
        return self._size(self.panel.heading, max(self.big * room, self.panel.heading))

    @property
    def floor(self) -> int:
        """No label is ever smaller than this."""
        return round(self.panel.body * 0.72)

    def mm(self, millimetres: float) -> float:
        """Millimetres in pixels."""
        return millimetres * self.panel.px_per_mm

    @property
    def gap(self) -> float:
        """Between two targets."""
        return self.mm(3.0) if self.tight == ROOMY else self.mm(2.4 if self.tight == TIGHT else 1.7)

    @property
    def pad(self) -> float:
        """Inside buttons and cards, at the sides."""
        return self.mm(4.0) if self.tight == ROOMY else self.mm(2.4 if self.tight == TIGHT else 1.6)

    @property
    def edge(self) -> float:
        """Width of an edge in pixels."""
        return max(round(self.mm(self.colours.edge_mm)), 2)

    @property
    def strong_edge(self) -> float:
        """Width of the edge of what is chosen."""
        return max(round(self.mm(self.colours.strong_edge_mm)), 3)

    @property
    def radius(self) -> float:
        """Round corners of buttons and fields."""
        return self.mm(2.4)


def look_at(screen: Screen, panel: Panel) -> Look:
    """The roomiest look of a page on a panel."""
    return Look(panel, colours_of(screen.contrast), screen.language, screen.right_to_left, screen.bigger)
