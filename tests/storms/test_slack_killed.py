"""kill -9 in the middle of a campaign in Slack: nothing is lost, nobody is told twice, and the records are right."""

from __future__ import annotations

import random
import subprocess
import time

import pytest

from tests.storms.slack_storm import (
    Left,
    Remote,
    ask_everybody,
    await_end,
    standing_in,
    start_sender,
    told,
    what_is_left,
)
from tests.support.process import kill

PATIENCE = 8.0  # seconds: longer than a claim takes to run out here
LAG = ("--lag", "0", "0.02")
SLOW = ("--lag", "0.2", "0.4")
SLOWLY = [{"kind": "slow after", "method": "chat.postMessage", "times": None, "seconds": 0.4}]
DROPS = [
    {"kind": kind, "method": "chat.postMessage", "times": None, "share": 0.02} for kind in ("drop before", "drop after")
]


def storm(
    url: str, people: int, kills: int, *, build: str = "right", workers: int = 1, seed: int = 1, slow: bool = False
) -> Left:
    """Write to everybody, kill whoever writes again and again, let the last ones finish, and see what is left."""
    chance = random.Random(seed)  # noqa: S311 - the same storm again
    with standing_in(people, *(SLOW if slow else LAG)) as remote:
        remote.ask("faults", SLOWLY if slow else DROPS)
        settings = told(url, remote)
        ask_everybody(settings, remote)
        running = [start_sender(settings, build, "--hurried") for _ in range(workers)]
        try:
            for number in range(kills):
                await_taken(remote, people * number // kills + chance.randrange(1, people // kills), running)
                time.sleep(chance.random() * 0.02)
                hit = chance.randrange(workers)
                kill(running[hit])
                running[hit] = start_sender(settings, build, "--hurried")
            await_end(settings, running, 90)
        finally:
            kill(*running)
        assert remote.ask("log")["violations"] == []
        return what_is_left(settings, remote)


def await_taken(remote: Remote, many: int, running: list[subprocess.Popen[bytes]]) -> None:
    """Wait until so many messages were taken, so that the kills are spread over the whole campaign.

    What a wrong build has lost never comes: where nothing has for a while, that is all there is.
    """
    before, at_most = -1, 0.0
    while (taken := remote.taken()) < many:
        if taken > before:
            before, at_most = taken, time.monotonic() + PATIENCE
        elif time.monotonic() > at_most:
            return
        assert all(process.poll() is None for process in running), "a sender ended by itself"
        time.sleep(0.01)


def check_all_is_well(left: Left) -> None:
    """Nothing lost, nothing twice, nothing said that is not so."""
    assert (left.lost, left.twice, left.contradictions) == ([], [], [])
    assert set(left.states) == {"sent"}


def test_two_hundred_people_and_six_kills(sqlite_url: str) -> None:
    check_all_is_well(storm(sqlite_url, people=200, kills=6))


def test_two_workers_and_six_kills(postgres_url: str) -> None:
    check_all_is_well(storm(postgres_url, people=200, kills=6, workers=2))


def test_a_build_that_sends_and_then_records_is_caught(sqlite_url: str) -> None:
    """Slack is slow here, so that two kills meet something under way for certain."""
    left = storm(sqlite_url, people=60, kills=2, build="send, then record", slow=True)
    assert left.twice


def test_a_build_that_records_and_then_sends_is_caught(sqlite_url: str) -> None:
    left = storm(sqlite_url, people=60, kills=2, build="record, then send", slow=True)
    assert left.lost
    assert left.contradictions


@pytest.mark.storm
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2))
def test_a_hundred_kills(migrated_url: str, seed: int) -> None:
    check_all_is_well(storm(migrated_url, people=2000, kills=100, seed=seed))


@pytest.mark.storm
@pytest.mark.timeout(1800)
def test_a_hundred_kills_of_two_workers(postgres_url: str) -> None:
    check_all_is_well(storm(postgres_url, people=2000, kills=100, workers=2))


@pytest.mark.storm
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("build", ["send, then record", "record, then send"])
def test_a_hundred_kills_of_a_wrong_build(sqlite_url: str, build: str) -> None:
    left = storm(sqlite_url, people=2000, kills=100, build=build)
    assert left.twice if build == "send, then record" else left.lost
