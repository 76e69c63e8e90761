"""Reads the look's icons (paths, circles and rectangles on a 24 grid) and draws them as masks of any size."""

import math
import re
from functools import cache, lru_cache
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image, ImageDraw

SOURCE = Path(__file__).with_name("drawings.svg")
TAG = "{http://www.w3.org/2000/svg}"
GRID = 24
SUPER = 4
"""Drawn so many times larger and made smaller: smooth edges."""
Point = tuple[float, float]
Line = tuple[Point, ...]
_TOKEN = re.compile(r"[a-zA-Z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@cache
def _symbols() -> dict[str, ElementTree.Element]:
    # The file is ours and part of the package; nothing from outside is parsed here.
    return {symbol.attrib["id"]: symbol for symbol in ElementTree.parse(SOURCE).getroot().iter(f"{TAG}symbol")}


def icon_names() -> frozenset[str]:
    """Every icon there is."""
    return frozenset(_symbols())


@cache
def icon_lines(name: str) -> tuple[Line, ...]:
    """One icon as lines of points; one that is not there is a tick."""
    lines: list[Line] = []
    for part in _symbols().get(name, _symbols()["tick"]):
        value = {key: float(text) for key, text in part.attrib.items() if _NUMBER.fullmatch(text)}
        if part.tag == f"{TAG}path":
            lines += path_lines(part.attrib["d"])
        elif part.tag == f"{TAG}circle":
            lines.append(_circle(value["cx"], value["cy"], value["r"]))
        elif part.tag == f"{TAG}rect":
            lines.append(_rectangle(**{key: value.get(key, 0.0) for key in ("x", "y", "width", "height", "rx")}))
    return tuple(lines)


@lru_cache(maxsize=256)
def icon_mask(name: str, size: int, stroke: float = 1.75) -> bytes:
    """Draw an icon `size` pixels square: one byte a pixel, from the top; a `~` before its name mirrors it."""
    mirrored, plain = name.startswith("~"), name.lstrip("~")
    lines = icon_lines(plain)
    large = size * SUPER
    scale = large / GRID
    image = Image.new("L", (large, large), 0)
    draw = ImageDraw.Draw(image)
    width = max(round(stroke * scale), 1)
    half = width / 2
    for line in lines:
        points = [(((GRID - x) if mirrored else x) * scale, y * scale) for x, y in line]
        draw.line(points, fill=255, width=width, joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - half, y - half, x + half, y + half), fill=255)
    return image.resize((size, size), Image.Resampling.LANCZOS).tobytes()


def path_lines(path: str) -> list[Line]:
    """Flatten an SVG path: M L H V C S A Z, absolute and relative (SVG 2, 9.3)."""
    return _PathReader(path).read()


