"""users.*, conversations.*, auth.*: who is there, and what was said to them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.slack.chat import place, shown
from tests.support.slack.methods import Asked, Wrong, method
from tests.support.slack.world import SCOPES, Conversation, Message, User, World

PAGE = 200  # people or messages; a caller who asks for none gets as many


def described(world: World, user: User, scopes: tuple[str, ...] = SCOPES, *, locale: bool = False) -> dict[str, Any]:
    """Return somebody as Slack describes them to an app with these scopes."""
    home = user.home or user.team_id
    profile: dict[str, Any] = {"real_name": user.name, "display_name": user.name.split()[0], "team": home}
    if "users:read.email" in scopes and user.email:
        profile["email"] = user.email
    body: dict[str, Any] = {
        "id": user.id,
        "team_id": home,
        "name": user.name.lower().replace(" ", "."),
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "updated": 1,
    }
    if user.deleted:
        return body
    body |= {"real_name": user.name, "tz": user.zone, "tz_label": user.zone, "tz_offset": _offset(world, user)}
    body |= {"is_restricted": user.is_restricted, "is_ultra_restricted": user.is_ultra_restricted}
    body |= {"is_admin": False, "is_owner": False, "is_app_user": False}
    if user.is_stranger:
        body["is_stranger"] = True
    elif company := world.teams[user.team_id].enterprise_id:
        teams = sorted({user.team_id, *(team for team in [home] if team in world.teams)})
        body["enterprise_user"] = {"id": user.id, "enterprise_id": company, "teams": teams}
    if locale:
        body["locale"] = user.locale
    return body


def _offset(world: World, user: User) -> int:
    offset = world.clock().astimezone(ZoneInfo(user.zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


@method(
    "users.list", optional="cursor include_locale:flag limit:number team_id", scope="users:read", tier=2, json=False
)
def list_(asked: Asked) -> dict[str, Any]:
    """Everybody, a page at a time."""
    team_id = _listed(asked)
    everybody = asked.world.users.values()
    here = [_seen_from(team_id, one) for one in everybody if team_id in (one.team_id, *one.former) or one.is_stranger]
    start = _cursor(asked.args.get("cursor", ""))
    end = start + min(asked.args.get("limit", PAGE) or PAGE, 1000)
    locale = asked.args.get("include_locale", False)
    following = _next(end) if end < len(here) else ""
    return {
        "members": [described(asked.world, one, asked.token.scopes, locale=locale) for one in here[start:end]],
        "cache_ts": 1,
        "response_metadata": {"next_cursor": following},
    }


def _seen_from(team_id: str, user: User) -> User:
    """Return somebody as a workspace lists them: whoever was taken out of it stays in its list, deleted."""
    return replace(user, deleted=True) if team_id in user.former else user


def _listed(asked: Asked) -> str:
    """Return the workspace that is listed: an organisation's token has to say which one. Raises Wrong."""
    if not asked.token.whole_company:
        return asked.team.id
    if "team_id" not in asked.args:
        raise Wrong("missing_argument", ["users.list: team_id is missing"])
    if not asked.opens(asked.args["team_id"]):
        raise Wrong("team_not_found")
    return str(asked.args["team_id"])


@method("auth.teams.list", optional="cursor limit:number include_icon:flag", tier=2, json=False)
def teams(asked: Asked) -> dict[str, Any]:
    """The workspaces of an organisation in which the app is."""
    if not asked.token.whole_company:
        raise Wrong("not_allowed_token_type")
    there = [{"id": one.id, "name": one.name} for one in asked.world.teams.values() if asked.opens(one.id)]
    return {"teams": there, "response_metadata": {"next_cursor": ""}}


@method("users.info", "user", "include_locale:flag", scope="users:read", tier=4, json=False)
def info(asked: Asked) -> dict[str, Any]:
    """One person."""
    user = asked.user(asked.args["user"])
    locale = asked.args.get("include_locale", False)
    return {"user": described(asked.world, user, asked.token.scopes, locale=locale)}


@method("users.lookupByEmail", "email", scope="users:read.email", json=False)
def by_email(asked: Asked) -> dict[str, Any]:
    """The person with an address; nobody who has left is found so."""
    for user in asked.world.users.values():
        known = user.team_id == asked.team.id and not user.deleted
        if known and user.email and user.email.lower() == asked.args["email"].lower():
            return {"user": described(asked.world, user, asked.token.scopes)}
    raise Wrong("users_not_found")


@method(
    "conversations.open", optional="channel users return_im:flag prevent_creation:flag", scope="im:write", json=True
)
def open_(asked: Asked) -> dict[str, Any]:
    """The direct message of one person; asked again, the same."""
    if "users" not in asked.args:
        return {"channel": {"id": place(asked, asked.args.get("channel", "")).id}}
    user = asked.user(asked.args["users"])
    if user.deleted:
        raise Wrong("user_disabled")
    if user.is_bot:
        raise Wrong("cannot_dm_bot")
    return {"channel": {"id": asked.world.direct(user).id}}


@method(
    "conversations.history",
    "channel",
    "cursor include_all_metadata:flag inclusive:flag latest limit:number oldest",
    scope="im:history",
    json=False,
)
def history(asked: Asked) -> dict[str, Any]:
    """What was said in a conversation, the latest first, a page at a time."""
    where = place(asked, asked.args["channel"])
    there = [shown(asked.world, where, one, metadata=_metadata(asked)) for one in _between(asked, where)]
    start = _cursor(asked.args.get("cursor", ""))
    end = start + min(asked.args.get("limit", 100) or 100, 999)
    more = end < len(there)
    body: dict[str, Any] = {"messages": there[start:end], "has_more": more}
    return {**body, "response_metadata": {"next_cursor": _next(end)}} if more else body


def _metadata(asked: Asked) -> bool:
    return bool(asked.args.get("include_all_metadata"))


def _between(asked: Asked, where: Conversation) -> list[Message]:
    oldest, latest = float(asked.args.get("oldest", 0)), float(asked.args.get("latest", "inf"))
    inside = asked.args.get("inclusive", False)
    kept = [one for one in where.messages if not one.only_for]
    if inside:
        return [one for one in reversed(kept) if oldest <= float(one.ts) <= latest]
    return [one for one in reversed(kept) if oldest < float(one.ts) < latest]


@method("auth.test", tier=4)
def test(asked: Asked) -> dict[str, Any]:
    """Whose token this is."""
    team = asked.team
    body: dict[str, Any] = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": "comply",
        "team_id": team.id,
        "user_id": team.bot_user_id,
        "bot_id": team.bot_id,
        "is_enterprise_install": asked.token.whole_company,
    }
    return {**body, "enterprise_id": team.enterprise_id} if team.enterprise_id else body


@method("auth.revoke", optional="test:flag", json=False)
def revoke(asked: Asked) -> dict[str, Any]:
    """A token is worth nothing from now on."""
    if not asked.args.get("test"):
        asked.token.error = "token_revoked"
    return {"revoked": not asked.args.get("test")}


def _cursor(given: str) -> int:
    if not given:
        return 0
    number, _, check = given.partition(".")
    if _next(int(number) if number.isdigit() else -1) != given or not check:
        raise Wrong("invalid_cursor")
    return int(number)


def _next(number: int) -> str:
    return f"{number}.{hashlib.sha256(str(number).encode()).hexdigest()[:8]}"
