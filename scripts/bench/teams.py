"""A message in Teams and its answer: its processor time beside the stock adapter, and how often a token is fetched."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

from bot.app import make_connector
from bot.teams import edge
from bot.teams.connector import Conversation
from bot.teams.replies import activity as as_message
from scripts.bench.figures import Figure
from scripts.bench.scale import Scale
from scripts.bench.traffic import crowd
from scripts.bench.turn import settings_of
from tests.support.process import free_port, running
from tests.support.teams import activities
from tests.support.teams.server import Teams
from tests.support.teams.world import User

SERVERS = ("ours", "stock")
AT_ONCE = 8
SENDS = 100
PATIENCE = 60  # seconds for the last answer
CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Hello", "wrap": True}]}


def measure(folder: Path, scale: Scale) -> Iterator[Figure]:
    """Yield what a turn costs, round by round on both servers in turn, and the tokens of messages nobody asked for."""
    with Teams().running() as teams, ExitStack() as ending:
        user = teams.world.user("Chidi Okafor")
        yield Figure(f"tokens fetched for {SENDS} proactive messages", [_tokens(teams, user)], at_most=1)
        addresses = {}
        for kind in SERVERS:
            place = folder / kind
            place.mkdir()
            words = (kind, free_port(), teams.address)
            addresses[kind] = ending.enter_context(running(place, *words, module="scripts.bench.turn")).address
        rounds = [
            {kind: _round(address, teams, user, scale.turns) for kind, address in addresses.items()}
            for _ in range(scale.rounds + 1)
        ][1:]
        if teams.log.violations:
            raise RuntimeError(f"Teams would not have taken it: {teams.log.violations[:3]}")
    cost = {kind: [one[kind] * 1000 for one in rounds] for kind in SERVERS}
    ratios = [one / other for one, other in zip(cost["ours"], cost["stock"], strict=True)]
    yield Figure("Teams turn, token verified, processor time / stock CloudAdapter", ratios, "x", at_most=0.12)
    for kind in SERVERS:
        yield Figure(f"  {kind}: processor time of a turn", cost[kind], "ms")


def _tokens(teams: Teams, user: User) -> int:
    """Return how many tokens the login service gave out while messages were sent, all at once."""
    connector = make_connector(settings_of(teams.address))
    to = Conversation(teams.service_url, teams.world.personal(user).id)

    async def send_all() -> None:
        await asyncio.gather(*(connector.send(to, as_message(CARD, f"Message {number}")) for number in range(SENDS)))
        await connector.close()

    before = teams.issuer.tokens
    asyncio.run(send_all())
    return teams.issuer.tokens - before


def _round(address: str, teams: Teams, user: User, turns: int) -> float:
    """Return the processor seconds that a turn takes, from the request to the answer in the conversation."""
    requests = [_request(teams, user) for _ in range(turns)]
    before, already = _used(address), len(teams.log.of("send"))
    tally = crowd(address, requests, AT_ONCE)
    if tally.statuses.keys() != {200}:
        raise RuntimeError(f"{address} answered {tally.statuses}")
    end = time.monotonic() + PATIENCE
    while sum(call.taken for call in teams.log.of("send")[already:]) < turns:
        if time.monotonic() > end:
            raise RuntimeError(f"{address} left messages without an answer")
        time.sleep(0.01)
    return (_used(address) - before) / turns


def _used(address: str) -> float:
    with urlopen(f"{address}/cpu") as answer:  # noqa: S310 - our own server
        return float(answer.read())


def _request(teams: Teams, user: User) -> bytes:
    """Return somebody's message as Teams sends it, with a token of its own."""
    common = activities.activity(teams.world, user, teams.world.personal(user), "message", teams.service_url)
    body = json.dumps(activities.message(common, "status")).encode()
    lines = (
        f"POST {edge.PATH} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {len(body)}",
        f"Authorization: Bearer {teams.courier.token(teams.service_url)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
