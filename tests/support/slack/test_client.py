"""What people do reaches the app as from Slack, signed, and what it answers is seen."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.support.slack.client import Client
from tests.support.slack.conftest import Api, App
from tests.support.slack.server import Slack
from tests.support.slack.test_rules import QUESTIONS, modal, options, section
from tests.support.slack.test_views import PRESSED, trigger
from tests.support.slack.world import Team, Token


def test_a_command_and_what_it_says(slack: Slack, chidi: Client, app: App) -> None:
    """The answer in the body is seen by one person; answers on the response address follow, five at most."""
    app.answer = lambda payload: web.json_response({"response_type": "ephemeral", "text": "Nothing is waiting"})
    chidi.commands("todo")
    got = app.got[0]
    assert (got["command"], got["text"], got["user_id"], got["team_id"]) == ("/comply", "todo", "U1", "T1")
    assert [(one.text, one.only_for) for one in chidi.direct.messages] == [("Nothing is waiting", "U1")]

    async def say(text: str) -> int:
        async with aiohttp.ClientSession() as client, client.post(got["response_url"], json={"text": text}) as answer:
            return answer.status

    assert [slack.run(say(str(number))) for number in range(6)] == [200] * 5 + [404]
    assert slack.log.violations == ["response_url: used more than five times"]
    app.answer = lambda payload: web.json_response({"response_type": "in_channel", "text": "Chidi is late"})
    chidi.commands("status overdue")
    assert "tells everybody" in slack.log.violations[-1]
    app.answer = lambda payload: web.Response(status=500)
    chidi.commands("todo")
    assert slack.log.violations[-1] == "/comply: the person sees an error: 500"


def test_nobody_waits_longer_than_three_seconds(slack: Slack, chidi: Client, app: App) -> None:
    slack.patience = 0.05

    def slow(payload: object) -> web.Response:
        time.sleep(0.2)  # the app shares the stand-in's loop: that is how it is slow
        return web.Response()

    app.answer = slow
    assert chidi.commands("todo").error == "http_timeout"


def test_events_come_again_with_the_same_id(slack: Slack, chidi: Client, app: App) -> None:
    slack.retries = (0.0, 0.01, 0.02)
    answers = iter([500, 503, 200, 200])
    app.answer = lambda payload: web.Response(status=next(answers))
    chidi.writes("policy <list>", files=[("people.csv", b"name\nAna\n")])
    assert slack.wait(lambda: len(app.got) == 3)
    assert len({got["event_id"] for got in app.got}) == 1
    assert [headers.get("X-Slack-Retry-Num") for headers in app.headers] == [None, "1", "2"]
    event = app.got[0]["event"]
    assert (event["channel_type"], event["subtype"], event["files"][0]["name"]) == ("im", "file_share", "people.csv")


def test_the_app_hears_of_its_own_messages(slack: Slack, api: Api, app: App) -> None:
    api.call("chat.postMessage", channel="U1", text="Read this")
    assert slack.wait(lambda: len(app.got) == 1)
    assert app.got[0]["event"]["bot_id"]
    where = slack.world.direct(slack.world.users["U1"])
    api.call("chat.update", channel=where.id, ts=where.messages[0].ts, text="Read that")
    assert slack.wait(lambda: len(app.got) == 2)
    changed = app.got[1]["event"]
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "Read that")


def test_other_gestures(slack: Slack, api: Api, chidi: Client, app: App) -> None:
    """Emoji, shortcuts, the home, modals that are closed."""
    api.call("chat.postMessage", channel="U1", text="Read this")
    message = chidi.direct.messages[0]
    chidi.reacts("eyes", message)
    assert (app.got[-1]["event"]["reaction"], app.got[-1]["event"]["item"]["ts"]) == ("eyes", message.ts)
    chidi.takes("note", message)
    assert (app.got[-1]["type"], app.got[-1]["message"]["text"]) == ("message_action", "Read this")
    chidi.opens_home()
    assert "view" not in app.got[-1]["event"]
    api.call("views.publish", user_id="U1", view={"type": "home", "blocks": [section("owed")]})
    chidi.opens_home()
    assert app.got[-1]["event"]["view"]["type"] == "home"
    api.call("views.open", trigger_id=trigger(slack), view=modal(section("a"), notify_on_close=True))
    chidi.closes()
    assert app.got[-1]["type"] == "view_closed"
    assert chidi.modal is None


def test_a_pressed_button_on_a_message(slack: Slack, api: Api, chidi: Client, app: App) -> None:
    """The message is named, the response address replaces an ephemeral one, and the answer itself says nothing."""
    app.answer = lambda payload: web.json_response({"text": "Thanks"})
    api.call("chat.postMessage", channel="U1", text="Read this", blocks=[section("Read this")])
    chidi.presses(PRESSED, chidi.direct.messages[0])
    got = app.got[-1]
    assert got["message"]["ts"] == chidi.direct.messages[0].ts
    assert got["actions"][0]["value"] == "A-1"
    assert slack.log.violations == ["block_actions: the answer must be empty"]

    async def replace() -> None:
        said = {"replace_original": True, "text": "Done"}
        async with aiohttp.ClientSession() as client:
            await client.post(got["response_url"], json=said)

    slack.run(replace())
    assert [message.text for message in chidi.direct.messages] == ["Done"]


def test_a_menu_asks_for_people(slack: Slack, api: Api, chidi: Client, app: App) -> None:
    api.call("views.open", trigger_id=trigger(slack), view=modal(QUESTIONS[5]))
    app.answer = lambda payload: web.json_response({"options": options(2)})
    assert chidi.modal is not None
    assert len(chidi.suggestions(chidi.modal, "why", "v", "An")) == 2
    assert (app.got[0]["type"], app.got[0]["value"]) == ("block_suggestion", "An")
    app.answer = lambda payload: web.json_response({"options": options(101)})
    chidi.suggestions(chidi.modal, "why", "v", "An")
    assert "101 items" in slack.log.violations[0]


def test_files_are_for_those_who_may_read_them(slack: Slack, team: Team, token: Token, chidi: Client, app: App) -> None:
    """Without the scope there is no error, but a page to sign in on."""
    chidi.writes("people import", files=[("people.csv", b"name\n")])
    url = app.got[0]["event"]["files"][0]["url_private_download"]

    async def fetch(with_: Token) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {with_.value}"}
        async with aiohttp.ClientSession(headers=headers) as client, client.get(url) as answer:
            return answer.status, await answer.read()

    assert b"Sign in" in slack.run(fetch(token))[1]
    assert slack.run(fetch(slack.world.token(team, scopes=("files:read",)))) == (200, b"name\n")


def test_installing_and_going_again(slack: Slack, team: Team, app: App, chidi: Client) -> None:
    address = "https://slack.example/oauth/v2/authorize?client_id=111.222&scope=commands,chat:write&state=s&redirect_uri=https://a/b"
    back = slack.oauth.agree(address, team, chidi.user)
    assert back.startswith("https://a/b?code=T1.")
    code = back.partition("code=")[2].partition("&")[0]
    api = Api(slack, Token("", ""))
    given = {"client_id": "111.222", "client_secret": slack.oauth.client_secret, "code": code}
    assert api.call("oauth.v2.access", **given)["error"] == "bad_redirect_uri"
    code = slack.oauth.agree(address, team, chidi.user).partition("code=")[2].partition("&")[0]
    slack.oauth.rotation = True
    got = api.call("oauth.v2.access", **{**given, "code": code}, redirect_uri="https://a/b")
    assert (got["team"]["id"], got["scope"], got["authed_user"]["id"]) == ("T1", "commands,chat:write", "U1")
    again = {"grant_type": "refresh_token", "refresh_token": got["refresh_token"]}
    assert api.call("oauth.v2.access", **given, **again)["access_token"] != got["access_token"]
    assert api.call("oauth.v2.access", **given, **again)["error"] == "invalid_refresh_token"
    with pytest.raises(ValueError, match="invalid_client_id"):
        slack.oauth.agree(address.replace("111", "112"), team, chidi.user)

    slack.run(slack.uninstall(team))
    assert [got["event"]["type"] for got in app.got] == ["tokens_revoked", "app_uninstalled"]
    assert Api(slack, Token(got["access_token"], "T1")).call("auth.test")["error"] == "account_inactive"


def test_the_same_by_socket(slack: Slack, team: Team, chidi: Client) -> None:
    """Envelopes are acknowledged with what would otherwise be the body."""
    ticket = Api(slack, slack.world.token(team, kind="app")).call("apps.connections.open")["url"]
    seen = []

    async def serve() -> None:
        async with aiohttp.ClientSession() as client, client.ws_connect(ticket) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            envelope = await socket.receive_json()
            seen.append(envelope)
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Nothing is waiting"}})
            await socket.receive()

    async def start() -> None:
        slack.later(serve())

    slack.run(start())
    assert slack.wait(lambda: bool(slack.courier.sockets))
    chidi.commands("todo")
    assert seen[0]["payload"]["text"] == "todo"
    assert chidi.direct.messages[0].text == "Nothing is waiting"


def test_it_runs_as_a_program() -> None:
    """Another process founds a workspace in it, sends, and reads what came."""
    command = [sys.executable, "-m", "tests.support.slack", "--per-second", "1", "--burst", "1"]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    try:
        address = program.stdout.readline().strip()
        with Slack().running() as elsewhere:
            elsewhere.run(_talk(address))
    finally:
        program.terminate()
        program.wait()
        program.stdout.close()


async def _talk(address: str) -> None:
    async with aiohttp.ClientSession() as client:

        async def post(path: str, body: object, token: str = "") -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with client.post(address + path, json=body, headers=headers) as answer:
                found: dict[str, Any] = await answer.json()
                return found

        founded = await post("/_control/team", {"name": "Halden", "users": [{"name": "Ana"}]})
        sent = {"channel": founded["users"][0], "text": "Read this"}
        assert (await post("/api/chat.postMessage", sent, founded["token"]))["ok"] is True
        assert (await post("/api/chat.postMessage", sent, founded["token"]))["error"] == "ratelimited"
        async with client.get(address + "/_control/messages") as answer:
            assert len((await answer.json())[founded["users"][0]]) == 1
        async with client.get(address + "/_control/log") as answer:
            assert [call["status"] for call in (await answer.json())["calls"]] == [200, 429]
