"""Tokens: the operator's own, one of ours, renewed once however many processes want it, gone when it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.slack.api import NoToken
from bot.slack.identities import Identities
from bot.slack.keys import Keys
from bot.slack.tokens import Tokens
from bot.slack.workspaces import Workspaces
from models.chat import Workspace
from models.person import Identity
from tests.bot.slack.workspaces.wire import Wire
from tests.support.stage import KEYS, Stage
from workflows.workspace import standing
from workflows.workspace.see import confirm
from workflows.workspace.standing import Kept, Seen

SCOPES = "commands,chat:write,im:write,im:history,users:read,users:read.email"


@pytest.fixture
def wire(stage: Stage) -> Iterator[Wire]:
    """A server that answers as it is told."""
    with Wire().running(stage.loop) as wire:
        wire.headers = {"x-oauth-scopes": SCOPES}
        yield wire


def tokens_of(stage: Stage, wire: Wire, keys: tuple[str, ...] = KEYS, **more: Any) -> Tokens:
    """Return what one process has."""
    settings = stage.settings.model_copy(update={"slack_api_url": wire.api_url, **more})
    return Tokens(stage.database, settings, Keys(keys), stage.clock)


def connect(stage: Stage, kept: Kept) -> None:
    """Install the app in a workspace and confirm it."""
    ana = stage.person("Ana").row
    seen = Seen("T1", "Halden", "U0")
    stage.write(lambda session: standing.install(stage.context(session, ana), seen, kept).id)

    def confirmed(session: Session) -> None:
        confirm(stage.context(session, ana), session.get_one(Workspace, 1), {})

    stage.write(confirmed)


def kept(stage: Stage) -> Workspace:
    """Return the workspace's row."""
    return stage.read(lambda session: session.get_one(Workspace, 1))


def test_the_operators_token_is_asked_about_once(stage: Stage, wire: Wire) -> None:
    tokens = tokens_of(stage, wire, slack_bot_token="xoxb-env")
    workspaces = Workspaces(stage.database, tokens.settings, tokens, stage.clock)
    wire.answers["auth.test"] = lambda given: {
        "team_id": "T1",
        "team": "Halden",
        "user_id": "U0",
        "enterprise_id": "E9",
    }
    for _ in range(3):
        assert stage.loop.run(workspaces.meet())
    assert wire.asked == {"auth.test": 1}
    assert stage.loop.run(tokens.of("T1")) == "xoxb-env"
    row = kept(stage)
    assert (row.ref, row.state, row.bot_user, row.token) == ("T1", "connected", "U0", None)
    assert row.scopes.split(",") == sorted(SCOPES.split(","))
    with pytest.raises(NoToken, match="not_connected"):
        stage.loop.run(tokens.of("T2"))


def test_a_refused_token_is_asked_about_once_a_minute(stage: Stage, wire: Wire) -> None:
    tokens = tokens_of(stage, wire, slack_bot_token="xoxb-env")
    workspaces = Workspaces(stage.database, tokens.settings, tokens, stage.clock)
    wire.answers["auth.test"] = lambda given: {"ok": False, "error": "invalid_auth"}
    for _ in range(5):
        assert not stage.loop.run(workspaces.meet())
    assert wire.asked == {"auth.test": 1}
    stage.later(minutes=1)
    wire.answers["auth.test"] = lambda given: {"team_id": "E1", "enterprise_id": "E1", "is_enterprise_install": True}
    assert stage.loop.run(workspaces.meet())
    assert kept(stage).ref == "E1"


def test_what_is_paused_goes_on_when_it_works_again(stage: Stage, wire: Wire) -> None:
    tokens = tokens_of(stage, wire, slack_bot_token="xoxb-env")
    workspaces = Workspaces(stage.database, tokens.settings, tokens, stage.clock)
    wire.answers["auth.test"] = lambda given: {"team_id": "T1", "team": "Halden", "user_id": "U0"}
    stage.loop.run(workspaces.meet())
    assert not stage.loop.run(tokens.lost("T1", "invalid_auth", token="xoxb-another"))
    assert stage.loop.run(tokens.lost("T1", "missing_scope", token="xoxb-env"))
    assert not stage.loop.run(tokens.lost("T1", "missing_scope", token="xoxb-env"))
    wire.headers = {"x-oauth-scopes": "commands"}
    stage.loop.run(workspaces.look_after())
    assert kept(stage).state == "paused"
    wire.headers = {"x-oauth-scopes": SCOPES}
    stage.loop.run(workspaces.look_after())
    assert (kept(stage).state, kept(stage).problem) == ("connected", "")


