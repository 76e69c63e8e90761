"""Turns a page into shapes: the roomiest arrangement that fits the panel (look.md; kiosk.md, Access)."""

from dataclasses import replace

from kiosk.reception.flow.screen import Page, Screen
from kiosk.screens.layout.asking import dialog
from kiosk.screens.layout.listing import listing
from kiosk.screens.layout.look import ROOMY, TIGHTEST, Look, look_at
from kiosk.screens.layout.mirror import mirror
from kiosk.screens.layout.shapes import Box, Plain, Shape, Sheet, Target
from kiosk.screens.layout.telling import telling
from kiosk.screens.layout.typing_pages import typing
from kiosk.screens.layout.welcome import welcome
from kiosk.screens.measuring import forget_private
from kiosk.screens.panel import TARGET_MM, Panel

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
    return not panel.portrait or all(reached(shape.box, panel) for shape in shapes if isinstance(shape, Target))


def reached(box: Box, panel: Panel) -> bool:
    """Whether a target is in the lower half; of a high one, a long sentence with its box, a primary target's height."""
    below = box.bottom - max(box.y, panel.height / 2 - 1)
    return below >= min(box.height, panel.px(TARGET_MM)) - 1


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
    under: tuple[Plain, ...] = ()
    if behind is not None:
        # The office is asked with the button over the page: its own would look out behind it.
        kept = (shape for shape in behind.shapes if not (isinstance(shape, Target) and _asks(shape, screen)))
        under = replace(behind, shapes=tuple(kept)).plain()
    return replace(over, shapes=(*under, *over.shapes))


def _asks(target: Target, screen: Screen) -> bool:
    return screen.help is not None and target.id == screen.help.id


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
