"""Bolt in between: it passes everything on, and takes nothing from the environment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from bot.payload import Malformed
from bot.slack.follow import Answer, Api, Follower
from bot.slack.gestures import Came
from bot.slack.listening import Listening
from bot.slack.payload import Origin

ORIGIN = Origin("slack-v0", "0" * 64, datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "key")
COMMAND = {"command": "/comply", "text": "todo", "team_id": "T1", "user_id": "U1", "trigger_id": "1.2.3"}
TAKEN = (
    "SLACK_BOT_TOKEN",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_SIGNING_SECRET",
    "SLACK_VERIFICATION_TOKEN",
)


class _Silent:
    """A Web API that is never called."""

    async def close(self) -> None:
        """Hold nothing."""


def answered(payload: dict[str, Any], answer: Answer) -> tuple[str, list[Came]]:
    """Return the body that goes back for a payload, and what was heard."""
    heard: list[Came] = []

    async def hear(came: Came) -> Answer:
        heard.append(came)
        return answer

    async def whole() -> str:
        listening = Listening(hear, Follower(cast(Api, _Silent())), _Silent().close)
        body = await listening.handle(payload, ORIGIN)
        await listening.close()
        return body

    return asyncio.run(whole()), heard


def test_what_answers_a_command_goes_back_as_json() -> None:
    body, (came,) = answered(COMMAND, Answer({"response_type": "ephemeral", "text": "Nothing to do"}))
    assert body == '{"response_type": "ephemeral", "text": "Nothing to do"}'
    assert (came.kind, came.words, came.team, came.user) == ("command", "todo", "T1", "U1")


def test_nothing_to_say_is_an_empty_body() -> None:
    assert answered({"type": "view_closed"}, Answer({"text": "unheard"})) == ("", [])
    assert answered(COMMAND, Answer())[0] == ""


def test_another_shape_is_malformed() -> None:
    with pytest.raises(Malformed):
        answered({"type": "block_actions", "actions": "none"}, Answer())


def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With these two names set Bolt would install by itself, and keep tokens in files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in TAKEN:
        monkeypatch.setenv(name, "xoxb-from-elsewhere")
    body, (came,) = answered(COMMAND, Answer({"text": "ok"}))
    assert (body, came.user) == ('{"text": "ok"}', "U1")
    assert list(tmp_path.iterdir()) == []
