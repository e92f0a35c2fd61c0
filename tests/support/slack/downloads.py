"""Files that people gave to Slack. Who may not have one gets a page to sign in on, with status 200, as from Slack."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.support.slack.world import File, User, World


def given(world: World, user: User, name: str, body: bytes, mimetype: str = "application/octet-stream") -> File:
    """Let somebody hand a file to Slack."""
    file = File(world.fresh("F"), user.team_id, user.id, name, mimetype, body)
    world.files[file.id] = file
    return file


def described(file: File, address: str) -> dict[str, Any]:
    """Return a file as Slack describes it to an app."""
    url = f"{address}/files/{file.id}/{file.name}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.name,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2],
        "size": len(file.body),
        "user": file.user_id,
        "mode": "hosted",
        "is_external": False,
        "url_private": url,
        "url_private_download": url,
    }


async def download(request: web.Request, slack: Any) -> web.StreamResponse:
    """GET /files/{id}/{name}: with a token of the workspace that may read files."""
    file = slack.world.files.get(request.match_info["id"])
    token = slack.world.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if file is None:
        raise web.HTTPNotFound
    if token is None or token.error or token.team_id != file.team_id or "files:read" not in token.scopes:
        raise web.HTTPFound("/login")
    fault = slack.faults.pick("files")
    if fault is not None:
        raise web.HTTPServiceUnavailable
    return web.Response(body=file.body, content_type=file.mimetype)


async def login(request: web.Request) -> web.Response:
    """GET /login: what a browser without a session gets."""
    return web.Response(text="<!DOCTYPE html><title>Sign in | Slack</title>", content_type="text/html")
