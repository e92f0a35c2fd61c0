"""A stand-in with one workspace and two people, and an app that answers as the test says."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web

from tests.support.serve import serve
from tests.support.slack.client import Client
from tests.support.slack.deliver import sign
from tests.support.slack.server import Slack
from tests.support.slack.world import Team, Token

Answer = Callable[[dict[str, Any]], web.Response]


class App:
    """An app on loopback that keeps what it got; `answer` says what it answers to a payload."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.got: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.answer: Answer = lambda payload: web.Response()

    async def take(self, request: web.Request) -> web.Response:
        """Verify the signature, read the payload, answer."""
        body = await request.read()
        expected = sign(self.secret, request.headers["X-Slack-Request-Timestamp"], body)
        assert request.headers["X-Slack-Signature"] == expected
        payload = json.loads(body) if request.content_type == "application/json" else _form(body)
        self.got.append(payload)
        self.headers.append(request.headers)
        return self.answer(payload)


def _form(body: bytes) -> dict[str, Any]:
    form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return json.loads(form["payload"]) if "payload" in form else form


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A running stand-in with nobody in it."""
    with Slack().running() as slack:
        yield slack


@pytest.fixture
def team(slack: Slack) -> Team:
    """The workspace of Halden Instruments with Chidi (U1) and Ana (U2)."""
    team = slack.world.team("Halden", id_="T1")
    slack.world.user(team, name="Chidi Okafor", id_="U1", email="chidi@halden.example", zone="Africa/Lagos")
    slack.world.user(team, name="Ana Duarte", id_="U2", email="ana@halden.example")
    return team


@pytest.fixture
def token(slack: Slack, team: Team) -> Token:
    """A bot's token with the least scopes."""
    return slack.world.token(team)


@pytest.fixture
def chidi(slack: Slack, team: Team) -> Client:
    """Chidi's Slack."""
    return Client(slack, slack.world.users["U1"])


@pytest.fixture
def app(slack: Slack) -> Iterator[App]:
    """The app that the stand-in delivers to."""
    app = App(slack.signing_secret)
    serving = _serve(app)
    slack.app_url = slack.run(_first(serving))
    yield app
    slack.run(serving.aclose())


async def _first(serving: AsyncGenerator[str]) -> str:
    return await anext(serving)


async def _serve(app: App) -> AsyncGenerator[str]:
    pages = web.Application()
    pages.router.add_post("/slack/events", app.take)
    runner, address = await serve(pages)
    try:
        yield address
    finally:
        await runner.cleanup()


class Api:
    """Calls the Web API with a token."""

    def __init__(self, slack: Slack, token: Token) -> None:
        self.slack = slack
        self.token = token.value

    def call(self, method: str, /, **args: Any) -> dict[str, Any]:
        """Return the body of the answer."""
        return self.ask(method, **args)[1]

    def ask(self, method: str, /, **args: Any) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        """Return (status, body, headers)."""
        return self.slack.run(self._ask(method, args))

    async def _ask(self, method: str, args: dict[str, Any]) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        headers = {"Authorization": f"Bearer {self.token}"}
        reads = method.split(".", maxsplit=1)[0] == "users" or method.endswith((".history", ".access"))
        sent: dict[str, Any] = {"params": args} if reads else {"json": args}
        async with (
            aiohttp.ClientSession(headers=headers) as client,
            client.post(self.slack.api_url + method, **sent) as answer,
        ):
            return answer.status, await answer.json(), answer.headers


@pytest.fixture
def api(slack: Slack, token: Token) -> Api:
    """The Web API with the bot's token."""
    return Api(slack, token)
