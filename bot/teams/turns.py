"""Activities on their way to the right room, by the routing of botbuilder-core; its adapter sends by our connector."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Protocol

from botbuilder.core import ActivityHandler, BotAdapter, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ConversationReference, ResourceResponse

from bot.payload import Malformed, text
from bot.teams.connector import Connector, Conversation

RAW, ANSWER = "raw activity", "answer"  # where a turn keeps what came and what goes back
Body = Mapping[str, Any] | None


class Hearing(Protocol):
    """What takes activities, as they came in; see bot/teams/conversation.py."""

    async def message(self, activity: Mapping[str, Any]) -> None:
        """Take a message."""
        ...

    async def invoke(self, activity: Mapping[str, Any]) -> Body:
        """Take a press; return the body that answers it."""
        ...

    async def installed(self, activity: Mapping[str, Any], *, greeted: bool = True) -> None:
        """Take that somebody has the app from now on, and greet them."""
        ...

    async def removed(self, activity: Mapping[str, Any]) -> None:
        """Take that somebody has the app no longer."""
        ...


class Adapter(BotAdapter):  # type: ignore[misc] # the library brings no types
    """Sends what a turn says by our own connector."""

    def __init__(self, connector: Connector) -> None:
        super().__init__()
        self._connector = connector

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Send activities into their conversations."""
        return [ResourceResponse(id=await self._connector.send(_where(one), one.serialize())) for one in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        """Replace an activity."""
        await self._connector.update(_where(activity), activity.id, activity.serialize())

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Refuse: what was said stays."""
        raise LookupError("nothing is deleted")


class Turns(ActivityHandler):  # type: ignore[misc] # the library brings no types
    """Routes activities by their type; what we take no part in is answered with nothing."""

    def __init__(self, hearing: Hearing, adapter: Adapter) -> None:
        super().__init__()
        self._hearing = hearing
        self._adapter = adapter

    async def take(self, raw: Mapping[str, Any]) -> Body:
        """Route one activity and return the body of the response, if there is any. Raises Malformed."""
        kind, name, action = (text(raw, part) for part in ("type", "name", "action"))
        if not kind:
            raise Malformed
        activity = Activity(type=kind, name=name, action=action)
        context = TurnContext(self._adapter, activity)
        context.turn_state[RAW] = raw
        await self.on_turn(context)
        answer: Body = context.turn_state.get(ANSWER)
        return answer

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Take a message."""
        await self._hearing.message(turn_context.turn_state[RAW])

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse | None:
        """Take a press. The library would serialise what answers it twice, so it is handed over beside it."""
        turn_context.turn_state[ANSWER] = await self._hearing.invoke(turn_context.turn_state[RAW])
        return None

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Take that we came to somebody, or went. An installation, which comes as well, is what greets them."""
        raw = turn_context.turn_state[RAW]
        await _if_us(raw, "membersAdded", partial(self._hearing.installed, greeted=False))
        await _if_us(raw, "membersRemoved", self._hearing.removed)

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        """Take that somebody has the app from now on."""
        await self._hearing.installed(turn_context.turn_state[RAW])

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        """Take that somebody has the app no longer."""
        await self._hearing.removed(turn_context.turn_state[RAW])


async def _if_us(raw: Mapping[str, Any], name: str, take: Callable[[Mapping[str, Any]], Awaitable[None]]) -> None:
    """Hand an activity on if it is about the bot itself coming or going."""
    recipient, members = raw.get("recipient"), raw.get(name)
    me = recipient.get("id") if isinstance(recipient, dict) else None
    if me and isinstance(members, list) and any(isinstance(one, dict) and one.get("id") == me for one in members):
        await take(raw)


def _where(activity: Activity) -> Conversation:
    return Conversation(activity.service_url, activity.conversation.id)
