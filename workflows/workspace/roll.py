"""Everybody in a workspace, once a night: whoever is no longer there is unlinked, and what was found is on record.

And in between: whoever comes on the roster is linked, whatever came first, and a workspace that is gone lets go.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, union
from sqlalchemy.orm import Session

from models.chat import Stranger, Workspace
from models.person import ANSWERING_KINDS, EmailAlias, Identity, Person, RosterImport
from workflows.context import Context, zone_of
from workflows.importing import RUNNING
from workflows.schedule import next_time
from workflows.who import leads_of
from workflows.workspace.base import WORKFLOW, subject_of
from workflows.workspace.links import BATCH, Member, meet, unlink
from workflows.workspace.standing import TAKEN_FROM

RULE = "0 3 * * *"  # at night, where the compliance lead is
EAST = timedelta(hours=14)  # where it is the next day first


def due(ctx: Context) -> Sequence[str]:
    """Return the refs of connected workspaces whose people have to be read: never were, or not since last night."""
    rows = ctx.session.scalars(select(Workspace).where(Workspace.state == "connected").order_by(Workspace.id)).all()
    if not rows:
        return ()
    zone = zone_of(next(iter(leads_of(ctx)), None))
    return [one.ref for one in rows if one.read_at is None or next_time(RULE, zone, one.read_at) <= ctx.now]


def missing(session: Session, row: Workspace, there: Collection[str], begun: datetime) -> list[int]:
    """Return the ids of links to accounts that a complete reading did not find, but for what was linked since."""
    mine = select(Identity.id, Identity.platform_id).where(
        Identity.platform == row.platform, Identity.workspace == row.ref, Identity.recorded_at < begun
    )
    return [id_ for id_, account in session.execute(mine) if account not in there]


def let_go(ctx: Context, row: Workspace, ids: Sequence[int], why: str = "not there any more") -> None:
    """End links, at most `BATCH` at once."""
    for identity in ctx.session.scalars(select(Identity).where(Identity.id.in_(ids)).order_by(Identity.id)):
        unlink(ctx, row, identity, why)


def complete(ctx: Context, row: Workspace, there: Collection[str], begun: datetime) -> None:
    """Write down that everybody was read, as of `begun`, and forget strangers who are gone."""
    before = (Stranger.workspace_id == row.id, Stranger.seen_at < begun)
    rows = ctx.session.execute(select(Stranger.id, Stranger.platform_id).where(*before))
    gone = [id_ for id_, account in rows if account not in there]
    if gone:
        ctx.session.execute(delete(Stranger).where(Stranger.id.in_(gone)))
    linked = select(func.count()).where(Identity.platform == row.platform, Identity.workspace == row.ref)
    unknown = select(func.count()).where(Stranger.workspace_id == row.id)
    facts = {
        "accounts": len(there),
        "linked": ctx.session.scalar(linked) or 0,
        "not_on_roster": ctx.session.scalar(unknown) or 0,
    }
    ctx.record("workspace.read", subject_of(row), outcome="complete", facts=facts)
    row.read_at = begun


@WORKFLOW.job("link who came on the roster")
def link_newcomers(ctx: Context) -> int:
    """Link a few accounts whose address stands on the roster by now; return how many."""
    if ctx.session.scalar(select(RosterImport.id).where(RosterImport.state.in_(RUNNING)).limit(1)) is not None:
        return 0  # addresses are on the move
    linkable = (
        Stranger.why != "address not confirmed",
        Person.kind.in_(ANSWERING_KINDS),
        Person.merged_into_id.is_(None),
        or_(Person.end_on.is_(None), Person.end_on >= (ctx.now + EAST).date()),
    )
    mine = select(Stranger.id).join(Person, Person.email == Stranger.email).where(*linkable)
    also = select(Stranger.id).join(EmailAlias, EmailAlias.email == Stranger.email)
    also = also.join(Person, Person.id == EmailAlias.person_id).where(*linkable)
    found = ctx.session.execute(
        select(Workspace, Stranger)
        .join(Stranger, Stranger.workspace_id == Workspace.id)
        .where(Stranger.id.in_(union(mine, also)), Workspace.state.in_(TAKEN_FROM))
        .limit(BATCH)
    ).all()
    for row, one in found:
        meet(ctx, row, [Member(one.platform_id, one.name, one.email, one.zone, one.locale)])
    left = select(func.count()).where(Stranger.id.in_([one.id for _, one in found]))
    return len(found) - (ctx.session.scalar(left) or 0)


@WORKFLOW.job("let go of disconnected workspaces")
def let_go_of_all(ctx: Context) -> int:
    """End a few links of workspaces that were disconnected; return how many."""
    found = ctx.session.execute(
        select(Workspace, Identity)
        .join(Identity, (Identity.platform == Workspace.platform) & (Identity.workspace == Workspace.ref))
        .where(Workspace.state == "gone")
        .order_by(Identity.id)
        .limit(BATCH)
    ).all()
    for row, identity in found:
        unlink(ctx, row, identity, "workspace disconnected")
    return len(found)
