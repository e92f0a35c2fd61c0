"""Who sent an activity: the person behind a Teams account, asked of the database every time, and where they are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import aiohttp
import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.database import Database, NotSaved
from bot.teams.calls import NotSent, Refused
from bot.teams.connector import Connector
from bot.teams.connector import Conversation as Place
from bot.teams.gestures import Sender
from config.settings import Settings
from models.chat import Conversation, Workspace
from models.person import Identity, Person
from workflows.context import Context, insert_or_ignore
from workflows.workspace import zones
from workflows.workspace.links import Member, meet
from workflows.workspace.zones import take_zones

log = structlog.get_logger()
PLATFORM = "teams"
HERE = "local"  # the tenant of activities that name none; only local mode takes them
ANEW = timedelta(days=1)  # so long what an activity says of its sender is not taken again
NOBODY = timedelta(minutes=5)  # so long somebody unknown is not asked about again
MOST_NOBODIES = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """The person's id, 0 for nobody; `moved`: what we remember of where they are may not be true any more."""

    person_id: int = 0
    identity_id: int = 0
    moved: bool = False
    home: Place | None = None  # where they are written to


def tenant_of(sender: Sender) -> str:
    """Return the ref of the organisation somebody belongs to."""
    return sender.tenant or HERE


def find(session: Session, sender: Sender, now: datetime) -> Known:
    """Return who it is."""
    row = session.execute(
        select(Identity.person_id, Identity.id, Identity.unreachable_since, Person.zone)
        .add_columns(Conversation.service_url, Conversation.ref, Conversation.seen_at)
        .join(Person, Person.id == Identity.person_id)
        .outerjoin(Conversation, Conversation.identity_id == Identity.id)
        .where(
            Identity.platform == PLATFORM,
            Identity.workspace == tenant_of(sender),
            Identity.platform_id == sender.account,
        )
    ).first()
    if row is None:
        return Known()
    person_id, identity_id, unreachable, zone, service_url, ref, seen_at = row
    home = Place(service_url, ref) if ref else None
    elsewhere = home != sender.at or unreachable is not None
    # Devices of one person may be set differently: only the first zone is taken at once, another after a day.
    old = seen_at is not None and now - seen_at >= ANEW
    first = zone == zones.NONE and zones.named(sender.zone) not in ("", zones.NONE)
    return Known(person_id, identity_id, sender.personal and (elsewhere or old or first), home)


class Directory:
    """Links accounts as they turn up, and remembers where people are written to."""

    def __init__(
        self, database: Database, settings: Settings, connector: Connector, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._settings = settings
        self._connector = connector
        self._clock = clock
        self._nobody: dict[tuple[str, str], datetime] = {}

    async def known(self, sender: Sender) -> Known:
        """Return who it is; somebody unknown is asked about at Teams before they are turned away."""
        known = await self._database.read(partial(self._found, sender))
        if not known.person_id and await self._asked(sender):
            known = await self._database.read(partial(self._found, sender))
        if known.moved:
            with suppress(NotSaved):  # nothing is lost: the next activity says the same
                await self._database.write(partial(self._moved, known.identity_id, sender))
        return known

    def _found(self, sender: Sender, session: Session) -> Known:
        return find(session, sender, self._clock())

    async def gone(self, sender: Sender) -> None:
        """Remember that somebody has the app no longer: what is said to them goes another way."""

        def work(session: Session) -> None:
            known = self._found(sender, session)
            gone = update(Identity).where(Identity.id == known.identity_id, Identity.unreachable_since.is_(None))
            session.execute(gone.values(unreachable_since=self._clock()))

        await self._database.write(work)

    async def introduced(self, sender: Sender, address: str) -> bool:
        """Take somebody's word for who they are, in local mode; return whether they are on the roster."""
        member = Member(sender.account, email=address.strip().lower(), zone=sender.zone, locale=sender.locale)
        await self._database.write(lambda session: self._meet(session, sender, member))
        return bool((await self.known(sender)).person_id)

    async def _asked(self, sender: Sender) -> bool:
        """Ask Teams who an account is, once in a while; return whether anything was learned."""
        now, key = self._clock(), (sender.tenant, sender.account)
        if not sender.account or self._nobody.get(key, now) > now:
            return False
        if len(self._nobody) >= MOST_NOBODIES:
            self._nobody.clear()
        self._nobody[key] = now + NOBODY
        try:
            said = await self._connector.member(sender.at, sender.member)
        except (Refused, NotSent, aiohttp.ClientError, TimeoutError, ValueError) as unknown:
            log.info("unknown account not asked about", cause=type(unknown).__name__)
            return False
        same = str(said.get("aadObjectId") or said.get("objectId") or sender.account) == sender.account
        email = str(said.get("email") or said.get("userPrincipalName") or "").strip().lower()
        own = self._settings.teams_local or str(said.get("tenantId") or sender.tenant) == sender.tenant
        member = Member(
            sender.account,
            name=str(said.get("name") or ""),
            email=email,
            zone=sender.zone,
            locale=sender.locale,
            person=same and own,
        )
        await self._database.write(lambda session: self._meet(session, sender, member))
        return True

    def _meet(self, session: Session, sender: Sender, member: Member) -> None:
        ctx = Context(session, self._settings, self._clock())
        meet(ctx, _organisation(ctx, tenant_of(sender)), [member])

    def _moved(self, identity_id: int, sender: Sender, session: Session) -> None:
        """Remember where somebody is from now on: how they are written to, that they can be, and their time zone."""
        ctx = Context(session, self._settings, self._clock())
        told = {"service_url": sender.at.service_url, "ref": sender.at.id, "seen_at": ctx.now}
        session.execute(insert_or_ignore(session, Conversation), {"identity_id": identity_id, **told})
        session.execute(update(Conversation).where(Conversation.identity_id == identity_id).values(**told))
        identity = session.get_one(Identity, identity_id)
        identity.unreachable_since, identity.locale = None, sender.locale or identity.locale
        take_zones(ctx, {identity: sender.zone})


def _organisation(ctx: Context, tenant: str) -> Workspace:
    """Return the row of an organisation; those on our list are connected without asking anybody."""
    new = {"platform": PLATFORM, "ref": tenant, "name": "Microsoft Teams", "state": "connected", "created_at": ctx.now}
    defaults = {"version": 1, "problem": "", "bot_user": "", "scopes": "", "connected_at": ctx.now}
    ctx.session.execute(insert_or_ignore(ctx.session, Workspace), {**new, **defaults})
    here = select(Workspace).where(Workspace.platform == PLATFORM, Workspace.ref == tenant)
    return ctx.session.scalars(here).one()
