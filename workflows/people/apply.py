"""Applying an import after its preview, once what the file left undecided is decided line by line."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import message as m
from models.person import RosterImport
from models.record import Record
from workflows.context import Context
from workflows.importing import settled
from workflows.people import decide, states
from workflows.people.base import WORKFLOW, words
from workflows.people.imports import read
from workflows.people.reading import subject_of
from workflows.people.standing import LABELS, card, find_import
from workflows.who import admins
from workflows.workflow import Answers, Invalid

CHANGING = ("person.added", "person.changed", "person.ended", "person.merged", "person.split", "person.role")
BATCHES = ("roster.batch", "roster.undone")


def _not_staged(ctx: Context, imported: RosterImport) -> m.Message | None:
    """Return how an import stands that does not wait to be applied."""
    return None if imported.state == "staged" else card(ctx, imported)


def apply_form(ctx: Context, imported: RosterImport) -> m.Form:
    """Return the form that applies an import: a number to type where many would leave, and what is undecided."""
    counts = imported.summary
    fields: list[m.AnyField] = []
    if counts.get("number"):
        fields.append(m.Text("number", "How many people leave?", hint=f"Type {counts['number']} to go on.", limit=12))
    fields.extend(decide.fields(imported))
    return m.Form(
        "people.apply",
        imported.code,
        f"Apply {imported.code}",
        tuple(fields),
        facts=tuple(m.Fact(label, f"{counts[name]:,}") for name, label in LABELS.items() if counts.get(name)),
        tables=decide.tables(ctx.session, imported),
        submit="Apply",
    )


@WORKFLOW.do(
    "apply",
    aliases=words("apply"),
    help="carry out an import after its preview",
    example="people apply IMP-3",
    form=apply_form,
    stands=_not_staged,
    find=find_import,
    may=admins,
)
def apply(ctx: Context, imported: RosterImport, answers: Answers) -> m.Message:
    """Begin to change people; the job does it in batches."""
    settled(ctx.session)
    if _changed_since(ctx.session, imported):
        return _again(ctx, imported)
    number = imported.summary["number"]
    if number and answers["number"].replace(",", "").strip() != str(number):
        raise Invalid(number=f"{number} people would leave. Type {number} if that is right.")
    taken = decide.taken(ctx.session, imported, answers)
    proof = ctx.record(
        "roster.imported",
        subject_of(imported),
        outcome="approved",
        facts={
            "rows": imported.rows,
            "root": imported.root,
            "full": imported.full,
            "day": imported.day.isoformat(),
            "counts": dict(imported.summary),
            "number_typed": number or 0,
            **taken,
        },
    )
    summary: dict[str, Any] = {**imported.summary, **taken}
    ctx.move(imported, "apply", states.MOVES, proof, applied_at=ctx.now, cursor=0, summary=summary, preview=None)
    return card(ctx, imported)


def _changed_since(session: Session, imported: RosterImport) -> bool:
    """Return whether anybody changed people after the preview was made: then it no longer says what would happen."""
    changes = select(Record.id).where(Record.type.in_((*CHANGING, *BATCHES)), Record.recorded_at > imported.staged_at)
    return session.scalar(changes.limit(1)) is not None


def _again(ctx: Context, imported: RosterImport) -> m.Message:
    """Read the file once more against the people as they are now."""
    proof = ctx.record("roster.reread", subject_of(imported), outcome="reading")
    ctx.move(imported, "read again", states.MOVES, proof, staged_at=None, preview=None)
    found = read(ctx, imported)
    first = "Somebody changed people since this preview was made, so nothing was applied. This is the new preview."
    return m.Message(
        found.title, (first, *found.lines), found.facts, (), found.tables, buttons=found.buttons, tone="warn"
    )
