"""The app manifest: what Slack's reference allows, nothing more than is needed, addresses of this deployment."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.slack.edge import PATH
from bot.slack.manifest import ALIASES, EVENTS_PATH, OPTIONAL, SCOPES, command_of, manifest, scopes
from config.settings import Settings
from tests.support.process import bot
from tests.support.slack.world import SCOPES as LEAST
from workflows.workflow import REGISTRY


def told(**more: Any) -> Settings:
    """Return the settings of Halden."""
    return Settings(**{"base_url": "https://comply.halden.example", "bot_name": "Comply", **more})


def test_it_asks_for_the_least() -> None:
    app = manifest(told())
    assert set(app["oauth_config"]["scopes"]["bot"]) == set(LEAST) == set(SCOPES)
    assert set(app["settings"]["event_subscriptions"]["bot_events"]) == {
        "app_home_opened",
        "app_uninstalled",
        "message.im",
        "team_join",
        "tokens_revoked",
        "user_change",
    }
    assert app["settings"]["org_deploy_enabled"]
    assert not app["settings"]["token_rotation_enabled"]
    assert "redirect_urls" not in app["oauth_config"]
    files = manifest(told(slack_files=True))
    assert set(files["oauth_config"]["scopes"]["bot"]) == {*SCOPES, *OPTIONAL}


def test_every_address_is_the_door() -> None:
    assert EVENTS_PATH == PATH
    app = json.dumps(manifest(told(slack_oauth_client_id="1.2")))
    assert app.count("https://comply.halden.example/slack/events") == 4
    assert "https://comply.halden.example/slack/oauth" in app
    socket = manifest(told(), socket=True)
    assert socket["settings"]["socket_mode_enabled"]
    assert "https://" not in json.dumps(socket), "Slack needs no address of ours"


@pytest.mark.parametrize(
    ("name", "command"), [("Comply", "/comply"), ("Halden Bot", "/halden-bot"), ("Ünï", "/n"), ("合规", "/comply")]
)
def test_the_command_is_the_bots_name_as_slack_takes_it(name: str, command: str) -> None:
    assert command_of(told(bot_name=name)) == command


def test_lengths_are_those_of_the_reference() -> None:
    app = manifest(told(bot_name="A name that nobody can remember, ever"))
    about, features = app["display_information"], app["features"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert len(features["bot_user"]["display_name"]) <= 80
    for one in features["slash_commands"]:
        assert len(one["command"]) <= 32
        assert len(one["description"]) <= 2000
        assert len(one["usage_hint"]) <= 1000
    assert [one["command"] for one in features["slash_commands"]][1:] == [], "no /incident before there are incidents"


def test_it_can_be_pasted_before_anything_else_is_set(tmp_path: Path) -> None:
    seen = bot(
        "manifest", "slack", base_url="https://comply.halden.example", database_url=f"sqlite:///{tmp_path}/no.db"
    )
    assert seen.returncode == 0, seen.stderr
    assert yaml.safe_load(seen.stdout) == manifest(told())
    for scope, why in SCOPES.items():
        assert f"# {scope}: {why}".replace("# ", "#   ", 1) in seen.stdout
    assert "Slack will not take this yet" not in seen.stdout
    here = bot("manifest", "slack", base_url="http://127.0.0.1:8000")
    assert "# Slack will not take this yet: it wants an https:// address" in here.stdout
    socket = bot("manifest", "slack", "--socket")
    assert "Slack will not take this yet" not in socket.stdout
    assert yaml.safe_load(socket.stdout)["settings"]["socket_mode_enabled"]


def test_gestures_that_an_act_takes_stand_in_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workflow that takes shortcuts and emoji needs no other file."""
    assert "shortcuts" not in manifest(told())["features"]
    acts = REGISTRY.workflow("todo").acts
    marked = replace(acts["todo"], name="todo.mark", help="keep this message", kinds=("shortcut", "emoji"))
    monkeypatch.setitem(acts, "todo.mark", marked)
    app = manifest(told())
    assert app["features"]["shortcuts"] == [
        {"name": "Todo mark", "type": "message", "callback_id": "todo.mark", "description": "Keep this message"}
    ]
    assert "reactions:read" in app["oauth_config"]["scopes"]["bot"]
    assert "reaction_added" in app["settings"]["event_subscriptions"]["bot_events"]
    assert "reactions:read" in scopes(told())


def test_another_command_stands_in_the_app_where_there_is_such_a_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ALIASES, "/policy", "policy")
    _, other = manifest(told())["features"]["slash_commands"]
    assert other == {
        "command": "/policy",
        "description": "The same as /comply policy",
        "should_escape": True,
        "url": "https://comply.halden.example/slack/events",
    }
