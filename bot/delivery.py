"""The outbox's way out: for each channel claim what is due, send it, settle it; nothing is sent under a transaction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from bot import outbox
from bot.channel import Channel, Copy, Doubt, Later, Outcome, Sent
from bot.database import Database, NotSaved
from bot.outbox import Parcel
from config.settings import Settings

log = structlog.get_logger()
LONGEST_REST = timedelta(minutes=10)


class Delivery:
    """Takes what workflows wrote down out of the house, and writes down what became of it.

    `by` names this process in the claims it makes.
    """

    def __init__(
        self, database: Database, settings: Settings, channels: Sequence[Channel], clock: Callable[[], datetime]
    ) -> None:
        self.by = secrets.token_hex(8)
        self._database = database
        self._settings = settings
        self._channels = channels
        self._clock = clock
        self._stopping = False
        self._resting: dict[str, tuple[datetime, int]] = {}  # until when, after how many troubles in a row
        self._next_at: dict[str, float] = {}

    async def round(self) -> int:
        """Deliver until nothing is due any more; return how many copies were looked at."""
        now = self._clock()
        if await self._database.read(lambda session: outbox.anything_expired(session, now)):
            looking = [channel.name for channel in self._channels if channel.can_look_up]
            expired = await self._database.write(lambda session: outbox.expire(session, self._settings, looking, now))
            log.warning("claims ran out", copies=expired)
        return sum(await asyncio.gather(*(self._serve(channel) for channel in self._channels)))

    def stop(self) -> None:
        """Begin nothing new; what is under way is finished by the round that began it."""
        self._stopping = True

    async def close(self) -> None:
        """Let go of every connection."""
        for channel in self._channels:
            await channel.close()

    async def _serve(self, channel: Channel) -> int:
        """Deliver on one channel until nothing is due; return how many copies were looked at."""
        total = 0
        while not self._stopping and not self._rests(channel):
            now = self._clock()
            if not await self._database.read(partial(outbox.anything_due, channel=channel, now=now)):
                break
            parcels, looked_at = await self._database.write(partial(self._claim, channel=channel, now=now))
            begun = asyncio.get_running_loop().time()
            await asyncio.gather(*(self._carry(channel, parcel, begun) for parcel in parcels))
            total += looked_at
            if not looked_at:
                break  # another process was faster
        return total

    async def _carry(self, channel: Channel, parcel: Parcel, begun: float) -> None:
        """Send one copy, or look it up, and settle it."""
        await self._keep_pace(channel)
        late = asyncio.get_running_loop().time() - begun > outbox.MARGIN.total_seconds() / 2
        if self._stopping or late:  # its claim would run out while it is under way
            await self._database.write(partial(outbox.release, copies=[parcel.copy], now=self._clock()))
            return
        outcome = await self._attempt(channel, parcel)
        self._note_trouble(channel, outcome)
        became = type(outcome).__name__.lower()
        problem = "" if isinstance(outcome, Sent) else outcome.problem
        # A copy for the web inbox goes nowhere: worth a line only where somebody looks closely.
        tell = log.debug if channel.name == "web" else log.info
        tell("delivery", channel=channel.name, copy=parcel.copy.id, outcome=became, problem=problem)
        await self._settle(parcel.copy, outcome)

    async def _attempt(self, channel: Channel, parcel: Parcel) -> Outcome:
        """Return the outcome; a channel that says nothing in its time, or breaks, leaves the copy in doubt."""
        try:
            async with asyncio.timeout(channel.timeout.total_seconds()):
                if parcel.in_doubt:
                    return await channel.look_up(parcel.copy)
                return await channel.send(parcel.copy, parcel.message, parcel.names)
        except TimeoutError:
            return Doubt("timeout")
        except Exception as error:  # noqa: BLE001 - whatever broke, the copy may have left the house
            # No traceback: the text of an error may hold an address.
            log.error(  # noqa: TRY400
                "channel broke", channel=channel.name, copy=parcel.copy.id, error=type(error).__name__
            )
            return Doubt("broken")

    async def _settle(self, copy: Copy, outcome: Outcome) -> None:
        """Write down the outcome, again and again while the database takes nothing: a send must not be forgotten."""
        pause = 0.1
        until = asyncio.get_running_loop().time() + outbox.MARGIN.total_seconds()
        while True:
            try:
                settled = await self._database.write(self._work(copy, outcome))
            except NotSaved:
                if asyncio.get_running_loop().time() > until:
                    raise
                await asyncio.sleep(pause)
                pause *= 2
            else:
                if not settled:
                    log.warning("settled by somebody else", copy=copy.id)
                return

    def _claim(self, session: Session, channel: Channel, now: datetime) -> tuple[list[Parcel], int]:
        return outbox.claim(session, self._settings, channel, channel.pace.at_once, now, self.by)

    def _work(self, copy: Copy, outcome: Outcome) -> Callable[[Session], bool]:
        return lambda session: outbox.settle(session, self._settings, copy, outcome, self._clock())

    def _rests(self, channel: Channel) -> bool:
        until, _ = self._resting.get(channel.name, (None, 0))
        return until is not None and self._clock() < until

    def _note_trouble(self, channel: Channel, outcome: Outcome) -> None:
        """Let a channel rest, longer each time, while it takes nothing from anybody."""
        if not (isinstance(outcome, Later) and outcome.everybody):
            self._resting.pop(channel.name, None)
            return
        if self._rests(channel):
            return  # copies that were under way together meet the same trouble together
        _, before = self._resting.get(channel.name, (None, 0))
        rest = max(outcome.after, min(outbox.delay(before + 1), LONGEST_REST))
        self._resting[channel.name] = (self._clock() + rest, before + 1)

    async def _keep_pace(self, channel: Channel) -> None:
        """Wait for this copy's turn where a channel takes only so many a second."""
        if not channel.pace.per_second:
            return
        loop = asyncio.get_running_loop()
        turn = max(self._next_at.get(channel.name, 0.0), loop.time())
        self._next_at[channel.name] = turn + 1 / channel.pace.per_second
        await asyncio.sleep(turn - loop.time())
