"""`serve`, `work` and `migrate`: what runs for long, and what runs at a release."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from bot import logs
from bot.alone import Taken, alone
from bot.app import make_app, make_worker, serving
from bot.cli.screen import OUT
from bot.cli.start import started
from bot.deployment import CannotStart, Deployment, connect, opened, read_settings
from bot.migrate import migrate as bring_up
from bot.migrate import standing
from bot.teams.edge import PATH as TEAMS_PATH
from workflows.workflow import REGISTRY

YOUNG = 10_000  # new objects after which the garbage collector looks at them
PLACES = (
    ("As an employee", "be Chidi Okafor: read a policy and acknowledge it"),
    ("As a manager", "be Bruno Keller: see how far your team has come"),
    ("As the compliance lead", "be Ana Duarte: type status, look at everybody"),
)


def serve() -> None:
    """Serve everything from one process; an empty database is made, and without settings a demo company founded."""
    logs.configure()
    with started() as deployment, only_server(deployment):
        asyncio.run(_serve(deployment))


def work() -> None:
    """Do the background work beside other processes that serve; needs PostgreSQL."""
    logs.configure()
    with started() as deployment:
        if deployment.database.engine.dialect.name == "sqlite":
            raise CannotStart("With SQLite one process does everything: start `python -m bot serve`, and only that.")
        asyncio.run(_work(deployment))


def migrate() -> None:
    """Bring the database to the tables this version needs; a deployment does it at each release."""
    settings = read_settings()
    database = connect(settings)
    try:
        age = standing(database.engine)
        if age == "unknown":
            raise CannotStart("The database was made by a newer version. Install that version, or restore a backup.")
        if age == "old":
            with alone(database.engine, "prepare"):
                bring_up(database.engine)
    finally:
        database.close()
    with opened(settings):  # an empty one becomes a demo or a real one here
        OUT.print("The database is up to date." if age == "current" else "The database has been brought up to date.")


@contextmanager
def only_server(deployment: Deployment) -> Iterator[None]:
    """Refuse a second server over the same SQLite file; PostgreSQL takes any number."""
    engine = deployment.database.engine
    if engine.dialect.name != "sqlite":
        yield
        return
    try:
        with alone(engine, "server", wait=False):
            yield
    except Taken:
        raise CannotStart(
            "Another server already serves this database. Stop it first, or use PostgreSQL to run several."
        ) from None


async def _serve(deployment: Deployment) -> None:
    """Serve until told to stop."""
    settings = deployment.settings
    stop = stopped()
    settle()
    server = serving(make_app(deployment.database, settings, deployment.keys), settings.host, settings.port)
    try:
        address = await anext(server)
    except OSError as error:
        raise CannotStart(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}. "
            "Stop what uses it, or set COUNTERSIGN_PORT to another."
        ) from None
    try:
        welcome(deployment, address)
        async with make_worker(deployment.database, settings, deployment.keys).running():
            await stop.wait()
    finally:
        await server.aclose()


async def _work(deployment: Deployment) -> None:
    """Work in the background until told to stop."""
    stop = stopped()
    settle()
    async with make_worker(deployment.database, deployment.settings, deployment.keys).running():
        OUT.print("Working. Stop with Ctrl-C.")
        _say_local(deployment)
        await stop.wait()


def settle() -> None:
    """Let the garbage collector pass over what was loaded by now: it stays, and looking at it stops every thread.

    It also looks less often at what is new: nearly all of it is gone by itself once a request is answered.
    """
    REGISTRY.all()
    gc.collect()
    gc.set_threshold(YOUNG)
    gc.freeze()


def stopped() -> asyncio.Event:
    """Return an event that comes when the process is told to stop."""
    event = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    return event


def welcome(deployment: Deployment, address: str) -> None:
    """Say where to go."""
    settings = deployment.settings
    _say_local(deployment)
    if not settings.demo:
        OUT.print(f"Serving on {address}, for people at {settings.base_url}. Stop with Ctrl-C.")
        return
    OUT.print(f"\n{settings.bot_name} is at [bold]{address}[/bold] with a demo company. Open it in a browser and pick:")
    for role, what in PLACES:
        OUT.print(f"  {role:<24}{what}")
    OUT.print("Everything stays on this machine. Stop with Ctrl-C; start again and it is as you left it.\n")


def _say_local(deployment: Deployment) -> None:
    """Say that whoever is on this machine is believed, where that is so."""
    settings = deployment.settings
    if settings.teams_local:
        told = "[bold]COUNTERSIGN_TEAMS_LOCAL is on[/bold]: whoever is on this machine is believed."
        OUT.print(f"{told} Agents Playground: {settings.base_url}{TEAMS_PATH}")
