"""An envelope says only what is meant, and what a person said stands in it as a commitment and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.database import Database, open_database
from evidence import vault
from evidence.canonical import NotCanonical, canonical
from evidence.record import Actor, Draft, Subject, write
from models.gesture import Auth
from models.record import Record, VaultItem

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANA = "a" * 32
DRAFT = Draft(
    "policy.objected",
    Actor(ANA),
    Subject("policy", "POL-3", 4, "f" * 64),
    NOW - timedelta(seconds=2),
    Auth("web", scheme="session", assurance="web-link"),
    outcome="objected",
    facts={"assignment": "A-17"},
    private={"reason": "It forbids what my job needs"},
    due_at=NOW,
)


@pytest.fixture
def session(migrated_url: str) -> Iterator[Session]:
    """A session on an empty database."""
    database: Database = open_database(migrated_url)
    with Session(database.engine) as session:
        yield session
    database.close()


def kept(session: Session, draft: Draft, now: datetime = NOW) -> tuple[bytes, dict[str, Any]]:
    """Write a record and return its bytes, and what they say."""
    body = session.get_one(Record, write(session, draft, now)).body
    return body, json.loads(body)


def test_what_an_envelope_holds(session: Session) -> None:
    """When it happened and when we wrote it, who, how we know, what, how it ended: and no number in a sequence."""
    body, record = kept(session, DRAFT)
    (item,) = session.scalars(select(VaultItem))
    assert body == canonical(record)
    assert {name: value for name, value in record.items() if name != "id"} == {
        "v": 1,
        "type": "policy.objected",
        "occurred_at": "2026-11-23T08:59:58.000000Z",
        "recorded_at": "2026-11-23T09:00:00.000000Z",
        "actor": {"kind": "person", "ref": ANA},
        "auth": {"platform": "web", "scheme": "session", "assurance": "web-link"},
        "subject": {"kind": "policy", "ref": "POL-3", "version": 4, "sha256": "f" * 64},
        "outcome": "objected",
        "facts": {"assignment": "A-17"},
        "due_at": "2026-11-23T09:00:00.000000Z",
        "on_time": True,
        "retention_class": "evidence",
        "audience": "programme",
        "commitments": [{"name": "reason", "sha256": item.commitment}],
    }
    assert b"forbids" not in body


def test_late_is_told_by_when_it_happened(session: Session) -> None:
    """Not by when we came to write it: our own delay makes nobody late."""
    _, slow = kept(session, DRAFT, NOW + timedelta(hours=1))
    _, late = kept(session, replace(DRAFT, occurred_at=NOW + timedelta(microseconds=1)))
    assert (slow["on_time"], late["on_time"]) == (True, False)


def test_a_correction_names_what_it_amends(session: Session) -> None:
    _, first = kept(session, DRAFT)
    _, second = kept(session, replace(DRAFT, corrects=first["id"]))
    assert second["corrects"] == first["id"]
    assert len(session.scalars(select(Record)).all()) == 2


def test_the_same_words_have_another_commitment_each_time(session: Session) -> None:
    """Nobody can guess "yes", or an address, and look for its hash."""
    (_, first), (_, second) = kept(session, DRAFT), kept(session, DRAFT)
    assert first["commitments"] != second["commitments"]


def test_a_payload_opens_its_commitment_until_it_is_erased(session: Session) -> None:
    """One changed letter is noticed; erased, the record stands as it stood."""
    body, record = kept(session, DRAFT)
    (item,) = session.scalars(select(VaultItem))
    assert item.person_ref == ANA
    assert vault.opens(item)
    assert json.loads(item.payload) == "It forbids what my job needs"
    session.expunge(item)
    item.payload = item.payload.replace(b"forbids", b"permits")
    assert not vault.opens(item)

    session.execute(delete(VaultItem))
    assert session.get_one(Record, record["id"]).body == body


def test_what_is_not_canonical_is_not_written(session: Session) -> None:
    with pytest.raises(NotCanonical):
        kept(session, replace(DRAFT, facts={"score": 0.5}))
    assert session.scalars(select(Record)).all() == []
