"""What `doctor` says about Slack: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy.orm import Session

from bot.finding import Finding
from bot.slack import checkup
from bot.slack.manifest import scopes
from config.settings import Settings
from models.chat import Workspace
from tests.bot.slack.workspaces.conftest import Chat
from tests.support.serve import serve
from tests.support.stage import Stage, on_stage
from workflows.workspace.standing import Kept, Seen, install


def outside(chat: Chat, **more: Any) -> dict[str, Finding]:
    """Return what is found by asking Slack."""
    settings = chat.tokens(**more).settings

    async def every() -> list[Finding]:
        return [finding async for finding in checkup.outside(settings)]

    return {finding.what: finding for finding in chat.stage.loop.run(every())}


def inside(stage: Stage) -> dict[str, Finding]:
    """Return what the database knows."""
    return {one.what: one for one in stage.read(lambda session: list(checkup.inside(session, stage.settings)))}


def test_a_good_token_with_the_least_permissions_is_well(chat: Chat) -> None:
    found = outside(chat)
    assert found["Slack token"] == Finding("Slack token", "ok", "works in “Halden”")
    assert found["Slack permissions"].state == "ok"
    assert "Slack socket" not in found


def test_permissions_too_few_and_too_many(chat: Chat) -> None:
    token = chat.slack.world.tokens[chat.token]
    token.scopes = ("commands", "chat:write", "users:read", "users:read.email", "im:write")
    few = outside(chat)["Slack permissions"]
    assert (few.state, few.how) == ("bad", "missing: im:history")
    assert "python -m bot manifest slack" in few.todo
    token.scopes = (*token.scopes, "im:history", "channels:read")
    many = outside(chat)["Slack permissions"]
    assert (many.state, many.how) == ("warn", "more than needed: channels:read")
    assert outside(chat, slack_files=True)["Slack permissions"].how == "missing: files:read"


def test_a_dead_token_is_told_apart_from_a_dead_network(chat: Chat) -> None:
    chat.slack.world.tokens[chat.token].error = "token_revoked"
    dead = outside(chat)["Slack token"]
    assert (dead.state, dead.how) == ("bad", "refused: token_revoked")
    silent = outside(chat, slack_api_url="http://127.0.0.1:9/api/")["Slack token"]
    assert silent.state == "bad"
    assert "does not answer" in silent.how


def test_the_client_of_several_workspaces_is_tried(chat: Chat) -> None:
    """With a code that nobody was given: Slack looks at the client first."""
    desk = chat.slack.oauth
    ours = {"slack_oauth_client_id": desk.client_id, "slack_oauth_client_secret": desk.client_secret}
    several = partial(outside, chat, slack_bot_token="")
    good = several(**ours)["Slack client"]
    assert (good.state, "/slack/install" in good.how) == ("ok", True)
    for wrong, code in (("slack_oauth_client_id", "invalid_client_id"), ("slack_oauth_client_secret", "bad_client_")):
        bad = several(**{**ours, wrong: "another app's"})["Slack client"]
        assert (bad.state, f"refused: {code}" in bad.how, "Basic Information" in bad.todo) == ("bad", True, True)
    assert "does not answer" in several(**ours, slack_api_url="http://127.0.0.1:9/api/")["Slack client"].how


def test_the_app_token_is_tried(chat: Chat) -> None:
    good = chat.slack.world.token(chat.team, kind="app").value
    assert outside(chat, slack_app_token=good)["Slack socket"].state == "ok"
    assert outside(chat, slack_app_token="xapp-no")["Slack socket"].state == "bad"


def test_the_door_turns_the_unsigned_away(database_url: str, chat: Chat) -> None:
    """A door that is ours answers 401; anything else in its place is told."""
    ours = {"slack_signing_secret": "s" * 32, "slack_bot_token": chat.token, "slack_api_url": chat.slack.api_url}
    there = f"http://127.0.0.1:{chat.stage.address.rpartition(':')[2]}"
    assert outside(chat, slack_signing_secret="x", base_url=there)["Slack events"].state == "bad", "it has no door"
    assert outside(chat, slack_signing_secret="x", base_url="http://127.0.0.1:9")["Slack events"].state == "warn"
    with on_stage(f"{database_url}", company="Halden Instruments", **ours) as other:
        late = outside(chat, slack_signing_secret="s" * 32, base_url=other.address)["Slack events"]
        assert (late.state, "clocks" in late.todo) == ("bad", True), "the stage's clock stands still"
        other.now = datetime.now(UTC)
        same = outside(chat, slack_signing_secret="s" * 32, base_url=other.address)["Slack events"]
        assert same.state == "ok", same
        another = outside(chat, slack_signing_secret="the one of another app", base_url=other.address)["Slack events"]
        assert (another.state, "COUNTERSIGN_SLACK_SIGNING_SECRET" in another.todo) == ("bad", True)
        for strips, name in ((True, "changes the headers"), (False, "without asking")):
            with proxy(chat.stage, other.address, strips=strips) as address:
                between = outside(chat, slack_signing_secret="s" * 32, base_url=address)["Slack events"]
            assert (between.state, name in between.todo) == ("bad", True), between


@contextmanager
def proxy(stage: Stage, address: str, *, strips: bool) -> Iterator[str]:
    """A proxy before `address` that passes on no header it does not know, or asks everybody for a password."""

    async def between(request: web.Request) -> web.Response:
        if not strips:
            return web.Response(status=401, headers={"WWW-Authenticate": "Basic realm=intranet"})
        headers = {"Content-Type": request.content_type, "Host": address.removeprefix("http://")}
        body = await request.read()
        asked = aiohttp.request("POST", f"{address}{request.path}", data=body, headers=headers)
        async with asked as answer:
            return web.Response(status=answer.status, body=await answer.read())

    pages = web.Application()
    pages.router.add_post("/{path:.*}", between)
    runner, served = stage.loop.run(serve(pages))
    yield served
    stage.loop.run(runner.cleanup())


def test_workspaces_and_people(chat: Chat) -> None:
    found = inside(chat.stage)
    assert found["Workspace"].how == "W-1 “Halden” is connected"
    assert found["Slack people"].how == "not read yet"
    chat.slack.world.user(chat.team, name="Ana Duarte", email="ana@halden.example")
    chat.slack.world.user(chat.team, name="Visitor", email="visitor@elsewhere.example")
    chat.stage.loop.run(chat.identities().read_due())
    people = inside(chat.stage)["Slack people"]
    assert people.how.startswith("accounts linked to the roster: 1, not linked: 1")
    chat.stage.loop.run(chat.tokens().lost(chat.team.id, "token_revoked"))
    paused = inside(chat.stage)["Workspace"]
    assert (paused.state, paused.how) == ("bad", "W-1 “Halden” is paused")
    assert "Its token was revoked" in paused.todo

    def waits(session: Session) -> None:
        now = chat.stage.now
        session.add(Workspace(platform="slack", ref="T2", name="Acquired", created_at=now))

    chat.stage.write(waits)
    assert "workspace confirm W-2" in inside(chat.stage)["Workspace"].todo


def test_an_installation_that_lacks_permissions_is_not_well(chat: Chat) -> None:
    """Files were switched on after the app was installed in the acquired company, whose token is one of ours."""
    acquired = Seen("T0ACQ", "Acquired", "U0COMPLY", scopes(chat.stage.settings))

    def installed(settings: Settings) -> Finding:
        def work(session: Session) -> list[Finding]:
            install(chat.stage.context(session), acquired, Kept(b"closed")).state = "connected"
            return [one for one in checkup.inside(session, settings) if one.how.startswith("W-2")]

        (found,) = chat.stage.write(work)
        return found

    assert installed(chat.stage.settings) == Finding("Workspace", "ok", "W-2 “Acquired” is connected")
    few = installed(chat.stage.settings.model_copy(update={"slack_files": True}))
    assert few.state == "bad"
    assert few.how == "W-2 “Acquired” is connected, without these permissions: files:read"
    assert "/slack/install" in few.todo


def test_without_slack_it_says_how_to_connect(chat: Chat) -> None:
    found = outside(chat, slack_bot_token="", slack_oauth_client_id="")
    assert found["Slack"].how == "not used"
    assert checkup.GUIDE in found["Slack"].todo
