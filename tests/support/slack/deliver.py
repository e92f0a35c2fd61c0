"""What Slack sends to the app: signed, within three seconds, events again and again; over HTTP or a socket."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

import aiohttp

if TYPE_CHECKING:
    from tests.support.slack.server import Slack

Kind = Literal["slash_commands", "interactive", "events_api"]
FORM = "application/x-www-form-urlencoded"


@dataclass
class Delivered:
    """What the app answered; `error` where it did not, or not in time. `request` and `headers` can be sent again."""

    kind: Kind
    status: int = 0
    body: bytes = b""
    content_type: str = ""
    seconds: float = 0.0
    error: str = ""
    request: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the app took it."""
        return not self.error and 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """Return the body as an object; an empty body is an empty object. Raises ValueError."""
        if not self.body.strip():
            return {}
        found = json.loads(self.body)
        if not isinstance(found, dict):
            raise ValueError("the body must be an object")  # noqa: TRY004
        return found


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature v0 of a request. https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    return "v0=" + hmac.new(secret.encode(), b"v0:%s:%s" % (timestamp.encode(), body), hashlib.sha256).hexdigest()


def encoded(kind: Kind, payload: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return (body, content type) in which Slack sends a payload over HTTP."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), FORM


class Courier:
    """Carries payloads to the app."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._client: aiohttp.ClientSession | None = None
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.sockets: list[aiohttp.web.WebSocketResponse] = []

    async def carry(self, kind: Kind, payload: Mapping[str, Any], retry: tuple[int, str] | None = None) -> Delivered:
        """Deliver once and return what became of it."""
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._slack.patience):
                how = self._by_socket if self.sockets else self._by_http
                found = await how(kind, payload, retry)
        except TimeoutError:
            found = Delivered(kind, error="http_timeout")
        except aiohttp.ClientError as broken:
            found = Delivered(kind, error=f"connection_failed {type(broken).__name__}")
        found.seconds = time.monotonic() - begun
        self._slack.happened()
        return found

    async def post(self, body: bytes, headers: Mapping[str, str], kind: Kind = "events_api") -> Delivered:
        """Post a body with headers as they are, true or forged."""
        if self._client is None:
            self._client = aiohttp.ClientSession()
        async with self._client.post(f"{self._slack.app_url}/slack/events", data=body, headers=headers) as answer:
            content = await answer.read()
            return Delivered(kind, answer.status, content, answer.content_type, request=body, headers=headers)

    def headers(self, body: bytes, content_type: str) -> dict[str, str]:
        """Return the headers of a signed request."""
        timestamp = str(int(self._slack.world.clock().timestamp()))
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._slack.signing_secret, timestamp, body),
        }

    async def _by_http(self, kind: Kind, payload: Mapping[str, Any], retry: tuple[int, str] | None) -> Delivered:
        body, content_type = encoded(kind, payload)
        headers = self.headers(body, content_type)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        return await self.post(body, headers, kind)

    async def _by_socket(self, kind: Kind, payload: Mapping[str, Any], retry: tuple[int, str] | None) -> Delivered:
        envelope = secrets.token_hex(16)
        waiting = self._waiting[envelope] = asyncio.get_running_loop().create_future()
        sent: dict[str, Any] = {"envelope_id": envelope, "type": kind, "payload": payload}
        sent["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            sent |= {"retry_attempt": retry[0] if retry else 0, "retry_reason": retry[1] if retry else ""}
        try:
            await self.sockets[-1].send_json(sent)
            answer = await waiting
        finally:
            del self._waiting[envelope]
        given = answer.get("payload")
        body = b"" if given in (None, "", {}) else json.dumps(given).encode()
        return Delivered(kind, 200, body, "application/json")

    def acknowledged(self, answer: dict[str, Any]) -> None:
        """Take what came back through a socket."""
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    async def close(self) -> None:
        """Let go of every connection."""
        for socket in self.sockets:
            await socket.close()
        if self._client is not None:
            await self._client.close()
