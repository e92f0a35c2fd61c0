"""Which token opens which workspace: the operator's from the settings, or one of our own, renewed before it expires."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from bot.database import Database
from bot.lease import give_back, take
from bot.slack.api import NoToken, NotSent, Refused, Silent, TooMuch
from bot.slack.asking import ask
from bot.slack.keys import Keys, Unreadable
from config.settings import Settings
from models.chat import Workspace
from models.moves import Stale
from workflows.context import Context
from workflows.workspace.standing import TAKEN_FROM, Kept, by_ref, pause

log = structlog.get_logger()
EARLY = timedelta(hours=1)  # before its end a token is renewed
LASTS = timedelta(seconds=30)  # the right to renew one: longer than Slack takes to answer
PATIENCE = 10  # seconds to wait for another process that renews it


Where = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """What the database has of a workspace's tokens."""

    id: int
    token: bytes | None
    refresh_token: bytes | None
    expires_at: datetime | None


class Tokens:
    """Finds the token of a workspace. Asked every time, so that what was revoked or disconnected is known at once."""

    def __init__(self, database: Database, settings: Settings, keys: Keys, clock: Callable[[], datetime]) -> None:
        self.keys = keys
        self._database = database
        self.settings = settings
        self._clock = clock

    async def of(self, ref: str) -> str:
        """Return the token of a workspace (or organisation) by Slack's own id of it. Raises NoToken.

        Where there is none, or none that can be read, the workspace is paused.
        """
        row = await self._row(ref)
        if row.expires_at is not None and row.expires_at - self._clock() < EARLY:
            row = await self._renewed(ref, row)
        try:
            token = self._opened(row)
        except NoToken as none:
            await self.lost(ref, none.code)
            raise
        if row.token is not None and self.keys.outdated(row.token):
            await self._close_afresh(row)
        return token

    def _opened(self, row: _Row) -> str:
        """Return the token in force: its own, or the one in the settings. Raises NoToken."""
        try:
            token = self.keys.open(row.token) if row.token is not None else self.settings.slack_bot_token
        except Unreadable:
            raise NoToken("unreadable") from None
        if not token:
            raise NoToken("not_authed")
        return token

    async def lost(self, ref: str, cause: str, token: str = "", at: datetime | None = None) -> bool:
        """Pause a workspace whose token works no more; with `token`, only if that is still the one in force.

        With `at`, when Slack said so, only if it was not connected again since. Returns whether it was paused by this.
        """
        try:
            if token and self._opened(await self._row(ref)) != token:
                return False
        except NoToken:
            return False  # so it is not in force any more

        def work(session: Session) -> bool:
            row = by_ref(session, ref)
            return row is not None and pause(Context(session, self.settings, self._clock()), row, cause, at)

        try:
            paused = await self._database.write(work)
        except Stale:
            return False  # another message to the same workspace has just found out
        if paused:
            log.error("workspace paused", cause=cause)
        return paused

    async def _row(self, ref: str) -> _Row:
        """Return what is kept of a workspace that was confirmed. Raises NoToken."""

        def work(session: Session) -> _Row | None:
            found = session.execute(
                select(Workspace.id, Workspace.token, Workspace.refresh_token, Workspace.expires_at).where(
                    Workspace.platform == "slack", Workspace.ref == ref, Workspace.state.in_(TAKEN_FROM)
                )
            ).first()
            return _Row(*found) if found else None

        row = await self._database.read(work)
        if row is None:
            raise NoToken("not_connected")
        return row

    async def _close_afresh(self, row: _Row) -> None:
        """Encrypt with the newest key what an older one encrypted, unless it was replaced meanwhile."""
        again = {
            name: self.keys.close(self.keys.open(kept))
            for name, kept in (("token", row.token), ("refresh_token", row.refresh_token))
            if kept is not None
        }
        same = (Workspace.id == row.id, Workspace.token == row.token)
        await self._database.write(partial(_replace, same, again))

    async def _renewed(self, ref: str, row: _Row) -> _Row:
        """Return the row with a fresh token: renewed here, or by the process that has the right to. Raises NoToken."""
        name, me = f"slack-token:{ref}", secrets.token_hex(8)
        until = asyncio.get_running_loop().time() + PATIENCE
        while not await self._database.write(lambda session: take(session, name, me, self._clock(), LASTS)):
            if row.expires_at and row.expires_at > self._clock():
                return row  # it still works while another process renews it
            if asyncio.get_running_loop().time() > until:
                raise NoToken("token_expired")
            await asyncio.sleep(0.2)
            row = await self._row(ref)
        try:
            row = await self._row(ref)  # who had the right before may have just done it
            if row.expires_at is None or row.expires_at - self._clock() >= EARLY:
                return row
            return await self._renew(ref, row)
        finally:
            await self._database.write(lambda session: give_back(session, name, me))

    async def _renew(self, ref: str, row: _Row) -> _Row:
        """Spend the refresh token. A failure costs nothing while the old token still works. Raises NoToken."""
        try:
            said = await self._asked(row)
        except (NotSent, Silent, TooMuch) as trouble:
            log.warning("token not renewed", cause=trouble.code)
        except (Refused, Unreadable) as error:
            log.warning("token not renewed", cause=str(error))
            if row.expires_at and row.expires_at <= self._clock():
                await self.lost(ref, "invalid_refresh_token")
        else:
            return await self._keep(row, said)
        if row.expires_at and row.expires_at > self._clock():
            return row
        raise NoToken("token_expired")

    async def _asked(self, row: _Row) -> Mapping[str, Any]:
        """Return what Slack gives for the refresh token. Raises Trouble or Unreadable."""
        return await ask(
            self.settings,
            "oauth.v2.access",
            client_id=self.settings.slack_oauth_client_id,
            client_secret=self.settings.slack_oauth_client_secret,
            grant_type="refresh_token",
            refresh_token=self.keys.open(row.refresh_token or b""),
        )

    async def _keep(self, row: _Row, said: Mapping[str, Any]) -> _Row:
        """Keep new tokens in the place of those they replace, and return the row with them."""
        kept = self.kept(said)
        values = {"token": kept.token, "refresh_token": kept.refresh_token, "expires_at": kept.expires_at}
        same = (Workspace.id == row.id, Workspace.refresh_token == row.refresh_token)
        await self._database.write(partial(_replace, same, values))
        return _Row(row.id, kept.token, kept.refresh_token, kept.expires_at)

    def kept(self, said: Mapping[str, Any]) -> Kept:
        """Return the tokens that `oauth.v2.access` gave, as they may be kept."""
        refresh, lives = said.get("refresh_token"), said.get("expires_in")
        return Kept(
            self.keys.close(str(said["access_token"])),
            self.keys.close(str(refresh)) if refresh else None,
            self._clock() + timedelta(seconds=int(lives)) if lives else None,
        )


def _replace(where: Where, values: Mapping[str, Any], session: Session) -> None:
    """Set columns of a workspace, where they still are what was read."""
    session.execute(update(Workspace).where(*where).values(values).execution_options(synchronize_session=False))
