"""A roster of 100,000 people is imported over HTTP, while others go on answering: how long the slowest waits."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, takewhile
from pathlib import Path

from scripts.bench.company import Company
from scripts.bench.figures import Figure, percentile
from scripts.bench.scale import Scale
from scripts.bench.stack import SAVED
from scripts.bench.traffic import crowd, stream
from tests.support.process import free_port, running

HEAD = "employee_id,preferred_name,email,manager,department,country,time_zone,work_days,start,role"
LONGEST = 3600.0  # seconds after which an import has failed
WARMING = 20  # answers before anything counts: a process that has just begun is no measure
OFTEN = 0.2  # seconds between looks at how far it is


def measure(folder: Path, scale: Scale) -> Iterator[Figure]:
    """Yield how long answers waited while a roster was read and applied, and how long that took."""
    company = Company(folder, scale.staff)
    done = threading.Event()
    with (
        running(folder, "serve", port=free_port(), **company.settings) as server,
        ThreadPoolExecutor() as pool,
    ):
        crowd(server.address, list(islice(company.answers, WARMING)), 1)
        importing = pool.submit(_import, folder, company, server.address, scale.employees, done)
        answers = takewhile(lambda _: not done.is_set(), company.answers)
        tally = stream(server.address, answers, scale.beside)
        in_time = done.is_set()
        seconds = importing.result()
    if not in_time:
        raise RuntimeError("everybody had answered before the import was done: more staff are needed")
    if tally.statuses != {SAVED: len(tally.took)}:
        raise RuntimeError(f"answers were lost: {tally.statuses}")
    name = f"import of {scale.employees:,} people, {scale.beside} answers a second beside it"
    yield Figure(f"{name}: slowest", [max(tally.took) * 1000], "ms", at_most=500)
    yield Figure("  p99", [percentile(tally.took, 0.99) * 1000], "ms")
    yield Figure("  answers", [len(tally.took)])
    yield Figure("  the import", [seconds], "s")


def _import(folder: Path, company: Company, address: str, people: int, done: threading.Event) -> float:
    """Hand in a roster, apply it, wait until everybody stands there, and return the seconds that took."""
    try:
        began = time.perf_counter()
        crowd(address, [company.lead_sends("people.import", file=roster(people))], 1)
        _wait(folder, "staged")
        crowd(address, [company.lead_sends("people.apply", "IMP-1")], 1)
        _wait(folder, "applied")
        return time.perf_counter() - began
    finally:
        done.set()


def roster(people: int) -> bytes:
    """Return a roster file of new people, each the manager of eight others."""
    lines = (
        f"N{one},Zoë {one},n{one}@halden.example,{f'N{one // 8}' if one else ''},Team {one % 40},Germany,Europe/Berlin,"
        f"Mon-Fri,2020-01-{one % 28 + 1:02},employee"
        for one in range(people)
    )
    return "\n".join((HEAD, *lines)).encode()


def _wait(folder: Path, state: str) -> None:
    """Wait until the import has come so far. Raises RuntimeError where it went elsewhere, or takes too long."""
    end = time.monotonic() + LONGEST
    with sqlite3.connect(folder / "countersign.db") as connection:
        while (now := connection.execute("SELECT state FROM roster_imports").fetchone()) != (state,):
            if now == ("refused",) or time.monotonic() > end:
                raise RuntimeError(f"the import is {now}, not {state}")
            time.sleep(OFTEN)
