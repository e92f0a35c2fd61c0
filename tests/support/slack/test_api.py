"""The Web API of the stand-in: tokens, scopes, arguments, people, direct messages."""

from __future__ import annotations

import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.slack.conftest import Api
from tests.support.slack.server import Slack
from tests.support.slack.world import Team, Token


def test_tokens_and_scopes(slack: Slack, team: Team, api: Api, token: Token) -> None:
    assert api.call("auth.test")["team_id"] == "T1"
    assert Api(slack, Token("", "T1")).call("auth.test")["error"] == "not_authed"
    assert Api(slack, Token("xoxb-made-up", "T1")).call("auth.test")["error"] == "invalid_auth"
    assert Api(slack, slack.world.token(team, kind="app")).call("auth.test")["error"] == "not_allowed_token_type"
    poor = slack.world.token(team, scopes=("commands",))
    refused = Api(slack, poor).call("chat.postMessage", channel="U1", text="a")
    assert (refused["error"], refused["needed"], refused["provided"]) == ("missing_scope", "chat:write", "commands")
    token.expires = 0.0
    assert api.call("auth.test")["error"] == "token_expired"
    token.error = "token_revoked"
    assert api.call("auth.test")["error"] == "token_revoked"
    assert slack.log.violations == []


@pytest.mark.parametrize(
    ("method", "args", "words"),
    [
        ("chat.postMessage", {"channel": "U1", "text": "a", "colour": "red"}, "unknown argument colour"),
        ("chat.postMessage", {"text": "a"}, "channel is missing"),
        ("chat.postMessage", {"channel": "U1", "text": "a", "blocks": "{"}, "blocks: "),
        ("chat.postMessage", {"channel": "U1", "text": "a", "unfurl_links": "maybe"}, "must be a boolean"),
        ("chat.postMessage", {"channel": "U1", "text": "a", "parse": "full"}, "parse and link_names"),
        ("chat.update", {"channel": "D1", "ts": "1.2", "text": "a", "unfurl_links": False}, "unknown argument"),
        ("chat.meMessage", {"channel": "U1", "text": "a"}, "there is no method"),
    ],
)
def test_arguments(slack: Slack, api: Api, method: str, args: dict[str, object], words: str) -> None:
    assert api.call(method, **args)["ok"] is False
    assert words in "\n".join(slack.log.violations)


def test_nothing_is_taken_for_the_same(slack: Slack, api: Api) -> None:
    """A message with a known client_msg_id comes a second time; both stand in the direct message with their ids."""
    metadata = {"event_type": "countersign_copy", "event_payload": {"copy": 7}}
    sent = {"channel": "U1", "text": "Read this", "metadata": metadata, "client_msg_id": "7"}
    first, second = api.call("chat.postMessage", **sent), api.call("chat.postMessage", **sent)
    assert first["channel"] == second["channel"] == api.call("conversations.open", users="U1")["channel"]["id"]
    assert first["ts"] < second["ts"]
    told = api.call("conversations.history", channel=first["channel"], include_all_metadata="true", limit="1")
    assert [one["metadata"] for one in told["messages"]] == [metadata]
    rest = api.call("conversations.history", channel=first["channel"], cursor=told["response_metadata"]["next_cursor"])
    assert [one["ts"] for one in rest["messages"]] == [first["ts"]]
    assert "metadata" not in rest["messages"][0]
    assert api.call("conversations.history", channel=first["channel"], oldest=second["ts"])["messages"] == []

    changed = api.call("chat.update", channel=first["channel"], ts=first["ts"], text="Done")
    assert changed["text"] == "Done"
    assert slack.world.conversations[first["channel"]].messages[0].edits == 1
    assert api.call("chat.update", channel=first["channel"], ts="1.000000", text="a")["error"] == "message_not_found"


def test_who_cannot_be_reached(slack: Slack, team: Team, api: Api) -> None:
    slack.world.user(team, name="Gone", id_="U7", deleted=True)
    slack.world.user(team, name="Stranger", id_="U8", is_stranger=True)
    slack.world.user(team, name="Deaf", id_="U9", refuses="messages_tab_disabled")
    other = slack.world.team("Other", id_="T2")
    slack.world.user(other, name="Elsewhere", id_="U10")
    errors = {
        who: api.call("chat.postMessage", channel=who, text="a").get("error") for who in ("U7", "U8", "U10", "D0")
    }
    assert set(errors.values()) == {"channel_not_found"}
    assert api.call("chat.postMessage", channel="U9", text="a")["error"] == "messages_tab_disabled"
    assert api.call("chat.postMessage", channel=team.bot_user_id, text="a")["error"] == "cannot_dm_bot"
    assert api.call("conversations.open", users="U7")["error"] == "user_disabled"
    assert api.call("users.info", user="U10")["error"] == "user_not_found"


def test_people_come_in_pages(slack: Slack, team: Team, api: Api) -> None:
    seen, cursor = [], ""
    while True:
        page = api.call("users.list", limit="1", include_locale="true", cursor=cursor)
        seen += page["members"]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert [one["id"] for one in seen] == [team.bot_user_id, "U1", "U2"]
    assert (seen[1]["tz"], seen[1]["tz_offset"], seen[1]["locale"]) == ("Africa/Lagos", 3600, "en-GB")
    assert seen[1]["profile"]["email"] == "chidi@halden.example"
    assert api.call("users.list", cursor="made up")["error"] == "invalid_cursor"
    shy = slack.world.token(team, scopes=("users:read",))
    assert "email" not in Api(slack, shy).call("users.info", user="U1")["user"]["profile"]
    assert api.call("users.lookupByEmail", email="CHIDI@halden.example")["user"]["id"] == "U1"


def test_slacks_own_library_speaks_to_it(slack: Slack, token: Token) -> None:
    """Whatever the library sends, by address, form or JSON, is read."""

    async def talk() -> tuple[str, str]:
        client = AsyncWebClient(token.value, base_url=slack.api_url, retry_handlers=[])
        opened = await client.conversations_open(users="U1")
        where = opened["channel"]["id"]
        sent = await client.chat_postMessage(channel=where, text="a", unfurl_links=False)
        await client.chat_update(channel=where, ts=sent["ts"], text="b")
        told = await client.conversations_history(channel=where, include_all_metadata=True, limit=5)
        await client.users_list(limit=2)
        await client.auth_test()
        try:
            await client.chat_postMessage(channel="D0", text="a")
        except SlackApiError as error:
            return told["messages"][0]["text"], error.response["error"]
        return "", ""

    assert asyncio.run(talk()) == ("b", "channel_not_found")
    assert slack.log.violations == []
