"""Shapes that are neither rectangles nor text, drawn as masks: the countdown, a lanyard's ribbon, the mark."""

from functools import lru_cache

from PIL import Image, ImageDraw

SUPER = 4


@lru_cache(maxsize=64)
def round_mask(width: int, height: int, radius: int) -> bytes:
    """A rectangle with round corners."""
    image = Image.new("L", (width * SUPER, height * SUPER), 0)
    box = (0, 0, width * SUPER - 1, height * SUPER - 1)
    ImageDraw.Draw(image).rounded_rectangle(box, radius * SUPER, fill=255)
    return image.resize((width, height), Image.Resampling.BOX).tobytes()


@lru_cache(maxsize=64)
def disc_mask(width: int, height: int) -> bytes:
    """A circle or ellipse."""
    image = Image.new("L", (width * SUPER, height * SUPER), 0)
    ImageDraw.Draw(image).ellipse((0, 0, width * SUPER - 1, height * SUPER - 1), fill=255)
    return image.resize((width, height), Image.Resampling.BOX).tobytes()


@lru_cache(maxsize=64)
def ring_mask(size: int, part: float, stroke: int) -> bytes:
    """A ring of which `part` is there, from the top, clockwise, with round ends; one byte a pixel."""
    large, width = size * SUPER, stroke * SUPER
    image = Image.new("L", (large, large), 0)
    draw = ImageDraw.Draw(image)
    if part > 0:
        draw.arc((0, 0, large - 1, large - 1), -90, -90 + 360 * part, fill=255, width=width)
    return image.resize((size, size), Image.Resampling.LANCZOS).tobytes()


@lru_cache(maxsize=16)
def ribbon_mask(width: int, height: int, band: int) -> bytes:
    """Two bands from the upper corners to the middle of the lower edge."""
    w, h, b = width * SUPER, height * SUPER, band * SUPER
    image = Image.new("L", (w, h), 0)
    draw = ImageDraw.Draw(image)
    middle = w / 2
    draw.polygon([(0, 0), (b * 1.1, 0), (middle + b / 2, h), (middle - b / 2, h)], fill=255)
    draw.polygon([(w, 0), (w - b * 1.1, 0), (middle - b / 2, h), (middle + b / 2, h)], fill=255)
    return image.resize((width, height), Image.Resampling.LANCZOS).tobytes()


@lru_cache(maxsize=8)
def mark_mask(width: int, height: int) -> bytes:
    """The pocket of the logo with its stitch left open (look/logo.svg: 38 x 42.6 of its units)."""
    w, h = width * SUPER, height * SUPER
    unit = w / 38
    image = Image.new("L", (w, h), 0)
    draw = ImageDraw.Draw(image)

    def block(left: float, top: float, right: float, bottom: float, radius: float, fill: int = 255) -> None:
        box = (left * unit, top * unit, right * unit, bottom * unit)
        draw.rounded_rectangle(box, radius * unit, fill=fill)

    block(8.4, 0, 29.6, 30, 5.8)
    block(11.6, 3.2, 26.4, 30, 2.6, 0)
    block(15.0, 5.0, 23.0, 8.2, 1.6)
    block(0, 15.6, 38, 24, 2.5)
    block(0, 15.6, 38, 42.6, 14)
    draw.rectangle((0, 18.1 * unit, w, 28 * unit), fill=255)
    for stitch in range(4):
        block(5.55 + stitch * 7.27, 21.25, 10.65 + stitch * 7.27, 23.15, 0.95, 0)
    return image.resize((width, height), Image.Resampling.LANCZOS).tobytes()
