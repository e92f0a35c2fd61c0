"""A real deployment for the storms: its settings, a process of it, and the people whom it writes to."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from models.person import Person
from tests.support.process import free_port, kill, start
from tests.support.stage import KEYS
from workflows.context import Context


def real(url: str, **more: str) -> dict[str, str]:
    """Return the settings of a real deployment: `more` says by which channels it writes."""
    settings = {
        "database_url": url,
        "admin_email": "ana@halden.example",
        "domains": "halden.example",
        "secret_key": KEYS[0],
    }
    return {**settings, **more}


@contextmanager
def process(settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the worker, as part of the server on SQLite, until the block ends, however it ends."""
    verb = "serve" if settings["database_url"].startswith("sqlite") else "work"
    started = start(verb, **settings, port=free_port())
    try:
        yield started
    finally:
        kill(started)


def address(number: int) -> str:
    """Return the e-mail address of Person `number`."""
    return f"p{number:04}@halden.example"


def hire(ctx: Context, number: int, **known: str) -> Person:
    """Put Person `number` on the roster, with what is known of them beside their name."""
    person = Person(name=f"Person {number}", start_on=date(2024, 1, 1), recorded_at=ctx.now, **known)
    ctx.session.add(person)
    ctx.session.flush()
    return person
