"""Pages with a writing line and a keyboard: name, where from, whom by letters, sign out, delivery."""

from kiosk.reception.flow.screen import Page, Screen
from kiosk.screens.layout.boxes import Cell, Column, Grid, Part, Row, Space, Text
from kiosk.screens.layout.buttons import Press, tile
from kiosk.screens.layout.frame import bottom_bar, content_width, header, heading, middle_of_bar, shrunk, top_bar, wrong
from kiosk.screens.layout.keys import Keys
from kiosk.screens.layout.look import BARE, ROOMY, Look
from kiosk.screens.layout.shapes import Box, Shape
from kiosk.screens.layout.writing import WritingLine
from kiosk.screens.panel import SMALLEST_MM


def typing(screen: Screen, look: Look, *, capital: bool | None) -> tuple[list[Shape], bool]:
    """A question that is answered with the keyboard."""
    assert screen.field is not None
    main = next((value for value in screen.buttons if value.weight == "main"), None)
    searching = screen.page is Page.HOST_NAME
    up = screen.field.capital if capital is None else capital
    keys = Keys(look, screen.field, main, capital=up, searching=searching)
    if look.panel.portrait:
        return _upright(screen, look, keys)
    return _lying(screen, look, keys)


def _hint(screen: Screen, look: Look) -> Part | None:
    """What is wrong, at the field; else what helps to answer."""
    field = screen.field
    assert field is not None
    if field.error is not None:
        return wrong(look, field.error)
    words = field.hint or screen.lead
    if not words or look.tight >= 6:
        return None
    return Text(look, words, look.second, colour=look.colours.text2)


def _lead(screen: Screen, look: Look) -> Part | None:
    """The page's own lead, where the field's hint does not say it all."""
    field = screen.field
    assert field is not None
    if not screen.lead or (look.tight >= BARE and screen.page not in (Page.SIGN_OUT,)):
        return None
    return Text(
        look, screen.lead, look.second, colour=look.colours.text if screen.page is Page.SIGN_OUT else look.colours.text2
    )


def _lying(screen: Screen, look: Look, keys: Keys) -> tuple[list[Shape], bool]:
    panel, wide = look.panel, content_width(look)
    assert screen.field is not None
    bar_margin = look.mm(5.0) if not panel.short else look.mm(3.0)
    bar_width = panel.width - 2 * bar_margin
    in_bar = panel.short
    title = heading(screen, look, in_bar=True) if in_bar else None
    smaller = shrunk(screen, look) if in_bar else ()
    bar = top_bar(screen, look, bar_width, title or middle_of_bar(screen, look), aloud=True, shrunk=smaller)
    keys_high = keys.height(panel.width)
    top = look.mm(2.2)
    bar_high = bar.height(bar_width) if bar is not None else 0.0
    chips = _matches(screen, look)
    hint, lead = _hint(screen, look), _lead(screen, look)
    parts: list[Part | None] = []
    if not in_bar:
        question = heading(screen, look)
        room = wide.width - question.width() - look.mm(5)
        if hint is not None and screen.field.error is None and hint.width() < room:
            parts.append(
                Row([Cell(question, fixed=question.width() + 2), Cell(hint, weight=1, middle=True)], look.mm(5))
            )
            hint = None
        else:
            parts.append(question)
    if screen.error is not None:
        parts.append(wrong(look, screen.error))
    if lead is not None and not (isinstance(hint, Text) and screen.field.hint == ""):
        parts.append(lead)
    parts.append(hint)
    above = Column([part for part in parts if part is not None], look.mm(0.8))
    above_high = above.height(wide.width)
    chips_high = chips.height(wide.width) + look.mm(1.4) if chips is not None else 0.0
    gap = look.mm(1.4) if look.tight < BARE else look.mm(0.8)
    left = panel.height - keys_high - top - bar_high - gap - above_high - chips_high - 2 * gap
    least = look.mm(11.0 if panel.short else 14.0) if look.tight == ROOMY else look.mm(10.0 if look.tight == 1 else 8.4)
    if look.bigger:
        least = max(least, look.body * 1.3)
    field_high = min(left, look.mm(21.0))
    shapes: list[Shape] = []
    y = top
    if bar is not None:
        shapes += bar.draw(Box(bar_margin, y, bar_width, bar_high))
    y += bar_high + gap
    shapes += above.draw(Box(wide.margin, y, wide.width, above_high))
    y += above_high + (gap * 0.6 if above_high else 0)
    shapes += WritingLine(look, screen.field, max(field_high, 1)).draw(
        Box(wide.margin, y, wide.width, max(field_high, 1))
    )
    y += field_high + look.mm(1.4)
    if chips is not None:
        shapes += chips.draw(Box(wide.margin, y, wide.width, chips_high - look.mm(1.4)))
    shapes += keys.draw(Box(0, panel.height - keys_high, panel.width, keys_high))
    return shapes, left >= least


