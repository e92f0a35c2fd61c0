"""What follows an answer: in order, whatever becomes of each, and never longer than the process lives."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from bot import follow
from bot.follow import Follower
from bot.slack.api import Refused


def test_one_after_another_and_none_stops_the_next() -> None:
    """Calls begun together wait for each other; one that fails is noted without its words."""
    done: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(0)
        done.append("slow")

    async def failing() -> None:
        raise ConnectionError("ana.duarte@halden.example is away")

    async def refused() -> None:
        raise Refused("expired_trigger_id")

    async def last() -> None:
        done.append("last")

    async def all_of_it() -> None:
        follower = Follower("Slack")
        follower.begin()
        follower.begin(("views.open", slow), ("chat.update", failing), ("views.push", refused), ("views.publish", last))
        assert done == []
        await follower.idle()

    with capture_logs() as logs:
        asyncio.run(all_of_it())
    assert done == ["slow", "last"]
    noted = {"event": "not shown in Slack", "what": "chat.update", "error": "ConnectionError", "log_level": "warning"}
    told = {**noted, "what": "views.push", "error": "Refused", "code": "expired_trigger_id"}
    assert logs == [noted, told], "a code says why"


def test_at_the_end_it_waits_for_a_while_and_gives_up_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is nearly done is waited for; what hangs is let go, with everything behind it."""
    monkeypatch.setattr(follow, "PATIENCE", 0.05)
    done: list[str] = []

    async def quick() -> None:
        await asyncio.sleep(0.001)
        done.append("quick")

    async def hanging() -> None:
        await asyncio.Event().wait()

    async def never() -> None:
        done.append("never")

    async def all_of_it() -> None:
        follower = Follower("Teams")
        follower.begin(("send", quick))
        follower.begin(("send", hanging), ("send", never))
        await follower.finish()
        await asyncio.wait_for(follower.idle(), 1)

    asyncio.run(all_of_it())
    assert done == ["quick"]
