"""A picture as PNG (RFC 2083), by zlib alone."""

import struct
import zlib

from demo.kiosk.glass import Picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TRUE_COLOUR = 2
QUICK = 1
"""Of zlib's levels: flat colours become small by any."""


def encode_png(picture: Picture) -> bytes:
    """Write a picture as PNG, 8 bits a channel, without filters."""
    width, height, pixels = picture.width, picture.height, picture.pixels
    channels = bytearray(3 * width * height)
    for channel, source in enumerate((2, 1, 0)):
        channels[channel::3] = pixels[source::4]
    row = 3 * width
    rows = b"".join(b"\0" + channels[at : at + row] for at in range(0, len(channels), row))
    header = struct.pack(">IIBBBBB", width, height, 8, TRUE_COLOUR, 0, 0, 0)
    return b"".join(
        (SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, QUICK)), _chunk(b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
