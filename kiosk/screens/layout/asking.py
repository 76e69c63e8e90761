"""Do you need more time? A question over the page, with the seconds that are left."""

from kiosk.reception.flow.screen import Screen
from kiosk.screens.layout.boxes import Cell, Column, Part, Row, Space, Text
from kiosk.screens.layout.buttons import button
from kiosk.screens.layout.frame import bottom_bar, content_width, corner
from kiosk.screens.layout.look import Look
from kiosk.screens.layout.pictures import Countdown
from kiosk.screens.layout.shapes import Box, Fill, Shape
from kiosk.screens.panel import SMALLEST_MM, TARGET_MM

SCRIM = 0.72
"""How much of the page behind is covered."""


def dialog(screen: Screen, look: Look) -> tuple[list[Shape], bool]:
    """The question over its page."""
    panel, c = look.panel, look.colours
    width = min(panel.width - 2 * look.mm(4), max(panel.width * 0.625, look.mm(100)))
    pad = look.mm(8) if look.tight == 0 else look.mm(4)
    inner = width - 2 * pad
    ring = look.mm(24) if look.tight == 0 else look.mm(15)
    question = Text(look, screen.heading, look.heading, bold=True, most=4, floor=look.body)
    top = Row(
        [
            Cell(Countdown(look, screen.countdown_s or 0, screen.countdown_of_s or 30, ring), middle=True),
            Cell(question, weight=1, middle=True),
        ],
        look.mm(6) if look.tight == 0 else look.mm(3),
    )
    lead = Text(look, screen.lead, look.body) if screen.lead else None
    # The safe answer comes first.
    ordered = sorted(screen.buttons, key=lambda value: value.weight != "main")
    presses = [button(look, value, least_mm=TARGET_MM) for value in ordered]
    wanted = sum(press.width() for press in presses) + look.gap
    answers: Part
    if panel.portrait or wanted > inner:
        answers = Column(presses, look.gap)
    else:
        answers = Row([Cell(press, weight=press.width()) for press in presses], look.gap)
    gap = look.mm(5) if look.tight == 0 else look.mm(2)
    column = Column([top, Space(gap), lead, Space(gap), answers])
    high = column.height(inner) + 2 * pad
    office = _office(screen, look, width)
    last = panel.height - look.mm(1)
    x = (panel.width - width) / 2
    if office is not None and panel.portrait:
        last = office[1].y - look.gap
    elif office is not None:
        # The card makes way for the button in the corner.
        x = min(x, office[1].x - look.gap - width)
    if panel.portrait:
        # The card reaches from the middle down as far as its buttons need: they stay in the lower half.
        buttons_high = answers.height(inner)
        y = max((panel.height - high) / 2, panel.height / 2 - (high - pad - buttons_high))
        y = min(y, last - high)
    else:
        y = (panel.height - high) / 2
    box = Box(x, y, width, high)
    shapes: list[Shape] = [
        Fill(Box(0, 0, panel.width, panel.height), c.brand, opacity=SCRIM),
        Fill(box, c.card, look.mm(4), c.edge if c.edge == "#000000" else None, look.strong_edge),
    ]
    shapes += column.draw(box.shrunk(pad))
    if office is not None:
        shapes += office[0].draw(office[1])
    reached = not panel.portrait or box.bottom - pad - answers.height(inner) >= panel.height / 2 - 1
    return shapes, x >= 0 and y >= 0 and box.bottom <= last and high <= panel.height - look.mm(2) and reached


def _office(screen: Screen, look: Look, width: float) -> tuple[Part, Box] | None:
    """Ask at the office, and where: in its own corner, as on the page behind."""
    if screen.help is None:
        return None
    panel = look.panel
    if panel.portrait:
        bar = bottom_bar(screen, look, content_width(look).width)
        assert bar is not None
        wide = content_width(look)
        high = bar.height(wide.width)
        return bar, Box(wide.margin, panel.height - look.mm(1.8) - high, wide.width, high)
    edge = look.mm(3.0) if panel.short else look.mm(5.0)
    least = SMALLEST_MM + 3.6 if panel.short else TARGET_MM
    part = corner(look, screen.help, icon_only=False, least_mm=least)
    if part.width() > (panel.width - width) / 2 - edge - look.gap:
        part = corner(look, screen.help, icon_only=False, least_mm=least, small=True)
    long = part.width()
    return part, Box(panel.width - edge - long, look.mm(2.2), long, part.height(long))
