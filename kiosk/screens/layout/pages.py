"""Turns a page into shapes: the roomiest arrangement that fits the panel (look.md; kiosk.md, Access)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from kiosk.reception.flow.screen import Button, Page, Part, Screen
from kiosk.screens.layout.asking import dialog
from kiosk.screens.layout.listing import listing
from kiosk.screens.layout.look import BARE, ROOMY, TIGHTEST, Look, look_at
from kiosk.screens.layout.mirror import mirror
from kiosk.screens.layout.shapes import Shape, Sheet, Target
from kiosk.screens.layout.telling import telling
from kiosk.screens.layout.typing_pages import typing
from kiosk.screens.layout.welcome import welcome
from kiosk.screens.measuring import forget_private
from kiosk.screens.panel import Panel

TOLD = frozenset(
    {
        *(Page.DONE, Page.SIGNED_OUT, Page.TELL_OFFICE, Page.DELIVERY_DONE, Page.HELP, Page.PHONE_CALL),
        *(Page.BRIEFED, Page.CLOSED, Page.SAVING),
    }
)
"""Pages that tell how something ended."""


def compose(screen: Screen, panel: Panel, *, capital: bool | None = None) -> Sheet:
    """Draw a page; `capital` is what the shift key says, None as the field asks."""
    try:
        return _composed(screen, panel, capital)
    finally:
        forget_private()


def _composed(screen: Screen, panel: Panel, capital: bool | None) -> Sheet:
    first = look_at(screen, panel)
    if screen.countdown_s is not None and screen.behind is not None:
        return _question(screen, first)
    shapes: list[Shape] = []
    fits = False
    for tight in range(ROOMY, TIGHTEST + 1):
        look = first.tighter(tight)
        shapes, fits = arrange(screen, look, capital=capital)
        if fits and not look.problems:
            break
    return _sheet(shapes, first, fits=fits and not look.problems)


def arrange(screen: Screen, look: Look, *, capital: bool | None = None) -> tuple[list[Shape], bool]:
    """Draw a page in one look; False when it does not fit so."""
    if screen.page is Page.WELCOME:
        shapes, fits = welcome(screen, look)
    elif screen.field is not None:
        shapes, fits = typing(screen, look, capital=capital)
    elif screen.page in TOLD:
        shapes, fits = telling(screen, look)
    else:
        shapes, fits = listing(screen, look)
    return shapes, fits and _in_reach(shapes, look.panel)


def _in_reach(shapes: list[Shape], panel: Panel) -> bool:
    """Upright, everything to press is in the lower half: a hand on a wheelchair's arm reaches it (kiosk.md, Access)."""
    half = panel.height / 2 - 1
    return not panel.portrait or all(shape.box.y >= half for shape in shapes if isinstance(shape, Target))


def capacity(screen: Screen, panel: Panel) -> int:
    """How many of a page's lines, rows and choices fit at once; at least 1 (flow/parts.py)."""
    count = screen.items
    if count <= 1 or screen.page is Page.WELCOME or screen.page in TOLD or screen.field is not None:
        return max(count, 1)
    if not screen.rows:
        return _kept(screen, panel)
    try:
        # Rows may be people or answers, which nothing here keeps.
        return _measured(screen, panel)
    finally:
        forget_private()


def _measured(screen: Screen, panel: Panel) -> int:
    count = screen.items
    for parts in range(1, count + 1):
        each = -(-count // parts)
        if -(-count // each) == parts and all(
            _fits(part, panel, last=at == parts - 1) for at, part in enumerate(_parts(screen, each, parts))
        ):
            return each
    return 1


_kept = lru_cache(maxsize=32)(_measured)


def _parts(screen: Screen, each: int, parts: int) -> Iterator[Screen]:
    """The parts of a page as the flow will cut it: a note stands on the last one only."""
    for part in range(parts):
        first, end = part * each, (part + 1) * each
        at = len(screen.lines)
        rows = screen.rows[max(first - at, 0) : max(end - at, 0)]
        at += len(screen.rows)
        choices = screen.choices[max(first - at, 0) : max(end - at, 0)]
        shown = replace(screen, lines=screen.lines[first:end], rows=rows, choices=choices)
        if parts > 1:
            shown = replace(shown, part=Part(part + 1, parts))
            buttons = shown.buttons
            if part < parts - 1:
                shown = replace(shown, note="", note_english=None)
                buttons = tuple(button for button in buttons if button.weight != "main")
            if part < parts - 1 or len(buttons) == len([button for button in buttons if button.weight != "main"]):
                buttons = (*buttons, Button("more", screen.heading[:6], "main", "forward"))
            shown = replace(shown, buttons=buttons)
        yield shown


def _fits(screen: Screen, panel: Panel, *, last: bool) -> bool:
    first = look_at(screen, panel)
    # Parts are better than small words: a page that is cut keeps the size that was asked for. The last part has the
    # note too, and may give way a little.
    for tight in range(ROOMY, BARE + 1 + (2 if last and screen.bigger and screen.note else 0)):
        look = first.tighter(tight)
        if arrange(screen, look)[1] and not look.problems:
            return True
    return False


def _question(screen: Screen, first: Look) -> Sheet:
    behind = _composed(_emptied(screen.behind), first.panel, None) if screen.behind is not None else None
    shapes: list[Shape] = []
    fits = False
    for tight in range(ROOMY, TIGHTEST + 1):
        look = first.tighter(tight)
        shapes, fits = dialog(screen, look)
        if fits and not look.problems:
            break
    over = _sheet(shapes, first, fits=fits and not look.problems)
    under = behind.plain() if behind is not None else ()
    return replace(over, shapes=(*under, *over.shapes))


def _emptied(screen: Screen | None) -> Screen:
    """The page behind the question, with nothing on it that somebody typed: whoever comes next may look at it."""
    assert screen is not None
    field = None if screen.field is None else replace(screen.field, text="", error=None)
    rows = tuple(replace(row, value="", label="" if row.ticked is not None else row.label) for row in screen.rows)
    choices = tuple(choice for choice in screen.choices if not choice.id.startswith("person:"))
    return replace(screen, field=field, rows=rows, choices=choices)


def _sheet(shapes: list[Shape], look: Look, *, fits: bool) -> Sheet:
    panel = look.panel
    if look.right_to_left:
        shapes = [mirror(shape, panel.width) for shape in shapes]
    return Sheet(panel.width, panel.height, look.colours.page, tuple(shapes), fits)
