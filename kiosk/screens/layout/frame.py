"""What most pages share: Back and the office, where the visitor is, the question, and the buttons at the foot."""

from dataclasses import dataclass

from kiosk.reception.flow.screen import Button, Page, Screen
from kiosk.screens.layout.boxes import Cell, Column, Part, Row, Space, Text
from kiosk.screens.layout.buttons import Press, button
from kiosk.screens.layout.look import BARE, ROOMY, Look
from kiosk.screens.layout.pieces import Banner, Centred, Snug, Where
from kiosk.screens.panel import SMALLEST_MM, TARGET_MM


@dataclass(frozen=True, slots=True)
class Wide:
    """How much room a page has between its margins."""

    width: float
    margin: float


def content_width(look: Look) -> Wide:
    """The column in which a page stands."""
    margin = look.panel.margin if look.tight == ROOMY else look.panel.margin * (0.8 if look.tight == 1 else 0.6)
    return Wide(look.panel.width - 2 * margin, margin)


def corner(look: Look, value: Button, *, icon_only: bool, least_mm: float) -> Press:
    """Back, or the office."""
    return button(look, value, icon_only=icon_only, least_mm=least_mm, most=1 if not look.panel.portrait else 2)


def top_bar(screen: Screen, look: Look, width: float, middle: Part | None, *, aloud: bool) -> Part | None:
    """Back on one side, the office on the other, something between; as many words as there is room for."""
    least = SMALLEST_MM + 3.6 if look.panel.short else TARGET_MM
    inside = middle.width() if middle is not None else 0.0
    for back_icon, help_icon in ((False, False), (True, False), (True, True)):
        cells: list[Cell] = []
        if screen.back is not None:
            cells.append(Cell(corner(look, screen.back, icon_only=back_icon, least_mm=least)))
        used = len(cells)
        right: list[Cell] = []
        if aloud and screen.aloud is not None:
            right.append(Cell(button(look, screen.aloud, icon_only=True, least_mm=least)))
        if screen.help is not None:
            right.append(Cell(corner(look, screen.help, icon_only=help_icon, least_mm=least)))
        if not used and not right:
            return middle
        wanted = (
            sum(cell.part.width() for cell in (*cells, *right))
            + inside
            + max(look.gap, look.mm(2.4)) * (len(right) + used + 1)
        )
        if wanted <= width or (back_icon and help_icon):
            return Row([*cells, Cell(middle or Space(), weight=1, middle=True), *right], max(look.gap, look.mm(2.4)))
    return None


def bottom_bar(screen: Screen, look: Look, width: float) -> Part | None:
    """Upright panels have Back and the office in the lower half: the last row of the page."""
    found = [value for value in (screen.back, screen.aloud, screen.help) if value is not None]
    if not found:
        return None
    smallest = look.mm(2.0)
    for icons in ((), ("aloud",), ("aloud", "back"), ("aloud", "back", "help")):
        parts = [
            button(
                look,
                value,
                icon_only=value.id in icons or (value is screen.back and "back" in icons),
                least_mm=SMALLEST_MM + 0.1,
                most=1,
                snug=True,
            )
            for value in found
        ]
        if sum(part.width() for part in parts) + smallest * len(parts) <= width:
            break
    cells: list[Cell] = []
    if screen.back is None:
        # Back on the one side, the office on the other, on every page.
        cells.append(Cell(Space(), weight=1))
    for at, part in enumerate(parts):
        if at:
            cells.append(Cell(Space(), weight=1))
        cells.append(Cell(part))
    if screen.help is None:
        cells.append(Cell(Space(), weight=1))
    return Row(cells, 0)


def heading(screen: Screen, look: Look, *, in_bar: bool = False) -> Text:
    """The question."""
    lines = 2 if look.tight < BARE else 3
    return Text(look, screen.heading, look.heading, bold=True, most=lines, floor=round(look.body * 1.05), middle=in_bar)


