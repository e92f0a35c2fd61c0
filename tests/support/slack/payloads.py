"""What Slack says to an app about what somebody did. https://docs.slack.dev/reference/interaction-payloads"""

from __future__ import annotations

from typing import Any

from tests.support.slack import chat, views
from tests.support.slack.world import APP_ID, Conversation, Message, Team, User, View, World

VERIFICATION = "an old token that verifies nothing"


def basic(world: World, user: User) -> dict[str, Any]:
    """Return what every interaction says: who, where, which app."""
    team = world.teams[user.team_id]
    company = {"id": team.enterprise_id, "name": team.name} if team.enterprise_id else None
    handle = user.name.lower().replace(" ", ".")
    return {
        "user": {"id": user.id, "username": handle, "name": handle, "team_id": user.home or user.team_id},
        "api_app_id": APP_ID,
        "token": VERIFICATION,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": company,
        "is_enterprise_install": False,
    }


def command(world: World, user: User, name: str, words: str, where: Conversation, response_url: str) -> dict[str, Any]:
    """Return the payload of a slash command."""
    team = world.teams[user.team_id]
    more = {"enterprise_id": team.enterprise_id, "enterprise_name": team.name} if team.enterprise_id else {}
    return {
        "token": VERIFICATION,
        "team_id": team.id,
        "team_domain": team.domain,
        **more,
        "channel_id": where.id,
        "channel_name": "directmessage" if where.user_id else "general",
        "user_id": user.id,
        "user_name": user.name.lower().replace(" ", "."),
        "command": name,
        "text": words,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": world.trigger(user),
    }


def pressed(
    world: World,
    user: User,
    action: dict[str, Any],
    view: View | None,
    where: Conversation | None,
    message: Message | None,
) -> dict[str, Any]:
    """Return the payload of a pressed button, in a view or on a message."""
    body = {**basic(world, user), "type": "block_actions", "actions": [{**action, "action_ts": world.stamp()}]}
    if view is not None:
        inside = view.id if view.body["type"] == "modal" else ""
        shown = views.shown(world, view)
        return {
            **body,
            "container": {"type": "view", "view_id": view.id},
            "view": shown,
            "trigger_id": world.trigger(user, inside),
        }
    assert where is not None
    assert message is not None
    hidden = bool(message.only_for)
    return {
        **body,
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": where.id,
            "is_ephemeral": hidden,
        },
        "channel": {"id": where.id, "name": "directmessage" if where.user_id else "general"},
        "message": {} if hidden else chat.shown(world, where, message),
        "state": {"values": {}},
        "trigger_id": world.trigger(user),
    }


def submitted(world: World, user: User, view: View, values: dict[str, Any]) -> dict[str, Any]:
    """Return the payload of a modal that was sent."""
    shown = {**views.shown(world, view), "state": {"values": values}}
    return {
        **basic(world, user),
        "type": "view_submission",
        "view": shown,
        "trigger_id": world.trigger(user, view.id),
        "response_urls": [],
    }


def closed(world: World, user: User, view: View, *, cleared: bool) -> dict[str, Any]:
    """Return the payload of a modal that was closed."""
    return {**basic(world, user), "type": "view_closed", "view": views.shown(world, view), "is_cleared": cleared}


def suggestion(world: World, user: User, view: View, block_id: str, action_id: str, typed: str) -> dict[str, Any]:
    """Return the payload that asks for options while somebody types."""
    return {
        **basic(world, user),
        "type": "block_suggestion",
        "container": {"type": "view", "view_id": view.id},
        "view": views.shown(world, view),
        "block_id": block_id,
        "action_id": action_id,
        "value": typed,
    }


def shortcut(world: World, user: User, callback_id: str, where: Conversation, message: Message) -> dict[str, Any]:
    """Return the payload of a shortcut on a message."""
    return {
        **basic(world, user),
        "type": "message_action",
        "callback_id": callback_id,
        "trigger_id": world.trigger(user),
        "action_ts": world.stamp(),
        "message_ts": message.ts,
        "message": chat.shown(world, where, message),
        "channel": {"id": where.id, "name": "directmessage" if where.user_id else "general"},
    }


def event(world: World, team: Team, inner: dict[str, Any]) -> dict[str, Any]:
    """Return an event in its envelope; what becomes of the app itself has no time of its own."""
    bare = inner["type"] in ("app_uninstalled", "tokens_revoked")
    stamp = {} if bare else {"event_ts": inner.get("ts") or world.stamp()}
    return {
        "token": VERIFICATION,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": team.enterprise_id or None,
        "api_app_id": APP_ID,
        "event": {**inner, **stamp},
        "type": "event_callback",
        "event_id": world.fresh("Ev"),
        "event_time": int(world.clock().timestamp()),
        "authorizations": [
            {
                "enterprise_id": team.enterprise_id or None,
                "team_id": team.id,
                "user_id": team.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{team.id}",
    }
