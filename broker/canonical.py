"""JSON as it is written on the wire: UTF-8, no spaces, keys in the order given, nothing escaped that need not be."""

from collections.abc import Callable
from json import JSONEncoder
from typing import Any

_encode: Callable[[Any], str] = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def dumps(value: Any) -> bytes:
    """Encode `value` as JSON bytes.

    Raises `ValueError` for NaN and infinities, `UnicodeEncodeError` for half a surrogate pair, `TypeError` for what
    JSON cannot say.
    """
    return _encode(value).encode()
