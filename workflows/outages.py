"""Our own outages beside what they made late: whoever could not be reached in time is not simply late."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.campaign import Assignment
from models.chat import Outage, Workspace
from models.person import Identity, Person
from models.record import Record
from workflows.context import Context

MOST = 500  # people named in one question; for more, everybody is asked about
NOTE = "the chat was down"  # as it stands beside a late answer


class Stay(NamedTuple):
    """A time in which somebody was linked to an account in a workspace, and could be written to there."""

    workspace_id: int
    since: datetime
    until: datetime


def beside(session: Session, duties: Iterable[Assignment], now: datetime) -> Mapping[int, tuple[str, ...]]:
    """Return {assignment id: outages} of those duties, answered late or late at `now`, whose time they cut short.

    An outage counts for whoever was in the workspace while it lasted, whatever became of the account since.
    """
    late = [one for one in duties if (one.closed_at or now) > one.due_at]
    if not late:
        return {}
    begins, ends = min(one.assigned_at for one in late), max(one.due_at for one in late)
    during = Outage.began_at < ends, or_(Outage.ended_at.is_(None), Outage.ended_at > begins)
    outages = session.scalars(select(Outage).where(*during).order_by(Outage.id)).all()
    if not outages:  # as nearly always
        return {}
    stays: dict[int, list[Stay]] = defaultdict(list)
    for person_id, stay in _stays(session, {one.assignee_id for one in late}, begins, now):
        stays[person_id].append(stay)
    found = {one.id: tuple(_cutting(one, stays[one.assignee_id], outages, now)) for one in late}
    return {id_: codes for id_, codes in found.items() if codes}


def _stays(session: Session, people: Collection[int], begins: datetime, now: datetime) -> Iterator[tuple[int, Stay]]:
    """Yield (person id, stay): of who is linked, and of whose link ended after `begins`, which only a record tells."""
    linked = select(Identity.person_id, Workspace.id, Identity.recorded_at).join(
        Workspace, and_(Workspace.platform == Identity.platform, Workspace.ref == Identity.workspace)
    )
    ended = (
        select(Person.id, Record.body, Record.recorded_at)
        .join(Person, Person.ref == Record.subject)
        .where(Record.type == "identity.unlinked", Record.recorded_at > begins)
    )
    if len(people) <= MOST:
        linked, ended = linked.where(Identity.person_id.in_(people)), ended.where(Person.id.in_(people))
    for person_id, workspace_id, since in session.execute(linked):
        yield person_id, Stay(workspace_id, since, now)
    for person_id, body, until in session.execute(ended):
        facts = json.loads(body)["facts"]
        if "since" in facts:
            since = datetime.fromisoformat(facts["since"])
            yield person_id, Stay(int(facts["workspace"].removeprefix("W-")), since, until)


def _cutting(one: Assignment, stays: Iterable[Stay], outages: Iterable[Outage], now: datetime) -> Iterator[str]:
    """Yield the outages that lie in the time somebody had to answer, and in one in which the chat was theirs."""
    for out in outages:
        mine = [stay for stay in stays if stay.workspace_id == out.workspace_id]
        ended = min(out.ended_at or now, one.due_at)
        if any(max(out.began_at, one.assigned_at, stay.since) < min(ended, stay.until) for stay in mine):
            yield f"O-{out.id}"


def fact(ctx: Context, one: Assignment) -> dict[str, Any]:
    """Return the fact that a late answer's record states where an outage cut its time short."""
    outages = beside(ctx.session, [one], ctx.now).get(one.id)
    return {"outages": list(outages)} if outages else {}


def note(ctx: Context, one: Assignment) -> str:
    """Return what stands beside a late answer on a screen; nothing where no outage cut its time short."""
    return NOTE if beside(ctx.session, [one], ctx.now) else ""
