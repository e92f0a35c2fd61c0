"""Who made a gesture: the connected workspace and the person behind a Slack user, asked of the database every time.

Nothing is remembered here, so whoever is taken off the roster or out of Slack is refused from that moment on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bot.slack.gestures import Came
from models.chat import Workspace
from models.person import Identity, Person

CONNECTED = ("connected", "paused")  # paused: we cannot send for the moment, but answers in place still arrive


@dataclass(frozen=True, slots=True)
class Known:
    """The workspace's ref, empty where it is not connected; the person's id, 0 for nobody; how to name people."""

    workspace: str = ""
    person_id: int = 0
    bot_user: str = ""
    people: Mapping[str, str] = field(default_factory=dict)


def find(session: Session, came: Came, mentions: Collection[str] = ()) -> Known:
    """Return who made a gesture. The workspace itself goes before its organisation."""
    theirs = and_(Identity.platform == "slack", Identity.workspace == Workspace.ref, Identity.platform_id == came.user)
    rows = session.execute(
        select(Workspace.ref, Workspace.bot_user, Identity.person_id)
        .outerjoin(Identity, theirs)
        .where(Workspace.platform == "slack", Workspace.ref.in_(came.spaces), Workspace.state.in_(CONNECTED))
    ).all()
    if not rows:
        return Known()
    ref, bot_user, person_id = min(rows, key=lambda row: (row.person_id is None, came.spaces.index(row.ref)))
    if foreign(came):
        person_id = 0
    return Known(ref, person_id or 0, bot_user, spoken(session, ref, mentions) if mentions else {})


def foreign(came: Came) -> bool:
    """Return whether somebody belongs to another company's workspace (Slack Connect), by what Slack says of them."""
    return bool(came.user_team and not came.org and came.user_team != came.team)


def spoken(session: Session, workspace: str, users: Collection[str]) -> Mapping[str, str]:
    """Return {Slack user id: how the parser of commands is told about the person}: by name, by ref if two share it."""
    rows = session.execute(
        select(Identity.platform_id, Person.name, Person.ref)
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.platform == "slack", Identity.workspace == workspace, Identity.platform_id.in_(users))
    ).all()
    names = [row.name for row in rows]
    counts = dict(
        session.execute(select(Person.name, func.count()).where(Person.name.in_(names)).group_by(Person.name)).all()
    )
    return {row.platform_id: f'@"{row.name}"' if counts[row.name] == 1 else f"@{row.ref}" for row in rows}
