"""What a measurement comes back as, and the words for a row of samples."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the table: what was measured, what it must reach, what it is."""

    name: str
    reach: str
    measured: str
    reached: bool
    numbers: dict[str, Any] = field(default_factory=dict)


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least `percent` of all samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * percent // 100).__int__() - 1))]


def spread(samples: Sequence[float]) -> dict[str, float]:
    """Median, p95, p99 and the largest of some samples."""
    return {
        "samples": len(samples),
        "median": round(median(samples), 3),
        "p95": round(percentile(samples, 95), 3),
        "p99": round(percentile(samples, 99), 3),
        "max": round(max(samples), 3),
    }
