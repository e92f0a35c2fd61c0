"""The app as Slack is told about it: what to paste under "Create an app, from a manifest"; least permissions.

Written after Slack's reference of the app manifest, https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

import re
from typing import Any

from config.settings import Settings
from workflows.workflow import REGISTRY

EVENTS_PATH = "/slack/events"
INSTALL_PATH, OAUTH_PATH = "/slack/install", "/slack/oauth"
# What each permission is for; these words stand in the documentation and in `doctor`.
SCOPES = {
    "commands": "people type the command",
    "chat:write": "the bot writes direct messages to people, and brings what it wrote up to date",
    "im:write": "the bot opens its own direct message with somebody, to look whether a message arrived",
    "im:history": "the bot reads its own direct messages: what people type to it, and whether a message arrived",
    "users:read": "who is in the workspace: active or not, guest or not, time zone, language",
    "users:read.email": "the address by which an account is found to be somebody on the roster",
}
# Permissions of features that are off until a setting turns them on.
OPTIONAL = {"files:read": ("slack_files", "files handed to the bot in a direct message are read")}
# Events, with the permission that lets us hear of them.
EVENTS = {
    "app_home_opened": "",
    "app_uninstalled": "",
    "message.im": "im:history",
    "team_join": "users:read",
    "tokens_revoked": "",
    "user_change": "users:read",
}
# What gestures need that some act takes: asked for as soon as there is one.
GESTURES = {"emoji": ("reactions:read", "reaction_added", "an emoji under a message is taken as an answer")}
MOST_SHORTCUTS = 10
# Slash commands beside the bot's own, with the first word of what each stands for; only where there is such a workflow.
ALIASES = {"/incident": "incident"}
_COLOUR = "#1d4f5c"


def scopes(settings: Settings) -> tuple[str, ...]:
    """Return the permissions that are needed with these settings, in alphabetical order."""
    optional = [scope for scope, (feature, _) in OPTIONAL.items() if getattr(settings, feature)]
    return tuple(sorted([*SCOPES, *optional, *(scope for scope, _, _ in _gestures())]))


def _gestures() -> list[tuple[str, str, str]]:
    """Return the permission, the event and the reason for each kind of gesture that some act takes."""
    taken = {kind for act in REGISTRY.acts().values() for kind in act.kinds}
    return [needed for kind, needed in GESTURES.items() if kind in taken]


def _shortcuts() -> list[dict[str, str]]:
    """Return an entry in the menu of a message for each act that takes one."""
    acts = [act for act in REGISTRY.acts().values() if "shortcut" in act.kinds][:MOST_SHORTCUTS]
    return [
        {
            "name": act.words.capitalize()[:24],
            "type": "message",
            "callback_id": act.name,
            "description": f"{act.help[:1].upper()}{act.help[1:]}"[:150],
        }
        for act in acts
    ]


def explained(settings: Settings) -> list[str]:
    """Return what an admin should know before they agree: every permission with its reason, and what is off."""
    wanted = [f"  {scope}: {why}" for scope, why in SCOPES.items()]
    wanted += [f"  {scope}: {why}" for scope, _, why in _gestures()]
    on: list[str] = []
    off: list[str] = []
    for scope, (feature, why) in OPTIONAL.items():
        told = f"  {scope}: {why} (COUNTERSIGN_{feature.upper()})"
        (on if getattr(settings, feature) else off).append(told)
    return ["Permissions, and what each is for:", *wanted, *on, *(["Off, and not asked for:", *off] if off else [])]


def command_of(settings: Settings) -> str:
    """Return the slash command: the bot's name as Slack takes it, in lower case, without what it does not allow."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", settings.bot_name.lower()).strip("-")
    return f"/{plain[:31] or 'comply'}"


def manifest(settings: Settings, *, socket: bool = False) -> dict[str, Any]:
    """Return the manifest; with `socket` Slack needs no address of ours, because we call Slack."""
    events = f"{settings.base_url}{EVENTS_PATH}"
    where = {} if socket else {"request_url": events}
    url = {} if socket else {"url": events}
    heard = [event for _, event, _ in _gestures()]
    found: dict[str, Any] = {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": settings.bot_name[:35],
            "description": "Policies, reminders and reviews, answered where you are."[:140],
            "background_color": _COLOUR,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": settings.bot_name[:80], "always_online": True},
            "slash_commands": [{**one, **url} for one in _commands(settings)],
            **({"shortcuts": shortcuts} if (shortcuts := _shortcuts()) else {}),
        },
        "oauth_config": {"scopes": {"bot": list(scopes(settings))}},
        "settings": {
            "event_subscriptions": {**where, "bot_events": sorted([*EVENTS, *heard])},
            "interactivity": {"is_enabled": True, **where, **({} if socket else {"message_menu_options_url": events})},
            "org_deploy_enabled": True,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }
    if settings.slack_oauth_client_id:
        found["oauth_config"]["redirect_urls"] = [f"{settings.base_url}{OAUTH_PATH}"]
    return found


def _commands(settings: Settings) -> list[dict[str, Any]]:
    """Return the slash commands: the bot's own, and /incident where incidents can be reported."""
    there = {flow.name for flow in REGISTRY.all()}
    mine = {
        "command": command_of(settings),
        "description": "What is waiting for you; type help to see more",
        "usage_hint": "todo | help | policy list",
        "should_escape": True,
    }
    others = [
        {"command": alias, "description": f"The same as {mine['command']} {word}", "should_escape": True}
        for alias, word in ALIASES.items()
        if word in there
    ]
    return [mine, *others]
