"""One gesture, one transaction, one acknowledgement: every surface comes in by this door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot.database import Database, NotSaved
from config.settings import Settings
from handlers.dispatch import Refused, answer, only_looks
from models.message import Gesture, Message, Reply

log = structlog.get_logger()
NOT_SAVED = Reply(
    Message("Not saved, try again.", lines=("Nothing was changed. Please try again in a moment.",), tone="bad"),
    status="refused",
)


class Inbound:
    """Takes verified gestures, commits what they mean, and only then returns what the person sees."""

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock

    async def receive(self, gesture: Gesture) -> Reply:
        """Return the reply; by then, what was done is committed. A full database is a reply, not an error."""

        def work(session: Session) -> Reply:
            return answer(session, gesture, self._settings, self._clock())

        try:
            reply = await (self._database.read(work) if only_looks(gesture) else self._database.write(work))
        except Refused as refused:
            reply = refused.reply
        except NotSaved as error:
            log.warning("not saved", act=gesture.act, cause=type(error.__cause__).__name__)
            return NOT_SAVED
        log.info("gesture", kind=gesture.kind, act=gesture.act, platform=gesture.auth.platform, status=reply.status)
        return reply
