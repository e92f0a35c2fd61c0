"""Who is who: an account in a chat is somebody on the roster by an address that both know, and by nothing else.

Bots, deleted accounts, other companies' people and unconfirmed addresses never are anybody; guests are, if the roster
says so. An account whose address changes or that is deactivated is unlinked, and every link and its end is a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from evidence import vault
from evidence.canonical import instant
from evidence.record import Subject
from models import message as m
from models.chat import Stranger, Workspace
from models.outbox import Delivery, OutboxMessage
from models.person import EmailAlias, Identity, Person
from workflows import ledger
from workflows.context import Context, insert_or_ignore, zone_of
from workflows.reach import channels_of
from workflows.workspace.base import keepers
from workflows.workspace.zones import given_before, take_zones

BATCH = 50  # people in one transaction
DOMAIN = "countersign/v1/identity"


@dataclass(frozen=True, slots=True)
class Member:
    """An account in a workspace as its profile stands: `email` in lower case; `person` unless it is gone or a bot.

    `zone` is an IANA name, never an offset: an offset is wrong from the next daylight saving on.
    """

    platform_id: str
    name: str = ""
    email: str = ""
    zone: str = ""
    locale: str = ""
    person: bool = True
    confirmed: bool = True


def meet(ctx: Context, row: Workspace, members: Sequence[Member]) -> None:
    """Link, unlink and describe accounts of a workspace as their profiles stand now; at most `BATCH` at once.

    Where a profile comes without an address, the account keeps the one it is linked by: every account has one, and
    whether we are shown it is another matter.
    """
    known = _known(ctx.session, row, [one.platform_id for one in members])
    members = [_with_address(one, known.get(one.platform_id)) for one in members]
    owners = _owners(ctx.session, [one.email for one in members if one.email])
    linked: list[tuple[Identity, Member]] = []
    for member in members:
        identity, why = known.get(member.platform_id), _why_not(ctx, member, owners.get(member.email))
        owner = None if why else owners[member.email]
        if identity is not None and (owner is None or owner.id != identity.person_id):
            unlink(ctx, row, identity, why or "somebody else", heirs=owner)
            identity = None
        if owner is not None:
            linked.append((identity or _link(ctx, row, owner, member), member))
        _note_stranger(ctx, row, member, why if member.person else "")
    for identity, member in linked:
        identity.address, identity.locale = member.email, member.locale or identity.locale
        identity.unreachable_since = None  # in use, as far as the chat knows: the next message tells
    take_zones(ctx, {identity: member.zone for identity, member in linked})


def _with_address(member: Member, identity: Identity | None) -> Member:
    return replace(member, email=identity.address) if identity and not member.email else member


def _known(session: Session, row: Workspace, ids: Sequence[str]) -> dict[str, Identity]:
    found = session.scalars(
        select(Identity).where(
            Identity.platform == row.platform, Identity.workspace == row.ref, Identity.platform_id.in_(ids)
        )
    )
    return {one.platform_id: one for one in found}


def _owners(session: Session, emails: Sequence[str]) -> dict[str, Person]:
    """Return {address: whose it is on the roster}."""
    mine = session.execute(select(Person.email, Person).where(Person.email.in_(emails)))
    also = session.execute(
        select(EmailAlias.email, Person)
        .join(Person, Person.id == EmailAlias.person_id)
        .where(EmailAlias.email.in_(emails))
    )
    found = {email: person for email, person in [*also, *mine] if email}
    return {email: person for email, person in found.items() if person.merged_into_id is None}


def _why_not(ctx: Context, member: Member, owner: Person | None) -> str:
    """Return why an account is nobody on the roster; nothing where it is somebody."""
    if not member.person:
        return "deactivated"
    if not member.email:
        return "no address"
    if not member.confirmed:
        return "address not confirmed"
    if owner is None or not owner.answers():
        return "not on the roster"
    return "has left" if owner.end_on and owner.end_on < ctx.now.astimezone(zone_of(owner)).date() else ""


def _link(ctx: Context, row: Workspace, owner: Person, member: Member) -> Identity:
    identity = Identity(
        person_id=owner.id,
        platform=row.platform,
        workspace=row.ref,
        platform_id=member.platform_id,
        address=member.email,
        zone=given_before(ctx, owner),
        recorded_at=ctx.now,
    )
    ctx.session.add(identity)
    ctx.session.flush()
    _record(ctx, "identity.linked", row, identity, owner, {"by": "address"})
    return identity


def unlink(ctx: Context, row: Workspace, identity: Identity, why: str, heirs: Person | None = None) -> None:
    """End a link. What waited to be said there goes another way; if the account becomes another's, leads hear it."""
    owner = ctx.session.get_one(Person, identity.person_id)
    since = instant(identity.recorded_at)
    proof = _record(ctx, "identity.unlinked", row, identity, owner, {"why": why, "since": since})
    ctx.session.delete(identity)
    ctx.session.flush()
    reroute(ctx, owner, row.platform)
    if heirs is None:
        return
    text = f"An account in “{row.name}” was {m.mention(owner.ref)}'s, and its address is now {m.mention(heirs.ref)}'s."
    told = m.Message(text, lines=("It was linked anew. If that is a mistake, correct the address there.",), tone="warn")
    for one in keepers(ctx):
        ctx.say(one, told, kind="notice", dedupe=f"{proof}:{one.ref}")


