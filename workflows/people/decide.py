"""What a file leaves undecided, decided by whoever applies it: for all such lines, for none, or line by line."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import message as m
from models.person import RosterImport, RosterLine
from workflows.workflow import Answers, Invalid

SHOWN = 300  # lines in a table; others are found in the file, by their number
ALL = "all"
_RANGE = re.compile(r"(\d{1,7})(?:[-\u2013](\d{1,7}))?")


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of undecided line: what is asked about all of them, and what yes means."""

    action: str
    label: str
    yes: str


QUESTIONS = (
    Question(
        "unmatched",
        "A new id with the address of somebody we know",
        "They are the same people: change their id",
    ),
    Question(
        "returning",
        "People who had left stand in the file again",
        "They never left: take back their last day",
    ),
)


def fields(imported: RosterImport) -> Iterable[m.AnyField]:
    """Yield the questions about what is undecided: a choice for all of a kind, and a box for line numbers."""
    for one in QUESTIONS:
        if count := imported.summary.get(one.action):
            options = (
                m.Option("no", "Leave them as they are"),
                m.Option("yes", one.yes),
                m.Option("lines", f"{one.yes}, but only on these lines"),
            )
            yield m.Choice(one.action, f"{one.label} ({count})", options=options, value="no")
            hint = "Line numbers of the file, such as 12, 14-20."
            yield m.Text(f"{one.action}_lines", "Which lines", hint, required=False, limit=3000)


def tables(session: Session, imported: RosterImport) -> tuple[m.Table, ...]:
    """Return who stands on the undecided lines, so that they can be told apart.

    What a form shows is committed with its answers, so people stand here as mentions and nothing is quoted.
    """
    return tuple(_table(session, imported, one) for one in QUESTIONS if imported.summary.get(one.action))


def _table(session: Session, imported: RosterImport, question: Question) -> m.Table:
    undecided = select(RosterLine).where(RosterLine.import_id == imported.id, RosterLine.action == question.action)
    lines = session.scalars(undecided.order_by(RosterLine.line).limit(SHOWN)).all()
    rows = [(str(line.line), m.mention(line.ref)) for line in lines]
    if more := int(imported.summary[question.action]) - len(rows):
        rows.append(("", f"and {more:,} more"))
    return m.Table(question.label, ("Line of the file", "Known as"), tuple(rows))


def taken(session: Session, imported: RosterImport, answers: Answers) -> dict[str, str]:
    """Return {"take_" and the kind: "all", nothing, or line numbers such as "12,14-20"}. Raises Invalid."""
    return {f"take_{one.action}": _taken(session, imported, one.action, answers) for one in QUESTIONS}


def _taken(session: Session, imported: RosterImport, action: str, answers: Answers) -> str:
    choice, typed = answers.get(action, "no"), answers.get(f"{action}_lines", "")
    if choice != "lines":
        if typed:
            raise Invalid(**{action: "You named lines: choose that only they are meant, or empty the box below."})
        return ALL if choice == "yes" else ""
    numbers = select(RosterLine.line).where(RosterLine.import_id == imported.id, RosterLine.action == action)
    try:
        return compact(choose(typed, sorted(session.scalars(numbers))))
    except ValueError as wrong:
        raise Invalid(**{f"{action}_lines": str(wrong)}) from wrong


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
        self._taken = {one.action: summary.get(f"take_{one.action}") for one in QUESTIONS}
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
