"""What follows an answer: calls to Slack that nobody waits for. They may be lost, never raise, and end with us."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

log = structlog.get_logger()
PATIENCE = 5  # seconds at the end of the process


@dataclass(frozen=True, slots=True)
class Call:
    """A method of the Web API with its arguments."""

    method: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Respond:
    """A message to a response_url."""

    url: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Then:
    """A call that is worked out only when its turn has come."""

    make: Callable[[], Awaitable[Call]]


Follow = Call | Respond | Then


@dataclass(slots=True)
class Answer:
    """What goes back in the HTTP response (None: an empty body), and what follows, in order, in `workspace`."""

    body: Mapping[str, Any] | None = None
    follows: tuple[Follow, ...] = ()
    workspace: str = ""


class Api(Protocol):
    """What is needed of the Web API here."""

    async def call(self, workspace: str, method: str, **args: Any) -> Mapping[str, Any]:
        """Call a method with the token of a workspace. Raises where Slack does not say ok."""
        ...

    async def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Post to a response_url."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


class Follower:
    """Carries out what follows, each answer's in order, in the background."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, answer: Answer) -> None:
        """Start what follows an answer. A trigger lives for three seconds, so the first call begins at once."""
        if answer.follows:
            task = asyncio.create_task(self._carry_out(answer.workspace, answer.follows))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def finish(self) -> None:
        """Wait for what is under way, for a while, give up the rest, and let go of every connection."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._api.close()

    async def _carry_out(self, workspace: str, follows: Sequence[Follow]) -> None:
        for follow in follows:
            try:
                await self._one(workspace, follow)
            except Exception as error:  # noqa: BLE001 - whatever became of it, what was done stands, and can be seen again
                what = follow.method if isinstance(follow, Call) else type(follow).__name__
                log.warning("not shown in Slack", what=what, error=type(error).__name__)

    async def _one(self, workspace: str, follow: Follow) -> None:
        if isinstance(follow, Then):
            follow = await follow.make()
        if isinstance(follow, Call):
            await self._api.call(workspace, follow.method, **follow.args)
        else:
            await self._api.respond(follow.url, follow.body)
