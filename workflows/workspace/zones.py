"""Time zones from chat profiles, for people of whom the roster names none.

UTC stands for "the roster names none": whoever really is there is written as Etc/UTC. What a profile gave follows the
profile, until the roster says something else; an account that is unlinked and comes back goes on giving it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import select

from evidence import vault
from evidence.record import Subject
from models.person import Identity, Person
from models.record import Record, VaultItem
from workflows.context import Context
from workflows.importing import settled
from workflows.people import cells, directory
from workflows.people.directory import Edit
from workflows.people.values import BLANK
from workflows.workflow import Refusal

NONE = BLANK["zone"]
DOMAIN = "countersign/v1/zone"


def given_before(ctx: Context, person: Person) -> str:
    """Return somebody's zone if the last profile that gave one gave this, and no account gives it now; or nothing."""
    now = select(Identity.id).where(Identity.person_id == person.id, Identity.zone == person.zone).limit(1)
    if person.zone == NONE or ctx.session.scalar(now) is not None:
        return ""
    given = (
        select(VaultItem.payload)
        .join(Record, Record.id == VaultItem.record_id)
        .where(Record.subject == person.ref, Record.type == "person.zone", VaultItem.domain == DOMAIN)
        .order_by(Record.recorded_at.desc(), Record.id.desc())
        .limit(1)
    )
    payload = ctx.session.scalar(given)
    return person.zone if payload is not None and json.loads(payload) == person.zone else ""


def take_zones(ctx: Context, zones: Mapping[Identity, str]) -> None:
    """Give people the zone of their profile; while an import changes people, the next reading does."""
    wanted: dict[str, tuple[Identity, str]] = {}
    for identity, said in zones.items():
        person = ctx.session.get_one(Person, identity.person_id)
        zone = named(said)
        if person.zone not in (NONE, identity.zone):
            identity.zone = ""  # the roster has spoken meanwhile
        elif zone and zone != person.zone:
            wanted[person.ref] = (identity, zone)
    if not wanted:
        return
    try:
        settled(ctx.session)
    except Refusal:
        return
    for identity, zone in wanted.values():
        identity.zone = zone
    ctx.session.flush()
    directory.put(ctx.session, [Edit(ref, {"zone": zone}) for ref, (_, zone) in wanted.items()], ctx.today, ctx.now)
    for ref, (_, zone) in wanted.items():
        private = {"zone": vault.seal(DOMAIN, zone, ref)}
        ctx.record("person.zone", Subject("person", ref), outcome="from the profile", private=private)


def named(said: str) -> str:
    """Return the IANA name of a zone, or nothing where there is no such zone."""
    try:
        return cells.zone(said) if said else ""
    except ValueError:
        return ""
