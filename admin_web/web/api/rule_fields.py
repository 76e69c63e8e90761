"""Names a refusal's field as the API has it: services say `starts` and `ends`, bodies say `from` and `until`."""

from collections.abc import Iterator
from contextlib import contextmanager

from admin_web.errors import Refused

_NAMES = {"starts": "from", "ends": "until"}


@contextmanager
def api_fields() -> Iterator[None]:
    """Bring the field of a refusal into the names of the body."""
    try:
        yield
    except Refused as refusal:
        refusal.field = _NAMES.get(refusal.field or "", refusal.field)
        raise
