"""The first page: the school, what is asked about phones, sign in, sign out, delivery, languages, help."""

from kiosk.reception.flow.screen import Button, Screen
from kiosk.screens.faces import face_of
from kiosk.screens.layout.boxes import Cell, Column, Grid, Part, Row, Space, Text
from kiosk.screens.layout.buttons import Press, button, tile
from kiosk.screens.layout.frame import wrong
from kiosk.screens.layout.look import BARE, ROOMY, TIGHTEST, Look
from kiosk.screens.layout.pieces import Banner, Icon, Pocket, Snug
from kiosk.screens.layout.shapes import Box, Fill, Shape
from kiosk.screens.panel import SMALLEST_MM, TARGET_MM


def welcome(screen: Screen, look: Look) -> tuple[list[Shape], bool]:
    """The first page."""
    return _upright(screen, look) if look.panel.portrait else _lying(screen, look)


def _lying(screen: Screen, look: Look) -> tuple[list[Shape], bool]:
    panel, c = look.panel, look.colours
    share = 0.398 if not panel.short else 0.34
    if look.bigger:
        share = 0.37
    left = panel.width * share
    shapes: list[Shape] = [Fill(Box(0, 0, left, panel.height), c.brand)]
    fits = True
    # Each side is as roomy as it can be.
    for side in (_left, _right):
        for tight in range(look.tight, TIGHTEST + 1):
            one = look.tighter(tight)
            drawn, good = side(screen, one, left)
            good = good and not one.problems
            if good:
                break
        shapes += drawn
        fits = fits and good
    return shapes, fits


def _left(screen: Screen, look: Look, left: float) -> tuple[list[Shape], bool]:
    panel = look.panel
    pad = look.mm(9.4) if look.tight == ROOMY and not panel.short else look.mm(5.0 if look.tight < BARE else 3.4)
    down = look.mm(9.4 if look.tight == ROOMY and not panel.short else 5.6 if look.tight < BARE else 3.4)
    inner = Box(pad, down, left - 1.5 * pad, panel.height - 2 * down)
    upper, lower = _greeting(screen, look)
    high = upper.height(inner.width) + lower.height(inner.width) + look.mm(2)
    return list(Column([upper, Space(weight=1), lower]).draw(inner)), high <= inner.height


def _right(screen: Screen, look: Look, left: float) -> tuple[list[Shape], bool]:
    panel = look.panel
    edge = look.mm(7.4) if not panel.short and look.tight < BARE else look.mm(4.2 if look.tight == ROOMY else 3.0)
    down = look.mm(6.7) if look.tight == ROOMY and not panel.short else look.mm(3.0)
    place = Box(left + edge, down, panel.width - left - 2 * edge, panel.height - 2 * down)
    column = _doing(screen, look, place.width)
    return list(column.draw(place)), column.height(place.width) <= place.height


def _upright(screen: Screen, look: Look) -> tuple[list[Shape], bool]:
    panel, c = look.panel, look.colours
    half = panel.height / 2
    margin = look.mm(4.9) if look.tight < BARE else look.mm(3)
    column = _doing(screen, look, panel.width - 2 * margin)
    place = Box(margin, half + look.mm(0.2), panel.width - 2 * margin, panel.height - half - look.mm(1.5))
    band = half - look.mm(1.6)
    shapes: list[Shape] = [Fill(Box(0, 0, panel.width, band), c.brand)]
    for tight in range(look.tight, TIGHTEST + 1):
        one = look.tighter(tight)
        edge = look.mm(5.0) if tight < BARE else look.mm(3.0)
        upper, lower = _greeting(screen, one)
        inner = Box(look.mm(5.8), edge, panel.width - 2 * look.mm(5.8), band - 2 * edge)
        high = upper.height(inner.width) + lower.height(inner.width) + look.mm(2)
        drawn = list(Column([upper, Space(weight=1), lower]).draw(inner))
        good = high <= inner.height and not one.problems
        if good:
            break
    shapes += drawn
    shapes += column.draw(place)
    return shapes, good and column.height(place.width) <= place.height


def _greeting(screen: Screen, look: Look) -> tuple[Column, Column]:
    """The school and the welcome above; below, what is asked of every phone."""
    c, panel = look.colours, look.panel
    large = look.mm(15.2) if not panel.short and not panel.portrait else look.mm(9.6)
    if panel.portrait:
        large = look.mm(12.0)
    if look.bigger:
        large = max(large * (0.9 if look.tight == ROOMY else 0.75), look.big)
    site = Text(look, screen.site, look.second, colour=c.on_brand, language="en") if look.tight < 3 else None
    lead = Text(look, screen.lead, look.body, colour=c.on_brand) if look.tight < 5 or panel.portrait else None
    heading = Text(look, screen.heading, int(large), bold=True, colour=c.on_brand, most=1, floor=look.body)
    note = Text(look, screen.note, look.body, colour=c.on_brand)
    upper = Column(
        [
            site,
            Space(look.mm(5.0 if look.tight == ROOMY and not panel.short else 1.6)),
            heading,
            Space(look.mm(0.6)),
            lead,
        ]
    )
    size = look.mm(25) if not panel.short and not panel.portrait else look.mm(6.4)
    if look.bigger and not panel.portrait:
        return upper, Column([*_notices(screen, look), note], look.mm(2.0))
    if look.tight >= BARE and not panel.portrait:
        return upper, Column([note])
    pocket = Pocket(look, size)
    if panel.portrait:
        told = Row([Cell(pocket, middle=True), Cell(note, weight=1, middle=True)], look.mm(3.4))
        return upper, Column([*_notices(screen, look), told], look.mm(2.0))
    if panel.short:
        return upper, Column([Row([Cell(pocket, middle=True), Cell(note, weight=1, middle=True)], look.mm(3.4))])
    return upper, Column([pocket, Space(look.mm(5)), note])


