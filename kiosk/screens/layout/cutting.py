"""Says where a page that is longer than the panel is cut: few parts, each as full as the others (flow/parts.py)."""

from dataclasses import replace
from functools import lru_cache

from kiosk.reception.flow.screen import Button, Page, Part, Screen
from kiosk.screens.layout.look import BARE, ROOMY, look_at
from kiosk.screens.layout.pages import TOLD, arrange
from kiosk.screens.measuring import forget_private
from kiosk.screens.panel import Panel

MANY = 16
"""From so many items on (a long roll) all parts get as many as the first ones have room for."""
LOOKED_AT = 3
"""So many parts of a long roll are measured; its rows are alike."""
Sizes = tuple[int, ...]


def capacity(screen: Screen, panel: Panel) -> Sizes:
    """How many of a page's lines, rows and choices stand in each of its parts; none where its note stands alone."""
    count = screen.items
    if count <= 1 or screen.page is Page.WELCOME or screen.page in TOLD or screen.field is not None:
        return (max(count, 1),)
    if not screen.rows:
        return _kept(screen, panel)
    try:
        # Rows may be people or answers, which nothing here keeps.
        return _measured(screen, panel)
    finally:
        forget_private()


def _measured(screen: Screen, panel: Panel) -> Sizes:
    room = _Room(screen, panel)
    count = screen.items
    if room.holds(0, count):
        return (count,)
    return room.alike() if count > MANY else room.fewest()


_kept = lru_cache(maxsize=32)(_measured)


class _Room:
    """What fits on one panel of one page."""

    def __init__(self, screen: Screen, panel: Panel) -> None:
        self._screen, self._panel = screen, panel
        self._known: dict[tuple[int, int], bool] = {}
        self._note_alone = False

    def holds(self, first: int, end: int) -> bool:
        """Whether these items fit at once; one always does, in smaller words if need be."""
        key = (first, end)
        if key not in self._known:
            self._known[key] = self._fits(first, end)
        return self._known[key]

    def alike(self) -> Sizes:
        """As many in each part as the first ones have room for."""
        count = self._screen.items
        for parts in range(2, count):
            sizes = even(count, parts)
            starts = [sum(sizes[:at]) for at in range(parts)]
            looked_at = {*range(min(parts, LOOKED_AT)), parts - 1}
            if all(self.holds(starts[at], starts[at] + sizes[at]) for at in looked_at):
                return sizes
        return (1,) * count

    def fewest(self) -> Sizes:
        """As few parts as there can be, and of those ways the one whose parts are most alike."""
        count = self._screen.items
        ways: dict[int, tuple[int, int, Sizes]] = {count: (0, 0, ())}
        if self._screen.note and self._screen.lines and not self.holds(count - 1, count):
            # Not even one line has room beside the note: it gets the last part for itself.
            ways[count] = (1, 0, (0,))
            self._note_alone = True
            self._known.clear()
        for first in range(count - 1, -1, -1):
            found = []
            for end in range(first + 1, count + 1):
                if end > first + 1 and not self.holds(first, end) and end < count:
                    # What does not fit with fewer does not fit with more; the last part is another page.
                    break
                if end == first + 1 or self.holds(first, end):
                    parts, unlike, sizes = ways[end]
                    size = end - first
                    found.append((parts + 1, unlike + size * size, (size, *sizes)))
            # Of ways that are alike the one whose first parts are the fuller: the last one has the note to carry.
            ways[first] = min(found, key=lambda way: (way[0], way[1], [-size for size in way[2]]))
        return ways[0][2]

    def _fits(self, first: int, end: int) -> bool:
        screen = self._screen
        last = self._is_last(end)
        # Parts are better than small words: a page that is cut keeps the size that was asked for. Where the note
        # stands too (the rules as a whole, or their last part) words may give way a little.
        barest = BARE + (2 + screen.bigger if last and screen.note else 0)
        part = self._part(first, end)
        for tight in (barest, ROOMY):
            # Bare has most room; only where it may not break a row's words is roomy the better one.
            look = look_at(screen, self._panel).tighter(tight)
            if arrange(part, look)[1] and not look.problems:
                return True
        return False

    def _is_last(self, end: int) -> bool:
        return end == self._screen.items and not self._note_alone

    def _part(self, first: int, end: int) -> Screen:
        """A part as the flow will cut it: a note stands on the last one only."""
        screen = self._screen
        if first == 0 and self._is_last(end):
            return screen
        at = len(screen.lines)
        behind = at + len(screen.rows)
        shown = replace(
            screen,
            lines=screen.lines[first:end],
            rows=screen.rows[max(first - at, 0) : max(end - at, 0)],
            choices=screen.choices[max(first - behind, 0) : max(end - behind, 0)],
            part=Part(1 if first == 0 else 2, 2),
        )
        more = Button("more", screen.heading[:6], "main", "forward")
        kept = tuple(button for button in screen.buttons if button.weight != "main")
        if not self._is_last(end):
            return replace(shown, note="", note_english=None, buttons=(*kept, more))
        return shown if len(kept) < len(screen.buttons) else replace(shown, buttons=(*kept, more))


def even(count: int, parts: int) -> Sizes:
    """Parts that differ by one at most."""
    return tuple(count // parts + (1 if at < count % parts else 0) for at in range(parts))
