"""Handing in a roster, looking at what it would do, applying or dropping it, and reversing one that was applied."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import message as m
from models.gesture import Upload
from models.person import Person, RosterImport, RosterLine
from models.policy import Original
from models.record import Record
from workflows.context import Context, insert_or_ignore, say_date, zone_of
from workflows.importing import settled
from workflows.people import states
from workflows.people.base import WORKFLOW, words
from workflows.people.decode import MOST_BYTES
from workflows.people.reading import SMALL, forget_original, pieces, subject_of
from workflows.who import admins
from workflows.workflow import Answers, Invalid, Refusal

CHANGING = ("person.added", "person.changed", "person.ended", "person.merged", "person.split", "person.role")
BATCHES = ("roster.batch", "roster.undone")
_LABELS = {
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
        lines=(_stands(ctx.session, imported),),
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


def _stands(session: Session, imported: RosterImport) -> str:
    return _SAID.get(imported.state) or _progress(session, imported)


def _progress(session: Session, imported: RosterImport) -> str:
    lines = select(func.count()).where(RosterLine.import_id == imported.id)
    every, done = session.scalar(lines) or 0, session.scalar(lines.where(RosterLine.id <= imported.cursor)) or 0
    doing = "Being applied" if imported.state == "applying" else "Being reversed"
    return f"{doing}: {done:,} of {every:,} lines so far. People change one by one; nobody is half changed."


def facts_of(ctx: Context, imported: RosterImport) -> tuple[m.Fact, ...]:
    by = ctx.session.get_one(Person, imported.by_id)
    received = imported.received_at.astimezone(zone_of(ctx.actor)).date()
    labels = _LABELS | (_GONE_AGAIN if imported.state == "reversed" else {})
    counts = (
        m.Fact(label, f"{imported.summary[name]:,}") for name, label in labels.items() if imported.summary.get(name)
    )
    return (m.Fact("Handed in", f"{say_date(received)} by {m.mention(by.ref)}"), *counts)


def import_form(ctx: Context, target: str) -> m.Form:
    """Return the form that takes a roster."""
    return m.Form(
        "people.import",
        "",
        "Import people",
        (
            m.File("file", "The list of people", hint="CSV, one line a person, up to 50 MB.", accept=(".csv", ".txt")),
            m.Toggle(
                "full",
                "This file holds everybody",
                hint="Ticked: who is missing from it has left. Not ticked: who is missing stays as they are.",
                required=False,
            ),
        ),
        lines=("You see what would change before anything does.",),
        submit="Read the file",
    )


@WORKFLOW.do(
    "import",
    aliases=words("import", "admin people import"),
    help="bring the roster up to date from a CSV file",
    form=import_form,
    may=admins,
)
def import_(ctx: Context, target: str, answers: Answers) -> m.Message:
    """Keep the file and read it: at once where it is small, else in the background."""
    upload: Upload = answers["file"]
    if not upload.body:
        raise Invalid(file="The file is empty. Export the list of people again.")
    if len(upload.body) > MOST_BYTES:
        raise Invalid(file=f"The file has more than {MOST_BYTES // 1_000_000} MB. Hand it in as parts.")
    digest = hashlib.sha256(upload.body).hexdigest()
    original = {"sha256": digest, "media_type": "text/csv", "name": m.clean(upload.name)[:200], "body": upload.body}
    ctx.session.execute(insert_or_ignore(ctx.session, Original), {**original, "kept_at": ctx.now})
    imported = RosterImport(
        original_sha256=digest, full=answers["full"], by_id=ctx.person.id, day=ctx.today, received_at=ctx.now
    )
    ctx.session.add(imported)
    ctx.session.flush()
    ctx.record(
        "roster.received",
        subject_of(imported),
        outcome="received",
        facts={"bytes": len(upload.body), "full": imported.full},
        private={"file_name": original["name"]},
    )
    return _read(ctx, imported)


def _read(ctx: Context, imported: RosterImport) -> m.Message:
    """Read a small file at once; a large one is left to the plan, so that nobody's answer waits for it."""
    size = ctx.session.scalar(select(func.length(Original.body)).where(Original.sha256 == imported.original_sha256))
    if size is not None and size <= SMALL:
        for job in pieces(ctx.session, imported):
            job(ctx)
        ctx.session.refresh(imported)
    return card(ctx, imported)


