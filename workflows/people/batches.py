"""Applying an import, and reversing it: fifty people at a time, each batch in a transaction with its own record.

There is no instant at which 100,000 people change together: that would hold up every answer. Each person changes whole
(row, addresses, facts) in one batch, and facts hold from the import's day whenever their batch ran. While it lasts the
import is "applying" and no other change of people is taken; `workflows.importing` tells others to wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from evidence.vault import Sealed, commitment
from models import message as m
from models.campaign import Assignment
from models.person import EmailAlias, Person, RosterImport, RosterLine
from workflows import duty
from workflows.context import Context
from workflows.importing import RUNNING
from workflows.people import directory, states
from workflows.people import values as v
from workflows.people.base import WORKFLOW
from workflows.people.decide import Decided
from workflows.people.directory import Edit
from workflows.people.reading import subject_of
from workflows.people.staging import DOMAIN
from workflows.people.values import Values

APPLIED_AT_ONCE = 50
REVERSED_AT_ONCE = 40  # a reversal also withdraws what people were asked
ASKED_ON_JOINING = ("hire", "joined")


@WORKFLOW.job("change people")
def change(ctx: Context) -> int:
    """Apply or reverse the next batch of the import that is running; return how many lines that was."""
    # Of several processes one has the row; the others find nothing to do.
    mine = select(RosterImport).where(RosterImport.state.in_(RUNNING)).limit(1).with_for_update(skip_locked=True)
    imported = ctx.session.scalars(mine).first()
    if imported is None:
        return 0
    size = APPLIED_AT_ONCE if imported.state == "applying" else REVERSED_AT_ONCE
    lines = ctx.session.scalars(
        select(RosterLine)
        .where(RosterLine.import_id == imported.id, RosterLine.id > imported.cursor)
        .order_by(RosterLine.id)
        .limit(size)
    ).all()
    if not lines:
        return _finish(ctx, imported)
    imported.cursor = lines[-1].id
    ctx.session.flush()
    (_apply if imported.state == "applying" else _undo)(ctx, imported, lines)
    return len(lines)


def _apply(ctx: Context, imported: RosterImport, lines: Sequence[RosterLine]) -> None:
    decided = Decided(imported.summary)
    edits = [Edit(line.ref, dict(line.after), line.action == "new") for line in lines if decided.carries_out(line)]
    sealed = {f"row-{line.line:06}": _sealed(line) for line in lines if line.row is not None}
    changes = directory.put(ctx.session, edits, imported.day, ctx.now)
    ctx.record(
        "roster.batch",
        subject_of(imported),
        outcome="applied",
        on_behalf_of=_importer(ctx, imported).ref,
        facts={"lines": len(lines), "people": len(edits), "leaves": len(sealed)},
        private=sealed,
        changes=changes,
    )
    ids = [line.id for line in lines]
    # The vault has the rows now; a second copy would have to be erased too.
    cleared = update(RosterLine).where(RosterLine.id.in_(ids)).values(salt=None, row=None)
    ctx.session.execute(cleared.execution_options(synchronize_session=False))


def _sealed(line: RosterLine) -> Sealed:
    """Return a line's commitment as the preview counted it into the root, with what it commits to."""
    salt, row = line.salt or b"", line.row or b""
    return Sealed(commitment(DOMAIN, salt, row), DOMAIN, salt, row, line.ref)


def _importer(ctx: Context, imported: RosterImport) -> Person:
    return ctx.session.get_one(Person, imported.by_id)


def _undo(ctx: Context, imported: RosterImport, lines: Sequence[RosterLine]) -> None:
    """Set back what still stands as the import left it, and withdraw what people were asked because of it."""
    decided = Decided(imported.summary)
    lines = [line for line in lines if decided.carries_out(line)]
    now = directory.read(ctx.session, [line.ref for line in lines])
    kept = _addresses_of_others(ctx.session, imported, lines)
    edits = [Edit(line.ref, _before(line, now[line.ref], imported.day, kept)) for line in lines if line.ref in now]
    changes = directory.put(ctx.session, edits, imported.day, ctx.now)
    opened = _opened(ctx.session, imported, lines)
    proof = ctx.record(
        "roster.undone",
        subject_of(imported),
        outcome="reversed",
        on_behalf_of=_importer(ctx, imported).ref,
        facts={"people": len(edits), "withdrawn": [assignment.code for assignment in opened]},
        changes=changes,
    )
    for assignment in opened:
        duty.close(ctx, assignment, "withdraw", proof)


def _before(line: RosterLine, now: Values, day: date, kept: set[str]) -> Values:
    """Return what to set on a person so that an import's line is undone."""
    if line.action == "new":
        start = v.parsed(now["start_on"]) or day
        return {**v.NOBODY, "start_on": start.isoformat(), "end_on": (start - timedelta(days=1)).isoformat()}
    back = {name: line.before[name] for name, value in line.after.items() if now[name] == value}
    if back.get("email") in kept:
        del back["email"]
    if "aliases" in back:
        back["aliases"] = [address for address in back["aliases"] if address not in kept]
    return back


def _addresses_of_others(session: Session, imported: RosterImport, lines: Sequence[RosterLine]) -> set[str]:
    """Return addresses that a reversal would give back but that somebody outside the import has by now."""
    back = {line.before.get("email") for line in lines} - {None}
    back |= {alias for line in lines for alias in line.before.get("aliases", ())}
    inside = select(RosterLine.ref).where(RosterLine.import_id == imported.id)
    mains = select(Person.email).where(Person.email.in_(back), Person.ref.not_in(inside))
    others = select(EmailAlias.email).join(Person, Person.id == EmailAlias.person_id)
    aliases = others.where(EmailAlias.email.in_(back), Person.ref.not_in(inside))
    return {str(address) for query in (mains, aliases) for address in session.scalars(query)}


def _opened(session: Session, imported: RosterImport, lines: Sequence[RosterLine]) -> Sequence[Assignment]:
    """Return the open assignments that exist only because of these lines: all of the new, of others since then."""
    new = [line.ref for line in lines if line.action == "new"]
    others = [line.ref for line in lines if line.action != "new"]
    since = (Assignment.assigned_at >= imported.applied_at) & Assignment.reason.in_(ASKED_ON_JOINING)
    return session.scalars(
        select(Assignment)
        .join(Person, Person.id == Assignment.owed_by_id)
        .where(Assignment.state.in_(duty.OPEN), or_(Person.ref.in_(new), Person.ref.in_(others) & since))
        .order_by(Assignment.id)
    ).all()


def _finish(ctx: Context, imported: RosterImport) -> int:
    """Say that an import is applied, or reversed."""
    applied = imported.state == "applying"
    outcome = "applied" if applied else "reversed"
    counts: dict[str, Any] = dict(imported.summary)
    type_ = "roster.applied" if applied else "roster.taken_back"
    proof = ctx.record(type_, subject_of(imported), outcome=outcome, facts={"counts": counts})
    ctx.move(imported, "finish", states.MOVES, proof, cursor=0)
    card = (m.Button("Look at it", "people.preview", imported.code),)
    message = m.Message(f"{imported.code} is {outcome}.", buttons=card, tone="good")
    ctx.say(_importer(ctx, imported), message, kind="notice", dedupe=f"{proof}:{outcome}")
    return 1
