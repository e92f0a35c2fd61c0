"""Say in plain words what an import would do and what is wrong with its file.

These messages hold names and addresses of people: show them to the lead who imports, and keep no copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from models.message import Fact, Message, Table, Tone, mention
from workflows.people.preview import Change, Item, Preview
from workflows.people.rows import LABELS, Problem, Value

SHOWN = 20
Cells = tuple[str, str, str]
T = TypeVar("T")


def describe(preview: Preview, shown: int = SHOWN) -> Message:
    """Return a preview as a message: how many of each, then who, each with its line; at most `shown` in each table."""
    lines = ["Nothing has been changed yet."]
    if number := preview.needs_typed_number:
        who = "1 person" if number == 1 else f"{number:,} people"
        lines.append(f"{who} would leave. If that is right, type the number {number} to go on.")
    return Message(
        title="What this import would do",
        lines=tuple(lines),
        facts=tuple(Fact(label, f"{count:,}") for label, count in _counts(preview)),
        tables=(*_tables(preview, shown), *_problem_tables(preview.problems, shown)),
        tone=_tone(preview.problems, bool(preview.needs_typed_number)),
    )


def describe_problems(problems: Sequence[Problem], shown: int = SHOWN) -> Message:
    """Return what is wrong with a file as a message: what must be put right first, then what is only worth a look."""
    errors = sum(problem.severity == "error" for problem in problems)
    line = "Look at these lines first." if problems else "Nothing is wrong with it."
    if errors:
        line = "Nothing was changed. Correct these lines and hand the file in again."
    title = "This file cannot be imported yet" if errors else "This file can be imported"
    tables = tuple(_problem_tables(problems, shown))
    return Message(title=title, lines=(line,), tables=tables, tone=_tone(problems, False))


def _tone(problems: Sequence[Problem], careful: bool) -> Tone:
    if any(problem.severity == "error" for problem in problems):
        return "bad"
    return "warn" if careful or problems else "plain"


def _counts(preview: Preview) -> Iterator[tuple[str, int]]:
    yield "New", len(preview.new)
    yield "Changed", len(preview.changed)
    yield "Back after a break", len(preview.rehired)
    yield "In the file again", len(preview.returning)
    yield "Left", len(preview.left)
    yield "Not matched", len(preview.unmatched)
    yield "Unchanged", preview.unchanged
    yield "Not in this file, stay as they are", preview.not_in_file


def _tables(preview: Preview, shown: int) -> Iterator[Table]:
    changes = ("Line", "Who", "What changes")
    yield from _table("New", ("Line", "Who", "Employee ID"), preview.new, _new, shown)
    yield from _table("Changed", changes, preview.changed, _changed, shown)
    yield from _table("Back after a break, asked again", changes, preview.rehired, _changed, shown)
    again = "In the file again: give a start after their last day, or say that they never left"
    yield from _table(again, changes, preview.returning, _changed, shown)
    yield from _table("Left", ("Line", "Who", "Why"), preview.left, _leaver, shown)
    merge = "Not matched: a new id with the address of somebody we know. Are they one person?"
    yield from _table(merge, ("Line", "In the file", "Known as"), preview.unmatched, _pair, shown)


def _problem_tables(problems: Sequence[Problem], shown: int) -> Iterator[Table]:
    for severity, caption in (("error", "To be corrected"), ("warning", "Worth a look")):
        found = sorted((one for one in problems if one.severity == severity), key=lambda one: one.line)
        yield from _table(caption, ("Line", "Column", "What is wrong"), found, _problem, shown)


def _table(caption: str, head: Cells, things: Sequence[T], draw: Callable[[T], Cells], shown: int) -> Iterator[Table]:
    """Yield a table, or nothing where it would be empty; a last row says how many are not shown."""
    rows = [draw(thing) for thing in things[:shown]]
    if more := len(things) - len(rows):
        rows.append(("", f"and {more:,} more", ""))
    if rows:
        yield Table(f"{caption} ({len(things):,})", head, tuple(rows))


def _problem(problem: Problem) -> Cells:
    return str(problem.line), LABELS.get(problem.column, ""), problem.text


def _line(item: Item) -> str:
    return str(item.line) if item.line else "-"


def _who(item: Item) -> str:
    """Return a mention of somebody we know, the name in the file of anybody else."""
    return mention(item.known.ref) if item.known else item.row.preferred_name if item.row else ""


def _new(item: Item) -> Cells:
    return _line(item), _who(item), item.row.employee_id if item.row else ""


def _changed(item: Item) -> Cells:
    return _line(item), _who(item), "; ".join(map(_change, item.changes)) or "nothing else"


def _change(change: Change) -> str:
    return f"{LABELS[change.column]}: {_text(change.old)} → {_text(change.new)}"


def _text(value: Value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "empty"
    return (", ".join(value) if isinstance(value, tuple) else value) or "empty"


def _leaver(item: Item) -> Cells:
    last = item.row.end if item.row else None
    return _line(item), _who(item), f"last day {last.isoformat()}" if last else "not in the file"


def _pair(item: Item) -> Cells:
    known = f"{_who(item)} ({item.known.employee_id})" if item.known else ""
    return _line(item), item.row.called() if item.row else "", known
