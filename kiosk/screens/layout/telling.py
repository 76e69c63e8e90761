"""Pages that tell how something ended: signed in with a lanyard, signed out, the office is rung."""

from dataclasses import replace

from kiosk.reception.flow.screen import Page, Screen
from kiosk.screens.layout.boxes import Column, Part, Space
from kiosk.screens.layout.frame import bottom_bar, content_width, foot, header, top_bar
from kiosk.screens.layout.look import BARE, ROOMY, Look
from kiosk.screens.layout.pictures import LanyardPicture
from kiosk.screens.layout.pieces import LineItem, Seal
from kiosk.screens.layout.shapes import Box, Fill, Shape

GOOD = frozenset({Page.DONE, Page.SIGNED_OUT, Page.BRIEFED})
SEALS = {
    Page.DONE: "tick",
    Page.SIGNED_OUT: "tick",
    Page.BRIEFED: "tick",
    Page.CLOSED: "bell",
    Page.SAVING: "waiting",
}


def telling(screen: Screen, look: Look) -> tuple[list[Shape], bool]:
    """A page that tells."""
    panel, c = look.panel, look.colours
    picture: Box | None = None
    left = 0.0
    top = 0.0
    if screen.lanyard is not None and look.tight < 5:
        if panel.portrait:
            top = panel.height * (0.36 if look.tight == ROOMY else 0.30 if look.tight < BARE else 0.24)
            picture = Box(0, 0, panel.width, top)
        else:
            left = panel.width * (0.367 if look.tight == ROOMY else 0.30 if look.tight < BARE else 0.26)
            picture = Box(0, 0, left, panel.height)
    shapes: list[Shape] = []
    if picture is not None and screen.lanyard is not None:
        shapes.append(Fill(picture, c.in_soft))
        if c.in_soft == c.page:
            line = max(look.edge, 2)
            shapes.append(
                Fill(Box(0, top - line, panel.width, line), c.edge)
                if panel.portrait
                else Fill(Box(left - line, 0, line, panel.height), c.edge)
            )
        margin = look.mm(5)
        place = Box(picture.x + margin, 0, picture.width - 2 * margin, picture.height - margin)
        shapes += LanyardPicture(look, screen.lanyard, screen.lanyard.ribbon).draw(place)
    wide = content_width(look)
    pad = look.mm(8) if picture is not None and look.tight == ROOMY and not panel.portrait else wide.margin
    x, width = left + pad, panel.width - left - pad - wide.margin
    fits = _column(screen, look, Box(x, top, width, panel.height - top), shapes, picture is not None)
    return shapes, fits


def _column(screen: Screen, look: Look, box: Box, shapes: list[Shape], picture: bool) -> bool:
    panel = look.panel
    bar = (
        None
        if panel.portrait
        else top_bar(screen, look, box.width, None, aloud=False)
        if screen.back or screen.help
        else None
    )
    bar_high = bar.height(box.width) if bar is not None else 0.0
    under = bottom_bar(screen, look, box.width) if panel.portrait else None
    under_high = under.height(box.width) if under is not None else 0.0
    lower = foot(screen, look, box.width, note=True)
    lower_high = lower.height(box.width) if lower is not None else 0.0
    bottom = box.bottom - look.mm(5 if look.tight == ROOMY and not panel.short and not panel.portrait else 2.2)
    top = box.y + look.mm(2.4)
    if bar is not None:
        if picture:
            shapes += bar.draw(Box(box.x, top, box.width, bar_high))
        else:
            edge = look.mm(5.0) if not panel.short else look.mm(3.0)
            shapes += bar.draw(Box(edge, top, panel.width - 2 * edge, bar_high))
        top += bar_high + look.mm(2)
    if under is not None:
        shapes += under.draw(Box(box.x, bottom - under_high, box.width, under_high))
        bottom -= under_high + look.gap
    if lower is not None:
        shapes += lower.draw(Box(box.x, bottom - lower_high, box.width, lower_high))
    foot_top = bottom - lower_high
    seal_size = look.mm(12.8 if look.tight == ROOMY else 10)
    seal = Seal(look, SEALS.get(screen.page, "bell"), screen.page in GOOD, seal_size) if look.tight < 4 else None
    gap = look.mm(3.2) if look.tight == ROOMY else look.mm(1.4)
    items: list[Part] = [
        LineItem(look, line if look.tight < 4 else replace(line, english=None), plain=True) for line in screen.lines
    ]
    column = Column(
        [
            seal,
            Space(gap),
            header(screen, look, box.width),
            Space(gap),
            Column(items, gap * 0.9),
        ]
    )
    high = column.height(box.width)
    room = foot_top - top - look.mm(2)
    y = top + max(min((room - high) * 0.42, look.mm(30)), 0)
    shapes += column.draw(Box(box.x, y, box.width, high))
    return high <= room + 1 and (not panel.portrait or foot_top >= panel.height / 2)
