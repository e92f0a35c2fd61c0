"""Pieces of work for a database: one that keeps a row, and one that holds the writer back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import Database
from models.desk import Meta


def keep(name: str) -> Callable[[Session], str]:
    """Return work that keeps one row and returns its name."""

    def work(session: Session) -> str:
        session.add(Meta(name=name, value="kept"))
        return name

    return work


def kept(session: Session) -> list[str]:
    """Return the rows that were kept."""
    return list(session.scalars(select(Meta.name).order_by(Meta.name)))


class Closed:
    """Holds the writer back, so that what is written meanwhile becomes one group."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Event(), threading.Event()

    def __call__(self, session: Session) -> None:
        """Wait inside the writer."""
        self.entered.set()
        assert self.opened.wait(30)


async def together(database: Database, *works: Callable[[Session], object]) -> list[object]:
    """Run works as one group and return what each came to, a result or an error."""
    closed = Closed()
    first = asyncio.create_task(database.write(closed))
    await asyncio.to_thread(closed.entered.wait, 30)
    tasks = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0.05)
    closed.opened.set()
    await first
    return list(await asyncio.gather(*tasks, return_exceptions=True))
