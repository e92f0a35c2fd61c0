"""What a file leaves undecided, decided by whoever applies it: for all such lines, for none, or line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import message as m
from models.person import RosterImport, RosterLine
from workflows.people.lines import ALL, choose, compact
from workflows.workflow import Answers, Invalid

SHOWN = 300  # lines in a table; others are found in the file, by their number


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
