"""How an import of people stands: its preview while it is undecided, then its counts and how far it has come."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import message as m
from models.person import Person, RosterImport, RosterLine
from workflows.context import Context, say_date, zone_of
from workflows.workflow import Refusal

LABELS = {
    "new": "New",
    "changed": "Changed",
    "rehired": "Back after a break",
    "returning": "In the file again",
    "left": "Left",
    "unmatched": "Not matched",
    "unchanged": "Unchanged",
    "not_in_file": "Not in this file, stay as they are",
}
_GONE_AGAIN = {"new": "Came in with this import, gone again"}
_SAID = {
    "reading": "The file is being read. You get a message when the preview is ready; nothing is changed before that.",
    "refused": "The file could not be imported. Nothing was changed.",
    "dropped": "This import was dropped. Nothing was changed, and the file is not kept.",
    "applied": "This import is applied.",
    "reversed": "This import was reversed: what stood before it stands again.",
}


def find_import(ctx: Context, target: str) -> RosterImport:
    """Find an import by the id people type (IMP-3); raises Refusal."""
    number = target.upper().removeprefix("IMP-")
    found = ctx.session.get(RosterImport, int(number)) if number.isdecimal() and len(number) < 10 else None
    if found is None:
        text = f"There is no import {target}." if target else "Which import?"
        raise Refusal(text, "Type `people imports` to see them, and name one: IMP-3.", status="missing")
    return found


def card(ctx: Context, imported: RosterImport) -> m.Message:
    """Return how an import stands: its preview while it is undecided, then its counts and how far it has come."""
    code = imported.code
    if imported.state == "staged" and imported.preview:
        preview: m.Message = m.decode(imported.preview)
        buttons = (m.Button("Apply", "people.apply", code, "primary"), m.Button("Drop", "people.drop", code))
        return m.Message(f"{code}: {preview.title}", preview.lines, preview.facts, (), preview.tables, buttons=buttons)
    if imported.state == "refused" and imported.preview:
        refused: m.Message = m.decode(imported.preview)
        return m.Message(f"{code}: {refused.title}", refused.lines, tables=refused.tables, tone="bad")
    return m.Message(
        code,
        lines=(stands(ctx.session, imported),),
        facts=facts_of(ctx, imported),
        buttons=_next(imported),
        tone="good" if imported.state == "applied" else "plain",
    )


def _next(imported: RosterImport) -> tuple[m.Button, ...]:
    if imported.state == "applied":
        return (m.Button("Reverse", "people.reverse", imported.code, "danger"),)
    if imported.state in ("reading", "applying", "reversing"):
        return (m.Button("See how far it is", "people.preview", imported.code),)
    return ()


def stands(session: Session, imported: RosterImport) -> str:
    return _SAID.get(imported.state) or _progress(session, imported)


def _progress(session: Session, imported: RosterImport) -> str:
    lines = select(func.count()).where(RosterLine.import_id == imported.id)
    every, done = session.scalar(lines) or 0, session.scalar(lines.where(RosterLine.id <= imported.cursor)) or 0
    doing = "Being applied" if imported.state == "applying" else "Being reversed"
    return f"{doing}: {done:,} of {every:,} lines so far. People change one by one; nobody is half changed."


def facts_of(ctx: Context, imported: RosterImport) -> tuple[m.Fact, ...]:
    by = ctx.session.get_one(Person, imported.by_id)
    received = imported.received_at.astimezone(zone_of(ctx.actor)).date()
    labels = LABELS | (_GONE_AGAIN if imported.state == "reversed" else {})
    counts = (
        m.Fact(label, f"{imported.summary[name]:,}") for name, label in labels.items() if imported.summary.get(name)
    )
    return (m.Fact("Handed in", f"{say_date(received)} by {m.mention(by.ref)}"), *counts)
