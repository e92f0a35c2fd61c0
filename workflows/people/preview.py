"""What an import of a roster would do, before anybody has said yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workflows.people.rows import Known, Problem, Row, Value

Group = Literal["new", "changed", "rehired", "returning", "left", "unmatched"]


@dataclass(frozen=True, slots=True)
class Limits:
    """A number must be typed for more leavers than `people`, or than `percent` of those who are here."""

    people: int = 10
    percent: int = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. The manager stands as an employee id on both sides."""

    column: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class Item:
    """One person of a preview; `row` is None for those who are not in the file, `known` for those we do not know."""

    row: Row | None
    known: Known | None
    changes: tuple[Change, ...] = ()

    @property
    def line(self) -> int | None:
        """The line of the file, or None where the person is not in it."""
        return self.row.line if self.row else None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do, each group in the order of the file.

    `rehired` begin a new spell. `returning` had left and stand in the file again without a start after their end:
    somebody must say whether they ever left. `unmatched` have an id we do not know and an address of a `known` whose id
    is not in the file: perhaps one person, never a new one without asking. `left` have an end in the past or are absent
    from a full file. `not_in_file` are absent and stay as they are: from a file that is not full, or never
    in a roster.
    """

    new: tuple[Item, ...]
    changed: tuple[Item, ...]
    rehired: tuple[Item, ...]
    returning: tuple[Item, ...]
    left: tuple[Item, ...]
    unmatched: tuple[Item, ...]
    unchanged: int
    not_in_file: int
    problems: tuple[Problem, ...]
    needs_typed_number: int | None