def test_goodbye_pauses_unless_it_is_only_a_persons(stage: Stage, wire: Wire) -> None:
    connect(stage, Kept(Keys(KEYS).close("xoxb-1")))
    tokens = tokens_of(stage, wire)
    workspaces = Workspaces(stage.database, tokens.settings, tokens, stage.clock)
    stage.loop.run(workspaces.said_goodbye("T1", {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, stage.now))
    assert kept(stage).state == "connected"
    stage.loop.run(workspaces.said_goodbye("T1", {"type": "app_uninstalled"}, stage.now))
    assert (kept(stage).state, kept(stage).problem) == ("paused", "uninstalled")


def test_a_new_key_closes_what_an_old_one_closed(stage: Stage, wire: Wire) -> None:
    connect(stage, Kept(Keys(KEYS).close("xoxb-1"), Keys(KEYS).close("xoxe-1")))
    newer = ("a newer key that is long enough to count", *KEYS)
    tokens = tokens_of(stage, wire, newer)
    assert stage.loop.run(tokens.of("T1")) == "xoxb-1"
    only = Keys(newer[:1])
    row = kept(stage)
    assert (only.open(row.token or b""), only.open(row.refresh_token or b"")) == ("xoxb-1", "xoxe-1")


def test_without_its_key_the_workspace_is_paused(stage: Stage, wire: Wire) -> None:
    connect(stage, Kept(Keys(["a key that is lost for good, and was long"]).close("xoxb-1")))
    with pytest.raises(NoToken, match="unreadable"):
        stage.loop.run(tokens_of(stage, wire).of("T1"))
    assert (kept(stage).state, kept(stage).problem) == ("paused", "unreadable")


def test_two_workers_spend_the_refresh_token_once(stage: Stage, wire: Wire) -> None:
    """Slack takes a refresh token once: whoever comes second must wait for the new one."""
    keys = Keys(KEYS)
    connect(stage, Kept(keys.close("xoxe.xoxb-old"), keys.close("xoxe-1"), stage.now - timedelta(minutes=1)))
    workers = [tokens_of(stage, wire, slack_oauth_client_id="1.2") for _ in range(2)]
    spent: list[str] = []

    def access(given: dict[str, str]) -> dict[str, Any]:
        spent.append(given["refresh_token"])
        return {"access_token": "xoxe.xoxb-new", "refresh_token": "xoxe-2", "expires_in": 43_200}

    wire.answers["oauth.v2.access"] = access

    async def both() -> list[str]:
        return await asyncio.gather(*(worker.of("T1") for worker in workers for _ in range(3)))

    assert set(stage.loop.run(both())) == {"xoxe.xoxb-new"}
    assert spent == ["xoxe-1"]
    stage.later(hours=11, minutes=30)
    assert stage.loop.run(workers[1].of("T1")) == "xoxe.xoxb-new"
    assert spent == ["xoxe-1", "xoxe-2"]


def test_a_token_that_cannot_be_renewed_serves_to_its_end(stage: Stage, wire: Wire) -> None:
    keys = Keys(KEYS)
    connect(stage, Kept(keys.close("xoxe.xoxb-old"), keys.close("xoxe-1"), stage.now + timedelta(minutes=30)))
    wire.answers["oauth.v2.access"] = lambda given: {"ok": False, "error": "invalid_refresh_token"}
    tokens = tokens_of(stage, wire)
    assert stage.loop.run(tokens.of("T1")) == "xoxe.xoxb-old"
    assert kept(stage).state == "connected"
    stage.later(minutes=31)
    with pytest.raises(NoToken, match="token_expired"):
        stage.loop.run(tokens.of("T1"))
    assert kept(stage).state == "paused"


def test_an_organisation_is_read_team_by_team(stage: Stage, wire: Wire) -> None:
    """Enterprise Grid: one token for all, people in several workspaces once, and nobody of another company."""
    ana = stage.person("Ana").row
    kept = Kept(Keys(KEYS).close("xoxb-org"))
    stage.write(lambda session: standing.install(stage.context(session, ana), Seen("E1", "Group", "U0"), kept).id)

    def confirmed(session: Session) -> None:
        confirm(stage.context(session, ana), session.get_one(Workspace, 1), {})

    stage.write(confirmed)

    def user(id_: str, team: str, name: str, enterprise: str = "E1") -> dict[str, Any]:
        profile = {"real_name": name, "email": f"{name.lower()}@halden.example"}
        return {"id": id_, "team_id": team, "profile": profile, "enterprise_user": {"enterprise_id": enterprise}}

    bot = {"id": "U0", "team_id": "T1", "is_bot": True, "profile": {}}
    teams = {
        "T1": [bot, user("U1", "T1", "Ana"), user("U2", "T1", "Bruno")],
        "T2": [user("U2", "T1", "Bruno"), user("U3", "T2", "Chidi"), user("U4", "T9", "Farah", "E9")],
    }
    wire.answers["auth.teams.list"] = lambda given: {"teams": [{"id": team} for team in teams]}
    wire.answers["users.list"] = lambda given: {"members": teams[given["team_id"]]}
    tokens = tokens_of(stage, wire, slack_oauth_client_id="1.2")
    assert stage.loop.run(Identities(stage.database, tokens, stage.clock, pace=0.01).read_due()) == 1
    rows = select(Identity.workspace, Identity.platform_id).order_by(Identity.platform_id)
    found = stage.read(lambda session: session.execute(rows).all())
    assert [tuple(row) for row in found] == [("E1", "U1"), ("E1", "U2"), ("E1", "U3")]
    assert wire.asked == {"auth.teams.list": 1, "users.list": 2}
