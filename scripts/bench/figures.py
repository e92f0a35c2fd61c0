"""What a measurement says: the median of several rounds, how far they spread, and whether that meets its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity, a value for each round; at most one of `at_least` and `at_most` is its target."""

    name: str
    values: Sequence[float]
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return median(self.values)

    @property
    def target(self) -> str:
        """The target as it is printed; empty where the figure only informs."""
        if self.at_least is not None:
            return f">= {_number(self.at_least)}"
        return f"<= {_number(self.at_most)}" if self.at_most is not None else ""

    @property
    def verdict(self) -> str:
        """Return "ok" or "short of target"; a figure without a target has none."""
        if not self.target:
            return ""
        met = self.median >= self.at_least if self.at_least is not None else self.median <= (self.at_most or 0)
        return "ok" if met else "short of target"

    def line(self) -> str:
        """Return the figure as one line of the report."""
        value = f"{_number(self.median)} {self.unit}".rstrip()
        rounds = len(self.values)
        spread = f"{_number(min(self.values))} .. {_number(max(self.values))} in {rounds} rounds" if rounds > 1 else ""
        return f"{self.name:<64} {value:>12}  {spread:<30} {self.target:<9} {self.verdict}".rstrip()


def ratio(name: str, ours: Sequence[float], theirs: Sequence[float], **target: float) -> Figure:
    """Return the ratio of two rates measured side by side, round by round."""
    return Figure(name, [one / other for one, other in zip(ours, theirs, strict=True)], "x", **target)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0.99) of the values do not exceed."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def _number(value: float | None) -> str:
    """Return three figures of a number, without an exponent."""
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"
