"""The sheet of a roll-call as plain text in pages: a box to tick by hand before each visitor, 78 characters wide."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from admin_web.services.texts import is_shown

WIDTH = 78
LINES = 56
"""Of a page; A4 at six lines an inch with room for the margins of any printer."""
_NAME = 46
_FORM_FEED = "\f"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A visitor on the sheet."""

    name: str
    about: str
    host: str | None
    lanyard: str | None
    since: str


def write_sheet(title: str, head: Sequence[str], visitors: Iterable[SheetLine], foot: str) -> str:
    """Write the sheet; every page has title, head and foot with its number."""
    pages = [*_paged([_entry(one) for one in visitors], LINES - len(head) - 6)] or [["No visitor is signed in."]]
    return _FORM_FEED.join(
        "\n".join([title, *head, "", *page, "", f"{foot} Page {number} of {len(pages)}."]) + "\n"
        for number, page in enumerate(pages, 1)
    )


def _entry(one: SheetLine) -> list[str]:
    names = textwrap.wrap(_plain(one.name), _NAME) or ["A visitor"]
    badge = f"lanyard {_plain(one.lanyard)}" if one.lanyard else "no lanyard"
    first = f"[  ] {names[0]:<{_NAME}}  {badge:<12} {one.since}"
    second = " · ".join(part for part in (_plain(one.about), f"with {_plain(one.host)}" if one.host else "") if part)
    rest = [*names[1:], *textwrap.wrap(second, WIDTH - 5)]
    return [first, *(f"     {line}" for line in rest), ""]


def _paged(entries: Iterable[list[str]], room: int) -> Iterator[list[str]]:
    page: list[str] = []
    for entry in entries:
        if page and len(page) + len(entry) > room:
            yield page
            page = []
        page += entry
    if page:
        yield page


def _plain(text: str) -> str:
    """Leave out what a printer would obey or nobody sees: a typed name could hold either."""
    return " ".join("".join(letter if is_shown(letter) else " " for letter in text).split())
