"""Everything asked under one promise, as rows for a spreadsheet: of those whom the viewer may see, leavers included."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sqlalchemy import select

from evidence.canonical import instant
from models.campaign import Assignment
from models.person import Person
from workflows import outages
from workflows.context import Context
from workflows.who import visible
from workflows.workflow import Workflow

HEAD = (
    "employee id",
    "name",
    "department",
    "subject",
    "title",
    "reason",
    "assigned",
    "due",
    "state",
    "closed",
    "record",
    "outages",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def inert(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula (OWASP, "CSV Injection": a leading apostrophe)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def rows(ctx: Context, workflow: Workflow) -> Iterator[tuple[str, ...]]:
    """Yield the head and a row for every assignment of a workflow."""
    yield HEAD
    found = (
        select(Assignment, Person)
        .join(Person, Person.id == Assignment.owed_by_id)
        .where(visible(ctx.person), Assignment.workflow == workflow.name)
        .order_by(Assignment.id)
    )
    pairs = ctx.session.execute(found).all()
    down = outages.beside(ctx.session, [one for one, _ in pairs], ctx.now)
    for one, person in pairs:
        yield (
            person.employee_id or "",
            person.name,
            one.department,
            one.subject,
            workflow.subject_title(ctx.session, one.subject),
            one.reason,
            instant(one.assigned_at),
            one.due_on.isoformat(),
            one.state,
            instant(one.closed_at) if one.closed_at else "",
            one.record_id or "",
            " ".join(down.get(one.id, ())),
        )


def as_csv(ctx: Context, workflow: Workflow) -> str:
    """Return the rows as CSV (RFC 4180); a demo says so in its first line."""
    out = io.StringIO()
    writer = csv.writer(out)
    if ctx.settings.demo:
        writer.writerow(("DEMO: invented people, not evidence",))
    writer.writerows(tuple(inert(cell) for cell in row) for row in rows(ctx, workflow))
    return out.getvalue()
