"""A button in Slack, answered by servers to compare: ours with all its handlers, a bare one, and Bolt as it comes.

Each runs as its own process, `python -m scripts.bench.press ours|undrawn|bare|bolt`, and tells on /cpu how much
processor time it has used. Log lines are made, and written to nowhere. Ours has no database: who it is and what the
act returns are given, everything else is real. "undrawn" is ours up to the acknowledgement: the modal that the press
opens is not drawn.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import serving
from bot.cli.serve import settle
from bot.compact import compact
from bot.database import Database
from bot.inbound import Inbound
from bot.logs import configure
from bot.slack import edge
from bot.slack.aside import Aside
from bot.slack.conversation import Conversation
from bot.slack.desk import Desk
from bot.slack.follow import Answer, Follower
from bot.slack.gestures import Came
from bot.slack.listening import Listening
from bot.slack.replies import Replies, Showing
from bot.slack.verify import verify
from bot.slack.who import Known
from bot.web import guard
from bot.web.parts import PARTS, Parts
from config.settings import Settings
from models import message as m
from models.gesture import Reply

SECRET = "a signing secret of the benchmark"  # noqa: S105
LISTENERS = 60
ACT = "policy.show"
CARD = m.Message(
    "Code of Conduct",
    ("How we treat each other, our customers and the law. New this year: gifts, and what to do about them.",),
    (m.Fact("Policy", "POL-1v2"), m.Fact("Due", "Mon 30 Nov 2026")),
    buttons=(
        m.Button("Acknowledge", "policy.acknowledge", "A-7", "primary"),
        m.Button("Ask a question", "policy.ask", "A-7"),
        m.Button("I can't agree", "policy.object", "A-7"),
    ),
)


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class _Acquainted(Desk):
    """Knows everybody, without asking a database."""

    async def known(self, came: Came) -> Known:
        return Known(came.team, 1, "U0BOT")


class _NoDatabase:
    """Returns one card, whatever is asked of it."""

    async def read(self, work: object) -> Reply:
        return Reply(CARD)

    write = read


class _Mute:
    """A Web API that writes down what it is given and sends it nowhere."""

    async def call(self, workspace: str, method: str, **args: Any) -> Mapping[str, Any]:
        return {"ok": True, "length": len(compact(args))}

    async def respond(self, url: str, body: Mapping[str, Any]) -> None:
        compact(body)

    async def close(self) -> None:
        """Hold nothing."""


class _Blank(Replies):
    """Draws nothing."""

    def answer(self, came: Came, showing: Showing) -> Answer:
        return Answer()


def ours(*, drawn: bool = True) -> web.Application:
    """Return our door with everything before and behind it but the database."""
    nothing: Any = None
    settings, database = Settings(), cast(Database, _NoDatabase())
    inbound = Inbound(database, settings, utc_now)
    desk = _Acquainted(database, inbound, settings, nothing, utc_now)
    if not drawn:
        desk.replies = _Blank(settings.base_url, files=False)
    conversation = Conversation(desk, nothing, Aside(desk, nothing))
    app = web.Application(middlewares=[guard.guard])
    app[PARTS] = Parts(database, inbound, settings, nothing, utc_now)
    app.on_response_prepare.append(guard.dress)
    app[edge.EDGE] = edge.Edge(SECRET, Listening(conversation.hear, Follower(_Mute()), _Mute().close), utc_now)
    app.add_routes(edge.routes())
    return app


def bare() -> web.Application:
    """Return a handler that verifies the signature, and nothing else."""

    async def answer(request: web.Request) -> web.Response:
        body, headers = await request.read(), request.headers
        verify(SECRET, headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"], body, utc_now())
        return web.Response()

    app = web.Application()
    app.add_routes([web.post(edge.PATH, answer)])
    return app


def bolt(address: str) -> web.Application:
    """Return Bolt with its defaults and as many listeners as we have acts; ours is the last that it tries."""
    client = AsyncWebClient("xoxb-of-the-benchmark", base_url=f"{address}/api/")
    known = AsyncApp(signing_secret=SECRET, client=client)

    async def listener(ack: AsyncAck) -> None:
        await ack()

    for number in range(LISTENERS - 1):
        known.action(f"noun.verb{number}:1")(listener)
    known.action(f"{ACT}:1")(listener)

    async def who_we_are(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "team_id": "T1", "user_id": "U0BOT", "bot_id": "B1", "url": address})

    app = known.web_app(path=edge.PATH)
    app.add_routes([web.post("/api/auth.test", who_we_are)])
    return app


async def used(request: web.Request) -> web.Response:
    """GET /cpu: the processor time of this process so far, in seconds."""
    return web.Response(text=repr(time.process_time()))


async def main(kind: str, port: int) -> None:
    """Serve until killed, and say where."""
    configure(stream=open(os.devnull, "w"))  # noqa: PTH123, SIM115, ASYNC230 - what a disk takes is not ours
    made = {"ours": ours, "undrawn": partial(ours, drawn=False), "bare": bare}
    app = bolt(f"http://127.0.0.1:{port}") if kind == "bolt" else made[kind]()
    app.add_routes([web.get("/cpu", used)])
    settle()  # as a real server does, whichever this is
    async for address in serving(app, "127.0.0.1", port):
        print(f"Serving on {address},", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
