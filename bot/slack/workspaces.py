"""The operator's own token and the workspace it leads to; and what Slack says when it lets go of us."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from bot.database import Database
from bot.slack.api import Refused, Trouble
from bot.slack.asking import whose
from bot.slack.manifest import scopes
from bot.slack.refusals import THE_WORKSPACE
from bot.slack.tokens import Tokens
from config.settings import Settings
from models.chat import Workspace
from workflows.context import Context
from workflows.workspace.standing import Seen, by_ref, meet, resume

log = structlog.get_logger()
REST = timedelta(minutes=1)  # between two questions where the first had no good answer


class Workspaces:
    """Knows the workspace of the settings' token: asks Slack once, and once a minute while there is trouble."""

    def __init__(self, database: Database, settings: Settings, tokens: Tokens, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._settings = settings
        self._tokens = tokens
        self._clock = clock
        self._needed = set(scopes(settings))
        self._met = not settings.slack_bot_token  # nothing to ask about
        self._next_at: datetime | None = None

    async def meet(self) -> bool:
        """Make the token of the settings a connected workspace, if that is not done yet; return whether it is."""
        now = self._clock()
        if self._met or (self._next_at is not None and now < self._next_at):
            return self._met
        self._next_at = now + REST
        token = self._settings.slack_bot_token
        try:
            seen = seen_in(await whose(self._settings, token))
        except Refused as refused:
            log.warning("the bot token of the settings is refused", cause=refused.code)
            await self._refused(refused.code)
            return False
        except Trouble as trouble:
            log.warning("Slack does not answer", cause=trouble.code)
            return False
        await self._database.write(partial(self._met_one, seen))
        self._met = True
        return True

    def _met_one(self, seen: Seen, session: Session) -> None:
        meet(Context(session, self._settings, self._clock()), seen, works=self._may_enough(seen))

    def _may_enough(self, seen: Seen) -> bool:
        return self._needed <= set(seen.scopes)

    async def look_after(self) -> int:
        """Ask whether paused workspaces take something from us again; return how many do. For workers."""
        await self.meet()
        revived = 0
        for ref in await self._refs("paused"):
            try:
                seen = seen_in(await whose(self._settings, await self._tokens.of(ref)))
            except Trouble as still:
                log.info("workspace still paused", cause=still.code)
                continue
            if seen.ref == ref and self._may_enough(seen):
                revived += await self._database.write(partial(self._resumed, ref))
        return revived

    def _resumed(self, ref: str, session: Session) -> bool:
        row = by_ref(session, ref)
        if row is None or row.state != "paused":
            return False
        resume(Context(session, self._settings, self._clock()), row)
        return True

    async def _refused(self, code: str) -> None:
        """Pause the workspace to which the settings' token led, if it ever led to one."""
        if code in THE_WORKSPACE:
            for ref in await self._refs("connected", token=None):
                await self._tokens.lost(ref, code)

    async def _refs(self, state: str, **more: None) -> list[str]:
        """Return how Slack calls the workspaces in a state."""

        def work(session: Session) -> list[str]:
            return [row.ref for row in session.query(Workspace.ref).filter_by(platform="slack", state=state, **more)]

        return await self._database.read(work)

    async def said_goodbye(self, ref: str, event: Mapping[str, Any], at: datetime) -> None:
        """Take the event `app_uninstalled` or `tokens_revoked` of a workspace, as of a time."""
        if event.get("type") == "app_uninstalled":
            await self._tokens.lost(ref, "uninstalled", at=at)
        elif (event.get("tokens") or {}).get("bot"):  # a person's token is none of ours
            await self._tokens.lost(ref, "tokens_revoked", at=at)


def seen_in(said: Mapping[str, Any]) -> Seen:
    """Return what auth.test says: an app of a whole organisation is known by the organisation's id."""
    organisation = str(said.get("enterprise_id") or "") if said.get("is_enterprise_install") else ""
    name = said.get("team") or said.get("enterprise") or ""
    return Seen(organisation or str(said["team_id"]), str(name), str(said.get("user_id") or ""), said["scopes"])
