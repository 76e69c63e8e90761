"""Pages with something to read, answers to check, or tiles to choose from."""

from kiosk.reception.flow.screen import Line, Page, Screen
from kiosk.screens.layout.answers import Answers
from kiosk.screens.layout.boxes import Card, Column, Grid, Part, Space, Text
from kiosk.screens.layout.buttons import Press, button, tile
from kiosk.screens.layout.frame import bottom_bar, content_width, foot, header, heading, middle_of_bar, shrunk, top_bar
from kiosk.screens.layout.look import ASIDE, BARE, ROOMY, Look
from kiosk.screens.layout.pieces import LineItem
from kiosk.screens.layout.shapes import Box, Shape
from kiosk.screens.panel import SMALLEST_MM

NAMES = frozenset({Page.ROLL, Page.STAFF, Page.HOST_HERE})
"""Pages whose rows are people: the name comes first."""
NOTE_AT_FOOT = frozenset({Page.CHECK})
"""Pages whose note is small print beside the button; elsewhere it belongs to what is read."""


def listing(screen: Screen, look: Look) -> tuple[list[Shape], bool]:
    """A page of lines, answers or tiles."""
    if look.panel.portrait:
        return _upright(screen, look)
    return _lying(screen, look)


def _lying(screen: Screen, look: Look) -> tuple[list[Shape], bool]:
    panel, wide = look.panel, content_width(look)
    bar_margin = look.mm(5.0) if not panel.short else look.mm(3.0)
    bar_width = panel.width - 2 * bar_margin
    in_bar = panel.short
    middle: Part | None = heading(screen, look, in_bar=True) if in_bar else middle_of_bar(screen, look)
    smaller = shrunk(screen, look) if in_bar else ()
    bar = top_bar(screen, look, bar_width, middle, aloud=False, shrunk=smaller)
    top = look.mm(2.4) if look.tight == ROOMY else look.mm(1.6)
    bar_high = bar.height(bar_width) if bar is not None else 0.0
    at_foot = screen.page in NOTE_AT_FOOT
    tiles = _buttons_are_tiles(screen)
    lower = None if tiles else foot(screen, look, wide.width, note=at_foot)
    lower_high = lower.height(wide.width) if lower is not None else 0.0
    head = header(screen, look, wide.width, title=not in_bar)
    head_high = head.height(wide.width)
    bottom = panel.height - (look.mm(4.6) if look.tight == ROOMY and not panel.short else look.mm(2.2))
    start = top + bar_high + look.mm(2.2 if look.tight == ROOMY else 1.0) + head_high
    start += look.mm(3.6) if look.tight == ROOMY else look.mm(1.6)
    end = bottom - lower_high - (look.gap * 1.4 if lower_high else 0)
    body = _body(screen, look, wide.width, end - start, note=not at_foot)
    body_high = body.height(wide.width)
    shapes: list[Shape] = []
    if bar is not None:
        shapes += bar.draw(Box(bar_margin, top, bar_width, bar_high))
    shapes += head.draw(
        Box(wide.margin, top + bar_high + look.mm(2.2 if look.tight == ROOMY else 1.0), wide.width, head_high)
    )
    shapes += body.draw(Box(wide.margin, start, wide.width, max(end - start, body_high)))
    if lower is not None:
        shapes += lower.draw(Box(wide.margin, bottom - lower_high, wide.width, lower_high))
    return shapes, body_high <= end - start + 1


def _upright(screen: Screen, look: Look) -> tuple[list[Shape], bool]:
    panel, wide = look.panel, content_width(look)
    half = panel.height / 2
    bar = bottom_bar(screen, look, wide.width)
    bar_high = bar.height(wide.width) if bar is not None else 0.0
    at_foot = screen.page in NOTE_AT_FOOT
    tiles = _buttons_are_tiles(screen)
    lower = None if tiles else foot(screen, look, wide.width, note=False)
    lower_high = lower.height(wide.width) if lower is not None else 0.0
    bottom = panel.height - look.mm(1.8)
    end = bottom - bar_high - (look.gap if bar_high else 0)
    foot_top = end - lower_high
    end = foot_top - (look.gap if lower_high else 0)
    where = middle_of_bar(screen, look)
    note = Text(look, screen.note, look.second, colour=look.colours.text2) if at_foot and screen.note else None
    head = Column(
        [
            where,
            Space(look.mm(0.4 if look.bigger and look.tight >= BARE else 2)),
            header(screen, look, wide.width),
            note,
        ],
        look.mm(0.6),
    )
    head_high = head.height(wide.width)
    top = look.mm(4.0) if look.tight == ROOMY else look.mm(1.8)
    beside = any(row.button is not None for row in screen.rows) and not _apart(screen, look)
    presses = bool(screen.choices or tiles or beside)
    start = top + head_high + look.mm(3.0 if look.tight == ROOMY else 1.4)
    floor = start
    if presses:
        start = max(start, half)
    body = _body(screen, look, wide.width, end - start, note=not at_foot)
    body_high = body.height(wide.width)
    if not presses:
        start = floor
    elif body_high < end - start and screen.choices:
        start = max(start, end - max(body_high, (end - half)))
    shapes: list[Shape] = list(head.draw(Box(wide.margin, top, wide.width, head_high)))
    shapes += body.draw(Box(wide.margin, start, wide.width, max(end - start, body_high)))
    if lower is not None:
        shapes += lower.draw(Box(wide.margin, foot_top, wide.width, lower_high))
    if bar is not None:
        shapes += bar.draw(Box(wide.margin, bottom - bar_high, wide.width, bar_high))
    return shapes, body_high <= end - start + 1 and foot_top >= half


