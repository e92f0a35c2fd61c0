"""The Bot Connector: who gets our token, how often it is fetched, and what is known after a call that failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.teams.bearer import AppBearer, NoBearer
from bot.teams.calls import NotSent, Refused
from bot.teams.connector import Connector, Conversation
from config.settings import Settings
from tests.support.serve import serve
from tests.support.slack.faults import Fault
from tests.support.stage import MONDAY
from tests.support.teams.issuer import APP, TENANT
from tests.support.teams.server import Teams
from tests.support.teams.world import World

SAID = {"type": "message", "text": "Hello", "summary": "Hello"}


@dataclass
class Bot:
    """A connector beside a Teams with Ana in it, at a time that the test moves."""

    teams: Teams
    now: datetime = MONDAY
    to: Conversation = field(init=False)

    def __post_init__(self) -> None:
        self.to = Conversation(self.teams.service_url, self.teams.world.personal(self.teams.world.user("Ana")).id)

    def clock(self) -> datetime:
        """The time."""
        return self.now

    def settings(self, **changed: Any) -> Settings:
        """Return the settings of a bot that belongs to this Teams."""
        told = {"teams_app_id": APP, "teams_app_password": "secret", "teams_tenant_id": TENANT, **self.teams.settings}
        return Settings(**{**told, **changed})

    def connector(self, **changed: Any) -> Connector:
        """Return a connector."""
        told = self.settings(**changed)
        return Connector(told, AppBearer(told, self.clock), 1.0)


@pytest.fixture
def bot() -> Iterator[Bot]:
    """A bot and its Teams."""
    with Teams(lambda: MONDAY).running() as teams:
        yield Bot(teams)


def run(connector: Connector, what: Coroutine[Any, Any, Any]) -> Any:
    """Await something, and let go of the connector."""

    async def all_of_it() -> Any:
        try:
            return await what
        finally:
            await connector.close()

    return asyncio.run(all_of_it())


def test_many_at_once_share_one_token(bot: Bot) -> None:
    connector = bot.connector()

    async def hundred() -> list[str]:
        return await asyncio.gather(*(connector.send(bot.to, SAID) for _ in range(100)))

    assert len(set(run(connector, hundred()))) == 100
    assert bot.teams.issuer.tokens == 1


def test_a_token_is_renewed_shortly_before_its_end(bot: Bot) -> None:
    connector = bot.connector()

    async def three_times() -> list[int]:
        tokens = []
        for after in (timedelta(), timedelta(minutes=54), timedelta(minutes=1)):
            bot.now += after
            await connector.send(bot.to, SAID)
            tokens.append(bot.teams.issuer.tokens)
        return tokens

    assert run(connector, three_times()) == [1, 1, 2]


def test_a_login_service_in_trouble_is_asked_once_for_all_who_wait(bot: Bot) -> None:
    """Nothing was sent: they know so at once, and not after each has waited behind all the others."""
    asked = []

    async def sorry(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=503)

    async def forty() -> list[Any]:
        async with serving(sorry) as address:
            connector = bot.connector(teams_login_url=address)
            found = await asyncio.gather(*(connector.send(bot.to, SAID) for _ in range(40)), return_exceptions=True)
            bot.now += timedelta(seconds=6)
            found += await asyncio.gather(connector.send(bot.to, SAID), return_exceptions=True)
            await connector.close()
            return found

    assert {type(one) for one in asyncio.run(forty())} == {NotSent}
    assert asked == [f"/{TENANT}/oauth2/v2.0/token"] * 2
    assert bot.teams.log.calls == []


@pytest.mark.parametrize("body", ["<html>Sorry</html>", "[]", "{}", '{"access_token": "t", "expires_in": "soon"}'])
def test_a_token_that_is_none_is_not_used(bot: Bot, body: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="application/json")

    async def once() -> None:
        async with serving(answer) as address:
            connector = bot.connector(teams_login_url=address)
            try:
                await connector.send(bot.to, SAID)
            finally:
                await connector.close()

    with pytest.raises(NotSent):
        asyncio.run(once())
    assert bot.teams.log.calls == []


@pytest.mark.parametrize(
    "service_url",
    [
        "https://smba.trafficmanager.net.evil.example/emea/",
        "https://evil.example/https://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example#https://smba.trafficmanager.net/",
        "https://evil.example\\@smba.trafficmanager.net/",
        "http://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net?/emea/",
        "",
        None,
        {"url": "https://smba.trafficmanager.net/"},
    ],
)
def test_nobody_off_the_list_gets_our_token(bot: Bot, service_url: Any) -> None:
    """Not even a token is fetched."""
    connector = bot.connector(teams_service_urls="https://smba.trafficmanager.net/")
    assert not connector.trusts(service_url)
    with pytest.raises(NotSent):
        run(connector, connector.send(Conversation(service_url, "a:1"), SAID))
    assert bot.teams.issuer.tokens == 0


def test_regions_of_a_service_on_the_list_are_on_it(bot: Bot) -> None:
    connector = bot.connector(teams_service_urls="https://smba.trafficmanager.net/, https://other.example")
    for service_url in ("https://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net/amer/2f/",
                        "https://other.example", "https://other.example/teams/"):  # fmt: skip
        assert connector.trusts(service_url)


def test_local_mode_trusts_this_machine_alone_and_sends_no_token(bot: Bot) -> None:
    told = Settings(teams_local=True)
    connector = Connector(told, NoBearer())
    assert connector.trusts("http://localhost:56150")
    assert connector.trusts("http://127.0.0.1:56150/_connector")
    assert not connector.trusts("https://smba.trafficmanager.net/emea/")
    with pytest.raises(Refused, match="401"):
        run(connector, connector.send(bot.to, SAID))
    assert bot.teams.issuer.tokens == 0


def test_a_token_does_not_follow_a_redirection(bot: Bot) -> None:
    heard = []

    async def lead_away(request: web.Request) -> web.Response:
        heard.append(request.path)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    async def once() -> None:
        async with serving(lead_away) as address:
            connector = bot.connector(teams_service_urls=address)
            try:
                await connector.send(Conversation(address, "a:1/2"), SAID)
            finally:
                await connector.close()

    with pytest.raises(Refused, match="307"):
        asyncio.run(once())
    assert heard == ["/v3/conversations/a:1/2/activities"]


def test_a_refusal_says_why_without_the_words_of_a_message(bot: Bot) -> None:
    bot.teams.world.conversations[bot.to.id].blocked = True
    connector = bot.connector()
    with pytest.raises(Refused) as refused:
        run(connector, connector.send(bot.to, SAID))
    assert (refused.value.status, refused.value.code) == (403, "MessageWritesBlocked")
    assert "words of the message" not in str(refused.value)


def test_a_rate_limit_says_for_how_long(bot: Bot) -> None:
    bot.teams.faults.add(Fault("rate", "send", seconds=17))
    connector = bot.connector()
    with pytest.raises(Refused) as refused:
        run(connector, connector.send(bot.to, SAID))
    assert (refused.value.status, refused.value.after) == (429, timedelta(seconds=17))


@pytest.mark.parametrize(("kind", "error"), [("drop after", aiohttp.ClientError), ("slow after", TimeoutError)])
def test_what_may_have_arrived_is_not_called_unsent(bot: Bot, kind: Any, error: type[Exception]) -> None:
    bot.teams.faults.add(Fault(kind, "send", seconds=3))
    connector = bot.connector()
    with pytest.raises(error):
        run(connector, connector.send(bot.to, SAID))
    assert len(bot.teams.world.conversations[bot.to.id].messages) == 1


def test_a_member_is_described(bot: Bot) -> None:
    world: World = bot.teams.world
    (user,) = world.users.values()
    connector = bot.connector()
    found = run(connector, connector.member(bot.to, user.id))
    assert (found["aadObjectId"], found["name"]) == (user.account, "Ana")


@asynccontextmanager
async def serving(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """Serve one handler for everything on loopback; yields the address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner, address = await serve(app)
    try:
        yield address
    finally:
        await runner.cleanup()
