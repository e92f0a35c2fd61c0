"""Time zones from chat profiles, for people of whom the roster names none.

UTC stands for "the roster names none": whoever really is there is written as Etc/UTC. What a profile gave follows the
profile, until the roster says something else.
"""

from __future__ import annotations

from collections.abc import Mapping

from evidence import vault
from evidence.record import Subject
from models.person import Identity, Person
from workflows.context import Context
from workflows.importing import settled
from workflows.people import cells, directory
from workflows.people.directory import Edit
from workflows.people.values import BLANK
from workflows.workflow import Refusal

NONE = BLANK["zone"]


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
        private = {"zone": vault.seal("countersign/v1/zone", zone, ref)}
        ctx.record("person.zone", Subject("person", ref), outcome="from the profile", private=private)


def named(said: str) -> str:
    """Return the IANA name of a zone, or nothing where there is no such zone."""
    try:
        return cells.zone(said) if said else ""
    except ValueError:
        return ""
