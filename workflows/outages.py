"""Our own outages beside what they made late: whoever could not be reached in time is not simply late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.campaign import Assignment
from models.chat import Outage, Workspace
from models.person import Identity
from workflows.context import Context

MOST = 500  # people named in one question; for more, everybody is asked about
NOTE = "the chat was down"  # as it stands beside a late answer


def beside(session: Session, duties: Iterable[Assignment], now: datetime) -> Mapping[int, tuple[str, ...]]:
    """Return {assignment id: outages} of those duties, answered late or late at `now`, whose time they cut short."""
    late = [one for one in duties if (one.closed_at or now) > one.due_at]
    if not late:
        return {}
    begins, ends = min(one.assigned_at for one in late), max(one.due_at for one in late)
    asked = (
        select(Identity.person_id, Outage)
        .join(Workspace, and_(Workspace.platform == Identity.platform, Workspace.ref == Identity.workspace))
        .join(Outage, Outage.workspace_id == Workspace.id)
        .where(Outage.began_at < ends, or_(Outage.ended_at.is_(None), Outage.ended_at > begins))
        .order_by(Outage.id)
    )
    people = {one.assignee_id for one in late}
    if len(people) <= MOST:
        asked = asked.where(Identity.person_id.in_(people))
    met: dict[int, list[Outage]] = defaultdict(list)
    for person_id, outage in session.execute(asked):
        met[person_id].append(outage)
    found = {one.id: _within(one, met[one.assignee_id]) for one in late if one.assignee_id in met}
    return {id_: outages for id_, outages in found.items() if outages}


def _within(one: Assignment, outages: Iterable[Outage]) -> tuple[str, ...]:
    """Return the outages, each once, that lie in the time somebody had to answer."""
    inside = (
        f"O-{out.id}"
        for out in outages
        if out.began_at < one.due_at and (out.ended_at is None or out.ended_at > one.assigned_at)
    )
    return tuple(dict.fromkeys(inside))


def fact(ctx: Context, one: Assignment) -> dict[str, Any]:
    """Return the fact that a late answer's record states where an outage cut its time short."""
    outages = beside(ctx.session, [one], ctx.now).get(one.id)
    return {"outages": list(outages)} if outages else {}


def note(ctx: Context, one: Assignment) -> str:
    """Return what stands beside a late answer on a screen; nothing where no outage cut its time short."""
    return NOTE if beside(ctx.session, [one], ctx.now) else ""
