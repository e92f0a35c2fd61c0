"""`python -m bot serve` as a real process."""

from __future__ import annotations

import shutil
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path

from sqlalchemy import create_engine, select, text

from models.campaign import Assignment
from models.outbox import OutboxMessage
from models.person import Person
from tests.support.process import bot, free_port, running


def read(port: str, path: str) -> str:
    """Return a page of the server on a port of this machine."""
    connection = HTTPConnection("127.0.0.1", int(port), timeout=20)
    connection.request("GET", path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def test_a_newcomer_meets_the_demo_company_and_finds_it_again(tmp_path: Path, sqlite_url: str) -> None:
    """Without any setting there is a company to look at, the screen says where, and a restart keeps it."""
    port = free_port()
    with running(tmp_path, "serve", database_url=sqlite_url, port=port) as server:
        server.says("Ctrl-C")
        assert f"http://127.0.0.1:{port}" in server.text
        for role in ("As an employee", "As a manager", "As the compliance lead"):
            assert role in server.text
        page = read(port, "/demo")
        assert "Halden Instruments" in page
        assert "Chidi Okafor" in page
    assert server.process.returncode == 0

    with running(tmp_path, "serve", database_url=sqlite_url, port=port) as server:
        assert "Founding" not in server.says("Ctrl-C")
        assert "Chidi Okafor" in read(port, "/demo")

    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        states = Counter(connection.scalars(select(Assignment.state)))
    engine.dispose()
    assert states["done"] > states["open"] > 0, "a company where nobody ever answered is no demo"


def test_local_mode_of_teams_is_said_with_its_address(tmp_path: Path, company: str) -> None:
    port = free_port()
    with running(tmp_path, "serve", database_url=company, port=port, teams_local="1") as server:
        said = server.says("Ctrl-C")
    assert "COUNTERSIGN_TEAMS_LOCAL is on" in said
    assert f"http://127.0.0.1:{port}/api/messages" in said


def test_a_second_server_over_the_same_file_is_refused(tmp_path: Path, company: str) -> None:
    with running(tmp_path, "serve", database_url=company, port=free_port()) as server:
        server.says("Ctrl-C")
        second = bot("serve", database_url=company, port=free_port())
    assert second.returncode == 2
    assert "Another server already serves this database" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_in_use_is_named(tmp_path: Path, company: str) -> None:
    port = free_port()
    copy = tmp_path / "copy.db"
    shutil.copy(company.removeprefix("sqlite:///"), copy)
    with running(tmp_path, "serve", database_url=company, port=port) as server:
        server.says("Ctrl-C")
        second = bot("serve", database_url=f"sqlite:///{copy}", port=port)
    assert second.returncode == 2
    assert f"Port {port}" in second.stderr
    assert "COUNTERSIGN_PORT" in second.stderr


def test_a_real_one_starts_empty_and_speaks_to_the_admin_only(tmp_path: Path, sqlite_url: str) -> None:
    """Nothing is loaded and nothing is launched; started again without its settings it is refused."""
    settings = {"admin_email": "ana@firm.example", "secret_key": "k" * 48, "domains": "firm.example"}
    mail = {"smtp_url": "smtp://127.0.0.1:9"}
    with running(tmp_path, "serve", database_url=sqlite_url, port=free_port(), **settings, **mail) as server:
        server.says("Ctrl-C")
        assert "demo" not in server.text.lower()
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        assert connection.scalars(select(Person.email)).all() == ["ana@firm.example"]
        assert connection.scalars(select(Assignment.id)).all() == []
        assert len(connection.scalars(select(OutboxMessage.id)).all()) == 1
    engine.dispose()
    without = bot("serve", database_url=sqlite_url, port=free_port())
    assert without.returncode == 2
    assert "holds a real company" in without.stderr


def test_an_old_or_a_newer_database_is_refused_with_the_command_to_type(company: str) -> None:
    engine = create_engine(company)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-tomorrow'"))
    engine.dispose()
    for command in ("serve", "migrate"):
        newer = bot(command, database_url=company)
        assert newer.returncode == 2
        assert "made by a newer version" in newer.stderr