def _matches(screen: Screen, look: Look) -> Part | None:
    """The names that were found, at most five."""
    if not screen.choices:
        return Space(look.mm(SMALLEST_MM + 0.2)) if screen.page is Page.HOST_NAME and not look.panel.portrait else None
    px = min(look.body, round(look.mm(5.2))) if look.tight < BARE else min(look.body, look.panel.body)
    gap = look.mm(1.4 if look.panel.portrait else 2.0)
    columns = 5 if not look.panel.portrait else 2 if len(screen.choices) < 5 else 3
    cell = (content_width(look).width - gap * (columns - 1)) / columns
    tiles: list[Press] = []
    for choice in screen.choices:
        one, two = (tile(look, choice, least_mm=SMALLEST_MM + 0.2, most=lines, px=px) for lines in (1, 2))
        tiles.append(one if one.whole(cell) else two)
    return Grid(tiles, columns, gap, down=look.mm(1.0))


def _upright(screen: Screen, look: Look, keys: Keys) -> tuple[list[Shape], bool]:
    panel, wide = look.panel, content_width(look)
    assert screen.field is not None
    half = panel.height / 2
    bar = bottom_bar(screen, look, wide.width)
    bar_high = bar.height(wide.width) if bar is not None else 0.0
    keys_high = keys.height(panel.width)
    chips = _matches(screen, look)
    chips_high = chips.height(wide.width) if chips is not None else 0.0
    bottom = panel.height - look.mm(1.3)
    shapes: list[Shape] = []
    if bar is not None:
        shapes += bar.draw(Box(wide.margin, bottom - bar_high, wide.width, bar_high))
    keys_top = bottom - bar_high - keys_high
    shapes += keys.draw(Box(0, keys_top, panel.width, keys_high))
    chips_top = keys_top - chips_high
    if chips is not None:
        shapes += chips.draw(Box(wide.margin, chips_top, wide.width, chips_high))
    where = middle_of_bar(screen, look)
    hint, lead = _hint(screen, look), _lead(screen, look)
    if isinstance(hint, Text) and screen.field.hint == "":
        lead = None
    field_high = look.mm(15.0) if look.tight == ROOMY else look.mm(12.0)
    head = Column([where, Space(look.mm(2)), header(screen, look, wide.width, hint=""), Space(look.mm(1)), lead, hint])
    head_high = head.height(wide.width)
    top = look.mm(4.0) if look.tight == ROOMY or where is None else look.mm(2.0)
    room = min(chips_top, half) - look.mm(2) - top
    shapes += head.draw(Box(wide.margin, top, wide.width, head_high))
    # The line stands as low as it can: near the keys.
    field_y = min(chips_top, half) - look.mm(2) - field_high
    field_y = min(field_y, max(top + head_high + look.mm(6), field_y - look.mm(5)))
    shapes += WritingLine(look, screen.field, field_high).draw(Box(wide.margin, field_y, wide.width, field_high))
    return shapes, head_high + field_high + look.mm(2) <= room
