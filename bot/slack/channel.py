"""Slack as a channel: a copy is one message in somebody's direct messages with the app, redrawn when things change.

What is said once must not be said twice. So each copy carries its id as metadata, and a copy of which nobody knows
whether it arrived is looked for in the direct messages, long after it can still be under way.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from bot.channel import Copy, Doubt, Failed, Later, NotYet, Outcome, Pace, Sent
from bot.database import Database
from bot.pace import Gate, Pacer, Slot
from bot.slack.api import Api, NoToken, NotSent, Refused, TooMuch, Trouble
from bot.slack.draw.blocks import message_pages
from bot.slack.places import Place, Places, where_it_can_go, where_it_is, where_it_may_be
from bot.slack.refusals import A_SETTING, THE_MESSAGE, THE_PERSON, THE_WORKSPACE
from bot.web.links import way_in, with_way_in
from config.settings import Settings
from models.message import Message
from models.outbox import Delivery

log = structlog.get_logger()
COPY = "countersign_copy"
CHANGING, LOOKING = KINDS = ("chat.update", "conversations")  # kinds of call with a limit of their own
AHEAD = 3  # seconds of slots that one process keeps for the copies it has claimed
MOST = 32  # copies under way at once: what a process that is killed leaves in doubt
PAUSED = timedelta(minutes=5)  # until a copy asks again whether its workspace is back
AROUND = timedelta(seconds=3)  # of a call's time, for what stands around it
PAGE = 200  # messages on one page of a conversation's history


@dataclass(frozen=True, slots=True)
class Address:
    """Where a copy goes, or may be; `slot` is when; `token` signs its reader in on the web, where it is about that."""

    where: Places
    slot: Slot
    token: str = ""

    @property
    def place(self) -> Place:
        """The place that counts."""
        return self.where.places[0]


class Held(Trouble):
    """Another call was answered 429 while this one was being prepared: it was not begun."""

    def __init__(self, until: datetime) -> None:
        super().__init__("held")
        self.until = until


class SlackChannel:
    """The Slack channel."""

    name = "slack"
    can_look_up = True

    def __init__(self, database: Database, settings: Settings, api: Api, clock: Callable[[], datetime]) -> None:
        self.pacer = Pacer("slack", settings.slack_per_second, settings.slack_per_conversation, KINDS)
        self.pace = Pace(at_once=max(4, min(MOST, math.ceil(settings.slack_per_second * AHEAD))))
        self.timeout = api.timeout + AROUND
        self._base_url = settings.base_url
        self._api = api
        self._gate = Gate(database, self.pacer, clock)

    def address(self, session: Session, row: Delivery, now: datetime) -> Address | NotYet | None:
        """See Channel.address: somebody is written to where they can be reached, in a connected workspace first."""
        if row.platform_ref:
            found, part = where_it_is(session, row), CHANGING
        elif row.state == "in doubt":
            found, part = where_it_may_be(session, row), LOOKING
        else:
            found, part = where_it_can_go(session, row), ""
        if not isinstance(found, Places):
            return NotYet(now + PAUSED) if found else None
        first = found.places[0]
        slot = self.pacer.reserve(session, first.workspace, part or first.user, now)
        if not isinstance(slot, Slot):
            return NotYet(slot)
        return Address(found, slot, way_in(session, row, now))

    async def turn(self, copy: Copy) -> Later | None:
        """See Channel.turn."""
        return await self._gate.turn(copy.address.slot)

    async def send(self, copy: Copy, message: Message, names: Mapping[str, str]) -> Outcome:
        """See Channel.send: one message, or the change of one; what does not fit it opens from a button on it."""
        shown = with_way_in(message, copy.address.token)
        page = message_pages(shown, names, self._base_url, f"inbox.show\nM-{copy.message_id}", opens=True)[0]
        said = {**page, "metadata": {"event_type": COPY, "event_payload": {"copy": copy.id}}}
        said |= {"parse": "none", "link_names": False}
        try:
            return await (self._change(copy, said) if copy.platform_ref else self._post(copy, said))
        except Trouble as trouble:
            return await self._outcome(copy, trouble)

    async def look_up(self, copy: Copy) -> Outcome:
        """See Channel.look_up: in the person's direct messages with the app, wherever they have some."""
        to: Address = copy.address
        try:
            for place in to.where.places:
                if ref := await self._find(place, copy):
                    return Sent(ref)
        except Trouble as trouble:
            match await self._outcome(copy, trouble):
                case (Later(blameless=True) | Later(everybody=True)) as held:
                    return Doubt(trouble.code, held)
            return Doubt(trouble.code)
        return Later("not there") if to.where.all_of_them else Doubt("a workspace is gone")

    def tidy(self, session: Session, now: datetime) -> None:
        """See Channel.tidy."""
        self.pacer.tidy(session, now)

    async def close(self) -> None:
        """See Channel.close."""
        await self._api.close()

    async def _post(self, copy: Copy, said: Mapping[str, Any]) -> Outcome:
        place = copy.address.place
        how = {"unfurl_links": False, "unfurl_media": False, "client_msg_id": _same_again(copy)}
        begins = partial(self._begins, copy.address.slot)
        answer = await self._api.call(
            place.workspace, "chat.postMessage", begins=begins, channel=place.user, **said, **how
        )
        return Sent(f"{place.workspace}/{answer['channel']}/{answer['ts']}")

    async def _change(self, copy: Copy, said: Mapping[str, Any]) -> Outcome:
        workspace, channel, ts = copy.platform_ref.split("/")
        begins = partial(self._begins, copy.address.slot)
        await self._api.call(workspace, "chat.update", begins=begins, channel=channel, ts=ts, **said)
        return Sent(copy.platform_ref)

    async def _begins(self, slot: Slot) -> None:
        """Look once more, since it was drawn and its token looked up meanwhile. Raises Held."""
        until = await self._gate.held_until(slot)
        if until is not None:
            raise Held(until)

    async def _find(self, place: Place, copy: Copy) -> str:
        """Return the ref of a copy in somebody's direct messages, or nothing."""
        opened = await self._api.call(place.workspace, "conversations.open", users=place.user)
        channel, cursor = opened["channel"]["id"], ""
        oldest = f"{(copy.said_at - timedelta(minutes=5)).timestamp():.6f}"
        while True:
            about: dict[str, Any] = {"channel": channel, "oldest": oldest, "include_all_metadata": True, "limit": PAGE}
            about |= {"cursor": cursor} if cursor else {}
            answer = await self._api.call(place.workspace, "conversations.history", **about)
            for message in answer["messages"]:
                if _is(message, copy):
                    return f"{place.workspace}/{channel}/{message['ts']}"
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return ""

    async def _outcome(self, copy: Copy, trouble: Trouble) -> Outcome:
        """Return what became of a copy, after everybody else has been kept from the same trouble."""
        match trouble:
            case Held():
                return self._gate.wait(trouble.until)
            case TooMuch(after=after):
                return await self._hold(copy.address.slot, after)
            case NotSent():
                return Later(trouble.code, everybody=True)
            case NoToken():
                return Later(trouble.code, PAUSED, blameless=True)
            case Refused():
                return self._refusal(copy, trouble.code)
        return Doubt(trouble.code)

    def _refusal(self, copy: Copy, code: str) -> Outcome:
        """Return what a refusal means."""
        if code in THE_WORKSPACE:
            return Later(code, PAUSED, blameless=True)
        if copy.platform_ref and code not in THE_MESSAGE | A_SETTING:
            return Sent(copy.platform_ref)  # the message is gone, or its reader: nothing is left to keep up to date
        if code in THE_PERSON:
            return Failed(code, permanent=True, identity=copy.address.place.identity)
        log.error("not taken by Slack", copy=copy.id, problem=code)
        return Later(code) if code in A_SETTING else Failed(code)

    async def _hold(self, slot: Slot, after: timedelta) -> Later:
        """Hold the kind of call that Slack had too many of, where it has a limit of its own, or the workspace."""
        kind = slot.buckets[1]
        return await self._gate.hold(kind if kind.endswith(KINDS) else slot.buckets[0], after)


def _same_again(copy: Copy) -> str:
    """Return an id that every try of a copy shares. Slack may know by it what it has; nothing here relies on that."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{COPY} {copy.id} {copy.said_at.isoformat()}"))


def _is(message: Mapping[str, Any], copy: Copy) -> bool:
    about = message.get("metadata") or {}
    return about.get("event_type") == COPY and (about.get("event_payload") or {}).get("copy") == copy.id
