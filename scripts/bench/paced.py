"""A campaign told in Slack, as fast as Slack allows: how long it takes beside the least it can take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.bench.figures import Figure
from scripts.bench.scale import Scale
from tests.storms.test_slack_paced import PER_SECOND, refusals, storm

BURST = 8  # messages that a fresh Slack takes at once


def measure(folder: Path, scale: Scale) -> Iterator[Figure]:
    """Yield the time for all messages to a stand-in that enforces the pace and answers 429, and how often it did."""
    log = storm(f"sqlite:///{folder / 'countersign.db'}", scale.messages, workers=1, allowed=PER_SECOND, burst=BURST)
    floor = (scale.messages - BURST) / PER_SECOND
    name = f"{scale.messages:,} messages in Slack at {PER_SECOND:g} a second, time / least possible"
    yield Figure(name, [log["seconds"] / floor], "x", at_most=1.05)
    yield Figure("  answered 429", [float(refusals(log))])
