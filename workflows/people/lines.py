"""Line numbers as people type them (12, 14-20), and as decisions about lines are kept."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import pairwise

from models.person import RosterLine

ALL = "all"
UNDECIDED = ("unmatched", "returning")  # actions of lines that somebody must decide about


_RANGE = re.compile(r"(\d{1,7})(?:[-\u2013](\d{1,7}))?")


def choose(typed: str, there: list[int]) -> list[int]:
    """Return those of the lines `there` that were typed. Raises ValueError for what is no line, or not one of them."""
    found: set[int] = set()
    for part in re.split(r"[\s,;]+", re.sub(r"\s*([-\u2013])\s*", r"\1", typed.strip())):
        numbers = _RANGE.fullmatch(part)
        if numbers is None:
            raise ValueError("Write line numbers, such as 12, 14-20.")
        first, last = int(numbers[1]), int(numbers[2] or numbers[1])
        within = there[bisect_left(there, first) : bisect_right(there, last)]
        if not within:
            raise ValueError(f"{part} is none of these lines. Take the numbers from the table.")
        found.update(within)
    return sorted(found)


def compact(lines: list[int]) -> str:
    """Return line numbers in a few characters: "12,14-20"."""
    begins = [one for before, one in pairwise([-1, *lines]) if one != before + 1]
    ends = [one for one, after in pairwise([*lines, -1]) if after != one + 1]
    return ",".join(str(one) if one == last else f"{one}-{last}" for one, last in zip(begins, ends, strict=True))


class Decided:
    """What was decided about an import, asked about each of its lines."""

    def __init__(self, summary: Mapping[str, object]) -> None:
        self._taken = {action: summary.get(f"take_{action}") for action in UNDECIDED}
        self._ranges = {action: _ranges(said) for action, said in self._taken.items() if isinstance(said, str)}

    def carries_out(self, line: RosterLine) -> bool:
        """Return whether a line changes somebody; the others stay as they are."""
        if line.action not in self._taken:
            return line.action != "same"
        if self._taken[line.action] in (ALL, True):  # imports of the first release kept yes or no
            return True
        return any(first <= line.line <= last for first, last in self._ranges.get(line.action, ()))


def _ranges(said: str) -> list[tuple[int, int]]:
    found = (_RANGE.fullmatch(part) for part in said.split(","))
    return [(int(one[1]), int(one[2] or one[1])) for one in found if one]
