"""Looking at workspaces, confirming them and letting go of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, exists, func, or_, select

from models import message as m
from models.chat import Outage, Stranger, Workspace
from models.person import ANSWERING_KINDS, Identity, Person
from workflows.context import Context, say_date, zone_of
from workflows.who import admins, overseers
from workflows.workflow import Answers, Refusal
from workflows.workspace.base import MOVES, STANDS, WORKFLOW, any_here, cause_of, find, named, subject_of
from workflows.workspace.standing import end

SHOWN = 50  # people in a table


@WORKFLOW.look("list", help="see the connected chats", may=overseers, offers=any_here, page="Workspaces")
def list_(ctx: Context, target: str, answers: Answers) -> m.Home:
    """Return every workspace with how it stands."""
    rows = ctx.session.scalars(select(Workspace).order_by(Workspace.id)).all()
    empty = "No chat is connected yet. The operator's guide to connecting Slack takes ten minutes."
    return m.Home("Workspaces", cards=tuple(_card(ctx, one) for one in rows), empty=empty)


def _card(ctx: Context, row: Workspace) -> m.Message:
    """Return a workspace in a few lines, with what can be done about it."""
    confirm = m.Button("Confirm", "workspace.confirm", row.code, "primary")
    disconnect = m.Button("Disconnect", "workspace.disconnect", row.code)
    mine = {"pending": (confirm, disconnect), "connected": (disconnect,), "paused": (disconnect,)}.get(row.state, ())
    linked, strangers = _linked(ctx, row), _strangers(ctx, row)
    counts = (m.Fact("Linked to the roster", str(linked)), m.Fact("Not on the roster", str(strangers)))
    return m.Message(
        row.name or row.code,
        lines=(f"{row.platform.capitalize()}: {STANDS[row.state]}.", *_problem(row)),
        facts=(m.Fact("Workspace", row.code), *_since(ctx, row), *(counts if row.read_at else ())),
        buttons=(m.Button("Show", "workspace.show", row.code), *(mine if admins(ctx, row) else ())),
        tone={"pending": "warn", "paused": "bad"}.get(row.state, "plain"),  # type: ignore[arg-type]
    )


def _problem(row: Workspace) -> tuple[str, ...]:
    return (cause_of(row.problem),) if row.problem else ()


def _since(ctx: Context, row: Workspace) -> tuple[m.Fact, ...]:
    """Return when it was connected, and when its people were last read."""
    zone = zone_of(ctx.actor)
    said = {"Connected": row.connected_at, "People last read": row.read_at}
    return tuple(m.Fact(label, say_date(at.astimezone(zone).date())) for label, at in said.items() if at)


@WORKFLOW.look(
    "show",
    help="see one workspace: how it stands, who is linked, and who is missing on either side",
    example="workspace show W-1",
    find=find,
    may=overseers,
    offers=any_here,
)
def show(ctx: Context, row: Workspace, answers: Answers) -> m.Home:
    """Return a workspace with those who are in the chat and not on the roster, and the other way round."""
    first = _card(ctx, row)
    others = tuple(button for button in first.buttons if button.act != "workspace.show")
    cards = [replace(first, buttons=others), *_outages(ctx, row)]
    if row.read_at:
        cards += [_in_the_chat_only(ctx, row), _on_the_roster_only(ctx, row)]
    elif row.state == "connected":
        cards.append(m.Message("Its people have not been read yet.", lines=("That takes a minute or two.",)))
    return m.Home(row.name or row.code, cards=tuple(cards))


def _linked(ctx: Context, row: Workspace) -> int:
    return ctx.session.scalar(select(func.count()).where(*_identities(row))) or 0


def _identities(row: Workspace) -> Sequence[ColumnElement[bool]]:
    return Identity.platform == row.platform, Identity.workspace == row.ref


def _strangers(ctx: Context, row: Workspace) -> int:
    return ctx.session.scalar(select(func.count()).where(Stranger.workspace_id == row.id)) or 0


def _in_the_chat_only(ctx: Context, row: Workspace) -> m.Message:
    """Return who is in the chat and linked to nobody on the roster."""
    total = _strangers(ctx, row)
    if not total:
        return m.Message("Everybody in the chat is on the roster.", tone="good")
    found = ctx.session.scalars(
        select(Stranger).where(Stranger.workspace_id == row.id).order_by(Stranger.name, Stranger.id).limit(SHOWN)
    )
    rows = tuple((one.name, one.email, one.why) for one in found)
    return m.Message(
        f"In the chat, not on the roster: {total:,}",
        lines=("They can do nothing here. Put them on the roster, or correct an address: they are linked at once.",),
        tables=(m.Table(_caption(total), ("Name there", "Address there", "Why"), rows),),
        tone="warn",
    )


def _on_the_roster_only(ctx: Context, row: Workspace) -> m.Message:
    """Return who is on the roster and has no account in the chat."""
    where = (
        Person.kind.in_(ANSWERING_KINDS),
        Person.merged_into_id.is_(None),
        or_(Person.start_on.is_(None), Person.start_on <= ctx.today),
        or_(Person.end_on.is_(None), Person.end_on >= ctx.today),
        ~exists().where(Identity.person_id == Person.id, *_identities(row)),
    )
    total = ctx.session.scalar(select(func.count()).select_from(Person).where(*where)) or 0
    if not total:
        return m.Message("Everybody on the roster is in the chat.", tone="good")
    found = ctx.session.scalars(select(Person).where(*where).order_by(Person.name, Person.id).limit(SHOWN))
    rows = tuple((m.mention(one.ref), one.department, one.email or "") for one in found)
    return m.Message(
        f"On the roster, not in the chat: {total:,}",
        lines=(
            "They are reached by mail. An address that differs from the one in the chat may be an alias of theirs.",
        ),
        tables=(m.Table(_caption(total), ("Name", "Department", "Address"), rows),),
    )


def _caption(total: int) -> str:
    return f"The first {SHOWN} by name" if total > SHOWN else "By name"


def _outages(ctx: Context, row: Workspace) -> tuple[m.Message, ...]:
    """Return the times in which nothing could be said there, the latest first."""
    zone = zone_of(ctx.actor)
    found = ctx.session.scalars(
        select(Outage).where(Outage.workspace_id == row.id).order_by(Outage.began_at.desc()).limit(SHOWN)
    ).all()
    if not found:
        return ()
    rows = tuple(
        (
            f"{one.began_at.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{one.ended_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.ended_at else "still",
            cause_of(one.cause),
        )
        for one in found
    )
    return (m.Message("Outages", tables=(m.Table("The latest first", ("From", "Until", "Why"), rows),)),)


@WORKFLOW.do(
    "confirm",
    help="let a newly installed workspace be used",
    example="workspace confirm W-1",
    find=find,
    may=admins,
    offers=any_here,
)
def confirm(ctx: Context, row: Workspace, answers: Answers) -> m.Message:
    """Connect a workspace: from now on something may be sent there and taken from there."""
    if row.state != "pending":
        raise Refusal(f"{row.code} is {STANDS[row.state]}.", "There is nothing to confirm.", status="again")
    proof = ctx.record("workspace.connected", subject_of(row), outcome="confirmed", private=named(row))
    ctx.move(row, "confirm", MOVES, proof, connected_at=ctx.now, read_at=None)
    return m.Message(
        f"“{row.name}” is connected.",
        lines=("Who is in it is being read; whoever is also on the roster is linked by e-mail.",),
        buttons=(m.Button("Show", "workspace.show", row.code),),
        tone="good",
    )


def disconnect_form(ctx: Context, row: Workspace) -> m.Form:
    """Return the form that lets go of a workspace."""
    return m.Form(
        "workspace.disconnect",
        row.code,
        f"Disconnect “{row.name}”",
        (m.Text("reason", "Why?"),),
        lines=(
            "Its token is deleted here, and nothing is sent there or taken from there any more.",
            "People who were reached there are reached by mail. Remove the app in the chat as well.",
        ),
        submit="Disconnect",
    )


@WORKFLOW.do(
    "disconnect",
    help="let go of a workspace for good",
    example="workspace disconnect W-1 We moved to another one",
    form=disconnect_form,
    find=find,
    may=admins,
    offers=any_here,
)
def disconnect(ctx: Context, row: Workspace, answers: Answers) -> m.Message:
    """Disconnect a workspace; its people are unlinked by a job."""
    if (row.state, "disconnect") not in MOVES:
        raise Refusal(f"{row.code} is {STANDS[row.state]}.", "Nothing was changed.", status="again")
    private = {**named(row), "reason": answers["reason"]}
    end(ctx, row, ctx.record("workspace.disconnected", subject_of(row), outcome="disconnected", private=private))
    return m.Message(
        f"“{row.name}” is disconnected.",
        lines=("Remove the app there too, so that its token ends on that side as well.",),
        tone="good",
    )