def _record(ctx: Context, type_: str, row: Workspace, identity: Identity, owner: Person, facts: dict[str, str]) -> str:
    """Put a link, or its end, on record: the account itself and its address only as commitments of its owner."""
    account = {"workspace": row.ref, "account": identity.platform_id, "address": identity.address}
    return ctx.record(
        type_,
        Subject("person", owner.ref),
        outcome=type_.partition(".")[2],
        facts={"platform": row.platform, "workspace": row.code, **facts},
        private={"identity": vault.seal(DOMAIN, account, owner.ref)},
    )


def reroute(ctx: Context, person: Person, platform: str) -> None:
    """Let what waited to be said to somebody in a chat go another way, if they are in no other workspace of it."""
    there = exists().where(Identity.person_id == person.id, Identity.platform == platform)
    theirs = select(OutboxMessage.id).where(OutboxMessage.person_id == person.id, OutboxMessage.dropped_at.is_(None))
    waiting = (
        update(Delivery)
        .where(
            Delivery.message_id.in_(theirs),
            Delivery.channel == platform,
            Delivery.state == "queued",
            Delivery.platform_ref == "",
            ~there,
        )
        .values(state="dropped", problem="no longer linked")
        .returning(Delivery.id, Delivery.message_id, Delivery.campaign_id, Delivery.due_at)
    )
    copies = ctx.session.execute(waiting.execution_options(synchronize_session=False)).all()
    ledger.note_dropped(ctx, [copy.id for copy in copies], "no longer linked")
    for copy in copies:
        for channel in channels_of(ctx.session, ctx.settings, person):
            again = {"message_id": copy.message_id, "campaign_id": copy.campaign_id, "due_at": copy.due_at}
            ctx.session.execute(insert_or_ignore(ctx.session, Delivery), {**again, "channel": channel})


def _note_stranger(ctx: Context, row: Workspace, member: Member, why: str) -> None:
    """Remember who is in a workspace and nobody on the roster, or forget it where that is over."""
    here = (Stranger.workspace_id == row.id, Stranger.platform_id == member.platform_id)
    if not why:
        ctx.session.execute(delete(Stranger).where(*here))
        return
    said = {"name": member.name, "email": member.email, "zone": member.zone, "why": why}
    locale = {"locale": member.locale}
    new = {"workspace_id": row.id, "platform_id": member.platform_id, "seen_at": ctx.now, **said, **locale}
    ctx.session.execute(insert_or_ignore(ctx.session, Stranger), new)
    said |= locale if member.locale else {}  # events do not always bring it
    ctx.session.execute(update(Stranger).where(*here).values(**said))
