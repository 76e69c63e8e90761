"""What most pages share: Back and the office, where the visitor is, the question, and the buttons at the foot."""

from dataclasses import dataclass

from kiosk.reception.flow.screen import Button, Page, Screen
from kiosk.screens.layout.boxes import Cell, Column, Part, Row, Space, Text
from kiosk.screens.layout.buttons import Press, button
from kiosk.screens.layout.look import ASIDE, BARE, ROOMY, TIGHTEST, Look
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


def corner(look: Look, value: Button, *, icon_only: bool, least_mm: float, small: bool = False) -> Press:
    """Back, or the office; small: its word under its icon, where bigger words leave no room beside it."""
    if small:
        px, icon = round(look.panel.body * 0.86), round(look.panel.body * 1.4)
        return button(look, value, above=True, px=px, icon_px=icon, most=1, least_mm=least_mm, after=None, pad_mm=1.4)
    pad = 0.0 if look.panel.short else 3.0
    return button(look, value, icon_only=icon_only, least_mm=least_mm, most=1, pad_mm=pad)


def top_bar(
    screen: Screen, look: Look, width: float, middle: Part | None, *, aloud: bool, shrunk: tuple[Text, ...] = ()
) -> Part | None:
    """Back on one side, the office on the other, something between; as many words as there is room for.

    One of `shrunk`, the best first, stands between where only that leaves room for the words of Back and the office.
    """
    least = SMALLEST_MM + 3.6 if look.panel.short else TARGET_MM
    gap = max(look.gap, look.mm(2.4))
    for back_icon, help_icon, small in (
        *((False, False, False), (False, False, True)),
        *((True, False, False), (True, True, False)),
    ):
        cells: list[Cell] = []
        if screen.back is not None:
            cells.append(Cell(corner(look, screen.back, icon_only=back_icon, least_mm=least, small=small)))
        used = len(cells)
        right: list[Cell] = []
        if aloud and screen.aloud is not None:
            right.append(Cell(button(look, screen.aloud, icon_only=True, least_mm=least)))
        if screen.help is not None:
            right.append(Cell(corner(look, screen.help, icon_only=help_icon, least_mm=least, small=small)))
        if not used and not right:
            return middle
        room = width - sum(cell.part.width() for cell in (*cells, *right)) - gap * (len(right) + used + 1)
        between = middle
        fits = between is None or between.width() <= room
        if not fits and small:
            found = next((text for text in shrunk if text.fit(room).whole), None)
            between, fits = found or middle, found is not None
        if fits or (back_icon and help_icon):
            return Row([*cells, Cell(between or Space(), weight=1, middle=True), *right], gap)
    return None


