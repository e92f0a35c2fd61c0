"""Who made a gesture: the connected workspace and the person behind a Slack user, asked of the database every time.

Nothing is remembered here, so whoever is taken off the roster or out of Slack is refused from that moment on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from bot.slack.gestures import Came
from handlers.names import spoken
from models.chat import Workspace
from models.gesture import NOTHING
from models.person import Identity

CONNECTED = ("connected", "paused")  # paused: we cannot send for the moment, but answers in place still arrive


class Known(NamedTuple):
    """The workspace's ref, empty where it is not connected; the person's id, 0 for nobody; how to name people."""

    workspace: str = ""
    person_id: int = 0
    bot_user: str = ""
    people: Mapping[str, str] = NOTHING


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
    return Known(ref, person_id or 0, bot_user, spoken(session, "slack", ref, mentions) if mentions else {})


def foreign(came: Came) -> bool:
    """Return whether somebody belongs to another company's workspace (Slack Connect), by what Slack says of them."""
    return bool(came.user_team and not came.org and came.user_team != came.team)
