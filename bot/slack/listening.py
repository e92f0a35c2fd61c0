"""Bolt, with one step that answers every kind of payload and nothing else of its own switched on.

Signatures are verified before (bot/slack/edge.py, or by Socket Mode's connection); who may what is decided later, in
the database. Bolt never calls auth.test here, holds no token and writes no line: its lines quote what people sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.payload import Malformed, Payload
from bot.slack.follow import Answer, Follower
from bot.slack.gestures import Came, read
from bot.slack.payload import Origin

Hear = Callable[[Came], Awaitable[Answer]]
Closing = Callable[[], Awaitable[None]]
Heard = Callable[[AsyncBoltRequest, BoltResponse], Awaitable[BoltResponse]]
_NONE: dict[str, Sequence[str]] = {}
CAME = "came"  # where Bolt's request keeps what we read of it
LATE = 2.5  # seconds after which an answer may reach Slack too late: it waits for three
AGAIN = 503  # by which Slack knows that an event has to be sent again


class NotTaken(Exception):
    """Nothing of it was saved or said: Slack should send it again."""


class _Everything(AsyncMiddleware):
    """Answers whatever comes: what kind of payload it is was read already, so no listener has anything to match."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    async def async_process(self, *, req: AsyncBoltRequest, resp: BoltResponse, **_: Any) -> BoltResponse:
        return await self._heard(req, resp)


class _Request(AsyncBoltRequest):
    """A payload that was read already: Bolt need not look in it for who and where, nor for headers that it has not."""

    def __init__(self, payload: Payload, came: Came) -> None:
        self.body = payload  # type: ignore[assignment]
        self.context = AsyncBoltContext({CAME: came})
        self.raw_body, self.mode, self.content_type = "", "socket_mode", None
        self.query, self.headers = _NONE, _NONE
        self.lazy_only, self.lazy_function_name = False, None


class _App(AsyncApp):
    """Bolt without what it makes anew for each request and nothing here uses, and without steps of its own."""

    def _init_async_middleware_list(self, *_: Any, **__: Any) -> None:
        self._init_middleware_list_done = True

    def _init_context(self, req: AsyncBoltRequest) -> None:
        """Let the one step have nothing but what came."""


def _silent() -> logging.Logger:
    """Return a logger that writes nothing: Bolt's lines quote bodies."""
    logger = logging.getLogger("countersign.bolt")
    logger.setLevel(logging.CRITICAL + 1)
    logger.disabled = True
    return logger


class Listening:
    """Takes verified payloads, from HTTP and from Socket Mode, and returns what goes back."""

    def __init__(self, hear: Hear, follower: Follower, closing: Closing) -> None:
        self._hear = hear
        self._follower = follower
        self._closing = closing
        self._app = _App(
            name="bolt",  # of the loggers that it makes and that `_silent` silences
            logger=_silent(),
            client=AsyncWebClient(),  # without a token, whatever stands in the environment
            process_before_response=True,
            attaching_conversation_kwargs_enabled=False,
        )
        self._app._async_middleware_list.append(_Everything(self._heard))

    async def handle(self, payload: Payload, origin: Origin) -> str:
        """Return the body that answers a verified payload: JSON, or nothing. Raises Malformed or NotTaken."""
        came = read(payload, origin)
        if came.kind == "nothing":
            return ""
        response = await self._app.async_dispatch(_Request(payload, came))
        if response.status == AGAIN:
            raise NotTaken
        if response.status != 200:  # Bolt could make nothing of its shape: our own step never raises
            raise Malformed
        return response.body

    async def _heard(self, request: AsyncBoltRequest, empty: BoltResponse) -> BoltResponse:
        came, begun = request.context[CAME], asyncio.get_running_loop().time()
        answer = await self._hear(came)
        if not answer.taken:
            return BoltResponse(status=AGAIN)
        if asyncio.get_running_loop().time() - begun > LATE:
            answer = answer.belated(came.spot.respond, came.spot.view)
        acknowledged = await request.context.ack(dict(answer.body)) if answer.body else empty
        if answer.follows:
            self._follower.begin(answer)
        return acknowledged

    async def idle(self) -> None:
        """Wait until everything that follows answers already given is done."""
        await self._follower.idle()

    async def close(self) -> None:
        """Finish what follows answers already given, and let go of every connection."""
        await self._follower.finish()
        await self._closing()
