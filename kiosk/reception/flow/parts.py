"""Cuts a page that is longer than the panel into parts, so that a view keeps no place of its own (kiosk.md)."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from kiosk.reception.flow import texts
from kiosk.reception.flow.screen import Button, Part, Screen
from kiosk.reception.language import Translate

Capacity = Callable[[Screen], int | tuple[int, ...]]
"""How many of a screen's items (lines, rows and choices) fit on the panel: at once, or in each of its parts."""

MORE = "more"
Item = TypeVar("Item")


def everything(screen: Screen) -> int:
    """A panel without end: what tests of the flow draw on."""
    return max(screen.items, 1)


def cut(screen: Screen, part: int, capacity: Capacity, translate: Translate, *, with_item: str | None = None) -> Screen:
    """Show one part (from 0) of a page, or the one with an item; *More* stands in place of the main button before."""
    sizes = _sizes(screen.items, capacity(screen)) if screen.items else ()
    parts = len(sizes)
    if parts <= 1:
        return screen
    part = min(part, parts - 1)
    if with_item is not None:
        part = _part_with(screen, with_item, sizes, part)
    first = sum(sizes[:part])
    at, end = len(screen.lines), first + sizes[part]
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


def _sizes(count: int, fits: int | tuple[int, ...]) -> tuple[int, ...]:
    if not isinstance(fits, int):
        return fits
    parts = -(-count // max(fits, 1))
    # A last part of one line and a first one full of them would look like an afterthought: all are about as long.
    return tuple(count // parts + (1 if at < count % parts else 0) for at in range(parts))


def _part_with(screen: Screen, id: str, sizes: tuple[int, ...], otherwise: int) -> int:
    ids = [line.id for line in screen.lines] + [None] * len(screen.rows) + [choice.id for choice in screen.choices]
    if id not in ids:
        return otherwise
    place = ids.index(id)
    return next(at for at in range(len(sizes)) if place < sum(sizes[: at + 1]))
