"""Slack's Web API: one call is one request over a shared session, tried once; what went wrong is told by kind.

The library would post again after a dropped connection, and so say things twice: trying again is the outbox's business.
No error holds a token, a text or a word of the server: only codes, so that they may stand in logs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.compact import compact
from bot.pace import asked_to_wait
from bot.slack.refusals import THE_WORKSPACE
from config.chats import is_loopback

TIMEOUT = timedelta(seconds=20)
CONNECT_SECONDS = 8
HELD = timedelta(seconds=30)  # after a 429 that does not say how long
TOO_MUCH = ("ratelimited", "rate_limited", "message_limit_exceeded")
# "It is possible that some aspect of the operation succeeded", says the reference of these errors.
NOBODY_KNOWS = ("fatal_error", "internal_error", "request_timeout", "service_unavailable")
AS_A_FORM = (
    "apps.connections.open",
    "auth.revoke",
    "auth.teams.list",
    "auth.test",
    "conversations.history",
    "conversations.info",
    "files.info",
    "oauth.v2.access",
    "oauth.v2.exchange",
    "team.info",
    "users.info",
    "users.list",
    "users.lookupByEmail",
)
OSErrors = (aiohttp.ClientError, OSError, TimeoutError)
_CODE = re.compile(r"[a-z0-9_.]{1,60}")
# The library's own logger tells whole messages at DEBUG, and takes a logger without a level for one at DEBUG.
_QUIET = logging.getLogger("countersign.slack")
_QUIET.setLevel(logging.WARNING)


class Trouble(Exception):
    """A call that did not do what it should; `code` says why, in no words of Slack's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(Trouble):
    """Slack understood and said no: nothing has happened."""


class NotSent(Trouble):
    """Slack was not reached, or a proxy turned the call away: nothing has happened."""


class Silent(Trouble):
    """Slack was reached and gave no answer that counts: it may have happened, or not."""


class TooMuch(Trouble):
    """Slack asks to wait for `after` before the next call: nothing has happened."""

    def __init__(self, after: timedelta) -> None:
        super().__init__("ratelimited")
        self.after = after


class NoToken(Trouble):
    """There is no token that opens the workspace now: nothing has happened. `code` as of a paused workspace."""


class Tokens(Protocol):
    """Knows with which token a workspace is called."""

    async def of(self, ref: str) -> str:
        """Return the token of a workspace by Slack's own id of it. Raises NoToken."""
        ...

    async def lost(self, ref: str, cause: str, token: str = "") -> bool:
        """Pause a workspace whose token works no more, if that is still the one in force; return whether it was."""
        ...


class Caller:
    """Calls to one Slack with whatever token is given. Belongs to one event loop."""

    def __init__(self, url: str, timeout: timedelta = TIMEOUT) -> None:
        self.timeout = timeout
        self._client = AsyncWebClient(base_url=url, retry_handlers=[], logger=_QUIET)
        if is_loopback(urlsplit(url).hostname or ""):
            self._client.proxy = None  # the library takes one from the environment, even to this machine

    async def ask(self, token: str, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method with a token, or with none, and return the answer. Raises Trouble."""
        return _said(await self._answer(token, method, arguments))

    async def whose(self, token: str) -> dict[str, Any]:
        """Return what `auth.test` says of a token, and what it may do under "scopes". Raises Trouble."""
        answer = await self._answer(token, "auth.test", {})
        told = {name.lower(): str(value) for name, value in answer.headers.items()}.get("x-oauth-scopes", "")
        return {**_said(answer), "scopes": tuple(sorted(one.strip() for one in told.split(",") if one.strip()))}

    async def _answer(self, token: str, method: str, arguments: dict[str, Any]) -> AsyncSlackResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._session()
        try:
            return await self._client.api_call(method, headers=headers, **_body(method, arguments))
        except SlackApiError as error:
            raise _trouble(error) from None  # its text repeats what was sent and what came back
        except (AttributeError, ValueError):  # plain text read as if it were JSON, or bytes that are no text
            raise Silent("unreadable") from None
        except OSErrors as error:
            raise _broken(error) from None

    async def close(self) -> None:
        """Let go of every connection."""
        if self._client.session is not None:
            await self._client.session.close()

    def _session(self) -> aiohttp.ClientSession:
        """Return the session of every call, made in the loop that uses it."""
        if self._client.session is None or self._client.session.closed:
            self._client.session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self.timeout.total_seconds(), sock_connect=CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                json_serialize_bytes=compact,
            )
        return self._client.session


class Api(Caller):
    """Calls for any number of workspaces, each with its token."""

    def __init__(self, url: str, tokens: Tokens, timeout: timedelta = TIMEOUT) -> None:
        super().__init__(url, timeout)
        self._tokens = tokens

    async def call(
        self, workspace: str, method: str, *, begins: Callable[[], Awaitable[None]] | None = None, **arguments: Any
    ) -> dict[str, Any]:
        """Call a method with the token of a workspace and return the answer; pause one that it no longer opens.

        `begins` is called when all is ready, and may still raise. Raises Trouble.
        """
        token = await self._tokens.of(workspace)
        if begins is not None:
            await begins()
        try:
            return await self.ask(token, method, **arguments)
        except Refused as refused:
            if refused.code in THE_WORKSPACE:
                await self._tokens.lost(workspace, refused.code, token)
            raise

    async def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Post to a response_url that Slack gave with a gesture. Raises Trouble."""
        try:
            async with self._session().post(url, json=body, proxy=self._client.proxy) as answer:
                if answer.status != 200:
                    raise Refused(f"http {answer.status}")
        except OSErrors as error:
            raise _broken(error) from None


def _said(answer: AsyncSlackResponse) -> dict[str, Any]:
    return dict(answer.data) if isinstance(answer.data, dict) else {}


def _body(method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return arguments in the form a method reads: not all of them read JSON."""
    if method not in AS_A_FORM:
        return {"json": arguments}
    return {"data": {name: str(one).lower() if isinstance(one, bool) else str(one) for name, one in arguments.items()}}


def _broken(error: Exception) -> Trouble:
    """Return what a broken connection means: before it stood, nothing was sent."""
    before = isinstance(
        error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.ClientHttpProxyError
    )
    return (NotSent if before else Silent)(type(error).__name__)


def _trouble(error: SlackApiError) -> Trouble:
    """Return what an answer that is no success means."""
    answer: Any = error.response  # the library's own, or aiohttp's where it was no JSON
    status: int = getattr(answer, "status_code", 0) or getattr(answer, "status", 0)
    body = getattr(answer, "data", None)
    code = str(body.get("error", "")) if isinstance(body, dict) else ""
    if status == 429 or code in TOO_MUCH:
        after = asked_to_wait(answer.headers.get("Retry-After", ""))
        return TooMuch(HELD if after is None else after)
    if status >= 500 or status == 408 or code in NOBODY_KNOWS:
        return Silent(code if code in NOBODY_KNOWS else f"http {status}")
    if not code:  # Slack always gives one: somebody in between turned it away
        return NotSent(f"http {status}") if status >= 400 else Silent("unreadable")
    return Refused(code if _CODE.fullmatch(code) else "unknown_error")
