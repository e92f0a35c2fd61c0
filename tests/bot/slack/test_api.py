"""One call is one request, tried once; its failure says what is certain, and nothing that was sent."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.slack.api import Api, NotSent, Refused, Silent, TooMuch, Trouble
from tests.support.process import free_port
from tests.support.serve import serve
from tests.support.slack.faults import Fault
from tests.support.slack.server import Slack

SECRET_TEXT = "what nobody may read in a log"


class Known:
    """Knows one token, and remembers what was lost."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.gone: list[tuple[str, str, str]] = []

    async def of(self, ref: str) -> str:
        """See Tokens.of."""
        return self.token

    async def lost(self, ref: str, cause: str, token: str = "") -> bool:
        """See Tokens.lost."""
        self.gone.append((ref, cause, token))
        return True


def call(slack: Slack, known: Known, method: str, **arguments: Any) -> dict[str, Any]:
    """Call a method once."""

    async def work() -> dict[str, Any]:
        api = Api(slack.api_url, known, timedelta(seconds=0.5))
        try:
            return await api.call("T1", method, **arguments)
        finally:
            await api.close()

    return asyncio.run(work())


@pytest.fixture
def known(slack: Slack) -> Known:
    """The token of a workspace with Ana in it."""
    team = slack.world.team("Halden", id_="T1")
    slack.world.user(team, name="Ana Duarte", id_="U2", email="ana@halden.example")
    return Known(slack.world.token(team).value)


@pytest.fixture
def slack() -> Any:
    """A running stand-in with nobody in it."""
    with Slack().running() as slack:
        yield slack


def post(slack: Slack, known: Known) -> dict[str, Any]:
    """Post a message to Ana."""
    return call(slack, known, "chat.postMessage", channel="U2", text=SECRET_TEXT)


def test_a_call_is_one_request(slack: Slack, known: Known) -> None:
    assert post(slack, known)["ok"] is True
    assert call(slack, known, "users.info", user="U2")["user"]["id"] == "U2"
    assert call(slack, known, "auth.test")["team_id"] == "T1"
    opened = call(slack, known, "conversations.open", users="U2")["channel"]["id"]
    asked = {"channel": opened, "include_all_metadata": True, "limit": 1}
    assert len(call(slack, known, "conversations.history", **asked)["messages"]) == 1
    assert len(slack.log.calls) == 5
    assert slack.log.violations == []


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (Fault("drop before"), Silent, "ServerDisconnectedError"),
        (Fault("drop after"), Silent, "ServerDisconnectedError"),
        (Fault("slow after", seconds=1), Silent, "TimeoutError"),
        (Fault("status", status=500), Silent, "http 500"),
        (Fault("status", status=503), Silent, "http 503"),
        (Fault("status", status=403), NotSent, "http 403"),
        (Fault("status", status=404), NotSent, "http 404"),
        (Fault("status", status=407), NotSent, "http 407"),
        (Fault("status", status=408), Silent, "http 408"),
        (Fault("status", status=413), NotSent, "http 413"),
        (Fault("status", status=200), Silent, "unreadable"),
        (Fault("page"), Silent, "unreadable"),
        (Fault("garbled"), Silent, "unreadable"),
        (Fault("error", error="fatal_error"), Silent, "fatal_error"),
        (Fault("error", error="internal_error"), Silent, "internal_error"),
        (Fault("error", error="channel_not_found"), Refused, "channel_not_found"),
        (Fault("error", error=f"No: {SECRET_TEXT}"), Refused, "unknown_error"),
        (Fault("error", error="ratelimited"), TooMuch, "ratelimited"),
        (Fault("rate", seconds=7), TooMuch, "ratelimited"),
    ],
)
def test_what_went_wrong_is_told_by_kind(
    slack: Slack, known: Known, fault: Fault, kind: type[Trouble], code: str
) -> None:
    slack.faults.add(fault)
    with pytest.raises(Trouble) as raised:
        post(slack, known)
    assert (type(raised.value), raised.value.code) == (kind, code)
    assert len(slack.log.calls) == 1
    assert known.gone == []


@pytest.mark.parametrize(
    ("told", "held"),
    [(0, timedelta()), (7, timedelta(seconds=7)), (86_401, timedelta(days=1)), (10**9, timedelta(days=1))],
)
def test_how_long_to_wait_is_told(slack: Slack, known: Known, told: int, held: timedelta) -> None:
    """A day at most: whoever says more than that means something else."""
    slack.faults.add(Fault("rate", seconds=told))
    with pytest.raises(TooMuch) as raised:
        post(slack, known)
    assert raised.value.after == held


def test_nothing_was_sent_where_nobody_listens(known: Known) -> None:
    slack = Slack()
    slack.address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(NotSent):
        post(slack, known)


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
def test_a_workspace_that_a_token_no_longer_opens_is_lost(slack: Slack, known: Known, error: str) -> None:
    slack.world.tokens[known.token].error = error
    with pytest.raises(Refused):
        post(slack, known)
    assert known.gone == [("T1", error, known.token)]


def test_no_failure_holds_what_was_sent(slack: Slack, known: Known, caplog: pytest.LogCaptureFixture) -> None:
    """Not even where somebody looks closely, and not in the cause of what is raised."""
    caplog.set_level(logging.DEBUG)
    for fault in (Fault("page"), Fault("error", error="no_text"), Fault("drop after"), Fault("status")):
        slack.faults.add(fault)
        with pytest.raises(Trouble) as raised:
            post(slack, known)
        assert raised.value.__cause__ is None
        assert SECRET_TEXT not in repr(raised.value)
    post(slack, known)
    assert SECRET_TEXT not in caplog.text
    assert known.token not in caplog.text


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    slack: Slack, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert post(slack, known)["ok"] is True


def test_a_response_address_is_answered_once(slack: Slack, known: Known) -> None:
    taken: list[Any] = []

    async def take(request: web.Request) -> web.Response:
        taken.append(await request.json())
        return web.Response(status=200 if len(taken) == 1 else 500)

    async def work() -> None:
        app = web.Application()
        app.router.add_post("/way", take)
        runner, address = await serve(app)
        api = Api(slack.api_url, known)
        way = f"{address}/way"
        try:
            await api.respond(way, {"text": "Thank you"})
            with pytest.raises(Refused):
                await api.respond(way, {"text": "Thank you"})
        finally:
            await api.close()
            await runner.cleanup()

    asyncio.run(work())
    assert taken == [{"text": "Thank you"}, {"text": "Thank you"}]


def test_connections_are_kept(slack: Slack, known: Known) -> None:
    async def work() -> aiohttp.ClientSession | None:
        api = Api(slack.api_url, known)
        try:
            await api.call("T1", "auth.test")
            first = api._client.session
            await asyncio.gather(*(api.call("T1", "auth.test") for _ in range(5)))
            assert api._client.session is first
            return first
        finally:
            await api.close()

    session = asyncio.run(work())
    assert session is not None
    assert session.closed
