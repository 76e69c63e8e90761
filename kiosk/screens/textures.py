"""Masks on the graphics card: words and drawings, kept while they may come again, but never what somebody typed."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from kivy.graphics.texture import Texture
from PIL import Image

from kiosk.screens.measuring import Ink

MOST_BYTES = 2_500_000
"""So much is kept on the card: several pages in one language."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A texture, and where its upper left corner lies against the origin of what it shows, y down."""

    texture: Any
    left: int
    top: int


class Textures:
    """A store of textures by what they show; the one that was not wanted for longest goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._most, self._bytes = most_bytes, 0

    def of(self, key: Hashable, make: Callable[[], Ink], *, private: bool = False) -> Kept:
        """The texture of a mask, white; made when it is not here. A private one is not kept."""
        if private:
            return upload(make())
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        made = self._kept[key] = upload(make())
        self._bytes += _size(made)
        while self._bytes > self._most and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= _size(oldest)
        return made

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """What is kept; for a test that nothing typed is among it."""
        return tuple(self._kept)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._bytes = 0


def _size(kept: Kept) -> int:
    width, height = kept.texture.size
    return int(width * height * 2)


def upload(mask: Ink) -> Kept:
    """Make a white texture whose opacity is the mask."""
    width, height, cover = max(mask.width, 1), max(mask.height, 1), mask.cover or b"\0"
    alpha = Image.frombytes("L", (width, height), cover).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    white = Image.new("L", (width, height), 255)
    texture = Texture.create(size=(width, height), colorfmt="luminance_alpha")
    texture.blit_buffer(Image.merge("LA", (white, alpha)).tobytes(), colorfmt="luminance_alpha", bufferfmt="ubyte")
    return Kept(texture, mask.left, mask.top)
