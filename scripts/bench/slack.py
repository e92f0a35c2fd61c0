"""A button press in Slack: its processor time, and how soon it is acknowledged, beside bare aiohttp and Bolt."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from bot.slack import edge
from bot.slack.verify import sign
from scripts.bench.figures import Figure, percentile
from scripts.bench.press import ACT, SECRET
from scripts.bench.scale import Scale
from scripts.bench.traffic import Tally, crowd
from tests.support.process import free_port, running

SERVERS = ("undrawn", "ours", "bare", "bolt")
SHORT = 3  # short rounds for one long: what else the machine does then hits few of them
AT_ONCE = 8
ANSWERED = 200


def measure(folder: Path, scale: Scale) -> Iterator[Figure]:
    """Yield what a press costs and how long it takes, round by round on all servers in turn."""
    with ExitStack() as ending:
        addresses = {}
        for kind in SERVERS:
            place = folder / kind
            place.mkdir()
            port = free_port()
            server = ending.enter_context(running(place, kind, port, module="scripts.bench.press"))
            addresses[kind] = server.address
        presses = Presses()
        rounds = [
            {kind: _round(address, presses, scale) for kind, address in addresses.items()}
            for _ in range(SHORT * scale.rounds + 1)
        ][1:]
    cost = {kind: [one[kind][0] * 1000 for one in rounds] for kind in SERVERS}
    alone = {kind: [percentile(one[kind][1].took, 0.5) * 1000 for one in rounds] for kind in SERVERS}
    yield _ratio("button press, processor time / bare aiohttp that verifies", cost["ours"], cost["bare"], 3.5)
    yield _ratio("  the same, its modal not drawn / bare", cost["undrawn"], cost["bare"])
    yield _ratio("button press, processor time / default Bolt, 60 listeners", cost["ours"], cost["bolt"], 0.35)
    yield _ratio("button press, one connection, median / default Bolt", alone["ours"], alone["bolt"], 0.05)
    for kind in SERVERS:
        yield Figure(f"  {kind}: processor time of a request", cost[kind], "ms")
        yield Figure(f"  {kind}: median at one connection", alone[kind], "ms")


def _ratio(name: str, ours: list[float], theirs: list[float], at_most: float | None = None) -> Figure:
    return Figure(name, [one / other for one, other in zip(ours, theirs, strict=True)], "x", at_most=at_most)


def _round(address: str, presses: Presses, scale: Scale) -> tuple[float, Tally]:
    """Return (processor seconds a request takes under load, what came of requests one after another)."""
    many = presses.signed(scale.presses // SHORT)
    one_by_one = presses.signed(scale.presses // SHORT // 5)
    before = _used(address)
    under_load = crowd(address, many, AT_ONCE)
    cost = (_used(address) - before) / len(many)
    alone = crowd(address, one_by_one, 1)
    for tally in (under_load, alone):
        if tally.statuses.keys() != {ANSWERED}:
            raise RuntimeError(f"{address} answered {tally.statuses}")
    return cost, alone


def _used(address: str) -> float:
    with urlopen(f"{address}/cpu") as answer:  # noqa: S310 - our own server
        return float(answer.read())


class Presses:
    """Presses of one button, each signed and with a trigger of its own, as Slack sends them."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def signed(self, many: int) -> list[bytes]:
        """Return requests, signed now."""
        return [_request(next(self._numbers)) for _ in range(many)]


def _request(number: int) -> bytes:
    at = str(int(time.time()))
    payload = {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "halden"},
        "user": {"id": "U1", "username": "ana", "name": "ana", "team_id": "T1"},
        "api_app_id": "A1",
        "token": "not used any more",
        "container": {"type": "message", "message_ts": f"{at}.000100", "channel_id": "D1", "is_ephemeral": False},
        "trigger_id": f"{at}.{number}",
        "channel": {"id": "D1", "name": "directmessage"},
        "message": {"type": "message", "user": "U0BOT", "ts": f"{at}.000100", "text": "Code of Conduct", "blocks": []},
        "response_url": f"https://hooks.slack.invalid/actions/T1/{number}",
        "actions": [
            {
                "type": "button",
                "action_id": f"{ACT}:1",
                "block_id": "b1",
                "value": "A-7",
                "text": {"type": "plain_text", "text": "Read"},
                "action_ts": f"{at}.000200",
            }
        ],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    lines = (
        f"POST {edge.PATH} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        f"X-Slack-Request-Timestamp: {at}",
        f"X-Slack-Signature: {sign(SECRET, at, body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
