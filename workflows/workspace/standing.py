"""How a workspace comes and goes: installed, confirmed, paused when it takes nothing from us any more, resumed.

Called by the process when a platform says something about us, each in one transaction; people's acts stand beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, exists, select, update
from sqlalchemy.orm import Session

from models import message as m
from models.chat import Outage, Stranger, Workspace
from models.record import Transition
from workflows.context import Context
from workflows.workspace.base import MOVES, cause_of, keepers, named, subject_of

TAKEN_FROM = ("connected", "paused")  # an answer that still comes in from a paused workspace counts
_over = Outage.ended_at.is_not(None) & Outage.digested_at.is_(None)
_BACKLOG = select(Outage.id).where(Outage.workspace_id == Workspace.id, _over).exists()
# A workspace's state as it counts for what is to be sent: it stays paused until its backlog is dealt with.
FOR_SENDING = case((_BACKLOG & (Workspace.state == "connected"), "paused"), else_=Workspace.state)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a platform says about a workspace (or a whole organisation) in which the app is installed."""

    ref: str
    name: str
    bot_user: str
    scopes: tuple[str, ...] = ()
    platform: str = "slack"


@dataclass(frozen=True, slots=True)
class Kept:
    """Tokens as they may be kept: encrypted. Without any, the token is the environment's."""

    token: bytes | None = None
    refresh_token: bytes | None = None
    expires_at: datetime | None = None


def by_ref(session: Session, ref: str, platform: str = "slack") -> Workspace | None:
    """Return the workspace the platform calls so, in whatever state."""
    return session.scalar(select(Workspace).where(Workspace.platform == platform, Workspace.ref == ref))


def admitted(session: Session, team: str, organisation: str = "", platform: str = "slack") -> Workspace | None:
    """Return the workspace from which something came in, if an admin confirmed it and nobody disconnected it.

    An app that was installed for a whole organisation speaks for each of its teams; where both are, the team's counts.
    """
    refs = [ref for ref in (team, organisation) if ref]
    rows = session.scalars(
        select(Workspace).where(
            Workspace.platform == platform, Workspace.ref.in_(refs), Workspace.state.in_(TAKEN_FROM)
        )
    )
    return min(rows, key=lambda one: refs.index(one.ref), default=None)


def sendable(session: Session, ref: str, platform: str = "slack") -> bool:
    """Return whether something may be sent to a workspace now: it is connected, and its last backlog is dealt with."""
    standing = select(FOR_SENDING).where(Workspace.platform == platform, Workspace.ref == ref)
    return session.scalar(standing) == "connected"


def meet(ctx: Context, seen: Seen, *, works: bool = True) -> Workspace:
    """Note that the operator's own token leads to a workspace: it is connected, and no other is by that token.

    One that an admin disconnected waits for a confirmation, however good the token; one that is paused stays so where
    the token does not do all that is needed (`works`).
    """
    row = by_ref(ctx.session, seen.ref, seen.platform)
    for other in ctx.session.scalars(select(Workspace).where(Workspace.platform == seen.platform)):
        if other.ref != seen.ref and other.token is None and other.state in TAKEN_FROM:
            _replaced(ctx, other)
    if row is None:
        row = _added(ctx, seen)
        proof = ctx.record(
            "workspace.connected", subject_of(row), outcome="by the operator's token", private=named(row)
        )
        ctx.move(row, "confirm", MOVES, proof, connected_at=ctx.now)
        return row
    return _again(ctx, row, seen, Kept(), works=works)


def install(ctx: Context, seen: Seen, kept: Kept) -> Workspace:
    """Note that the actor installed the app: a new workspace waits for confirmation, a paused one works again."""
    row = by_ref(ctx.session, seen.ref, seen.platform) or _added(ctx, seen)
    return _again(ctx, row, seen, kept)


def _added(ctx: Context, seen: Seen) -> Workspace:
    by_id = ctx.actor.id if ctx.actor else None
    row = Workspace(platform=seen.platform, ref=seen.ref, by_id=by_id, created_at=ctx.now)
    _describe(row, seen, Kept())
    ctx.session.add(row)
    ctx.session.flush()
    return row


def _describe(row: Workspace, seen: Seen, kept: Kept) -> None:
    row.name, row.bot_user, row.scopes = seen.name, seen.bot_user, ",".join(seen.scopes)
    row.token, row.refresh_token, row.expires_at = kept.token, kept.refresh_token, kept.expires_at


