"""Where in Slack somebody's copy goes, where it is, and where it may be: a person may be in several workspaces."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models.chat import Workspace
from models.outbox import Delivery
from models.person import Identity
from workflows.workspace.standing import FOR_SENDING


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody in a workspace, by the ids Slack gave them."""

    workspace: str
    user: str
    identity: int


@dataclass(frozen=True, slots=True)
class Places:
    """Places that can be called now, the best one first; `all_of_them`: there is no other that counts."""

    places: tuple[Place, ...]
    all_of_them: bool = True


# True: wait, a paused workspace may come back. False: there is no way.
Found = Places | bool


def where_it_can_go(session: Session, row: Delivery) -> Found:
    """Return where a copy can be sent for the first time: the connected workspace in which its reader came first."""
    known = [(place, state) for place, state, reachable in _known(session, row) if reachable]
    connected = tuple(place for place, state in known if state == "connected")
    return Places(connected[:1]) if connected else any(state == "paused" for _, state in known)


def where_it_may_be(session: Session, row: Delivery) -> Found:
    """Return where a copy in doubt has to be looked for: wherever its reader is, reachable by now or not."""
    known = [(place, state) for place, state, _ in _known(session, row)]
    connected = tuple(place for place, state in known if state == "connected")
    if any(state == "paused" for _, state in known):
        return True
    return Places(connected, len(connected) == len(known)) if connected else False


def where_it_is(session: Session, row: Delivery) -> Found:
    """Return where a copy that was sent stands."""
    workspace = row.platform_ref.partition("/")[0]
    asked = select(Workspace.state).where(Workspace.platform == "slack", Workspace.ref == workspace)
    state = session.scalar(asked)
    return Places((Place(workspace, "", 0),)) if state == "connected" else state == "paused"


def _known(session: Session, row: Delivery) -> list[tuple[Place, str, bool]]:
    """Return every (place, state of the workspace, reachable there) of a copy's reader, the first one first."""
    rows = session.execute(
        select(Identity, FOR_SENDING)
        .join(Workspace, and_(Workspace.platform == Identity.platform, Workspace.ref == Identity.workspace))
        .where(Identity.person_id == row.message.person_id, Identity.platform == "slack", Workspace.state != "pending")
        .order_by(Identity.id)
    )
    return [
        (Place(one.workspace, one.platform_id, one.id), state, one.unreachable_since is None) for one, state in rows
    ]
