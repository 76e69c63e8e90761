"""What a page is made of: immutable shapes in pixels from the top left corner, in the order in which they are drawn."""

from dataclasses import dataclass, replace
from typing import Literal

Role = Literal["main", "second", "link", "stop", "choice", "key", "row"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `x` and `y` are its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height

    def shrunk(self, by: float, down: float | None = None) -> "Box":
        """The box without a border `by` wide at the sides and `down` high above and below."""
        down = by if down is None else down
        return Box(self.x + by, self.y + down, max(self.width - 2 * by, 0), max(self.height - 2 * down, 0))

    def holds(self, other: "Box", slack: float = 1.0) -> bool:
        """Whether another box lies inside, give or take `slack` pixels."""
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )

    def mirrored(self, width: float) -> "Box":
        """Where it lies when the page, `width` wide, runs from right to left."""
        return replace(self, x=width - self.right)


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled rectangle with round corners and perhaps an edge, drawn inwards."""

    box: Box
    colour: str | None
    radius: float = 0.0
    edge: str | None = None
    edge_px: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text, its baseline at `baseline`."""

    box: Box
    """Advance width and line height."""
    baseline: float
    text: str
    face: str
    bold: bool
    px: int
    colour: str
    right_to_left: bool
    within: Box
    """The container that it must not leave."""
    private: bool = False
    """Typed here, or somebody's name: kept in no cache."""
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """One of the look's icons."""

    box: Box
    name: str
    colour: str
    stroke: float = 1.75
    """Width of its lines on the 24 grid."""


@dataclass(frozen=True, slots=True)
class Dashes:
    """A dashed line across the box."""

    box: Box
    colour: str
    dash: float
    gap: float


@dataclass(frozen=True, slots=True)
class Ring:
    """A countdown: a ring of which `part` (0 to 1) is still there, from the top, clockwise."""

    box: Box
    part: float
    colour: str
    track: str
    stroke: float


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle or ellipse."""

    box: Box
    colour: str
    edge: str | None = None
    edge_px: float = 0.0


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A lanyard's two bands, from the top edge down to the ring; cut off at the box."""

    box: Box
    colour: str
    edge: str
    band: float


@dataclass(frozen=True, slots=True)
class Mark:
    """The pocket: the product's mark, in one colour with a stitch in another."""

    box: Box
    colour: str
    stitch: str


Plain = Fill | Words | Drawing | Dashes | Ring | Disc | Ribbon | Mark


@dataclass(frozen=True, slots=True)
class Target:
    """Something to press: its box, what it is made of, and what it says."""

    box: Box
    id: str
    role: Role
    shapes: tuple[Plain, ...]
    pressed: tuple[Plain, ...]
    """How it looks under a finger."""
    typed: str | None = None
    """A key of the keyboard types this instead of pressing."""
    accents: tuple[str, ...] = ()
    """What a long press of the key offers."""
    enabled: bool = True


Shape = Plain | Target

TURNED = frozenset({"back", "forward", "sign-in", "sign-out", "erase", "chevron"})
"""Icons with a direction; clocks, plugs and ticks stay as they are (look.md)."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page ready to be drawn."""

    width: int
    height: int
    ground: str
    shapes: tuple[Shape, ...]
    fits: bool = True
    """False: something is larger than the panel even at the tightest; no page of ours may be so."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """Everything that can be pressed; a later one lies over an earlier one."""
        return tuple(shape for shape in self.shapes if isinstance(shape, Target))

    def plain(self) -> tuple[Plain, ...]:
        """Every shape that is drawn, those of the targets too."""
        found: list[Plain] = []
        for shape in self.shapes:
            if isinstance(shape, Target):
                found.extend(shape.shapes)
            else:
                found.append(shape)
        return tuple(found)
