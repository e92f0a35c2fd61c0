"""A deployment as it starts: settings that agree, a database of the right age, and demo or real for life."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from bot.alone import alone
from bot.database import Database, open_database
from bot.migrate import migrate, standing
from config import demo
from config.settings import BadSettings, Settings
from models.desk import Meta
from workflows.context import Context
from workflows.first_steps import install

MODE, KEY = "mode", "signing key"


class CannotStart(Exception):
    """The deployment cannot start as it was told to; the text says why and what to do."""


@dataclass(frozen=True)
class Deployment:
    """What every command works on. `keys` sign cookies and links, newest first."""

    settings: Settings
    database: Database
    keys: tuple[str, ...]


def read_settings(values: Mapping[str, Any] | None = None, *, complete: bool = True) -> Settings:
    """Return the settings of the environment. Raises CannotStart, naming everything that is wrong at once.

    Where they need not be `complete` yet, only what cannot be read is wrong.
    """
    try:
        settings = Settings(**(values or {}))
        if complete:
            settings.check()
    except ValidationError as error:
        wrong = [f"- COUNTERSIGN_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()]
        raise CannotStart("\n".join(["The settings cannot be read:", *wrong])) from None
    except BadSettings as error:
        raise CannotStart(f"The settings are not complete:\n{error}") from None
    if settings.demo and not settings.company:
        return settings.model_copy(update={"company": demo.company()["company"]})
    return settings


def connect(settings: Settings) -> Database:
    """Return the database the settings name. Raises CannotStart where it cannot be reached."""
    try:
        database = open_database(settings.database)
        with database.engine.connect():
            return database
    except (ArgumentError, ValueError) as error:
        raise CannotStart(f"COUNTERSIGN_DATABASE_URL cannot be read: {error}") from None
    except (OperationalError, OSError) as error:
        raise CannotStart(
            f"The database cannot be reached ({type(error).__name__}). Check that it runs and that "
            "COUNTERSIGN_DATABASE_URL names it: sqlite:///file.db or postgresql://user:password@host/name."
        ) from None


@contextmanager
def opened(settings: Settings) -> Iterator[Deployment]:
    """Open the deployment, preparing an empty database; close it afterwards. Raises CannotStart."""
    database = connect(settings)
    try:
        with alone(database.engine, "prepare"):
            prepare(database, settings)
        yield Deployment(settings, database, settings.keys or (_meta(database, KEY),))
    finally:
        database.close()


def prepare(database: Database, settings: Settings) -> None:
    """Bring an empty database to life as a demo, or as a real one in which only the installing admin stands.

    Raises CannotStart for one that is too old, too new, or of the other kind.
    """
    age = standing(database.engine)
    if age == "empty":
        migrate(database.engine)
        with Session(database.engine) as session, session.begin():
            session.add(Meta(name=MODE, value=kind_of(settings)))
            if settings.demo:
                session.add(Meta(name=KEY, value=secrets.token_urlsafe(48)))
            else:
                install(Context(session, settings, datetime.now(UTC)), settings.admin_email)
    elif age == "old":
        raise CannotStart("The database is older than this version. Back it up, then type: python -m bot migrate")
    elif age == "unknown":
        raise CannotStart("The database was made by a newer version. Install that version, or restore a backup.")
    _same_kind(_meta(database, MODE), settings)


def start_over(deployment: Deployment) -> None:
    """Empty a demo database and prepare it again; its signing key stays. Raises CannotStart for a real one."""
    engine = deployment.database.engine
    if _meta(deployment.database, MODE) != "demo":
        raise CannotStart("Only a demo can be started over.")
    migrate(engine, "base")
    migrate(engine)
    with Session(engine) as session, session.begin():
        session.add_all([Meta(name=MODE, value="demo"), Meta(name=KEY, value=deployment.keys[0])])


def kind_of(settings: Settings) -> str:
    """Return what these settings make: "demo" or "real"."""
    return "demo" if settings.demo else "real"


def _same_kind(mode: str, settings: Settings) -> None:
    """Refuse to run a demo as a real deployment, or a real one as a demo: a database is one or the other for life."""
    if mode == kind_of(settings):
        return
    if mode == "demo":
        raise CannotStart(
            "This database holds the demo company, and stays a demo for life. "
            "Point COUNTERSIGN_DATABASE_URL at an empty database for your real one."
        )
    raise CannotStart(
        "This database holds a real company, and COUNTERSIGN_ADMIN_EMAIL is not set. "
        "Start it with its settings, or unset COUNTERSIGN_DATABASE_URL to try the demo."
    )


def _meta(database: Database, name: str) -> str:
    with Session(database.engine) as session:
        found = session.get(Meta, name)
        return found.value if found else ""
