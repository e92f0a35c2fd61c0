"""A throwaway PostgreSQL cluster on loopback, made from installed binaries, for one test process.

It never touches a cluster that exists already, and it goes away with the process that made it, even if that is killed.
"""

import itertools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

# Where packages put the server's programs when they are not on the PATH.
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/local/opt/postgresql*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# What is lost with the machine may be lost: nothing here outlives the run.
_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=100",
)
# Waits until the process that made the cluster says so or is no more, then stops and removes it.
_GUARD = 'read -r _; "$1"/pg_ctl stop -D "$2"/data -m fast -w -t 30; rm -rf "$2"'


def programs() -> Path | None:
    """Return the folder with PostgreSQL's server programs, the newest where there are several, or None."""
    on_path = [Path(place) for place in os.environ.get("PATH", "").split(os.pathsep) if place]
    installed = [found for place in PLACES for found in sorted(Path("/").glob(place[1:]), key=_version, reverse=True)]
    return next((place for place in on_path + installed if _complete(place)), None)


def _complete(place: Path) -> bool:
    return all((place / name).exists() for name in ("initdb", "pg_ctl", "postgres"))


def _version(place: Path) -> list[int]:
    return [int(digits) for digits in "".join(c if c.isdigit() else " " for c in str(place)).split()]


@dataclass(frozen=True)
class _Somebody:
    """Whom a program runs as; None is whoever we are."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None


@dataclass
class Cluster:
    """A running cluster; `stop` ends and removes it."""

    folder: Path
    port: int
    password: str = field(repr=False)
    _guard: subprocess.Popen[bytes] = field(repr=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of `database`."""
        return f"postgresql+psycopg://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Create a database as a copy of `template`, to which nobody may be connected; return its name."""
        name = f"test_{next(self._numbers)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._guard.communicate(b"\n", timeout=60)

    def _run(self, statement: sql.Composed) -> None:
        where = f"host=127.0.0.1 port={self.port} user=postgres password={self.password} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)


def start(place: Path) -> Cluster:
    """Make and start a cluster with the programs in `place`. Raises RuntimeError with the server's own words."""
    who = _somebody()
    folder = _folder(who)
    guard = _spawn(who, ["sh", "-c", _GUARD, "guard", str(place), str(folder)], stdin=subprocess.PIPE)
    password = secrets.token_hex(16)
    try:
        _make(who, place, folder, password)
        return Cluster(folder, _launch(who, place, folder), password, guard)
    except BaseException:
        guard.communicate(b"\n", timeout=60)
        raise


def _make(who: _Somebody, place: Path, folder: Path, password: str) -> None:
    file = folder / "password"
    file.write_text(password)
    if who.user is not None:
        shutil.chown(file, who.user)
    make = [f"{place}/initdb", "-D", f"{folder}/data", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"]
    _check(who, [*make, "--auth=password", f"--pwfile={file}"])


def _launch(who: _Somebody, place: Path, folder: Path, tries: int = 3) -> int:
    """Start the server on a free port and return that; somebody may take it meanwhile, but hardly three times."""
    port, log = _free_port(), folder / "log"
    options = " ".join(f"-c {option}" for option in (*_OPTIONS, f"port={port}"))
    try:
        _check(who, [f"{place}/pg_ctl", "start", "-D", f"{folder}/data", "-l", str(log), "-w", "-o", options])
    except RuntimeError as error:
        if tries == 1:
            raise RuntimeError(f"{error}\n{log.read_text()}") from error
        return _launch(who, place, folder, tries - 1)
    return port


def _somebody() -> _Somebody:
    """Return whom to run the server as: initdb refuses root."""
    if os.geteuid() != 0:
        return _Somebody()
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return _Somebody(entry.pw_uid, entry.pw_gid, ())


def _folder(who: _Somebody) -> Path:
    """Return a new folder of `who`; root's own temporary folder is often closed to others, so root makes it in /tmp."""
    if who.user is None:
        return Path(tempfile.mkdtemp(prefix="countersign-"))
    folder = Path(tempfile.mkdtemp(prefix="countersign-", dir="/tmp"))
    shutil.chown(folder, who.user)
    return folder


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _spawn(who: _Somebody, command: list[str], stdin: int, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start `command` as `who`, out of reach of the keyboard and of the user's own PostgreSQL settings."""
    return subprocess.Popen(
        command,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=who.user,
        group=who.group,
        extra_groups=who.extra_groups,
    )


def _check(who: _Somebody, command: list[str]) -> None:
    process = _spawn(who, command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    said = process.communicate(timeout=60)[0].decode(errors="replace")
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {said}")