def _notices(screen: Screen, look: Look) -> list[Part]:
    """What is wrong, and that no speaker has checked the words."""
    c = look.colours
    found: list[Part] = []
    if screen.error is not None:
        found.append(wrong(look, screen.error))
    if screen.unchecked is not None:
        px = look.english if look.tight < BARE else round(look.panel.body * 0.8)
        mark = Banner(look, screen.unchecked, "warning", c.out_ink, c.out_soft, px=px)
        found.append(Snug(mark))
    return found


def _doing(screen: Screen, look: Look, width: float) -> Column:
    """What can be done here."""
    panel, c = look.panel, look.colours
    main = [value for value in screen.buttons if value.weight == "main"]
    second = [value for value in screen.buttons if value.weight == "second"]
    links = [value for value in (*screen.buttons, screen.aloud) if value is not None and value.weight == "link"]
    tall = look.mm(28) if not panel.short and not panel.portrait else look.mm(18.6)
    if look.tight == 1 and not panel.short and not panel.portrait and not look.bigger:
        tall = look.mm(21)
    elif look.tight or look.bigger or panel.portrait:
        tall = look.mm(TARGET_MM + (2.0 if look.tight == ROOMY else 0.1))
    hero_px = round(look.body * (1.85 if not panel.short else 1.7)) if not look.bigger else round(look.body * 1.15)
    if panel.portrait and not look.bigger:
        hero_px = round(look.body * 1.6)
    heroes = [
        Press(
            look,
            value.id,
            value.text,
            "main",
            icon=value.icon,
            after="forward",
            hero=True,
            least_mm=tall / panel.px_per_mm,
            px=hero_px,
            most=1,
            snug=look.tight >= BARE,
        )
        for value in main
    ]
    low = 17.7 if look.tight == ROOMY and not panel.short and not panel.portrait else TARGET_MM
    if panel.portrait or (look.tight and look.bigger):
        low = 11.0 if look.tight < BARE else SMALLEST_MM + 0.1
    snug, wanted = look.tight >= BARE, round(look.body * 1.12)
    # Two of a kind have words of one size, whatever their letters need.
    alike = min((button(look, value, least_mm=low, px=wanted, snug=snug).size for value in second), default=wanted)
    pair = Row([Cell(button(look, value, least_mm=low, px=alike, most=1), weight=1) for value in second], look.gap)
    columns = 2 if look.bigger else 4
    least = (
        TARGET_MM
        if look.tight == ROOMY and not panel.short and not panel.portrait
        else 9.8
        if look.tight < BARE
        else 9.1
    )
    tiles = Grid(
        [
            tile(
                look,
                choice,
                least_mm=least,
                most=1,
                px=round(look.body * 1.04),
                after=None,
                bold=choice.chosen,
                snug=look.tight >= BARE,
                floor=round(panel.body * 0.66),
            )
            for choice in screen.choices
        ],
        columns,
        min(look.gap, look.mm(2.7)),
        down=min(look.gap, look.mm(2.7)) if look.tight < BARE else look.mm(0.8),
        highest=look.mm(12.4) if not look.bigger else look.mm(11.0),
    )
    label: Part | None = None
    if screen.lines and (not panel.short and not panel.portrait) and look.tight < BARE:
        words = screen.lines[0]
        size = look.second
        label = Row(
            [
                Cell(Icon(words.icon or "language", c.text2, size * 1.1), middle=True),
                Cell(Text(look, words.text, size, colour=c.text2), weight=1, middle=True),
            ],
            look.mm(2.2),
        )
    notices = [] if panel.portrait or look.bigger else _notices(screen, look)
    gap = look.gap if look.tight < BARE else look.mm(1.1)
    parts: list[Part] = [
        *heroes,
        Space(gap),
        pair,
        Space(gap, 1),
        *([label, Space(look.mm(1.6))] if label else []),
        tiles,
        Space(gap, 1),
    ]
    for notice in notices:
        parts += [notice, Space(gap)]
    bar = _links(links, look, width)
    return Column([*parts, bar])


def _links(links: list[Button], look: Look, width: float) -> Part:
    """Bigger text, contrast, read aloud, help beside each other; their words under the icons where they are long."""
    px = look.second if not look.bigger else min(look.second, round(look.mm(6)))
    line = [
        button(
            look,
            value,
            px=px,
            most=1,
            least_mm=TARGET_MM if look.tight == ROOMY and not look.panel.portrait else SMALLEST_MM + 0.1,
        )
        for value in links
    ]
    if sum(part.width() for part in line) + look.mm(2) * (len(line) - 1) <= width:
        cells: list[Cell] = []
        for at, part in enumerate(line):
            if at:
                cells.append(Cell(Space(), weight=1))
            cells.append(Cell(part))
        return Row(cells, 0)
    if look.tight >= BARE:
        # Beside the icon, in two small lines: this row must not push the languages out.
        tall = face_of(look.language, links[0].text).tall > 2
        return Row(
            [
                Cell(
                    button(
                        look,
                        value,
                        px=round(look.panel.body * 0.8),
                        most=1 if tall else 2,
                        after=None,
                        least_mm=SMALLEST_MM + 0.1,
                        snug=True,
                    ),
                    weight=1,
                )
                for value in links
            ],
            look.mm(1.2),
        )
    small = (
        round(look.panel.body * (0.8 if look.tight < BARE else 0.74))
        if not look.bigger
        else round(look.panel.body * (1.0 if look.tight < BARE else 0.8))
    )
    return Row(
        [
            Cell(button(look, value, px=small, most=2, above=True, after=None, least_mm=SMALLEST_MM + 0.1), weight=1)
            for value in links
        ],
        look.mm(1.2),
    )
