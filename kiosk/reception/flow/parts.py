"""Cuts a page that is longer than the panel into parts, so that a view keeps no place of its own (kiosk.md)."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from kiosk.reception.flow import texts
from kiosk.reception.flow.screen import Button, Part, Screen
from kiosk.reception.language import Translate

Capacity = Callable[[Screen], int]
"""How many of a screen's items (lines, rows and choices) fit on the panel at once; at least 1."""

MORE = "more"
Item = TypeVar("Item")


def everything(screen: Screen) -> int:
    """A panel without end: what tests of the flow draw on."""
    return max(screen.items, 1)


def cut(screen: Screen, part: int, capacity: Capacity, translate: Translate) -> Screen:
    """Show one part (from 0) of a page; *More* stands in place of the main button until the last."""
    count = screen.items
    fits = max(capacity(screen), 1) if count else 1
    parts = -(-count // fits)
    if parts <= 1:
        return screen
    # A last part of one line and a first one full of them would look like an afterthought: all are about as long.
    fits = -(-count // parts)
    part = min(part, parts - 1)
    first = part * fits
    at, end = len(screen.lines), first + fits
    behind = at + len(screen.rows)
    shown = replace(
        screen,
        lines=_between(screen.lines, first, end),
        rows=_between(screen.rows, first - at, end - at),
        choices=_between(screen.choices, first - behind, end - behind),
        part=Part(part + 1, parts),
    )
    more = Button(MORE, translate(texts.MORE), "main", "forward")
    if part < parts - 1:
        kept = tuple(button for button in screen.buttons if button.weight != "main")
        return replace(shown, note="", note_english=None, buttons=(*kept, more))
    if any(button.weight == "main" for button in screen.buttons):
        return shown
    # Tiles have no main button: from the last part it goes round to the first.
    return replace(shown, buttons=(*screen.buttons, replace(more, weight="second")))


def _between(items: tuple[Item, ...], first: int, end: int) -> tuple[Item, ...]:
    return items[max(first, 0) : max(end, 0)]
