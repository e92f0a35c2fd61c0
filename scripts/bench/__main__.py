"""Measures what was promised, as ratios within one run, each with its spread.

    python -m scripts.bench [--quick] [words that the names of measurements contain]

A slow machine never fails it; a lost answer does. `--quick` only shows that everything runs: its figures mean nothing.
The databases lie under var/, on the disk that real ones use.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts.bench import paced, roster, slack, stack, sweep, teams, writer
from scripts.bench.figures import Figure
from scripts.bench.scale import FULL, QUICK, Scale

MEASURED: dict[str, Callable[[Path, Scale], Iterator[Figure]]] = {
    "stack": stack.measure,
    "writer": writer.measure,
    "sweep": sweep.measure,
    "roster": roster.measure,
    "slack": slack.measure,
    "paced": paced.measure,
    "teams": teams.measure,
}


def main(words: list[str]) -> None:
    """Run the measurements and print their figures."""
    scale = QUICK if "--quick" in words else FULL
    wanted = [word for word in words if not word.startswith("-")] or list(MEASURED)
    Path("var").mkdir(exist_ok=True)
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="bench-", dir="var") as folder:
            for figure in MEASURED[name](Path(folder).resolve(), scale):
                print(figure.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
