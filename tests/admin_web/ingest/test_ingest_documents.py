"""docs/delivery.md says what the code does: every exception is named there, and none that does not exist."""

import re
from pathlib import Path

from admin_web.events.exceptions import ExceptionKind
from admin_web.events.times import TimeQuality

DELIVERY = Path(__file__).parents[3] / "docs" / "delivery.md"


def test_every_exception_has_its_row_and_every_row_its_exception() -> None:
    rows = re.findall(r"^\|.*\| `(\w+)` \|$", DELIVERY.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) == set(ExceptionKind)


def test_every_quality_of_a_time_is_explained() -> None:
    text = DELIVERY.read_text(encoding="utf-8").partition("## Times")[2].partition("##")[0]
    assert {quality for quality in TimeQuality if f"`{quality}`" in text} == set(TimeQuality)
