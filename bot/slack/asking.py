"""The rare questions to Slack that are about ourselves: who a token is, a new token, who is in a workspace.

What is said to people goes through `bot/slack/api.py`. Here every call opens and closes its own connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from config.settings import Settings

SECONDS = 10
MOST_SECONDS = 120  # nobody waits longer for a Retry-After


class Refused(Exception):
    """Slack says no: `code` is its own word for it; after `seconds` it may say yes."""

    def __init__(self, code: str, seconds: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds


class Silent(Exception):
    """Slack gives no answer that can be read."""


async def ask(
    settings: Settings, method: str, token: str = "", *, seconds: int = SECONDS, **arguments: Any
) -> Mapping[str, Any]:
    """Call a method of the Web API and return what it says, with the scopes of the token under "scopes".

    Raises Refused or Silent.
    """
    client = AsyncWebClient(token or None, base_url=settings.slack_api_url, timeout=seconds, retry_handlers=[])
    try:
        response = await client.api_call(method, data=arguments)
    except SlackApiError as error:
        raise _refused(error) from None
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise Silent(type(error).__name__) from None
    if not isinstance(response.data, dict):
        raise Silent("bytes")
    return {**response.data, "scopes": scopes_in(response.headers)}


def scopes_in(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the token of an answered call may do, as the answer's headers say."""
    said = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes", "")
    return tuple(sorted(one.strip() for one in said.split(",") if one.strip()))


def _refused(error: SlackApiError) -> Refused:
    """Return what Slack said in its own code; its words may quote a token's owner, so they go no further."""
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    after = headers.get("retry-after", "")
    body = error.response.data if isinstance(error.response.data, dict) else {}
    code = "ratelimited" if error.response.status_code == 429 else str(body.get("error") or "unknown")
    return Refused(code, min(int(after), MOST_SECONDS) if after.isdecimal() else 0)
