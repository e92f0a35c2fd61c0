"""Acknowledgements through the whole stack on SQLite: over HTTP, from signed-in browsers, each another open duty."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from scripts.bench.company import POLICIES, Company
from scripts.bench.figures import Figure, percentile, ratio
from scripts.bench.scale import IN_FLIGHT, Scale
from scripts.bench.traffic import Tally, crowd, post, stream
from tests.support.process import free_port, running

TOO_LONG = 3.0  # seconds: after that a chat platform shows people an error (Slack, "Acknowledge" within 3 seconds)
SAVED = 303  # sent on to the page that says what was done


def measure(folder: Path, scale: Scale) -> Iterator[Figure]:
    """Yield the figures of a crowd that answers at once, and of answers that come in on schedule."""
    company = Company(folder, -(-scale.owed // POLICIES))
    with (
        running(folder, "serve", port=free_port(), **company.settings) as ours,
        running(folder, f"sqlite:///{folder / 'bare.db'}", module="scripts.bench.bare") as bare,
    ):
        crowded = _side_by_side(ours.address, bare.address, company, scale)
        yield from _crowd_figures(*crowded)
        tally = stream(ours.address, list(islice(company.answers, scale.per_second * scale.seconds)), scale.per_second)
        yield from _stream_figures(tally, scale)
    _all_kept(folder, scale.owed, [*crowded[0], tally])


def _side_by_side(ours: str, bare: str, company: Company, scale: Scale) -> tuple[list[Tally], list[Tally]]:
    """Return what came of each round, ours and bare; the first round only warms up but counts as given."""
    plain = [post("/", b"agree=on")] * scale.bare
    rounds = range(scale.rounds + 1)
    both = [
        (crowd(ours, list(islice(company.answers, scale.answers)), IN_FLIGHT), crowd(bare, plain, IN_FLIGHT))
        for _ in rounds
    ]
    return [one for one, _ in both], [other for _, other in both]


def _crowd_figures(ours: list[Tally], bare: list[Tally]) -> Iterator[Figure]:
    ours, bare = ours[1:], bare[1:]
    rates, others = [one.rate for one in ours], [one.rate for one in bare]
    yield ratio("acknowledged, 32 in flight / bare aiohttp, one row", rates, others, at_least=0.05)
    yield Figure("  acknowledged", rates, "/s")
    yield Figure("  bare aiohttp", others, "/s")
    yield Figure("  acknowledged: p99", [percentile(one.took, 0.99) * 1000 for one in ours], "ms")


def _stream_figures(tally: Tally, scale: Scale) -> Iterator[Figure]:
    name = f"acknowledged, {scale.per_second} a second for {scale.seconds} s"
    yield Figure(f"{name}: p99", [percentile(tally.took, 0.99) * 1000], "ms", at_most=150)
    yield Figure("  median", [percentile(tally.took, 0.5) * 1000], "ms")
    yield Figure("  longer than 3 s", [sum(took > TOO_LONG for took in tally.took)], at_most=0)


def _all_kept(folder: Path, given: int, tallies: list[Tally]) -> None:
    """Raise unless every answer was accepted and is on record: a fast server that loses something is worth nothing."""
    accepted = sum(tally.statuses.get(SAVED, 0) for tally in tallies)
    with sqlite3.connect(folder / "countersign.db") as connection:
        query = "SELECT count(*) FROM records WHERE type = 'policy.acknowledged'"
        kept = connection.execute(query).fetchone()[0]
    if not given == accepted == kept:
        raise RuntimeError(f"{given} answers were given, {accepted} accepted, {kept} kept")
