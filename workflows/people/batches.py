"""Applying an import, and reversing it: fifty people at a time, each batch in a transaction with its own record.

There is no instant at which 100,000 people change together: that would hold up every answer. Each person changes whole
(row, addresses, facts) in one batch, and facts hold from the import's day whenever their batch ran. While it lasts the
import is "applying" and no other change of people is taken; `workflows.importing` tells others to wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from evidence.vault import Sealed, commitment
from models import message as m
from models.person import RosterImport, RosterLine
from workflows.context import Context
from workflows.importing import RUNNING
from workflows.people import directory, states
from workflows.people.base import WORKFLOW
from workflows.people.directory import Edit
from workflows.people.lines import Decided
from workflows.people.reading import subject_of
from workflows.people.staging import DOMAIN
from workflows.people.undo import importer, undo

APPLIED_AT_ONCE = 50
REVERSED_AT_ONCE = 40  # a reversal also withdraws what people were asked


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
    (_apply if imported.state == "applying" else undo)(ctx, imported, lines)
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
        on_behalf_of=importer(ctx, imported).ref,
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
    ctx.say(importer(ctx, imported), message, kind="notice", dedupe=f"{proof}:{outcome}")
    return 1
