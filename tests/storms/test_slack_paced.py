"""429 again and again: no send begins before Slack wants it, everybody is told once, and no time is wasted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.storms.slack_storm import (
    ask_everybody,
    await_end,
    standing_in,
    start_sender,
    told,
    what_is_left,
)
from tests.support.process import kill

PER_SECOND = 8.0
CROSSING = 0.25  # seconds in which a call may cross a 429 on a machine that is busy with other tests


def storm(url: str, people: int, *, workers: int, allowed: float, burst: float = 8) -> dict[str, Any]:
    """Write at 8 a second to a Slack that takes `allowed`; return its log, with the `seconds` it all took."""
    limits = ("--per-second", str(allowed), "--burst", str(burst), "--lag", "0", "0.02")
    with standing_in(people, *limits) as remote:
        settings = told(url, remote, slack_per_second=PER_SECOND)
        ask_everybody(settings, remote)
        running = [start_sender(settings, "right") for _ in range(workers)]
        try:
            await_end(settings, running, 20 + 3 * people / min(allowed, PER_SECOND))
        finally:
            kill(*running)
        log: dict[str, Any] = remote.ask("log")
        left_over = what_is_left(settings, remote)
    assert (left_over.lost, left_over.twice, left_over.contradictions) == ([], [], [])
    taken = [call["begun"] for call in log["calls"] if call["taken"]]
    return {**log, "seconds": max(taken) - min(taken)}


def refusals(log: dict[str, Any]) -> int:
    """Return how often Slack said that it was too much."""
    return sum(call["status"] == 429 for call in log["calls"])


def too_early(log: dict[str, Any]) -> list[tuple[float, float]]:
    """Return (when a 429 was answered, when a call began) for calls before its Retry-After, crossing ones apart."""
    calls = [call for call in log["calls"] if call["method"] == "chat.postMessage"]
    held = [(call["ended"], call["ended"] + call["retry_after"]) for call in calls if call["status"] == 429]
    return [(at, call["begun"]) for at, until in held for call in calls if at + CROSSING < call["begun"] < until - 0.02]


def test_nothing_begins_before_its_time(sqlite_url: str) -> None:
    log = storm(sqlite_url, people=30, workers=1, allowed=4, burst=2)
    assert refusals(log) >= 3
    assert too_early(log) == []


def test_nothing_begins_before_its_time_in_another_process(postgres_url: str) -> None:
    log = storm(postgres_url, people=30, workers=2, allowed=4, burst=2)
    assert refusals(log) >= 3
    assert too_early(log) == []


@pytest.mark.storm
@pytest.mark.timeout(1800)
def test_half_the_pace_is_allowed(postgres_url: str) -> None:
    log = storm(postgres_url, people=600, workers=2, allowed=4, burst=4)
    assert refusals(log) >= 50
    assert too_early(log) == []


@pytest.mark.storm
@pytest.mark.timeout(1800)
def test_two_thousand_at_eight_a_second_waste_no_time(migrated_url: str) -> None:
    log = storm(migrated_url, people=2000, workers=1, allowed=PER_SECOND)
    assert too_early(log) == []
    assert log["seconds"] <= 1.05 * (2000 - 8) / PER_SECOND
