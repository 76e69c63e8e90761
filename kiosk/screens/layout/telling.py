"""Pages that tell how something ended: signed in with a lanyard, signed out, the office is rung."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.reception.flow.screen import Page, Screen
from kiosk.screens.layout.boxes import Column, Part, Space
from kiosk.screens.layout.frame import bottom_bar, content_width, foot, header, heading, shrunk, top_bar
from kiosk.screens.layout.look import BARE, ROOMY, TIGHTEST, Look
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


ENGLISH_UNTIL = TIGHTEST
"""So tight the English and the mark that nobody has checked the words still stand."""


def telling(screen: Screen, look: Look) -> tuple[list[Shape], bool]:
    """A page that tells."""
    panel = look.panel
    shapes: list[Shape] = []
    picture = _ground(screen, look)
    title: Part | None = None
    x, top = 0.0, 0.0
    if picture is not None and screen.lanyard is not None:
        shapes += _soft(look, picture)
        margin = look.mm(5) if look.tight <= BARE else look.mm(2.4)
        place = Box(picture.x + margin, 0, picture.width - 2 * margin, picture.height - margin)
        if panel.portrait and look.tight > BARE:
            # Beside the lanyard stands what has happened.
            place = Box(margin, 0, look.mm(17), picture.height - look.mm(1.6))
            title = heading(screen, look)
            wide = panel.width - place.right - 2 * margin
            high = title.height(wide)
            shapes += title.draw(Box(place.right + margin, (picture.height - high) / 2, wide, high))
        shapes += LanyardPicture(look, screen.lanyard, screen.lanyard.ribbon).draw(place)
        x, top = (0.0, picture.height) if panel.portrait else (picture.width, 0.0)
    wide_ = content_width(look)
    pad = look.mm(8) if picture is not None and look.tight == ROOMY and not panel.portrait else wide_.margin
    column = Box(x + pad, top, panel.width - x - pad - wide_.margin, panel.height - top)
    return shapes, _column(screen, look, column, shapes, picture is not None, titled=title is not None)


def _ground(screen: Screen, look: Look) -> Box | None:
    """Where the lanyard stands: above the words or beside them, smaller where they need the room."""
    panel = look.panel
    if screen.lanyard is None:
        return None
    if panel.portrait:
        part = 0.36 if look.tight == ROOMY else 0.30 if look.tight < BARE else 0.24
        return Box(0, 0, panel.width, panel.height * part if look.tight <= BARE else look.mm(24))
    part = 0.367 if look.tight == ROOMY else 0.30 if look.tight < BARE else 0.26
    return Box(0, 0, panel.width * part if look.tight <= BARE else look.mm(29), panel.height)


def _soft(look: Look, picture: Box) -> Iterator[Shape]:
    """Its ground; in high contrast a line."""
    c = look.colours
    yield Fill(picture, c.in_soft)
    if c.in_soft == c.page:
        line = max(look.edge, 2)
        if look.panel.portrait:
            yield Fill(Box(0, picture.height - line, picture.width, line), c.edge)
        else:
            yield Fill(Box(picture.width - line, 0, line, picture.height), c.edge)


def _column(screen: Screen, look: Look, box: Box, shapes: list[Shape], picture: bool, *, titled: bool) -> bool:
    panel = look.panel
    bar: Part | None = None
    if not panel.portrait and (screen.back or screen.help):
        in_bar = panel.short and picture and look.tight > BARE
        middle = heading(screen, look, in_bar=True) if in_bar else None
        bar = top_bar(screen, look, box.width, middle, aloud=False, shrunk=shrunk(screen, look))
        titled = titled or in_bar
    bar_high = bar.height(box.width) if bar is not None else 0.0
    under = bottom_bar(screen, look, box.width) if panel.portrait else None
    under_high = under.height(box.width) if under is not None else 0.0
    lower = foot(screen, look, box.width, note=look.tight < 6)
    lower_high = lower.height(box.width) if lower is not None else 0.0
    bottom = box.bottom - look.mm(5 if look.tight == ROOMY and not panel.short and not panel.portrait else 2.2)
    top = box.y + look.mm(2.4)
    if bar is not None:
        if picture:
            shapes += bar.draw(Box(box.x, top, box.width, bar_high))
        else:
            edge = look.mm(5.0) if not panel.short else look.mm(3.0)
            shapes += bar.draw(Box(edge, top, panel.width - 2 * edge, bar_high))
        top += bar_high + look.mm(2 if look.tight < BARE else 1)
    if under is not None:
        shapes += under.draw(Box(box.x, bottom - under_high, box.width, under_high))
        bottom -= under_high + look.gap
    if lower is not None:
        shapes += lower.draw(Box(box.x, bottom - lower_high, box.width, lower_high))
    foot_top = bottom - lower_high
    seal_size = look.mm(12.8 if look.tight == ROOMY else 10)
    plain = titled or look.tight >= 4
    seal = None if plain else Seal(look, SEALS.get(screen.page, "bell"), screen.page in GOOD, seal_size)
    gap = look.mm(3.2) if look.tight == ROOMY else look.mm(1.4) if look.tight <= BARE else look.mm(0.8)
    # What is to be taken stands first, and larger where there is room.
    first = round(look.body * 1.2) if screen.lanyard is not None and look.tight < BARE else None
    items: list[Part] = [
        LineItem(
            look,
            line if look.tight < ENGLISH_UNTIL else replace(line, english=None),
            plain=True,
            px=first if at == 0 else None,
        )
        for at, line in enumerate(screen.lines)
    ]
    column = Column(
        [
            seal,
            Space(gap),
            header(screen, look, box.width, title=not titled, marked=ENGLISH_UNTIL - 1),
            Space(gap),
            Column(items, gap * 0.9),
        ]
    )
    high = column.height(box.width)
    room = foot_top - top - look.mm(2 if look.tight <= BARE else 1)
    y = top + max(min((room - high) * 0.42, look.mm(30)), 0)
    shapes += column.draw(Box(box.x, y, box.width, high))
    return high <= room + 1 and (not panel.portrait or foot_top >= panel.height / 2)