@WORKFLOW.look("imports", aliases=words("imports"), help="see the rosters that were handed in", may=admins)
def imports(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return the latest imports."""
    latest = ctx.session.scalars(select(RosterImport).order_by(RosterImport.id.desc()).limit(20))
    cards = tuple(
        m.Message(
            f"{one.code}: {one.state}",
            facts=facts_of(ctx, one),
            buttons=(m.Button("Look at it", "people.preview", one.code),),
        )
        for one in latest
    )
    hand_in = (m.Button("Import people", "people.import"),)
    return m.Home("Imports", cards=cards, empty="No roster was handed in yet.", buttons=hand_in)


@WORKFLOW.look(
    "preview",
    aliases=words("preview"),
    help="see what an import would do, or did",
    example="people preview IMP-3",
    find=find_import,
    may=admins,
)
def preview(ctx: Context, imported: RosterImport, answers: Answers) -> m.Message:
    """Return how an import stands."""
    return card(ctx, imported)


def apply_form(ctx: Context, imported: RosterImport) -> m.Form:
    """Return the form that applies an import: a number to type where many would leave, and what is undecided.

    Raises Refusal, saying how it stands, where it is not waiting to be applied.
    """
    if imported.state != "staged":
        raise Refusal(f"{imported.code} cannot be applied now.", _stands(ctx.session, imported), status="again")
    counts = imported.summary
    fields: list[m.AnyField] = []
    if counts.get("number"):
        fields.append(m.Text("number", "How many people leave?", hint=f"Type {counts['number']} to go on.", limit=12))
    for name, label, yes in (
        ("unmatched", "A new id with the address of somebody we know", "They are the same people: change their id"),
        ("returning", "People who had left stand in the file again", "They never left: take back their last day"),
    ):
        if counts.get(name):
            options = (m.Option("no", "Leave them as they are"), m.Option("yes", yes))
            fields.append(m.Choice(name, f"{label} ({counts[name]})", options=options, value="no"))
    return m.Form(
        "people.apply",
        imported.code,
        f"Apply {imported.code}",
        tuple(fields),
        facts=tuple(m.Fact(label, f"{counts[name]:,}") for name, label in _LABELS.items() if counts.get(name)),
        submit="Apply",
    )


@WORKFLOW.do(
    "apply",
    aliases=words("apply"),
    help="carry out an import after its preview",
    example="people apply IMP-3",
    form=apply_form,
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
    taken = {f"take_{name}": answers.get(name) == "yes" for name in ("unmatched", "returning")}
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
    found = _read(ctx, imported)
    first = "Somebody changed people since this preview was made, so nothing was applied. This is the new preview."
    return m.Message(
        found.title, (first, *found.lines), found.facts, (), found.tables, buttons=found.buttons, tone="warn"
    )


@WORKFLOW.do(
    "drop",
    aliases=words("drop"),
    help="throw a preview away",
    example="people drop IMP-3",
    find=find_import,
    may=admins,
)
def drop(ctx: Context, imported: RosterImport, answers: Answers) -> m.Message:
    """Drop an import that was not applied; nothing of its file is kept."""
    if imported.state != "staged":
        return card(ctx, imported)
    proof = ctx.record("roster.dropped", subject_of(imported), outcome="dropped")
    ctx.move(imported, "drop", states.MOVES, proof, preview=None, summary={})
    forget_original(ctx.session, imported)
    return card(ctx, imported)
