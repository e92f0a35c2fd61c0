"""What goes back to Slack at once, and the calls that follow it; see bot/follow.py."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple, Protocol

import structlog

from bot import follow
from bot.pace import SKEW, Gate
from bot.slack.api import TooMuch, Trouble

log = structlog.get_logger()
LONGEST = timedelta(minutes=1)  # that an answer may come late
SAYS = "chat.postMessage"  # shares its limit with the outbox


class Call(NamedTuple):
    """A method of the Web API with its arguments; `otherwise` tells what to do where it does not succeed.

    What spends a trigger is tried once: a trigger lives for three seconds.
    """

    method: str
    args: Mapping[str, Any]
    otherwise: Callable[[], tuple[Follow, ...]] | None = None


class Respond(NamedTuple):
    """A message to a response_url."""

    url: str
    body: Mapping[str, Any]


class Then(NamedTuple):
    """A call that is worked out only when its turn has come."""

    make: Callable[[], Awaitable[Call | Respond]]


Follow = Call | Respond | Then


@dataclass(slots=True)
class Answer:
    """What goes back in the HTTP response (None: an empty body), and what follows, in order, in `workspace`."""

    body: Mapping[str, Any] | None = None
    follows: tuple[Follow, ...] = ()
    workspace: str = ""
    taken: bool = True  # False: nothing was saved or said, and Slack should send it again

    def belated(self, respond: str, view: str) -> Answer:
        """Return it for a response that may come too late: what stands in it follows as a call.

        A form's stands in the response as well, since one without a word closes the form; drawn twice it is the same.
        What is wrong beside a field can only be said in the response: it is said when the form is sent again.
        """
        body = self.body or {}
        match body:
            case {"response_type": _} if respond:
                return Answer(None, (Respond(respond, body), *self.follows), self.workspace)
            case {"response_action": "update", "view": shown}:
                drawn = Call("views.update", {"view_id": view, "view": shown})
                return Answer(body, (drawn, *self.follows), self.workspace)
        return self


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

    def __init__(self, api: Api, gate: Gate | None = None) -> None:
        """`gate` is where what is sent by the outbox is held, and what is said here as well."""
        self._api = api
        self._gate = gate
        self._calls = follow.Follower("Slack")

    def begin(self, answer: Answer) -> None:
        """Start what follows an answer. A trigger lives for three seconds, so the first call begins at once."""
        workspace = answer.workspace
        self._calls.begin(*[(_name(one), partial(self._carry_out, workspace, one)) for one in answer.follows])

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        await self._calls.idle()

    async def finish(self) -> None:
        """Finish what is under way, and let go of every connection."""
        await self._calls.finish()
        await self._api.close()

    async def _carry_out(self, workspace: str, one: Follow) -> None:
        """Do one thing."""
        if isinstance(one, Then):
            one = await one.make()
        if isinstance(one, Respond):
            await self._api.respond(one.url, one.body)
        elif one.otherwise is not None:
            await self._open(workspace, one, one.otherwise)
        else:
            await self._call(workspace, one)

    async def _open(self, workspace: str, one: Call, otherwise: Callable[[], tuple[Follow, ...]]) -> None:
        """Open something at once; what Slack does not open is said another way."""
        try:
            await self._api.call(workspace, one.method, **one.args)
        except Trouble as trouble:
            log.warning("said another way in Slack", what=one.method, code=trouble.code)
            for other in otherwise():
                await self._carry_out(workspace, other)

    async def _call(self, workspace: str, one: Call) -> None:
        """Make a call, and once more where Slack asks to wait, since nothing has happened then. Raises Trouble."""
        gate = self._gate if one.method == SAYS else None
        wait = timedelta()
        for again in (True, False):
            await _rest(wait if gate is None else await gate.rests(workspace))
            try:
                await self._api.call(workspace, one.method, **one.args)
            except TooMuch as much:
                wait = much.after + SKEW
                if gate is not None:
                    await gate.hold_all(workspace, much.after)
                if not again:
                    raise
            else:
                return


async def _rest(wanted: timedelta) -> None:
    """Wait as long as Slack wants. Raises TooMuch where that is longer than an answer is worth."""
    if wanted > LONGEST:
        raise TooMuch(wanted)
    await asyncio.sleep(wanted.total_seconds())


def _name(one: Follow) -> str:
    return one.method if isinstance(one, Call) else type(one).__name__
