"""The declaration of workspaces: their states, how W-1 finds one, who looks after them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from evidence.record import Subject
from models.chat import Workspace
from models.person import Person
from workflows.context import Context
from workflows.who import admins
from workflows.workflow import Refusal, Workflow

MOVES = {
    ("pending", "install"): "pending",
    ("pending", "confirm"): "connected",
    ("pending", "disconnect"): "gone",
    ("connected", "install"): "connected",  # installed once more, with other permissions or another token
    ("connected", "pause"): "paused",
    ("connected", "disconnect"): "gone",
    ("paused", "resume"): "connected",
    ("paused", "disconnect"): "gone",
    ("gone", "install"): "pending",  # somebody decided to end it, so somebody decides again
}
WORKFLOW = Workflow(
    "workspace",
    "Workspaces",
    "connect the chats in which people are asked, and see whom they reach",
    criteria=("CC6.1", "CC6.6"),
    moves=MOVES,
    records={
        "workspace.installed": "The app was installed in a workspace; without a confirmation nothing is sent or taken.",
        "workspace.connected": "A workspace was confirmed by an admin, or connected by the operator's own token.",
        "workspace.paused": "Nothing can be said in a workspace any more: it was uninstalled, or its token revoked.",
        "workspace.resumed": "A paused workspace works again.",
        "workspace.disconnected": "An admin disconnected a workspace, and said why; its tokens are gone.",
        "workspace.read": "Everybody in a workspace was read: how many are linked, and how many are not.",
        "identity.linked": "A chat account was found to be somebody on the roster.",
        "identity.unlinked": "A chat account is no longer taken to be somebody on the roster, and why.",
        "person.zone": "Somebody's time zone was taken from their chat profile, because the roster names none.",
        "digest.written": "What could not be said during an outage was said in one message.",
    },
)
STANDS = {
    "pending": "waits for an admin's confirmation: nothing is sent there, and nothing taken from there",
    "connected": "connected",
    "paused": "paused: nothing can be said there now",
    "gone": "disconnected",
}
CAUSES = {
    "uninstalled": "The app was uninstalled there.",
    "tokens_revoked": "Its token was revoked.",
    "token_revoked": "Its token was revoked.",
    "invalid_auth": "Its token is not valid.",
    "not_authed": "No token is set for it.",
    "account_inactive": "Its token belongs to an app that was uninstalled, or to a workspace that was deleted.",
    "token_expired": "Its token expired and could not be renewed.",
    "invalid_refresh_token": "Its token could not be renewed.",
    "missing_scope": "The app lacks a permission there.",
    "org_login_required": "The workspace is being moved to an organisation.",
    "unreadable": "Its token cannot be read with the keys in COUNTERSIGN_SECRET_KEY.",
}


def cause_of(code: str) -> str:
    """Return why a workspace is paused, in a sentence."""
    return CAUSES.get(code, f"The platform refuses us: {code}.")


def find(ctx: Context, target: str) -> Workspace:
    """Find a workspace by W-1, or raise Refusal; where there is only one, nothing needs to be said."""
    number = target.upper().removeprefix("W-")
    found = ctx.session.get(Workspace, int(number)) if number.isdecimal() and len(number) < 10 else None
    every = [] if target else ctx.session.scalars(select(Workspace).limit(2)).all()
    if found is None and len(every) == 1:
        return every[0]
    if found is None:
        what = f"There is no workspace {target}." if target else "Which workspace?"
        raise Refusal(what, "Type `workspace list` to see them.", status="missing")
    return found


def subject_of(workspace: Workspace) -> Subject:
    """Return a workspace as evidence names it."""
    return Subject("workspace", workspace.code)


def named(workspace: Workspace) -> dict[str, Any]:
    """Return what only the vault may hold of a workspace."""
    return {"workspace": {"platform": workspace.platform, "ref": workspace.ref, "name": workspace.name}}


def any_here(ctx: Context, thing: Any) -> bool:
    """Those who look after workspaces, where there is or may be one. Rule for `offers`."""
    return admins(ctx, thing) and (ctx.settings.slack or ctx.session.scalar(select(Workspace.id).limit(1)) is not None)


def keepers(ctx: Context) -> Sequence[Person]:
    """Return the admins, leads and deputies who work here today: they hear when a chat breaks down."""
    roles = ("admin", "lead", "deputy")
    rows = select(Person).where(or_(*(Person.roles.contains(role) for role in roles))).order_by(Person.id)
    return [one for one in ctx.session.scalars(rows) if one.has(*roles) and one.employed(ctx.today)]
