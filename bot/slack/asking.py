"""The rare questions to Slack that are about ourselves: who a token is, a new token, who is in a workspace.

Each opens and closes its own connection; what is said to people goes over a shared one (`bot/slack/api.py`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.slack.api import Caller
from config.settings import Settings

SECONDS = 10


async def ask(
    settings: Settings, method: str, token: str = "", *, seconds: float = SECONDS, **arguments: Any
) -> dict[str, Any]:
    """Call a method of the Web API and return what it says. Raises Trouble."""
    caller = Caller(settings.slack_api_url, timedelta(seconds=seconds))
    try:
        return await caller.ask(token, method, **arguments)
    finally:
        await caller.close()


async def whose(settings: Settings, token: str) -> dict[str, Any]:
    """Return what `auth.test` says of a token, and what it may do under "scopes". Raises Trouble."""
    caller = Caller(settings.slack_api_url, timedelta(seconds=SECONDS))
    try:
        return await caller.whose(token)
    finally:
        await caller.close()
