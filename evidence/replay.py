"""Effective-dated facts made again from the records alone: what the tables say must be what the records say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple


class Replayed(NamedTuple):
    """One effective-dated fact as a record states it."""

    subject: str
    name: str
    key: str
    value: Any
    valid_from: datetime
    valid_to: datetime | None
    recorded_at: datetime
    record_id: str


def replay(bodies: Iterable[bytes]) -> Iterator[Replayed]:
    """Yield the facts stated by the records with these canonical bytes, in their order."""
    for body in bodies:
        record = json.loads(body)
        recorded_at = datetime.fromisoformat(record["recorded_at"])
        for change in record.get("facts", {}).get("changes", ()):
            ends = change["valid_to"]
            yield Replayed(
                change["subject"],
                change["name"],
                change["key"],
                change["value"],
                datetime.fromisoformat(change["valid_from"]),
                datetime.fromisoformat(ends) if ends else None,
                recorded_at,
                record["id"],
            )