def header(screen: Screen, look: Look, width: float, *, title: bool = True, hint: str | None = None) -> Column:
    """The question, what explains it, and that no speaker has checked the words."""
    c = look.colours
    mark = None
    first = screen.part is None or screen.part.number == 1
    if screen.unchecked is not None and first and not (look.bigger and screen.field is not None and look.tight >= BARE):
        mark = Banner(look, screen.unchecked, "warning", c.out_ink, c.out_soft, px=look.english)
    parts: list[Part | None] = []
    question = heading(screen, look)
    english = screen.heading_english
    beside = Text(look, english, look.english, colour=c.text2, language="en") if english and look.tight < BARE else None
    if title:
        if mark is not None and not look.panel.portrait and question.width() + mark.width() + look.gap * 2 < width:
            parts.append(Row([Cell(question, weight=1, middle=True), Cell(mark, middle=True)], look.gap))
            mark = None
        else:
            parts.append(question)
    lead = screen.lead if hint is None else hint
    if screen.part is not None and screen.part.number > 1:
        # Said once: the parts that follow are for what is new.
        lead, beside = "", None
    parts.append(beside)
    if lead and (look.tight < BARE or not _adorns(screen)):
        parts.append(Text(look, lead, look.second, colour=c.text2))
    if mark is not None and (
        look.tight < BARE or screen.page is Page.PHONE_RULES or (look.panel.portrait and look.tight < 4)
    ):
        parts.append(Column([Space(look.mm(0.8)), Snug(mark)]))
    if screen.error is not None:
        parts.append(Column([Space(look.mm(1)), wrong(look, screen.error)]))
    return Column(parts, look.mm(0.4))


def _adorns(screen: Screen) -> bool:
    """Whether the lead says nothing that the page does not say too."""
    return bool(screen.choices or screen.rows) and screen.lead == "" or screen.page.value == "phone_rules"


def wrong(look: Look, sentence: str) -> Banner:
    """What is wrong and what to do, with a bar, an icon and words."""
    c = look.colours
    return Banner(look, sentence, "warning", c.no_ink, c.no_soft, bar=c.no_solid)


def middle_of_bar(screen: Screen, look: Look) -> Part | None:
    """Where the visitor is; marks go first when there is little room."""
    if screen.progress is None:
        return None
    return Centred(Where(look, screen.progress, marks=look.tight < BARE and not look.panel.short))


def foot(screen: Screen, look: Look, width: float, *, note: bool) -> Part | None:
    """The page's buttons, the main one last; read aloud and a small note on the other side."""
    if look.panel.portrait:
        return _upright_foot(screen, look, note=note)
    wide = 40.0 if look.tight == ROOMY and not look.panel.short else 28.0
    buttons = [button(look, value, wide_mm=wide if value.weight == "main" else 0.0) for value in screen.buttons]
    small: Part | None = None
    if note and screen.note:
        small = Text(look, screen.note, look.second, colour=look.colours.text2)
    left: list[Cell] = []
    wanted = sum(part.width() for part in buttons) + look.gap * max(len(buttons) - 1, 0)
    room = width - wanted - look.gap
    if screen.aloud is not None:
        words = button(look, screen.aloud)
        icon_only = words.width() + look.gap > room
        left.append(Cell(button(look, screen.aloud, icon_only=icon_only)))
    if not buttons and not left and small is None:
        return None
    if buttons and wanted > width - (look.mm(TARGET_MM) + look.gap if left else 0):
        share = [Cell(part, weight=1) for part in buttons]
        return Row([*left, *share], look.gap)
    if small is not None and buttons:
        presses = [Cell(part, middle=True) for part in buttons]
        return Row([*left, Cell(small, weight=1, middle=True), *presses], look.mm(5))
    return Row([*left, Cell(Space(), weight=1), *(Cell(part) for part in buttons)], look.gap)


def _upright_foot(screen: Screen, look: Look, *, note: bool) -> Part | None:
    """Main buttons as wide as the page, the others under them, two in a row where their words allow."""
    parts: list[Part] = []
    if note and screen.note:
        parts.append(Text(look, screen.note, look.second, colour=look.colours.text2))
    main = [value for value in screen.buttons if value.weight == "main"]
    others = [value for value in screen.buttons if value.weight != "main"]
    parts += [button(look, value, least_mm=TARGET_MM) for value in main]
    least = SMALLEST_MM + 0.2 if look.tight else 11.0
    for at in range(0, len(others), 2):
        pair = [button(look, value, least_mm=least, snug=look.bigger) for value in others[at : at + 2]]
        parts.append(Row([Cell(part, weight=1) for part in pair], look.gap))
    return Column(parts, look.gap) if parts else None
