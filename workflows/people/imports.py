"""Handing in a roster, looking at what it would do, and dropping it."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from models import message as m
from models.gesture import Upload
from models.person import RosterImport
from models.policy import Original
from workflows.context import Context, insert_or_ignore
from workflows.people import states
from workflows.people.base import WORKFLOW, words
from workflows.people.decode import MOST_BYTES
from workflows.people.reading import forget_original, pieces, small, subject_of
from workflows.people.standing import card, facts_of, find_import
from workflows.who import admins
from workflows.workflow import Answers, Invalid


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
    return read(ctx, imported)


def read(ctx: Context, imported: RosterImport) -> m.Message:
    """Read a small file at once; a large one is left to the plan, so that nobody's answer waits for it."""
    if small(ctx.session, imported):
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