def bottom_bar(screen: Screen, look: Look, width: float) -> Part | None:
    """Upright panels have Back and the office in the lower half: the last row of the page."""
    found = [value for value in (screen.back, screen.aloud, screen.help) if value is not None]
    if not found:
        return None
    smallest = look.mm(2.0)
    parts: list[Press] = []
    for px, icons in _words_and_icons(look):
        # Its words need little air: beside them stands nothing else.
        close = look.tighter(max(look.tight, BARE)) if px < look.body or icons else look
        parts = [
            button(
                close, value, icon_only=_is(value, screen, icons), px=px, least_mm=SMALLEST_MM + 0.1, most=1, snug=True
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


def _words_and_icons(look: Look) -> list[tuple[int, tuple[str, ...]]]:
    """What the last row may be, the best first: words give way to normal text before they give way to icons."""
    body = look.panel.body
    sizes = [look.body, *(round(body * part) for part in (1.25, 1.0, 0.86, 0.76) if round(body * part) < look.body)]
    words = [(px, icons) for icons in ((), ("aloud",)) for px in sizes]
    return [*words, (look.body, ("aloud", "back")), (look.body, ("aloud", "back", "help"))]


def _is(value: Button, screen: Screen, names: tuple[str, ...]) -> bool:
    """Whether a button is one of these; Back has other ids on some pages."""
    return ("back" if value is screen.back else value.id) in names


def heading(screen: Screen, look: Look, *, in_bar: bool = False) -> Text:
    """The question."""
    lines = 2 if look.tight < BARE else 3
    return Text(look, screen.heading, look.heading, bold=True, most=lines, floor=round(look.body * 1.05), middle=in_bar)


def shrunk(screen: Screen, look: Look, *, in_bar: bool = True) -> tuple[Text, ...]:
    """The question in one line no smaller than nearly as in normal text, and in two lines as small."""
    least = round(look.panel.heading * 0.86)
    floor = min(max(least, round(look.big * ASIDE)) if look.bigger else least, look.heading)
    one = Text(look, screen.heading, look.heading, bold=True, most=1, floor=floor, middle=in_bar)
    return one, Text(look, screen.heading, floor, bold=True, most=2, floor=floor, middle=in_bar)


def header(
    screen: Screen, look: Look, width: float, *, title: bool = True, hint: str | None = None, marked: int | None = None
) -> Column:
    """The question, what explains it, and that no speaker has checked the words (while it is no tighter than `marked`
    where that is given)."""
    c = look.colours
    mark = None
    first = screen.part is None or screen.part.number == 1
    lying = not look.panel.portrait
    if screen.unchecked is not None and first and not (look.bigger and screen.field and look.tight >= BARE and lying):
        px = look.english if look.tight < BARE else min(look.english, round(look.panel.body * 1.15))
        mark = Banner(look, screen.unchecked, "warning", c.out_ink, c.out_soft, px=px)
    parts: list[Part | None] = []
    # Said once in full size: the parts that follow are for what is new.
    again = look.bigger and look.panel.portrait and not first
    question = heading(screen, look)
    if again and (one := shrunk(screen, look, in_bar=False)[0]).fit(width).whole:
        question = one
    english = screen.heading_english
    airy = look.tight < BARE or _has_air(screen, look)
    beside = Text(look, english, look.english, colour=c.text2, language="en") if english and airy else None
    if title:
        if mark is not None and lying and question.width() + mark.width() + look.gap * 2 < width:
            parts.append(Row([Cell(question, weight=1, middle=True), Cell(mark, middle=True)], look.gap))
            mark = None
        else:
            parts.append(question)
    lead = screen.lead if hint is None else hint
    if not first:
        lead, beside = "", None
    parts.append(beside)
    if lead and (look.tight < BARE or not _adorns(screen)):
        parts.append(Text(look, lead, look.second, colour=c.text2))
    if marked is None:
        marked = TIGHTEST if screen.page is Page.PHONE_RULES else BARE - 1 if lying else 5
    if mark is not None and look.tight <= marked:
        parts.append(Column([Space(look.mm(0.8)), Snug(mark)]))
    if screen.error is not None:
        parts.append(Column([Space(look.mm(1)), wrong(look, screen.error)]))
    return Column(parts, look.mm(0.4))


def _has_air(screen: Screen, look: Look) -> bool:
    """Whether the upper half is empty however tight the tiles in the lower one stand."""
    return look.panel.portrait and bool(screen.choices) and not look.bigger and screen.field is None


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
    airy = look.tight < BARE or _has_air(screen, look)
    return Centred(Where(look, screen.progress, marks=airy and not look.panel.short))


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
    if look.bigger and look.tight >= BARE and len(main) == len(others) == 1:
        # Beside each other they leave the words above a row more.
        second = button(look, others[0], least_mm=TARGET_MM, px=min(look.body, look.second))
        both = (second, button(look, main[0], least_mm=TARGET_MM))
        wide = (content_width(look).width - look.gap) / 2
        if all(part.whole(wide) and part.height(wide) <= look.mm(TARGET_MM + 2) for part in both):
            return Column([*parts, Row([Cell(part, weight=1) for part in both], look.gap)], look.gap)
    parts += [button(look, value, least_mm=TARGET_MM) for value in main]
    least = SMALLEST_MM + 0.2 if look.tight else 11.0
    for at in range(0, len(others), 2):
        pair = [button(look, value, least_mm=least, snug=look.bigger) for value in others[at : at + 2]]
        parts.append(Row([Cell(part, weight=1) for part in pair], look.gap))
    return Column(parts, look.gap) if parts else None
