"""Reversing an import in batches: what still stands as it left it is set back, what it opened is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.campaign import Assignment
from models.person import EmailAlias, Person, RosterImport, RosterLine
from workflows import duty
from workflows.context import Context
from workflows.people import directory
from workflows.people import values as v
from workflows.people.directory import Edit
from workflows.people.lines import Decided
from workflows.people.reading import subject_of
from workflows.people.values import Values

ASKED_ON_JOINING = ("hire", "joined")


def importer(ctx: Context, imported: RosterImport) -> Person:
    return ctx.session.get_one(Person, imported.by_id)


def undo(ctx: Context, imported: RosterImport, lines: Sequence[RosterLine]) -> None:
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
        on_behalf_of=importer(ctx, imported).ref,
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
