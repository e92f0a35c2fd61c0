"""Keeping what was thought about a file: small transactions, guarded by a claim, so that it may be killed anywhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import CursorResult, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from evidence.record import Subject
from models import message as m
from models.person import Person, RosterImport, RosterLine
from models.policy import Original, PolicyVersion
from workflows.context import Context
from workflows.people import states
from workflows.people.base import WORKFLOW
from workflows.people.staging import Thought, think
from workflows.workflow import Job

CLAIM = timedelta(minutes=5)
KEPT_AT_ONCE = 200  # lines a transaction
SMALL = 128 * 1024  # bytes that are read while the person waits, where there are
FEW = 2_000  # people or fewer to compare them with
OVER = ("refused", "dropped")  # nothing of the file is kept


def subject_of(imported: RosterImport) -> Subject:
    """Return an import as evidence names it: its id and the hash of its file."""
    return Subject("import", imported.code, sha256=imported.original_sha256)


def small(session: Session, imported: RosterImport) -> bool:
    """Return whether reading an import's file takes no longer than a person may wait, and others behind them."""
    size = session.scalar(select(func.length(Original.body)).where(Original.sha256 == imported.original_sha256))
    people = session.scalar(select(func.count()).select_from(Person))
    return (size or 0) <= SMALL and (people or 0) <= FEW


def _next(ctx: Context) -> RosterImport | None:
    """Return the next import whose file waits to be read, and that nobody is reading."""
    free = or_(RosterImport.claimed_until.is_(None), RosterImport.claimed_until < ctx.now)
    waiting = select(RosterImport).where(RosterImport.state == "reading", free).order_by(RosterImport.id).limit(1)
    return ctx.session.scalars(waiting).first()


@WORKFLOW.plan("read rosters", waits=lambda ctx: _next(ctx) is not None)
def plan(ctx: Context) -> Iterator[Job]:
    """Think about the next file that waits, and yield how to keep the result."""
    if imported := _next(ctx):
        yield from pieces(ctx.session, imported)


def pieces(session: Session, imported: RosterImport) -> Iterator[Job]:
    """Think about an import's file and yield the jobs that keep what came of it."""
    thought, token = think(session, imported), secrets.token_hex(8)
    left_over = session.scalar(select(func.count()).where(RosterLine.import_id == imported.id)) or 0
    yield partial(_claim, imported.id, token)
    for _ in range(-(-left_over // KEPT_AT_ONCE)):
        yield partial(_clear, imported.id, token)
    for at in range(0, len(thought.lines), KEPT_AT_ONCE):
        yield partial(_keep, imported.id, token, thought.lines[at : at + KEPT_AT_ONCE])
    yield partial(_finish, imported.id, token, replace(thought, lines=()))


def _claim(import_id: int, token: str, ctx: Context) -> int:
    """Claim the import; of two readers the second learns here that its thinking was not needed."""
    free = or_(RosterImport.claimed_until.is_(None), RosterImport.claimed_until < ctx.now)
    return _renew(ctx.session, ctx.now, token, RosterImport.id == import_id, free)


def _mine(import_id: int, token: str, ctx: Context) -> int:
    return _renew(ctx.session, ctx.now, token, RosterImport.id == import_id, RosterImport.claim == token)


def _renew(session: Session, now: datetime, token: str, *where: Any) -> int:
    result = session.execute(
        update(RosterImport)
        .where(RosterImport.state == "reading", *where)
        .values(claim=token, claimed_until=now + CLAIM)
        .execution_options(synchronize_session=False)
    )
    return result.rowcount if isinstance(result, CursorResult) else 0


def _clear(import_id: int, token: str, ctx: Context) -> int:
    """Delete some lines that a reader left behind when it was killed."""
    if _mine(import_id, token, ctx):
        delete_lines(ctx.session, import_id)
        return 1
    return 0


def delete_lines(session: Session, import_id: int) -> int:
    """Delete some lines of an import and return how many."""
    some = select(RosterLine.id).where(RosterLine.import_id == import_id).limit(KEPT_AT_ONCE)
    ids = session.scalars(some).all()
    session.execute(delete(RosterLine).where(RosterLine.id.in_(ids)).execution_options(synchronize_session=False))
    return len(ids)


def _keep(import_id: int, token: str, lines: Sequence[dict[str, Any]], ctx: Context) -> int:
    if not _mine(import_id, token, ctx):
        return 0
    ctx.session.execute(insert(RosterLine), [{**line, "import_id": import_id} for line in lines])
    return 1


def _finish(import_id: int, token: str, thought: Thought, ctx: Context) -> int:
    """Show the preview, or what is wrong; the importer is told where they did not wait for it."""
    if not _mine(import_id, token, ctx):
        return 0
    imported = ctx.session.get_one(RosterImport, import_id, populate_existing=True)
    verb, type_ = ("refuse", "roster.refused") if thought.errors else ("stage", "roster.staged")
    proof = ctx.record(
        type_,
        subject_of(imported),
        outcome="refused" if thought.errors else "staged",
        facts={"rows": thought.rows, "root": thought.root, "errors": thought.errors, "counts": dict(thought.summary)},
    )
    sets = {"rows": thought.rows, "root": thought.root, "summary": dict(thought.summary), "staged_at": ctx.now}
    preview = m.encode(thought.message)
    ctx.move(imported, verb, states.MOVES, proof, claim="", claimed_until=None, preview=preview, **sets)
    if thought.errors:
        forget_original(ctx.session, imported)
    if ctx.actor is None:
        _tell(ctx, imported, proof)
    return 1


def _tell(ctx: Context, imported: RosterImport, proof: str) -> None:
    title = f"{imported.code} is read." if imported.state == "staged" else f"{imported.code} cannot be imported yet."
    ctx.say(
        ctx.session.get_one(Person, imported.by_id),
        m.Message(title, buttons=(m.Button("Look at it", "people.preview", imported.code),)),
        kind="notice",
        dedupe=f"{proof}:read",
    )


def forget_original(session: Session, imported: RosterImport) -> None:
    """Delete the file of an import that came to nothing, unless something else stands on the same bytes."""
    digest = imported.original_sha256
    others = select(RosterImport.id).where(
        RosterImport.original_sha256 == digest, RosterImport.id != imported.id, RosterImport.state.not_in(OVER)
    )
    policies = select(PolicyVersion.id).where(PolicyVersion.original_sha256 == digest)
    if not any(session.scalar(query.limit(1)) for query in (others, policies)):
        session.execute(delete(Original).where(Original.sha256 == digest))


@WORKFLOW.job("forget dropped rosters")
def forget(ctx: Context) -> int:
    """Delete some lines of an import that was dropped: names that nobody took over are not kept."""
    dropped = select(RosterLine.import_id).join(RosterImport, RosterImport.id == RosterLine.import_id)
    import_id = ctx.session.scalar(dropped.where(RosterImport.state == "dropped").limit(1))
    return delete_lines(ctx.session, import_id) if import_id is not None else 0