class _PathReader:
    def __init__(self, path: str) -> None:
        self._path = path
        self._at = 0
        self._lines: list[Line] = []
        self._points: list[Point] = []
        self._pen: Point = (0.0, 0.0)
        self._control: Point | None = None

    def read(self) -> list[Line]:
        command = ""
        while (letter := self._peek()) is not None:
            if letter.isalpha():
                command = letter
                self._at = self._path.index(letter, self._at) + 1
            self._step(command)
            if command in "mM":
                command = "l" if command == "m" else "L"
        self._end()
        return self._lines

    def _peek(self) -> str | None:
        match = _TOKEN.search(self._path, self._at)
        return None if match is None else match.group()

    def _number(self) -> float:
        match = _NUMBER.search(self._path, self._at)
        if match is None:
            raise ValueError(f"This path ends too soon: {self._path}")
        self._at = match.end()
        return float(match.group())

    def _flag(self) -> bool:
        while self._path[self._at] in " ,":
            self._at += 1
        self._at += 1
        return self._path[self._at - 1] == "1"

    def _point(self, relative: bool) -> Point:
        x, y = self._number(), self._number()
        return (self._pen[0] + x, self._pen[1] + y) if relative else (x, y)

    def _step(self, command: str) -> None:
        relative, kind = command.islower(), command.upper()
        control: Point | None = None
        if kind == "M":
            self._end()
            self._pen = self._point(relative)
            self._points = [self._pen]
        elif kind == "Z":
            self._points.append(self._points[0])
            self._pen = self._points[0]
            self._end()
            self._points = [self._pen]
        elif kind == "L":
            self._to(self._point(relative))
        elif kind == "H":
            x = self._number()
            self._to((self._pen[0] + x if relative else x, self._pen[1]))
        elif kind == "V":
            y = self._number()
            self._to((self._pen[0], self._pen[1] + y if relative else y))
        elif kind in "CS":
            first = self._point(relative) if kind == "C" else self._reflected()
            control = self._point(relative)
            self._curve(first, control, self._point(relative))
        elif kind == "A":
            radii = (self._number(), self._number())
            self._number()  # no ellipse of ours is turned
            large, sweep = self._flag(), self._flag()
            self._arc(radii, large, sweep, self._point(relative))
        else:
            raise ValueError(f"A path command that is not read here: {command}")
        self._control = control

    def _to(self, point: Point) -> None:
        self._points.append(point)
        self._pen = point

    def _end(self) -> None:
        if len(self._points) > 1:
            self._lines.append(tuple(self._points))
        self._points = []

    def _reflected(self) -> Point:
        if self._control is None:
            return self._pen
        return (2 * self._pen[0] - self._control[0], 2 * self._pen[1] - self._control[1])

    def _curve(self, one: Point, two: Point, end: Point) -> None:
        start = self._pen
        for step in range(1, 13):
            t = step / 12
            parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            self._points.append(
                tuple(sum(p * c[axis] for p, c in zip(parts, (start, one, two, end), strict=True)) for axis in (0, 1))  # type: ignore[arg-type]  # two axes make a point
            )
        self._pen = end

    def _arc(self, radii: Point, large: bool, sweep: bool, end: Point) -> None:
        """An elliptical arc, by its centre (SVG 2, B.2.4)."""
        (x1, y1), (x2, y2), (rx, ry) = self._pen, end, radii
        dx, dy = (x1 - x2) / 2, (y1 - y2) / 2
        grow = math.sqrt((dx / rx) ** 2 + (dy / ry) ** 2)
        if grow > 1:
            rx, ry = rx * grow, ry * grow
        under = (rx * dy) ** 2 + (ry * dx) ** 2
        factor = math.sqrt(max((rx * ry) ** 2 - under, 0) / under) if under else 0.0
        if large == sweep:
            factor = -factor
        cx, cy = factor * rx * dy / ry, -factor * ry * dx / rx
        start = math.atan2((dy - cy) / ry, (dx - cx) / rx)
        turn = math.atan2((-dy - cy) / ry, (-dx - cx) / rx) - start
        if sweep and turn < 0:
            turn += 2 * math.pi
        elif not sweep and turn > 0:
            turn -= 2 * math.pi
        steps = max(int(abs(turn) * 12), 2)
        for step in range(1, steps + 1):
            angle = start + turn * step / steps
            self._points.append((cx + (x1 + x2) / 2 + rx * math.cos(angle), cy + (y1 + y2) / 2 + ry * math.sin(angle)))
        self._pen = end


def _circle(x: float, y: float, radius: float) -> Line:
    return tuple(
        (x + radius * math.cos(step * math.pi / 24), y + radius * math.sin(step * math.pi / 24)) for step in range(49)
    )


def _rectangle(x: float, y: float, width: float, height: float, rx: float) -> Line:
    path = (
        f"M{x + rx} {y}h{width - 2 * rx}a{rx} {rx} 0 0 1 {rx} {rx}v{height - 2 * rx}a{rx} {rx} 0 0 1 {-rx} {rx}"
        f"h{2 * rx - width}a{rx} {rx} 0 0 1 {-rx} {-rx}v{2 * rx - height}a{rx} {rx} 0 0 1 {rx} {-rx}z"
        if rx
        else f"M{x} {y}h{width}v{height}h{-width}z"
    )
    return path_lines(path)[0]
