"""One gesture, one transaction, one acknowledgement: every surface comes in by this door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot.database import Database, NotSaved
from bot.logs import place_of
from config.settings import Settings
from handlers.dispatch import Refused, answer, only_looks, typed_look
from handlers.names import names_of, refs_in
from handlers.seen import first_time
from models.gesture import Gesture, Reply
from models.message import Message
from workflows.workflow import REGISTRY

log = structlog.get_logger()
Run = Callable[[Callable[[Session], Reply]], Awaitable[Reply]]


def refusal(title: str, *lines: str) -> Reply:
    """Return what turns somebody away before any workflow is asked."""
    return Reply(Message(title, lines=lines, tone="warn"), status="refused")


NOT_SAVED = Reply(
    Message("Not saved, try again.", lines=("Nothing was changed. Please try again in a moment.",), tone="bad"),
    status="refused",
)
BROKE = Reply(
    Message("Something broke.", lines=("It is not your fault, and it was noted. Please try again.",), tone="bad"),
    status="refused",
)


class Inbound:
    """Takes verified gestures, commits what they mean, and only then returns what the person sees."""

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._log = log.bind()  # once: what `get_logger` returns looks its settings up at every line

    async def receive(self, gesture: Gesture) -> Reply:
        """Return the reply; by then, what was done is committed. A full database is a reply, not an error."""

        def work(session: Session) -> Reply:
            return answer(session, gesture, self._settings, self._clock())

        return await self._told(gesture, self._database.read if only_looks(gesture) else self._database.write, work)

    async def look(self, gesture: Gesture) -> Reply:
        """Return what a gesture would show, without doing anything: what does something is shown with its button."""

        def work(session: Session) -> Reply:
            return answer(session, gesture, self._settings, self._clock(), look=True)

        return await self._told(gesture, self._database.read, work)

    async def only_looks(self, gesture: Gesture) -> bool:
        """Return whether typed words merely ask to see something."""
        return await self._database.read(lambda session: typed_look(session, gesture, self._settings, self._clock()))

    async def first(self, gesture: Gesture) -> bool:
        """Return whether a message is answered for the first time, and remember it; whose memory fails answers.

        Its id decides alone: to answer a copy under another id twice harms nobody, to answer a person not at all does.
        """
        where = ("heard", gesture.auth.platform, gesture.auth.workspace)

        def work(session: Session) -> bool:
            return not gesture.key or first_time(session, gesture.at, *where, gesture.key)

        try:
            return await self._database.write(work)
        except NotSaved as error:
            log.warning("not saved", kind="heard", cause=type(error.__cause__).__name__)
            return True

    async def names(self, reply: Reply) -> Mapping[str, str]:
        """Return {ref: name} for whoever is mentioned in a reply; where nobody is, nothing is asked."""
        refs = refs_in([reply.said, *reply.values.values()])
        return await self._database.read(lambda session: names_of(session, refs)) if refs else {}

    async def _told(self, gesture: Gesture, run: Run, work: Callable[[Session], Reply]) -> Reply:
        try:
            reply = await run(work)
        except Refused as refused:
            reply = refused.reply
        except NotSaved as error:
            log.warning("not saved", act=_known(gesture.act), cause=type(error.__cause__).__name__)
            return NOT_SAVED
        act, platform = _known(gesture.act), gesture.auth.platform
        self._log.info("gesture", kind=gesture.kind, act=act, platform=platform, status=reply.status)
        return reply


def failed(error: Exception, kind: str) -> Reply:
    """Note why a gesture of a `kind` failed on its way here or back, without anybody's words; return what is said."""
    if isinstance(error, NotSaved):
        log.warning("not saved", kind=kind, cause=type(error.__cause__).__name__)
        return NOT_SAVED
    log.error("gesture failed", kind=kind, **place_of(error))
    return BROKE


def _known(act: str) -> str:
    """Return an act's name for the log, where nothing may stand that somebody made up or typed."""
    return act if not act or REGISTRY.act(act) else "unknown"
