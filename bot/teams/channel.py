"""Teams as a channel: a copy is one message in somebody's personal chat with the app, redrawn when things change.

There is no key by which Teams would know a message again, and no way to look for one: a copy of which nobody knows
whether it arrived stays unconfirmed and is never sent twice. The next reminder asks.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channel import Copy, Doubt, Failed, Later, NotYet, Outcome, Pace, Sent
from bot.database import Database
from bot.pace import Gate, Pacer, Slot
from bot.teams.calls import NotSent, Refused
from bot.teams.connector import SECONDS, Connector, Conversation
from bot.teams.draw.card import Look, message_cards, summary
from bot.teams.draw.place import Place
from bot.teams.replies import activity
from bot.teams.who import PLATFORM
from bot.text.parts import first_line
from bot.web.links import way_in, with_way_in
from config.settings import Settings
from handlers.dispatch import opens
from models import chat
from models.message import Message
from models.outbox import Delivery
from models.person import Identity

log = structlog.get_logger()
AHEAD = 2  # seconds of slots that one process keeps for the copies it has claimed
MOST = 40
BUSY = (412, 429, 502, 504)  # "back off and try again"
NO_LONGER = ("ConversationNotFound", "BotNotInConversationRoster")  # beside every 403, MessageWritesBlocked above all


@dataclass(frozen=True, slots=True)
class Address:
    """Where a copy goes, and when; `token` signs its reader in on the web, where it is about that."""

    where: Conversation
    identity: int
    slot: Slot
    token: str = ""


class TeamsChannel:
    """The Teams channel."""

    name = PLATFORM
    can_look_up = False
    timeout = timedelta(seconds=SECONDS + 5)

    def __init__(
        self, database: Database, settings: Settings, connector: Connector, clock: Callable[[], datetime]
    ) -> None:
        self.pacer = Pacer(PLATFORM, settings.teams_per_second, settings.teams_per_conversation)
        self.pace = Pace(at_once=max(4, min(MOST, math.ceil(settings.teams_per_second * AHEAD))))
        self._base_url = settings.base_url
        self._dialogs = not settings.teams_local  # the Agents Playground has none
        self._connector = connector
        self._gate = Gate(database, self.pacer, clock)

    def address(self, session: Session, row: Delivery, now: datetime) -> Address | NotYet | None:
        """See Channel.address: where somebody last wrote from, as long as they have the app."""
        places = session.execute(
            select(Identity, chat.Conversation)
            .join(chat.Conversation, chat.Conversation.identity_id == Identity.id)
            .where(
                Identity.platform == PLATFORM,
                Identity.person_id == row.message.person_id,
                Identity.unreachable_since.is_(None),
            )
            .order_by(chat.Conversation.seen_at.desc())
        )
        # The list of services may have changed since they wrote: nothing is sent to one that is off it.
        found = next((one for one in places if self._connector.trusts(one[1].service_url)), None)
        if found is None:
            return None
        identity, where = found
        slot = self.pacer.reserve(session, identity.workspace, str(identity.id), now)
        if not isinstance(slot, Slot):
            return NotYet(slot)
        return Address(Conversation(where.service_url, where.ref), identity.id, slot, way_in(session, row, now))

    async def turn(self, copy: Copy) -> Later | None:
        """See Channel.turn."""
        return await self._gate.turn(copy.address.slot)

    async def send(self, copy: Copy, message: Message, names: Mapping[str, str]) -> Outcome:
        """See Channel.send: one message, or the change of one; what does not fit it opens from a button on it."""
        look = Look(names, self._base_url, opens, dialogs=self._dialogs, step=secrets.token_hex(8))
        shown = with_way_in(message, copy.address.token)
        card = message_cards(shown, look, Place("inbox.show", f"M-{copy.message_id}"))[0]
        said = activity(card, summary(message.title, first_line(message.lines), names))
        try:
            return await self._handed_over(copy, said)
        except Refused as refused:
            return await self._refusal(copy, refused)
        except NotSent:
            return Later("not sent", everybody=True)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return Doubt(type(error).__name__)

    async def _handed_over(self, copy: Copy, said: Mapping[str, Any]) -> Outcome:
        where: Conversation = copy.address.where
        conversation, _, activity_id = copy.platform_ref.rpartition("\n")
        if activity_id:
            await self._connector.update(Conversation(where.service_url, conversation), activity_id, said)
            return Sent(copy.platform_ref)
        sent = await self._connector.send(where, said)
        # Taken, but nobody could ever change it, and without a name it would be sent anew instead.
        return Sent(f"{where.id}\n{sent}") if sent else Doubt("no id")

    async def _refusal(self, copy: Copy, refused: Refused) -> Outcome:
        """Return what became of a copy that was refused, after everybody else has been kept from the same trouble."""
        code = refused.code or str(refused.status)
        if refused.status == 429:
            return await self._gate.hold(copy.address.slot.buckets[0], refused.after or timedelta(seconds=2))
        if refused.status in BUSY:
            return Later(code, refused.after)
        if refused.status == 401:
            return Later("unauthorized", timedelta(minutes=1), everybody=True)
        if refused.status >= 500:
            return Doubt(code)
        if copy.platform_ref:
            return Sent(copy.platform_ref)  # the message is gone, or its reader: nothing is left to keep up to date
        if refused.status == 403 or refused.code in NO_LONGER:
            return Failed(code, permanent=True, identity=copy.address.identity)
        log.error("not taken by Teams", copy=copy.id, problem=code)
        return Failed(code)

    async def look_up(self, copy: Copy) -> Outcome:
        """See Channel.look_up: there is nowhere to look."""
        return Doubt("nowhere to look")

    def tidy(self, session: Session, now: datetime) -> None:
        """See Channel.tidy."""
        self.pacer.tidy(session, now)

    async def close(self) -> None:
        """See Channel.close."""
        await self._connector.close()
