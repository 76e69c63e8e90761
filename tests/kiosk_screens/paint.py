"""Paints a sheet with Pillow, as the window does with Kivy: what a picture of the window is held against."""

from PIL import Image

from kiosk.screens.drawings import icon_mask
from kiosk.screens.layout.shapes import Box, Dashes, Disc, Drawing, Fill, Mark, Plain, Ribbon, Ring, Sheet, Words
from kiosk.screens.masks import disc_mask, mark_mask, ribbon_mask, ring_mask, round_mask
from kiosk.screens.measuring import ink_of


def paint(sheet: Sheet) -> Image.Image:
    """The page as a picture."""
    image = Image.new("RGB", (sheet.width, sheet.height), sheet.ground)
    for shape in sheet.plain():
        _paint(image, shape, sheet.ground)
    return image


def _stamp(image: Image.Image, cover: bytes, box: Box, colour: str, opacity: float = 1.0) -> None:
    size = (max(round(box.width), 1), max(round(box.height), 1))
    mask = Image.frombytes("L", size, cover)
    if opacity < 1:
        mask = mask.point(lambda value: value * opacity)
    image.paste(Image.new("RGB", size, colour), (round(box.x), round(box.y)), mask)


def _block(image: Image.Image, box: Box, colour: str, radius: float, opacity: float) -> None:
    left, top, right, bottom = round(box.x), round(box.y), round(box.right), round(box.bottom)
    place = Box(left, top, max(right - left, 1), max(bottom - top, 1))
    corner = round(min(radius, place.width / 2, place.height / 2))
    cover = round_mask(int(place.width), int(place.height), corner)
    _stamp(image, cover, place, colour, opacity)


def _paint(image: Image.Image, shape: Plain, ground: str) -> None:
    box = shape.box
    match shape:
        case Fill():
            if box.width <= 0 or box.height <= 0:
                return
            if shape.edge is not None and shape.edge_px > 0:
                _block(image, box, shape.edge, shape.radius, 1.0)
                inner = max(shape.radius - shape.edge_px, 0)
                _block(image, box.shrunk(shape.edge_px), shape.colour or ground, inner, 1.0)
            elif shape.colour is not None:
                _block(image, box, shape.colour, shape.radius, shape.opacity)
        case Words():
            ink = ink_of(shape.text, shape.face, shape.bold, shape.px, shape.right_to_left)
            if ink.width and ink.height:
                x, y = round(box.x) + ink.left, round(shape.baseline) + ink.top
                _stamp(image, ink.cover, Box(x, y, ink.width, ink.height), shape.colour)
        case Drawing():
            _stamp(image, icon_mask(shape.name, max(round(box.width), 1), shape.stroke), box, shape.colour)
        case Disc():
            for place, colour in ((box, shape.edge), (box.shrunk(shape.edge_px if shape.edge else 0), shape.colour)):
                if colour is not None:
                    _stamp(image, disc_mask(max(round(place.width), 1), max(round(place.height), 1)), place, colour)
        case Dashes():
            at = box.x
            while at < box.right:
                _block(image, Box(at, box.y, min(shape.dash, box.right - at), box.height), shape.colour, 0, 1.0)
                at += shape.dash + shape.gap
        case Ring():
            size, stroke = round(box.width), max(round(shape.stroke), 1)
            for part, colour in ((1.0, shape.track), (round(shape.part * 120) / 120, shape.colour)):
                _stamp(image, ring_mask(size, part, stroke), box, colour)
        case Ribbon():
            sizes = (round(box.width), round(box.height), round(shape.band))
            _stamp(image, ribbon_mask(*sizes), box, shape.colour)
        case Mark():
            _stamp(image, mark_mask(round(box.width), round(box.height)), box, shape.colour)