def _again(ctx: Context, row: Workspace, seen: Seen, kept: Kept, *, works: bool = True) -> Workspace:
    """Take what is known now about a workspace, and let it go on where it was paused and the token works."""
    _describe(row, seen, kept)
    if row.state == "paused":
        if works:
            resume(ctx, row)
    elif kept.token is not None or row.state == "gone":
        before = row.state
        proof = ctx.record("workspace.installed", subject_of(row), outcome=before, private=named(row))
        ctx.move(row, "install", MOVES, proof)
        if row.state == "pending":
            _tell(ctx, row, "waits for you", _question(row), proof)
    return row


def _question(row: Workspace) -> m.Message:
    return m.Message(
        f"The app was installed in “{row.name}”",
        lines=("Nothing is sent there and nothing is taken from there before somebody confirms it.",),
        facts=(m.Fact("Workspace", row.code),),
        buttons=(
            m.Button("Confirm", "workspace.confirm", row.code, "primary"),
            m.Button("Disconnect", "workspace.disconnect", row.code),
        ),
    )


def pause(ctx: Context, row: Workspace, cause: str, at: datetime | None = None) -> bool:
    """Stop sending to a workspace that takes nothing from us; its keepers hear it another way. Once is enough.

    What was the case `at` a time before it was last connected is over, however late or often we hear of it.
    """
    if row.state != "connected" or (at is not None and _connected_since(ctx, row, at)):
        return False
    facts = {"cause": cause}
    proof = ctx.record("workspace.paused", subject_of(row), outcome="paused", facts=facts, private=named(row))
    ctx.move(row, "pause", MOVES, proof, problem=cause)
    ctx.session.add(Outage(workspace_id=row.id, cause=cause, began_at=ctx.now))
    ctx.session.flush()
    told = m.Message(
        f"{ctx.settings.bot_name} can say nothing in “{row.name}”",
        lines=(
            cause_of(cause),
            "Nothing is lost: what is to be said waits, and people get one summary when it works again.",
            "Install the app again, or put a working token in its place. `python -m bot doctor` says what is missing.",
        ),
        facts=(m.Fact("Workspace", row.code),),
        links=(m.Link("See the workspace", f"/go/workspace.show/{row.code}"),),
        tone="bad",
    )
    _tell(ctx, row, "paused", told, proof)
    return True


def _connected_since(ctx: Context, row: Workspace, at: datetime) -> bool:
    mine = (Transition.noun == Workspace.__tablename__, Transition.thing_id == row.id)
    later = exists().where(*mine, Transition.to_state == "connected", Transition.at > at)
    return bool(ctx.session.scalar(select(later)))


def resume(ctx: Context, row: Workspace) -> None:
    """Let a paused workspace work again; first everybody gets their summary (see `backlog`)."""
    facts = {"outages": _ended(ctx, row)}
    proof = ctx.record("workspace.resumed", subject_of(row), outcome="connected", facts=facts, private=named(row))
    ctx.move(row, "resume", MOVES, proof, problem="", read_at=None)


def end(ctx: Context, row: Workspace, proof: str) -> None:
    """Forget how to talk to a workspace. There will be no summary: its people are reached another way."""
    _ended(ctx, row)
    ctx.session.execute(
        update(Outage).where(Outage.workspace_id == row.id, Outage.digested_at.is_(None)).values(digested_at=ctx.now)
    )
    ctx.session.execute(delete(Stranger).where(Stranger.workspace_id == row.id))
    empty = {"token": None, "refresh_token": None, "expires_at": None, "problem": ""}
    ctx.move(row, "disconnect", MOVES, proof, **empty)


def _replaced(ctx: Context, row: Workspace) -> None:
    """Let go of the workspace to which the operator's token led before."""
    outcome = "another token took its place"
    end(ctx, row, ctx.record("workspace.disconnected", subject_of(row), outcome=outcome, private=named(row)))


def _ended(ctx: Context, row: Workspace) -> list[str]:
    """End the outages that still run, and return what they are called."""
    running = update(Outage).where(Outage.workspace_id == row.id, Outage.ended_at.is_(None)).values(ended_at=ctx.now)
    ids = ctx.session.scalars(running.returning(Outage.id).execution_options(synchronize_session=False))
    return sorted(f"O-{one}" for one in ids)


def _tell(ctx: Context, row: Workspace, what: str, message: m.Message, proof: str) -> None:
    """Tell everybody who looks after chats, on a way that works now."""
    for one in keepers(ctx):
        ctx.say(one, message, kind="notice", dedupe=f"{proof}:{what}:{one.ref}", waits=False)
