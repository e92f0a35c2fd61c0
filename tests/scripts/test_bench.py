"""The measurements run and say what they must, honestly; how fast it is on this machine is nobody's verdict here."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts.bench.figures import Figure, percentile, ratio
from tests.support.process import ROOT

LINES = (
    "acknowledged, 32 in flight / bare aiohttp, one row",
    "  acknowledged: p99",
    "acknowledged, 20 a second for 1 s: p99",
    "  longer than 3 s",
    "database.write, 32 in flight / sqlite3, a row a transaction",
    "due-sweep over 20,000 duties, SQLite: full scan / sweep",
    "due-sweep over 20,000 duties, PostgreSQL",
    "import of 200 people, 20 answers a second beside it: slowest",
)


@pytest.mark.storm
@pytest.mark.timeout(300)
def test_a_quick_run_prints_every_figure() -> None:
    """Small sizes, real processes: what no longer runs fails, and so does an answer that is lost."""
    command = [sys.executable, "-m", "scripts.bench", "--quick"]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    assert [line for line in LINES if not any(one.startswith(line) for one in printed)] == []


def test_a_ratio_shows_its_median_and_its_spread() -> None:
    """Rounds are compared one by one, not their averages."""
    line = ratio("work", [10, 30, 20], [100, 100, 400], at_least=0.1).line()
    assert line.split() == ["work", "0.100", "x", "0.050", "..", "0.300", "in", "3", "rounds", ">=", "0.100", "ok"]


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (Figure("rate", [0.99], at_least=1), "short of target"),
        (Figure("rate", [1.0], at_least=1), "ok"),
        (Figure("wait", [151, 151, 2], at_most=150), "short of target"),
        (Figure("wait", [0], at_most=0), "ok"),
        (Figure("wait", [1], at_most=0), "short of target"),
        (Figure("wait", [1]), ""),
    ],
)
def test_a_target_is_met_or_not(figure: Figure, verdict: str) -> None:
    """What falls short is called so."""
    assert figure.verdict == verdict


def test_one_in_a_hundred_may_be_slower_than_the_ninety_ninth_percentile() -> None:
    """The nearest rank: no figure that nobody measured."""
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile(range(1, 201), 0.99) == 198
    assert percentile([7.0], 0.99) == 7
