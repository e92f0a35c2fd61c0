"""Who is in Slack: everybody once a night, somebody when Slack says that they changed, one when they first come.

Nothing is changed by half a reading: the pages of a list are all there, or the night counts as missed and is made up.
Nor by what was the case before something that we know already: news comes twice, late and while a list is read.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy.orm import Session

from bot.database import Database
from bot.lease import give_back, take
from bot.payload import SKEW
from bot.slack.api import Refused, TooMuch, Trouble
from bot.slack.asking import ask
from bot.slack.tokens import Tokens
from handlers.seen import newer
from models.chat import Workspace
from workflows.context import Context
from workflows.workspace import roll
from workflows.workspace.links import BATCH, Member, meet
from workflows.workspace.standing import TAKEN_FROM, by_ref

log = structlog.get_logger()
T = TypeVar("T")
PAGE = 200  # accounts, as Slack recommends
PACE = 3.0  # seconds between pages: users.list takes 20 calls a minute (Tier 2)
LASTS = timedelta(minutes=15)  # the right to read a workspace, 60,000 accounts long
REST = timedelta(minutes=2)  # after a reading that was not whole
CONTACT_SECONDS = 2
NOBODY = timedelta(minutes=5)  # so long somebody unknown is not asked about again
UNASKED = timedelta(seconds=20)  # so long not, where Slack did not say whether it knows them
MOST_NOBODIES = 1000
MOST_SECONDS = 120  # nobody waits longer for a Retry-After
TRIES = 5  # of one page that Slack asks us to wait for


class Incomplete(Exception):
    """Something is missing in the list of a workspace: nothing of it counts."""


class Identities:
    """Reads accounts and hands them to the rules that link them (`workflows/workspace/links.py`)."""

    def __init__(
        self, database: Database, tokens: Tokens, clock: Callable[[], datetime], *, page: int = PAGE, pace: float = PACE
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._settings = tokens.settings
        self._clock = clock
        self._page = page
        self._pace = pace
        self._nobody: dict[tuple[str, str], datetime] = {}

    async def contact(self, ref: str, user: str) -> bool:
        """Ask Slack who an unknown user of a workspace is, once in a while; return whether anything was learned."""
        now, key = self._clock(), (ref, user)
        if self._nobody.get(key, now) > now:
            return False
        if len(self._nobody) >= MOST_NOBODIES:
            self._nobody.clear()
        self._nobody[key] = now + NOBODY
        try:
            token = await self._tokens.of(ref)
            asked = ask(self._settings, "users.info", token, seconds=CONTACT_SECONDS, user=user, include_locale="true")
            said = (await asked)["user"]
        except (Trouble, KeyError) as unknown:
            if isinstance(unknown, Trouble) and not isinstance(unknown, Refused):
                self._nobody[key] = now + UNASKED
            cause = unknown.code if isinstance(unknown, Trouble) else "no user"
            log.info("unknown user not asked about", cause=cause)
            return False
        await self._database.write(partial(self._meet, ref, [member_of(said, {ref})], None))
        return True

    async def changed(self, ref: str, user: Mapping[str, Any], at: datetime) -> None:
        """Take a profile as it stood at a time: of the events `team_join` and `user_change`."""
        self._nobody.pop((ref, str(user.get("id"))), None)
        await self._database.write(partial(self._meet, ref, [member_of(user, {ref})], at))

    async def read_due(self) -> int:
        """Read everybody in each workspace whose night has come; return how many workspaces that was. For workers."""
        due = await self._database.read(lambda session: roll.due(self._context(session)))
        return sum([await self._read(ref) for ref in due])

    async def _read(self, ref: str) -> bool:
        """Read one workspace, unless another worker does or it just went wrong."""
        lease, me = f"slack-people:{ref}", secrets.token_hex(8)
        if not await self._database.write(lambda session: take(session, lease, me, self._clock(), LASTS)):
            return False
        try:
            await self._read_all(ref)
        except (Incomplete, Trouble) as missed:
            log.warning("people of a workspace not read", cause=str(missed))
            await self._database.write(lambda session: take(session, lease, me, self._clock(), REST))
            return False
        await self._database.write(lambda session: give_back(session, lease, me))
        return True

    async def _read_all(self, ref: str) -> None:
        """Read every page, and only then change anything. Raises what says that something is missing."""
        begun = self._clock()
        token = await self._tokens.of(ref)
        organisation = ref.startswith("E")
        teams = [team async for team in self._pages(token, "auth.teams.list", "teams")] if organisation else []
        ours = {ref, *(str(team.get("id")) for team in teams)}
        users: dict[str, Member] = {}
        for team in teams or [{}]:
            more = {"team_id": str(team["id"])} if team else {}
            async for user in self._pages(token, "users.list", "members", include_locale="true", **more):
                one = member_of(user, ours)
                if one.person or one.platform_id not in users:  # gone from one workspace, and in another
                    users[one.platform_id] = one
        bot = await self._database.read(lambda session: self._bot_user(ref, session))
        if not users or (bot and bot not in users):
            raise Incomplete("we are not in the list ourselves")
        people = [one for one in users.values() if one.person]
        if people and not any(one.email for one in people):
            raise Incomplete("no addresses")  # the app may not see them any more
        for some in _batches(list(users.values())):
            # By Slack's clock surely not later.
            await self._database.write(partial(self._meet, ref, some, begun - SKEW))
        await self._complete(ref, frozenset(id_ for id_, one in users.items() if one.person), begun)

    async def _pages(self, token: str, method: str, key: str, **arguments: Any) -> AsyncIterator[Mapping[str, Any]]:
        """Yield everything a method lists, page by page, at the pace it takes. Raises Trouble."""
        cursor = ""
        while True:
            further = {"cursor": cursor} if cursor else {}
            said = await self._patiently(token, method, limit=str(self._page), **further, **arguments)
            if not isinstance(said.get(key), list):
                raise Incomplete(f"{method} lists nothing")
            for one in said[key]:
                yield one
            cursor = str((said.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
            await asyncio.sleep(self._pace)

    async def _patiently(self, token: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Ask again where Slack says when. Raises Trouble."""
        for _ in range(TRIES):
            try:
                return await ask(self._settings, method, token, **arguments)
            except TooMuch as wait:
                await asyncio.sleep(min(wait.after.total_seconds(), MOST_SECONDS))
        raise Incomplete("ratelimited")

    async def _complete(self, ref: str, there: frozenset[str], begun: datetime) -> None:
        """Unlink whom a complete list does not name, a few at a time, and write down that it is complete."""

        def gone(session: Session) -> Sequence[int]:
            row = by_ref(session, ref)
            return roll.missing(session, row, there, begun) if row else ()

        def let_go(ids: Sequence[int], session: Session) -> None:
            if row := by_ref(session, ref):
                roll.let_go(self._context(session), row, ids)

        def done(session: Session) -> None:
            if row := by_ref(session, ref):
                roll.complete(self._context(session), row, there, begun)

        for ids in _batches(await self._database.read(gone)):
            await self._database.write(partial(let_go, ids))
        await self._database.write(done)

    def _meet(self, ref: str, members: Sequence[Member], at: datetime | None, session: Session) -> None:
        """Take accounts as they stand now, or stood `at` a time: then only those of which nothing later is known."""
        row: Workspace | None = by_ref(session, ref)
        if row is not None and row.state in TAKEN_FROM:
            told = [one for one in members if at is None or newer(session, at, "slack account", ref, one.platform_id)]
            meet(self._context(session), row, told)

    def _bot_user(self, ref: str, session: Session) -> str:
        row = by_ref(session, ref)
        return row.bot_user if row else ""

    def _context(self, session: Session) -> Context:
        return Context(session, self._settings, self._clock())


def _batches(every: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield a sequence in parts that fit into one transaction."""
    for first in range(0, len(every), BATCH):
        yield every[first : first + BATCH]


def member_of(user: Mapping[str, Any], ours: frozenset[str] | set[str]) -> Member:
    """Return an account from Slack's description of it; `ours` are the ids of our workspaces or organisation."""
    profile = user.get("profile") or {}
    group = user.get("enterprise_user") or {}  # whose members may have another of its workspaces as their own
    theirs = {user.get("team_id"), profile.get("team"), group.get("enterprise_id"), *(group.get("teams") or ())}
    foreign = user.get("is_stranger") or not theirs & ours
    nobody = user.get("is_bot") or user.get("deleted") or foreign or user.get("id") == "USLACKBOT"
    return Member(
        platform_id=str(user.get("id") or ""),
        name=str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""),
        email=str(profile.get("email") or "").strip().lower(),
        zone=str(user.get("tz") or ""),
        locale=str(user.get("locale") or ""),
        person=not nobody,
        confirmed=user.get("is_email_confirmed") is not False and not user.get("is_invited_user"),
    )
