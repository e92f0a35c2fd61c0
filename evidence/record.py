"""Evidence records: written once, in the transaction of the change they record, never edited.

The envelope holds refs and typed facts only. Names, addresses, file names and free text go in as salted commitments;
their payloads lie in the vault, where they can be erased.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from evidence import vault
from evidence.canonical import canonical, instant
from models.fact import Change, assert_facts
from models.gesture import Auth
from models.record import Record

VERSION = 1


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a person's ref, or "system"; `operator` is the operator who acted for them."""

    ref: str
    kind: str = "person"
    operator: str = ""


SYSTEM = Actor("system", "system")


@dataclass(frozen=True, slots=True)
class Subject:
    """What it was done to: its kind, the id people type, its version and the hash of its text where it has one."""

    kind: str
    ref: str
    version: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be written. `private` payloads become commitments; `changes` become effective-dated facts.

    A private payload belongs to the actor, unless it comes already sealed in the name of somebody else.
    """

    type: str
    actor: Actor
    subject: Subject
    occurred_at: datetime
    auth: Auth
    outcome: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    shown: Mapping[str, Any] | None = None
    consent: str = ""
    campaign_ref: str = ""
    population_ref: Mapping[str, Any] | None = None
    control_ids: Sequence[str] = ()
    due_at: datetime | None = None
    on_behalf_of: str = ""
    corrects: str = ""
    retention_class: str = "evidence"
    audience: str = "programme"


def record_id(now: datetime) -> str:
    """Return a new id that sorts by time (48 bits of milliseconds, 80 random bits: the layout of RFC 9562, UUIDv7)."""
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"


def write(session: Session, draft: Draft, now: datetime) -> str:
    """Write the record, its vault payloads and its effective-dated facts; return the record's id.

    `now` is our clock (UTC), `draft.occurred_at` the platform's. Raises NotCanonical for facts outside the JSON subset.
    """
    new_id = record_id(now)
    person = draft.actor.ref if draft.actor.kind == "person" else ""
    sealed = {
        name: payload if isinstance(payload, vault.Sealed) else vault.seal(f"countersign/v1/{name}", payload, person)
        for name, payload in draft.private.items()
    }
    if draft.shown is not None:
        sealed["shown"] = vault.seal("countersign/v1/shown", draft.shown, person)
    if draft.consent:
        sealed["consent"] = vault.seal("countersign/v1/consent", draft.consent, person)
    body = canonical(_envelope(new_id, draft, sealed, now))
    session.execute(
        insert(Record.__table__),
        {"id": new_id, "type": draft.type, "body": body, "recorded_at": now}
        | {"subject": draft.subject.ref, "actor_ref": draft.actor.ref},
    )
    vault.keep(session, sealed.values(), new_id)
    assert_facts(session, draft.changes, now, new_id)
    return new_id


def _envelope(new_id: str, draft: Draft, sealed: Mapping[str, vault.Sealed], now: datetime) -> dict[str, Any]:
    """Return the envelope as JSON data; what does not apply is left out, so that bytes say only what is meant."""
    facts = dict(draft.facts)
    if draft.changes:
        facts["changes"] = [_change(change) for change in draft.changes]
    envelope: dict[str, Any] = {
        "v": VERSION,
        "id": new_id,
        "type": draft.type,
        "occurred_at": instant(draft.occurred_at),
        "recorded_at": instant(now),
        "actor": _filled(**asdict(draft.actor)),
        "on_behalf_of": draft.on_behalf_of,
        "auth": _filled(**draft.auth._asdict()),
        "subject": _filled(**asdict(draft.subject)),
        "outcome": draft.outcome,
        "facts": facts,
        "campaign_ref": draft.campaign_ref,
        "population_ref": dict(draft.population_ref) if draft.population_ref else None,
        "control_ids": list(draft.control_ids),
        "due_at": instant(draft.due_at) if draft.due_at else None,
        "on_time": draft.occurred_at <= draft.due_at if draft.due_at else None,
        "corrects": draft.corrects,
        "consent_sha256": sealed["consent"].commitment if "consent" in sealed else "",
        "shown": sealed["shown"].commitment if "shown" in sealed else "",
        "retention_class": draft.retention_class,
        "audience": draft.audience,
        "commitments": [
            {"name": name, "sha256": item.commitment}
            for name, item in sorted(sealed.items())
            if name not in ("shown", "consent")
        ],
    }
    return {name: value for name, value in envelope.items() if value not in ("", None, {}, [])}


def _change(change: Change) -> dict[str, Any]:
    """Return an effective-dated fact as it stands in the record, from which it can be replayed."""
    return {
        "subject": change.subject,
        "name": change.name,
        "key": change.key,
        "value": change.value,
        "valid_from": instant(change.valid_from),
        "valid_to": instant(change.valid_to) if change.valid_to else None,
    }


def _filled(**parts: Any) -> dict[str, Any]:
    """Return the parts that say something."""
    return {name: value for name, value in parts.items() if value not in ("", 0)}
