"""What the operator reads: plain lines and progress on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

PIPED = 120  # columns where nobody's terminal tells how wide it is


def _console(*, stderr: bool) -> Console:
    wide = None if (sys.stderr if stderr else sys.stdout).isatty() else PIPED
    return Console(stderr=stderr, highlight=False, width=wide)


OUT = _console(stderr=False)
ERR = _console(stderr=True)


class Steps:
    """A progress bar that is told of each step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def begin(self, what: str, total: int | None = None) -> None:
        """Begin a stretch of `total` steps called `what`; None where nobody knows how many."""
        self._progress.reset(self._task, description=what, total=total)

    def step(self) -> None:
        """Note that one step is done."""
        self._progress.advance(self._task)


@contextmanager
def steps() -> Iterator[Steps]:
    """Show a progress bar on a terminal while the block runs; it is gone afterwards."""
    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        yield Steps(progress)
