"""Tokens of the Bot Connector: what is good, what is not, and how a rotation of keys heals."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.teams.auth import Unverified, Verifier, vouched
from bot.teams.keys import Keys
from tests.support.loop import Loop
from tests.support.serve import serve
from tests.support.stage import MONDAY
from tests.support.teams.issuer import APP, ISSUER, Issuer

SERVICE = "https://smba.trafficmanager.net/emea/"
ACTIVITY = {"channelId": "msteams", "serviceUrl": SERVICE}


class Bot:
    """A verifier with its issuer, at a time that the test moves. Tokens are judged by the machine's own clock."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        self.moved = timedelta()
        self.verifier = Verifier(Keys(f"{issuer.address}/v1/.well-known/openidconfiguration", self.clock), APP, ISSUER)

    def clock(self) -> datetime:
        return MONDAY + self.moved

    async def takes(self, token: str, activity: dict[str, Any] | None = None) -> bool:
        """Return whether a token is taken for an activity."""
        try:
            vouched(await self.verifier.claims(f"Bearer {token}"), activity or ACTIVITY)
        except Unverified:
            return False
        return True

    def good(self, **changed: Any) -> str:
        """Return a token that is good but for what is changed."""
        return self.issuer.sign(self.issuer.claims(NOW(), SERVICE, **changed))


def NOW() -> datetime:  # noqa: N802 - the machine's clock, by which PyJWT judges
    return datetime.now().astimezone()


@asynccontextmanager
async def running() -> AsyncIterator[Bot]:
    """Open an issuer on loopback and a bot that trusts it."""
    issuer = Issuer()
    app = web.Application()
    app.add_routes(issuer.routes())
    runner, issuer.address = await serve(app)
    try:
        yield Bot(issuer)
    finally:
        await runner.cleanup()


def play(scene: Callable[[Bot], Coroutine[Any, Any, None]]) -> None:
    """Run a scene with a bot to its end."""

    async def whole() -> None:
        async with running() as bot:
            await scene(bot)

    loop = Loop("teams")
    try:
        loop.run(whole())
    finally:
        loop.close()


def _bare(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _public(issuer: Issuer) -> bytes:
    key = issuer.private().public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _foreign(bot: Bot, **header: Any) -> str:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = bot.issuer.claims(NOW(), SERVICE)
    return jwt.encode(claims, other, "RS256", headers={"kid": bot.issuer.kid, **header})


def _confused(bot: Bot) -> str:
    """HS256 with the public key as its secret; PyJWT would not sign that, an attacker does."""
    import hashlib
    import hmac

    unsigned = _bare({"alg": "HS256", "typ": "JWT", "kid": bot.issuer.kid}, bot.issuer.claims(NOW(), SERVICE))[:-1]
    tag = hmac.new(_public(bot.issuer), unsigned.encode(), hashlib.sha256).digest()
    return f"{unsigned}.{base64.urlsafe_b64encode(tag).rstrip(b'=').decode()}"


BAD: dict[str, Callable[[Bot], str]] = {
    "wrong issuer": lambda bot: bot.good(iss="https://sts.windows.net/evil/"),
    "no issuer": lambda bot: bot.good(iss=None),
    "wrong audience": lambda bot: bot.good(aud="somebody-else"),
    "several audiences": lambda bot: bot.good(aud=[APP, "somebody-else"]),
    "no audience": lambda bot: bot.good(aud=None),
    "expired": lambda bot: bot.good(exp=int(NOW().timestamp()) - 600),
    "no expiry": lambda bot: bot.good(exp=None),
    "expiry in words": lambda bot: bot.good(exp="tomorrow"),
    "not yet valid": lambda bot: bot.good(nbf=int(NOW().timestamp()) + 600),
    "no beginning": lambda bot: bot.good(nbf=None),
    "another service": lambda bot: bot.good(serviceurl="https://evil.example/"),
    "no service": lambda bot: bot.good(serviceurl=None),
    "service as a list": lambda bot: bot.good(serviceurl=[SERVICE]),
    "algorithm none": lambda bot: _bare({"alg": "none", "kid": bot.issuer.kid}, bot.issuer.claims(NOW(), SERVICE)),
    "HS256 with the public key": _confused,
    "signed by somebody else": _foreign,
    "unknown key": lambda bot: _foreign(bot, kid="deadbeef"),
    "no key id": lambda bot: _bare({"alg": "RS256"}, bot.issuer.claims(NOW(), SERVICE), b"x" * 256),
    "key id that is no text": lambda bot: _bare({"alg": "RS256", "kid": 7}, bot.issuer.claims(NOW(), SERVICE), b"x"),
    "cut off": lambda bot: bot.good()[:-20],
    "changed": lambda bot: bot.good().replace(".", ".e", 1),
    "garbage": lambda bot: "garbage",
    "dots": lambda bot: "..",
    "no text": lambda bot: "",
    "not ASCII": lambda bot: "tökèn",
    "very long": lambda bot: "x" * 100_000,
}


def test_a_good_token_is_taken_and_keys_are_fetched_once() -> None:
    async def scene(bot: Bot) -> None:
        for _ in range(5):
            assert await bot.takes(bot.good())
        assert bot.issuer.documents == 1

    play(scene)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(name: str) -> None:
    async def scene(bot: Bot) -> None:
        assert not await bot.takes(BAD[name](bot))
        assert await bot.takes(bot.good())  # and nothing is broken for the next

    play(scene)


def test_a_key_speaks_only_for_its_channels() -> None:
    async def scene(bot: Bot) -> None:
        assert not await bot.takes(bot.good(), {**ACTIVITY, "channelId": "webchat"})
        bot.issuer.rotate(endorsements=())
        bot.moved += timedelta(minutes=6)
        assert not await bot.takes(bot.good())

    play(scene)


def test_a_rotation_heals_at_once_and_garbage_fetches_nothing() -> None:
    async def scene(bot: Bot) -> None:
        assert await bot.takes(bot.good())
        bot.issuer.rotate()
        assert await bot.takes(bot.good())
        assert bot.issuer.documents == 2
        for _ in range(20):
            assert not await bot.takes(_foreign(bot, kid="made-up"))
        assert bot.issuer.documents == 2
        bot.moved += timedelta(minutes=6)
        assert not await bot.takes(_foreign(bot, kid="made-up"))
        assert bot.issuer.documents == 3

    play(scene)


def test_keys_that_cannot_be_had_are_no_way_in() -> None:
    async def scene(bot: Bot) -> None:
        bot.issuer.broken = True
        assert not await bot.takes(bot.good())
        bot.issuer.broken = False
        assert not await bot.takes(bot.good())  # a little later, not at every request
        assert bot.issuer.documents == 1
        bot.moved += timedelta(seconds=6)
        assert await bot.takes(bot.good())
        bot.issuer.broken = True  # from now on the keys that we have serve
        bot.moved += timedelta(hours=25)
        assert await bot.takes(bot.good())

    play(scene)
