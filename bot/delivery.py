"""The outbox's way out: for each channel claim what is due, send it, settle it; nothing is sent under a transaction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
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

    async def round(self) -> int:
        """Deliver until nothing is due any more; return how many copies were looked at."""
        return sum([await self.expire(), *await asyncio.gather(*(self._serve(channel) for channel in self._channels))])

    def ticks(self) -> dict[str, Callable[[], Awaitable[object]]]:
        """Return what is to be run at each tick, beside each other: a campaign on one channel may take hours."""
        by_channel = {f"delivery by {channel.name}": partial(self._serve, channel) for channel in self._channels}
        return {"claims": self.expire, **by_channel}

    async def expire(self) -> int:
        """Look for claims that ran out; return how many there were."""
        now = self._clock()
        if not await self._database.read(lambda session: outbox.anything_expired(session, now)):
            return 0
        looking = [channel.name for channel in self._channels if channel.can_look_up]
        expired = await self._database.write(lambda session: outbox.expire(session, self._settings, looking, now))
        log.warning("claims ran out", copies=expired)
        return expired

    def tidy(self, session: Session, now: datetime) -> None:
        """Let every channel forget what can have no effect any more."""
        for channel in self._channels:
            channel.tidy(session, now)

    def stop(self) -> None:
        """Begin nothing new; what is under way is finished by the round that began it."""
        self._stopping = True

    async def close(self) -> None:
        """Let go of every connection."""
        for channel in self._channels:
            await channel.close()

    async def _serve(self, channel: Channel) -> int:
        """Deliver on one channel until nothing is due and under way; return how many copies were looked at."""
        total, under_way = 0, set[asyncio.Task[None]]()
        try:
            while (looked_at := await self._begin(channel, under_way)) or under_way:
                total += looked_at
                enough = channel.pace.at_once // 2 if looked_at else len(under_way) - 1
                while len(under_way) > enough:
                    done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    under_way -= done
                    for task in done:
                        task.result()
        finally:
            await asyncio.gather(*under_way, return_exceptions=True)
        return total

    async def _begin(self, channel: Channel, under_way: set[asyncio.Task[None]]) -> int:
        """Claim what is due and send it on its way, beside what is `under_way`; return how many were looked at."""
        now, begun = self._clock(), asyncio.get_running_loop().time()
        room = channel.pace.at_once - len(under_way)
        if self._stopping or self._rests(channel) or not room:
            return 0
        if not await self._database.read(partial(outbox.anything_due, channel=channel, now=now)):
            return 0
        parcels, looked_at = await self._database.write(partial(self._claim, channel=channel, limit=room, now=now))
        under_way.update(asyncio.create_task(self._carry(channel, parcel, begun)) for parcel in parcels)
        return looked_at

    async def _carry(self, channel: Channel, parcel: Parcel, begun: float) -> None:
        """Send one copy when its turn has come, or look it up, and settle it."""
        hindered = await self._turn(channel, parcel)
        late = asyncio.get_running_loop().time() - begun > outbox.MARGIN.total_seconds() / 2
        if self._stopping or late:  # its claim would run out while it is under way
            await self._database.write(partial(outbox.release, copies=[parcel.copy], now=self._clock()))
            return
        outcome = hindered or await self._attempt(channel, parcel)
        self._note_trouble(channel, outcome)
        became = type(outcome).__name__.lower()
        problem = "" if isinstance(outcome, Sent) else outcome.problem
        # A copy for the web inbox goes nowhere: worth a line only where somebody looks closely.
        tell = log.debug if channel.name == "web" else log.info
        tell("delivery", channel=channel.name, copy=parcel.copy.id, outcome=became, problem=problem)
        await self._settle(parcel.copy, outcome)

    async def _turn(self, channel: Channel, parcel: Parcel) -> Outcome | None:
        """Wait for a copy's turn; return what came in between, if anything did."""
        try:
            hindered = await channel.turn(parcel.copy)
        except NotSaved:
            hindered = Later("the database does not answer", blameless=True)
        # What is in doubt stays so: only a look can tell that it is not there.
        return Doubt(hindered.problem, hindered) if hindered and parcel.in_doubt else hindered

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

    def _claim(self, session: Session, channel: Channel, limit: int, now: datetime) -> tuple[list[Parcel], int]:
        return outbox.claim(session, self._settings, channel, limit, now, self.by)

    def _work(self, copy: Copy, outcome: Outcome) -> Callable[[Session], bool]:
        return lambda session: outbox.settle(session, self._settings, copy, outcome, self._clock())

    def _rests(self, channel: Channel) -> bool:
        until, _ = self._resting.get(channel.name, (None, 0))
        return until is not None and self._clock() < until

    def _note_trouble(self, channel: Channel, outcome: Outcome) -> None:
        """Let a channel rest, longer each time, while it takes nothing from anybody."""
        trouble = outcome.held if isinstance(outcome, Doubt) else outcome
        if not (isinstance(trouble, Later) and trouble.everybody):
            self._resting.pop(channel.name, None)
            return
        if self._rests(channel):
            return  # copies that were under way together meet the same trouble together
        _, before = self._resting.get(channel.name, (None, 0))
        rest = max(trouble.after, min(outbox.delay(before + 1), LONGEST_REST))
        self._resting[channel.name] = (self._clock() + rest, before + 1)
