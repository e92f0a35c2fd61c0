"""A process that delivers, for the storms to kill: python -m tests.storms.slack_sender right --hurried.

It does what the worker does with its outbox and nothing else; hurried, with times so short that a storm need not wait.
Two builds of it are wrong on purpose, to show that the storms would notice.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import text, update

from bot import outbox
from bot.channel import Channel, Outcome, Sent
from bot.database import NotSaved, open_database
from bot.delivery import Delivery
from bot.outbox import Parcel
from bot.slack import channel
from bot.slack.api import TIMEOUT, Api
from bot.slack.keys import Keys
from bot.slack.tokens import Tokens
from config.settings import Settings
from models.outbox import CLAIMED
from models.outbox import Delivery as Row


def hurry() -> timedelta:
    """Shorten what the product waits for before it settles a doubt, and return how long to wait for an answer."""
    channel.AROUND = timedelta(seconds=0.5)
    outbox.MARGIN = timedelta(seconds=2)
    outbox.FIRST_DELAY = timedelta(seconds=0.3)
    return timedelta(seconds=1)


def utc_now() -> datetime:
    """Return the time. (`bot.app` has this too, and takes a second to load.)"""
    return datetime.now(UTC)


class SendThenRecord(Delivery):
    """Wrong: what it finds claimed by another process it takes for never sent, as if nothing had been written down."""

    async def expire(self) -> int:
        """Forget every claim that is not of this process."""
        others = update(Row).where(text(CLAIMED), Row.claimed_by != self.by)
        forget = others.values(state="queued", due_at=utc_now(), claimed_until=None)
        await self._database.write(lambda session: session.execute(forget))
        return 0


class RecordThenSend(Delivery):
    """Wrong: says that a copy was sent before it is sent."""

    async def _attempt(self, channel: Channel, parcel: Parcel) -> Outcome:
        await self._settle(parcel.copy, Sent())
        return await super()._attempt(channel, parcel)


BUILDS = {"right": Delivery, "send, then record": SendThenRecord, "record, then send": RecordThenSend}


async def deliver(build: str, answer: timedelta) -> None:
    """Deliver until killed."""
    settings = Settings()
    database = open_database(settings.database)
    tokens = Tokens(database, settings, Keys(settings.keys), utc_now)
    slack = channel.SlackChannel(database, settings, Api(settings.slack_api_url, tokens, answer), utc_now)
    delivery = BUILDS[build](database, settings, [slack], utc_now)
    await asyncio.gather(*(_again_and_again(tick) for tick in delivery.ticks().values()))


async def _again_and_again(tick: Callable[[], Awaitable[object]]) -> None:
    """Run what the worker runs at each tick, and go on like the worker where the database took nothing."""
    while True:
        with suppress(NotSaved):
            await tick()
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(deliver(sys.argv[1], hurry() if "--hurried" in sys.argv else TIMEOUT))
