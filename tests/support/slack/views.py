"""views.*: modals in front of people, and their App Homes."""

from __future__ import annotations

import secrets
import time
from typing import Any

from tests.support.slack.chat import named
from tests.support.slack.methods import Asked, Wrong, method
from tests.support.slack.rules.surfaces import wrong_view
from tests.support.slack.world import APP_ID, Team, Trigger, View, World

STACK = 3


def draw(world: World, view: View, body: dict[str, Any]) -> None:
    """Let a view show something else."""
    view.body = {**body, "blocks": named(world, body["blocks"])}
    view.hash = f"{world.stamp()}.{secrets.token_hex(4)}"


def take(body: Any, kind: str) -> dict[str, Any]:
    """Return a view that can be drawn. Raises Wrong."""
    error, found = wrong_view(body, kind)
    if error:
        raise Wrong(error, found)
    taken: dict[str, Any] = body
    return taken


def stacked(world: World, team: Team, user_id: str, body: dict[str, Any]) -> View:
    """Put a modal on top of those in front of somebody, and return it. Raises Wrong where three are there."""
    stack = world.stack(user_id)
    if len(stack) >= STACK:
        raise Wrong("push_limit_reached")
    view = View(world.fresh("V"), team.id, user_id, {})
    view.root_id = stack[0].id if stack else view.id
    view.previous_id = stack[-1].id if stack else ""
    draw(world, view, body)
    stack.append(view)
    return view


def shown(world: World, view: View) -> dict[str, Any]:
    """Return a view as Slack gives it to an app."""
    team = world.teams[view.team_id]
    given = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "close": None, "submit": None}
    return {
        **given,
        **view.body,
        "id": view.id,
        "team_id": view.team_id,
        "app_id": APP_ID,
        "app_installed_team_id": view.team_id,
        "bot_id": team.bot_id,
        "hash": view.hash,
        "root_view_id": view.root_id or view.id,
        "previous_view_id": view.previous_id or None,
        "state": {"values": {}},
    }


def _spend(asked: Asked) -> Trigger:
    """Return the trigger of a call, which serves once and for three seconds. Raises Wrong."""
    trigger = asked.world.triggers.get(asked.args["trigger_id"])
    if trigger is None or not asked.opens(trigger.team_id):
        raise Wrong("invalid_trigger_id")
    if trigger.spent:
        raise Wrong("exchanged_trigger_id")
    if time.monotonic() - trigger.born > asked.world.trigger_seconds:
        raise Wrong("expired_trigger_id")
    trigger.spent = True
    return trigger


@method("views.open", "trigger_id view:object", tier=4)
def open_(asked: Asked) -> dict[str, Any]:
    """The first modal in front of somebody."""
    body = take(asked.args["view"], "modal")
    trigger = _spend(asked)
    if trigger.view_id and asked.world.stack(trigger.user_id):
        raise Wrong("invalid_arguments", ["views.open from inside a modal: push another one or update it"])
    asked.world.stack(trigger.user_id).clear()
    view = stacked(asked.world, asked.team, trigger.user_id, body)
    asked.slack.changed(trigger.user_id)
    return {"view": shown(asked.world, view)}


@method("views.push", "trigger_id view:object", tier=4)
def push(asked: Asked) -> dict[str, Any]:
    """One more modal above the one in which somebody did something."""
    body = take(asked.args["view"], "modal")
    trigger = _spend(asked)
    stack = asked.world.stack(trigger.user_id)
    if not stack or stack[-1].id != trigger.view_id:
        raise Wrong("not_found")
    view = stacked(asked.world, asked.team, trigger.user_id, body)
    asked.slack.changed(trigger.user_id)
    return {"view": shown(asked.world, view)}


@method("views.update", "view:object", "view_id external_id hash", tier=4)
def update(asked: Asked) -> dict[str, Any]:
    """A modal shows something else; with a hash only if nobody changed it since."""
    body = take(asked.args["view"], "modal")
    view = asked.world.view(asked.args.get("view_id", ""))
    if view is None or not asked.opens(view.team_id) or view.body["type"] != "modal":
        raise Wrong("not_found")
    if asked.args.get("hash", view.hash) != view.hash:
        raise Wrong("hash_conflict")
    draw(asked.world, view, body)
    asked.slack.changed(view.user_id)
    return {"view": shown(asked.world, view)}


@method("views.publish", "user_id view:object", "hash", tier=4)
def publish(asked: Asked) -> dict[str, Any]:
    """Somebody's App Home shows something else."""
    body = take(asked.args["view"], "home")
    user = asked.user(asked.args["user_id"])
    home = asked.world.homes.get(user.id)
    if home is not None and asked.args.get("hash", home.hash) != home.hash:
        raise Wrong("hash_conflict")
    if home is None:
        home = asked.world.homes[user.id] = View(asked.world.fresh("V"), asked.team.id, user.id, {})
    draw(asked.world, home, body)
    asked.slack.changed(user.id)
    return {"view": shown(asked.world, home)}
