"""The panels a reception screen may have, in millimetres (look.md, Sizes on devices)."""

from dataclasses import dataclass

from kiosk.screens.errors import UnknownPanel

TARGET_MM = 15.0
"""A primary target; nothing to press is under `SMALLEST_MM`."""
SMALLEST_MM = 9.0
GAP_MM = 3.0
BIGGER_MM = 8.4
"""Size of all text with Bigger text: capitals of 6.1 mm, 0.7 degrees at 500 mm."""
CAPITALS = 0.727
"""Height of Andika's capitals as a part of its size."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: pixels, how many of them make a millimetre, and its sizes of type in pixels."""

    width: int
    height: int
    px_per_mm: float
    body: int
    heading: int
    key_mm: tuple[float, float]
    """A key of the keyboard, width and height."""
    key_gap: tuple[int, int]
    """Between keys, across and down, in pixels."""
    margin: int

    @property
    def name(self) -> str:
        """As it is written on the command line: `1280x800`."""
        return f"{self.width}x{self.height}"

    @property
    def portrait(self) -> bool:
        """Upright: what can be pressed stays in the lower half (kiosk.md, Access)."""
        return self.height > self.width

    @property
    def short(self) -> bool:
        """Too low for a bar of its own above the heading."""
        return not self.portrait and self.height / self.px_per_mm < 110

    def px(self, millimetres: float) -> int:
        """Millimetres in whole pixels, rounded up so that no target comes out too small."""
        return -int(-millimetres * self.px_per_mm // 1)


PANELS = {
    panel.name: panel
    for panel in (
        Panel(1280, 800, 5.93, 27, 50, (15.0, 15.0), (16, 16), 53),
        Panel(1024, 600, 6.64, 27, 46, (12.5, 10.4), (15, 10), 36),
        Panel(800, 480, 5.20, 20, 32, (11.9, 10.4), (12, 8), 24),
        Panel(1280, 720, 8.20, 31, 50, (12.2, 10.4), (17, 11), 44),
        Panel(720, 1280, 8.20, 30, 48, (10.8, 9.3), (20, 8), 44),
    )
}
DEFAULT_PANEL = PANELS["1280x800"]


def panel_named(name: str) -> Panel:
    """Find the profile of a panel, by its size in pixels.

    Raises: UnknownPanel, with the sizes there are.
    """
    try:
        return PANELS[name]
    except KeyError:
        raise UnknownPanel(f"There is no panel {name}. Choose one of {', '.join(PANELS)}.") from None
