"""The stage of a dialogue: a company with named people, a clock the test moves, and a surface served over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import make_app, make_worker, serving
from bot.database import Database, Work, open_database
from bot.migrate import migrate
from config.settings import Settings
from models.desk import Meta
from models.person import Person
from models.record import Record
from tests.support.loop import Loop
from tests.support.mail import Letter, MailServer
from workflows.context import Context

T = TypeVar("T")
KEYS = ("a test key that is long enough to sign cookies with",)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Screen(Protocol):
    """What a person has in front of them, on any surface."""

    text: str
    title: str
    status: int

    def sees(self, *texts: str) -> Screen:
        """Assert that every text is there, and return the screen."""
        ...

    def misses(self, *texts: str) -> Screen:
        """Assert that none of the texts is there, and return the screen."""
        ...

    def offers(self, *labels: str) -> Screen:
        """Assert that every label can be pressed."""
        ...

    def presses(self, label: str, on: str = "") -> Screen:
        """Press what is labelled so, on the card that says `on`."""
        ...

    def fills(self, **answers: Any) -> Screen:
        """Fill in the form in front of one and send it."""
        ...


class Surface(Protocol):
    """A way to talk to the bot: web, and later Slack and Teams."""

    def says(self, person: Person, words: str) -> Screen:
        """Type words to the bot."""
        ...

    def opens(self, person: Person) -> Screen:
        """Open what one owes."""
        ...

    def meets(self) -> None:
        """Let everybody on the roster be where the surface is."""
        ...


class Stage:
    """Everything a dialogue plays on."""

    def __init__(self, loop: Loop, database: Database, settings: Settings) -> None:
        self.loop = loop
        self.database = database
        self.settings = settings
        self.now = MONDAY
        self.address = ""
        self.app: web.Application
        self.worker = make_worker(database, settings, KEYS, self.clock)
        self.mail: MailServer | None = None
        self.surface: Surface

    def clock(self) -> datetime:
        """The time on stage."""
        return self.now

    def later(self, **span: float) -> None:
        """Let time pass: later(days=1)."""
        self.now += timedelta(**span)

    def write(self, work: Work[T]) -> T:
        """Run work in a committed transaction."""
        return self.loop.run(self.database.write(work))

    def read(self, work: Work[T]) -> T:
        """Run work that only reads."""
        return self.loop.run(self.database.read(work))

    def works(self) -> None:
        """Let the background work run, and let everything leave the house, until nothing is left to do."""
        self.loop.run(self.worker.until_idle())

    def mailbox(self, person: Person | Player) -> list[Letter]:
        """Return the letters that somebody got, oldest first. Needs `on_stage_with_mail`."""
        assert self.mail is not None, "this stage has no mail server"
        email = (person.row if isinstance(person, Player) else person).email
        return self.mail.mailbox(email or "")

    def context(self, session: Session, person: Person | None = None) -> Context:
        """Return a context in which `person` (or the system) acts now."""
        return Context(session, self.settings, self.now, session.get_one(Person, person.id) if person else None)

    def person(self, name: str) -> Player:
        """Return the one person whose name begins so, ready to act."""

        def find(session: Session) -> Person:
            return session.scalars(select(Person).where(Person.name.like(f"{name}%"))).one()

        return Player(self, self.read(find))

    def records(self, type_: str = "") -> list[dict[str, Any]]:
        """Return the evidence records (of one type), in the order they were written."""
        rows = select(Record.body).order_by(Record.recorded_at, Record.id)
        found = [json.loads(body) for body in self.read(lambda session: session.scalars(rows).all())]
        return [record for record in found if not type_ or record["type"] == type_]


class Player:
    """A person on stage."""

    def __init__(self, stage: Stage, person: Person) -> None:
        self.stage = stage
        self.row = person
        self.ref = person.ref

    def says(self, words: str) -> Screen:
        """Type words to the bot."""
        return self.stage.surface.says(self.row, words)

    def opens(self) -> Screen:
        """Open what one owes."""
        return self.stage.surface.opens(self.row)


@contextmanager
def on_stage(database_url: str, **settings: Any) -> Iterator[Stage]:
    """Open a stage over a database without rows: migrated, marked as a demo or real, and served."""
    with ExitStack() as ending:
        loop = Loop("stage")
        ending.callback(loop.close)
        database = open_database(database_url)
        ending.callback(database.close)
        stage = Stage(loop, database, Settings(database_url=database_url, **settings))
        ending.callback(lambda: loop.run(stage.worker.close()))
        migrate(database.engine)
        mode = Meta(name="mode", value="demo" if stage.settings.demo else "real")
        stage.write(lambda session: session.merge(mode))  # it is there where a stage is opened again
        stage.app = make_app(database, stage.settings, KEYS, stage.clock)
        pages = serving(stage.app, "127.0.0.1", 0)
        stage.address = loop.run(anext(pages))
        ending.callback(lambda: loop.run(pages.aclose()))
        yield stage


@contextmanager
def on_stage_with_mail(database_url: str, **settings: Any) -> Iterator[Stage]:
    """Open a stage with a mail server of its own: people whom no chat reaches get letters."""
    with MailServer().running() as server, on_stage(database_url, smtp_url=server.url, **settings) as stage:
        stage.mail = server
        yield stage
