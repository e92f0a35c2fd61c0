"""What may be wrong with a deployment, found by looking: one finding a line, with what to do. Nothing is changed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import aiohttp
import aiosmtplib
from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from bot.database import Database
from bot.deployment import MODE, CannotStart, connect, kind_of, read_settings
from bot.finding import Finding
from bot.migrate import differences, standing
from bot.outside.mail import Server
from bot.slack import checkup as slack
from bot.teams import checkup as teams
from bot.worker import WORKER
from config.chats import is_loopback
from config.settings import Settings
from models.desk import Meta
from models.guards import APPEND_ONLY, create_guards
from models.outbox import Delivery

LEAST_FREE = 1024**3  # bytes; a year of evidence of 1,000 people is far less
MOST_DRIFT = timedelta(seconds=2)
LATE = timedelta(minutes=15)
SILENCE = timedelta(minutes=3)  # a worker leaves a sign of life every minute
PATIENCE = 15  # seconds for an answer from elsewhere


def examine() -> Iterator[Finding]:
    """Yield every finding, in an order in which the first bad one explains the later ones."""
    try:
        settings = read_settings()
    except CannotStart as error:
        yield Finding("Settings", "bad", "not complete", str(error))
        return
    yield Finding("Settings", "ok", "the demo company" if settings.demo else "a real deployment, complete")
    yield _zones()
    file = _file(settings)
    if file and not file.exists():
        yield Finding("Database", "warn", f"{file} does not exist yet", "Start it: python -m bot serve")
    else:
        yield from _inside(settings)
    yield asyncio.run(_mail(settings))
    yield asyncio.run(_address(settings))
    yield from asyncio.run(_chats(settings))


def _file(settings: Settings) -> Path | None:
    """Return the file of a SQLite database; connecting would make it."""
    try:
        url = make_url(settings.database)
    except ArgumentError:
        return None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _inside(settings: Settings) -> Iterator[Finding]:
    """Look at the database, if it can be reached."""
    try:
        database = connect(settings)
    except CannotStart as error:
        yield Finding("Database", "bad", "not reachable", str(error))
    else:
        try:
            yield from _database(database, settings)
        finally:
            database.close()


def _zones() -> Finding:
    try:
        ZoneInfo("Pacific/Auckland")
    except ZoneInfoNotFoundError:
        return Finding("Time zones", "bad", "no data", "Install the tzdata package; due dates depend on it.")
    return Finding("Time zones", "ok", f"{len(available_timezones())} known")


def _database(database: Database, settings: Settings) -> Iterator[Finding]:
    """Look at everything inside the database."""
    engine = database.engine
    age = standing(engine)
    if age == "empty":
        yield Finding("Database", "warn", "reachable and empty", "Start it: python -m bot serve")
        return
    if age != "current":
        todo = "Back it up, then type: python -m bot migrate" if age == "old" else "Install the version that made it."
        yield Finding(
            "Database", "bad", f"its tables are {'older' if age == 'old' else 'newer'} than this version", todo
        )
        return
    different = differences(engine)
    yield (
        Finding(
            "Database",
            "bad",
            f"{len(different)} differences from the models",
            "Restore a backup: it was changed by hand.",
        )
        if different
        else Finding("Database", "ok", f"{engine.dialect.name}, tables as this version needs them")
    )
    with Session(engine) as session:
        yield _mode(session, settings)
        yield _guards(session)
        yield _clock(session)
        yield _outbox(session)
        yield _worker(session)
        yield from slack.inside(session, settings)
        yield from teams.inside(session, settings)
    if engine.dialect.name == "sqlite":
        yield _disk(engine)


def _mode(session: Session, settings: Settings) -> Finding:
    mode = session.get(Meta, MODE)
    if mode is not None and mode.value == kind_of(settings):
        return Finding("Kind", "ok", f"a {mode.value} database, as the settings say")
    return Finding(
        "Kind",
        "bad",
        f"the database is {mode.value if mode else 'neither demo nor real'}, the settings say {kind_of(settings)}",
        "Point COUNTERSIGN_DATABASE_URL at the right one; a database is a demo or real for life.",
    )


def _guards(session: Session) -> Finding:
    """Check that the database itself refuses to change evidence."""
    dialect = session.get_bind().dialect.name
    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal"
    )
    there = set(session.scalars(text(listed)))
    wanted = {words.split()[2] for words in create_guards(dialect, APPEND_ONLY) if words.startswith("CREATE TRIGGER")}
    if missing := sorted(wanted - there):
        how = f"{len(missing)} of {len(wanted)} triggers are missing or switched off: {', '.join(missing)}"
        return Finding("Evidence", "bad", how, "Somebody removed them. Find out who and why, then restore a backup.")
    return Finding("Evidence", "ok", f"append-only, guarded by {len(wanted)} triggers")


def _clock(session: Session) -> Finding:
    """Compare this machine's clock with the database server's (on SQLite they are one)."""
    if session.get_bind().dialect.name == "sqlite":
        return Finding("Clock", "ok", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
    there = session.scalar(text("SELECT clock_timestamp()"))
    drift = abs(datetime.now(UTC) - there) if isinstance(there, datetime) else timedelta.max
    if drift > MOST_DRIFT:
        how = f"{drift.total_seconds():.0f} s apart from the database server's"
        return Finding("Clock", "bad", how, "Synchronise both machines with NTP: due dates and records depend on it.")
    return Finding("Clock", "ok", f"{drift.total_seconds() * 1000:.0f} ms apart from the database server's")


def _outbox(session: Session) -> Finding:
    """Look for messages that should have left by now."""
    late = Delivery.due_at < datetime.now(UTC) - LATE
    waiting = session.scalar(select(func.count(Delivery.id)).where(Delivery.state == "queued", late)) or 0
    failed = session.scalar(select(func.count(Delivery.id)).where(Delivery.state == "failed")) or 0
    if waiting:
        todo = "Start a worker: python -m bot work (or serve, which brings one). If one runs, look at Mail below."
        return Finding("Outbox", "bad", f"{waiting} messages are more than 15 minutes late", todo)
    if failed:
        todo = "Type status, and look at those who cannot be reached."
        return Finding("Outbox", "warn", f"nothing is late, {failed} could not be delivered", todo)
    return Finding("Outbox", "ok", "nothing is late")


def _worker(session: Session) -> Finding:
    """Look when a background worker was last seen."""
    seen = session.get(Meta, WORKER)
    todo = "Start one: python -m bot work (or serve, which brings one)."
    if seen is None:
        return Finding("Worker", "warn", "none has ever run here", todo)
    silence = datetime.now(UTC) - datetime.fromisoformat(seen.value)
    if silence > SILENCE:
        return Finding("Worker", "bad", f"none has been seen for {int(silence.total_seconds() // 60)} minutes", todo)
    return Finding("Worker", "ok", f"seen {max(0, int(silence.total_seconds()))} s ago")


def _disk(engine: Engine) -> Finding:
    place = Path(engine.url.database or ".").resolve().parent
    free = shutil.disk_usage(place).free
    how = f"{free / 1024**3:.1f} GB free"
    if free < LEAST_FREE:
        return Finding("Disk", "bad", how, f"Make room in {place}: a full disk means that answers are not saved.")
    return Finding("Disk", "ok", how)


async def _mail(settings: Settings) -> Finding:
    """Connect, greet and sign in to the mail server, without sending anything."""
    if not settings.smtp_url and settings.demo:
        return Finding("Mail", "ok", "none; the demo shows every message in the web inbox")
    if not settings.smtp_url:
        how = "none: who is in no chat gets nothing, and nobody hears of a chat that is down"
        return Finding("Mail", "warn", how, "Set COUNTERSIGN_SMTP_URL: docs/how-to/operator/mail.md")
    try:
        client = Server.read(settings.smtp_url).client(settings.mail_host)
        async with client:
            await client.noop()
    except aiosmtplib.SMTPAuthenticationError:
        return Finding(
            "Mail", "bad", "the server refuses the user or password", "Correct them in COUNTERSIGN_SMTP_URL."
        )
    except (aiosmtplib.SMTPException, OSError) as error:
        todo = "Check host and port in COUNTERSIGN_SMTP_URL, and that the network lets this machine reach it."
        return Finding("Mail", "bad", f"the server does not answer as it should ({type(error).__name__})", todo)
    return Finding("Mail", "ok", "connected, greeted and signed in; nothing was sent")


async def _address(settings: Settings) -> Finding:
    """Ask for our own page at the address that people's browsers use."""
    url = f"{settings.base_url}/healthz"
    try:
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout) as client, client.get(url) as response:
            alive = response.status == 200 and (await response.json()).get("alive") is True
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        near = is_loopback(settings.host) and is_loopback(url.split("/")[2].rpartition(":")[0])
        todo = (
            "Start it: python -m bot serve"
            if near
            else "Start it, and check DNS, the proxy before it and its certificate."
        )
        return Finding("Address", "warn", f"{settings.base_url} does not answer ({type(error).__name__})", todo)
    if not alive:
        return Finding(
            "Address", "bad", f"{settings.base_url} answers, but it is not us", "Correct COUNTERSIGN_BASE_URL."
        )
    return Finding("Address", "ok", f"{settings.base_url} leads here")


async def _chats(settings: Settings) -> list[Finding]:
    return [finding for chat in (slack, teams) async for finding in chat.outside(settings)]