def _buttons_are_tiles(screen: Screen) -> bool:
    """Whether the page is a choice between its buttons."""
    few = not (screen.rows or screen.choices or screen.lines)
    return few and len(screen.buttons) > 1 and not any(value.weight == "main" for value in screen.buttons)


def _body(screen: Screen, look: Look, width: float, room: float, *, note: bool) -> Column:
    parts: list[Part | None] = []
    lines, ticks = screen.lines, screen.lines[:0]
    if look.panel.portrait:
        # Upright, a box to tick stands near the buttons: in the lower half, where every hand reaches.
        ticks = tuple(line for line in lines if line.tick is not None)
        lines = tuple(line for line in lines if line.tick is None)
    if lines:
        parts.append(_lines(lines, look))
    apart = _apart(screen, look)
    if screen.rows:
        stacked, names = _stacked(screen, look), screen.page in NAMES
        parts.append(Answers(look, screen.rows, stacked=stacked, names=names, apart=apart))
    if screen.choices:
        parts.append(_tiles(screen, look, width, room))
    if _buttons_are_tiles(screen):
        parts.append(
            Grid([button(look, value, px=look.body) for value in screen.buttons], 1, look.gap, highest=look.mm(20))
        )
    if note and screen.note:
        parts.append(_note(screen, look))
    if ticks:
        parts += [Space(weight=1), _lines(ticks, look, low=True)]
    if apart and any(row.button is not None for row in screen.rows):
        parts += [Space(weight=1), _changes(screen, look)]
    return Column(parts, look.mm(3.2) if look.tight == ROOMY else look.mm(1.4))


def _apart(screen: Screen, look: Look) -> bool:
    """Upright, answers are read above the middle and changed under it, where every hand reaches."""
    return look.panel.portrait and screen.page is Page.CHECK


def _changes(screen: Screen, look: Look) -> Part:
    """What may be done about the answers, each button with the name of its answer."""
    least = 12.0 if look.tight == ROOMY else SMALLEST_MM + 0.1
    presses = [(row.label, row.button) for row in screen.rows if row.button is not None]
    tiles = [
        Press(
            look,
            value.id,
            label,
            "choice",
            icon=value.icon,
            px=min(look.body, round(look.big * ASIDE)) if look.bigger else look.body,
            floor=min(look.body, round(look.big * ASIDE)) if look.bigger else None,
            least_mm=least,
            most=2 if look.bigger or look.tight >= BARE else 1,
            bold=False,
        )
        for label, value in presses
    ]
    px = min(look.second, round(look.big * ASIDE)) if look.bigger else look.second
    what = Text(look, presses[0][1].text, px, colour=look.colours.text2)
    gap = min(look.gap, look.mm(2.4))
    return Column([what, Space(look.mm(0.8)), Grid(tiles, 2, gap)])


def _stacked(screen: Screen, look: Look) -> bool:
    if look.panel.portrait:
        return look.bigger or screen.page is not Page.CHECK
    if look.bigger and look.panel.short:
        return True
    return look.bigger and any(row.button is not None for row in screen.rows)


def _note(screen: Screen, look: Look) -> Part:
    c = look.colours
    english = None
    if screen.note_english is not None:
        english = Text(look, screen.note_english, look.english, colour=c.text2, language="en")
    words = Column([Text(look, screen.note, look.second), english])
    high = c.sunk == c.page
    pad = look.mm(4) if look.tight == ROOMY else look.mm(2.4)
    return Card(
        words,
        look,
        c.sunk,
        pad=pad,
        down=look.mm(2.2) if look.tight == ROOMY else look.mm(1.1),
        edge=c.edge if high else None,
    )


def _lines(lines: tuple[Line, ...], look: Look, *, low: bool = False) -> Part:
    items = [LineItem(look, line) for line in lines]
    down = look.mm(3.0) if look.tight == ROOMY else look.mm(1.6 if look.tight == 1 else 0.9)
    ticks = any(line.tick is not None for line in lines)
    # What room a page has left stands between its lines, not under them.
    highest = 0.0 if low else look.mm(22 if look.bigger else 19)
    if look.panel.portrait or look.bigger or (ticks and len(items) < 4) or len(items) < 3:
        return Grid(items, 1, 0, down=down, highest=highest)
    return Grid(items, 2, look.mm(6 if look.tight < BARE else 4), down=down, by_column=True, highest=highest)


def _tiles(screen: Screen, look: Look, width: float, room: float) -> Part:
    """As many columns as the words allow without growing small; at least as few as the room asks for."""
    count = len(screen.choices)
    most = 3 if look.panel.portrait else 4
    if count <= 3:
        most = 1
    least = 12.0 if look.tight == ROOMY else 10.0 if look.tight == 1 else 9.1
    gap = min(look.gap, look.mm(3))
    highest = look.mm(18)
    # More answers at once are worth more than the last third of their size.
    px = look.body if look.tight < BARE else look.second if look.bigger else round(look.body * 0.88)
    found: Grid | None = None
    for lines in (1, 2):
        tiles = [tile(look, choice, least_mm=least, floor=px, px=px, most=lines) for choice in screen.choices]
        for columns in range(min(most, count), 0, -1):
            grid = Grid(tiles, columns, gap, highest=highest)
            cell = (width - gap * (columns - 1)) / columns
            if all(press.whole(cell) for press in tiles):
                if grid.height(width) <= room:
                    return grid
                found = found or grid
    if look.tight <= (BARE + 2 if look.bigger else BARE):
        # Parts are better than small words: the flow cuts what is too long (`capacity`).
        if found is None:
            look.problems.append("these tiles have words that are too long")
        return found or grid
    smaller = [tile(look, choice, least_mm=9.1) for choice in screen.choices]
    grids = [Grid(smaller, columns, gap, highest=highest) for columns in range(1, most + 1)]
    return next((grid for grid in grids if grid.height(width) <= room), grids[-1])
