"""Bolt, with one listener for every kind of payload and nothing else of its own switched on.

Signatures are verified before (bot/slack/edge.py, or by Socket Mode's connection); who may what is decided later, in
the database. Bolt never calls auth.test here, holds no token and writes no line: its lines quote what people sent.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.listener.async_listener import AsyncListener
from slack_bolt.response import BoltResponse

from bot.payload import Malformed, Payload
from bot.slack.follow import Answer, Follower
from bot.slack.gestures import Came, read
from bot.slack.payload import Origin

Hear = Callable[[Came], Awaitable[Answer]]
Closing = Callable[[], Awaitable[None]]
Heard = Callable[[AsyncAck, Came], Awaitable[None]]
CAME = "came"  # where Bolt's request keeps what we read of it


class _Trusting(AsyncAuthorize):
    """Lets every verified request through, without asking Slack; tokens stand elsewhere."""

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_: Any,
    ) -> AuthorizeResult:
        return _authorized(enterprise_id, team_id)


@lru_cache(maxsize=256)
def _authorized(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


class _Everything(AsyncListener):
    """The one listener: what kind of payload it is was read already, so nothing is left to match."""

    matchers = ()
    middleware = ()
    lazy_functions = ()
    auto_acknowledgement = False
    ack_timeout = 3

    def __init__(self, heard: Heard) -> None:
        self.ack_function = heard  # type: ignore[assignment]
        self._heard = heard

    async def async_matches(self, *, req: AsyncBoltRequest, resp: BoltResponse) -> bool:
        return True

    async def run_ack_function(self, *, request: AsyncBoltRequest, response: BoltResponse) -> BoltResponse | None:
        await self._heard(request.context.ack, request.context[CAME])
        return None


class _App(AsyncApp):
    """Bolt without what it makes anew for each request and nothing here uses: a client and two loggers."""

    def _init_context(self, req: AsyncBoltRequest) -> None:
        req.context["logger"] = self.logger
        req.context["token"] = None
        req.context["client"] = self.client  # has no token, and never gets one
        req.context["listener_runner"] = self.listener_runner


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
        trusting: AsyncAuthorize = _Trusting()  # type: ignore[no-untyped-call]
        self._app = _App(
            name="bolt",  # of the loggers that it makes and that `_silent` silences
            logger=_silent(),
            process_before_response=True,
            authorize=trusting,  # type: ignore[arg-type] # its signature leaves out what Bolt itself allows
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        self._app._async_listeners.append(_Everything(self._heard))

    async def handle(self, payload: Payload, origin: Origin) -> str:
        """Return the body that answers a verified payload: JSON, or nothing. Raises Malformed, and nothing else."""
        came = read(payload, origin)
        if came.kind == "nothing":
            return ""
        try:
            request = AsyncBoltRequest(body=dict(payload), mode="socket_mode", context={CAME: came})
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as broken:
            raise Malformed from broken
        response = await self._app.async_dispatch(request)
        if response.status != 200:  # Bolt could make nothing of its shape: our own listener never raises
            raise Malformed
        return response.body

    async def _heard(self, ack: AsyncAck, came: Came) -> None:
        answer = await self._hear(came)
        await ack(dict(answer.body) if answer.body else "")
        self._follower.begin(answer)

    async def idle(self) -> None:
        """Wait until everything that follows answers already given is done."""
        await self._follower.idle()

    async def close(self) -> None:
        """Finish what follows answers already given, and let go of every connection."""
        await self._follower.finish()
        await self._closing()
