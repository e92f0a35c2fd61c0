"""The databases that tests get are real, empty, on loopback, and gone afterwards."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.support.postgres import Cluster

_PLUGINS = [f"-ptests.support.{name}" for name in ("needs", "databases", "browser")]
_ROOT = Path(__file__).parents[2]


def run_pytest(folder: Path, test: str, **env: str) -> subprocess.Popen[str]:
    """Start a pytest of its own on one file with the body `test`, in `folder`."""
    (folder / "test_inner.py").write_text(test)
    command = [sys.executable, "-m", "pytest", *_PLUGINS, "-p", "no:cacheprovider", "--rootdir", str(folder), "-q"]
    return subprocess.Popen(
        [*command, "--override-ini", "addopts=", str(folder / "test_inner.py")],
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if name != "COUNTERSIGN_REQUIRE_ALL"} | env,
        stdout=subprocess.PIPE,
        text=True,
    )


def gone(folder: Path, port: int) -> bool:
    """Whether neither the files nor the server of a cluster exist any more, now or within ten seconds."""
    for _ in range(100):
        with socket.socket() as caller:
            if not folder.exists() and caller.connect_ex(("127.0.0.1", port)) != 0:
                return True
        time.sleep(0.1)
    return False


def test_database_is_empty_and_writable(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE promise (words TEXT)"))
        connection.execute(text("INSERT INTO promise VALUES ('kept')"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT words FROM promise")) == "kept"
    engine.dispose()


def test_cluster_is_a_real_postgresql_on_loopback_only(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert str(connection.scalar(text("SELECT version()"))).startswith("PostgreSQL ")
        assert connection.scalar(text("SHOW listen_addresses")) == "127.0.0.1"
        assert connection.scalar(text("SHOW unix_socket_directories")) == ""
    engine.dispose()


def test_cluster_asks_for_its_password(postgres_cluster: Cluster) -> None:
    where = f"host=127.0.0.1 port={postgres_cluster.port} user=postgres dbname=postgres"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(where + " password=guessed")


def test_a_template_is_copied(postgres_cluster: Cluster) -> None:
    template = postgres_cluster.create()
    engine = create_engine(postgres_cluster.url(template))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE promise (words TEXT)"))
    engine.dispose()
    copy = create_engine(postgres_cluster.url(postgres_cluster.create(template)))
    with copy.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM promise")) == 0
    copy.dispose()


TELL_WHERE = """
import pathlib, time
def test_inner(postgres_cluster, postgres_url):
    told = pathlib.Path(__file__).with_name("told")
    told.with_suffix(".part").write_text(f"{postgres_cluster.folder} {postgres_cluster.port}")
    told.with_suffix(".part").rename(told)
    time.sleep(SECONDS)
"""


def told(folder: Path) -> tuple[Path, int]:
    """Return the folder and the port of the inner run's cluster, once it has told them."""
    while not (folder / "told").exists():
        time.sleep(0.05)
    where, port = (folder / "told").read_text().split()
    return Path(where), int(port)


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_cluster")
def test_cluster_is_gone_after_the_run(tmp_path: Path) -> None:
    inner = run_pytest(tmp_path, TELL_WHERE.replace("SECONDS", "0"), PGHOST="192.0.2.1", PGPORT="1")
    said, _ = inner.communicate(timeout=90)
    assert inner.returncode == 0, said
    assert gone(*told(tmp_path))


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_cluster")
def test_cluster_is_gone_when_the_run_is_killed(tmp_path: Path) -> None:
    inner = run_pytest(tmp_path, TELL_WHERE.replace("SECONDS", "60"))
    folder, port = told(tmp_path)
    assert folder.exists()
    inner.send_signal(signal.SIGKILL)
    inner.communicate(timeout=10)
    assert gone(folder, port)


LACKS_EVERYTHING = """
from tests.support import browser, postgres
postgres.PLACES = browser.NAMES = ()
def test_database(postgres_url): assert postgres_url
def test_page(page): assert page
"""


def test_what_lacks_is_skipped_loudly(tmp_path: Path) -> None:
    inner = run_pytest(tmp_path, LACKS_EVERYTHING, PATH=str(tmp_path))
    said, _ = inner.communicate(timeout=60)
    assert inner.returncode == 0
    assert "NOT EVERYTHING WAS TESTED" in said
    assert "1 skipped: this machine lacks PostgreSQL: apt-get install postgresql" in said
    assert "1 skipped: this machine lacks Chromium: apt-get install chromium" in said


def test_what_lacks_fails_where_everything_is_required(tmp_path: Path) -> None:
    inner = run_pytest(tmp_path, LACKS_EVERYTHING, PATH=str(tmp_path), COUNTERSIGN_REQUIRE_ALL="1")
    said, _ = inner.communicate(timeout=60)
    assert inner.returncode == 1
    assert "2 errors" in said
