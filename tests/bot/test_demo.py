"""The demo company has a past that went through the normal path."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import demo
from bot.app import utc_now
from bot.deployment import opened, read_settings
from tests.support.process import bot


class Counted:
    """Progress that nobody watches."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def begin(self, what: str, total: int) -> None:
        """See demo.Progress."""
        self.begun.append(what)

    def step(self) -> None:
        """See demo.Progress."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The database of a demo company that was just founded."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    progress = Counted()
    with opened(read_settings({"database_url": f"sqlite:///{file}"})) as deployment:
        demo.found(deployment, utc_now(), progress)
        assert demo.founded(deployment)
    assert len(progress.begun) >= 2
    with sqlite3.connect(file) as connection:
        yield connection


def rows(company: sqlite3.Connection, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    return company.execute(query).fetchall()


def test_there_is_something_to_see_for_everybody(company: sqlite3.Connection) -> None:
    """Most have answered, a few are late, somebody asked, somebody refused, and the newcomer has things to do."""
    states = dict(rows(company, "SELECT state, count(*) FROM assignments GROUP BY state"))
    assert states["done"] > states["open"] > 0
    assert states["objected"] == 1
    late = rows(company, "SELECT count(*) FROM assignments WHERE state = 'open' AND due_at < datetime('now')")
    assert 0 < late[0][0] < states["done"] / 5
    chidi = Counter(
        state
        for (state,) in rows(
            company,
            "SELECT a.state FROM assignments a JOIN people p ON p.id = a.owed_by_id WHERE p.name = 'Chidi Okafor'",
        )
    )
    assert chidi["open"] >= 3
    assert chidi["done"] >= 1
    types = dict(rows(company, "SELECT type, count(*) FROM records GROUP BY type"))
    assert types["policy.published"] == 10
    assert types["policy.question"] == 1
    assert types["campaign.population"] == len(demo.WAVES) - 1
    assert types["reminder.written"] > 0


def test_people_came_went_and_changed_by_two_rosters(company: sqlite3.Connection) -> None:
    """Last year's roster and this year's were handed in, and facts about people begin before today."""
    assert rows(company, "SELECT count(*) FROM roster_imports WHERE state = 'applied'") == [(2,)]
    assert rows(company, "SELECT count(*) FROM people WHERE employee_id IS NULL") == [(0,)]
    viktor = rows(company, "SELECT end_on FROM people WHERE name = 'Viktor Hansen'")
    assert viktor[0][0] is not None
    ana = rows(company, "SELECT roles FROM people WHERE employee_id = 'HI-004'")
    assert "lead" in ana[0][0].split(";")


def test_nobody_approved_what_they_wrote(company: sqlite3.Connection) -> None:
    assert rows(company, "SELECT count(*) FROM policy_versions WHERE approver_id = author_id") == [(0,)]


def test_every_record_says_that_it_is_a_demo(company: sqlite3.Connection) -> None:
    """Nothing of it could pass for evidence of a real company."""
    degrees = rows(company, "SELECT DISTINCT json_extract(body, '$.auth.assurance') FROM records")
    assert degrees == [("demo",)]


def test_nothing_happened_in_the_future(company: sqlite3.Connection) -> None:
    assert rows(company, "SELECT count(*) FROM records WHERE recorded_at > datetime('now', '+1 minute')") == [(0,)]


def test_an_interrupted_founding_is_begun_again(tmp_path: Path) -> None:
    """What was left half done is thrown away: nobody can have worked with it."""
    address = f"sqlite:///{tmp_path / 'demo.db'}"

    class Stopped(Counted):
        def begin(self, what: str, total: int) -> None:
            if what == "Two weeks go by":
                raise KeyboardInterrupt

    with opened(read_settings({"database_url": address})) as deployment:
        with pytest.raises(KeyboardInterrupt):
            demo.found(deployment, utc_now(), Stopped())
        assert not demo.founded(deployment)
    again = bot("do", "--as", demo_lead(tmp_path / "demo.db"), "status", database_url=address)
    assert again.returncode == 0, again.stderr
    assert "Founding" in again.stderr


def demo_lead(file: Path) -> str:
    """Return the address of the compliance lead."""
    with sqlite3.connect(file) as connection:
        (email,) = connection.execute("SELECT email FROM people WHERE employee_id = ?", (demo.LEAD,)).fetchone()
    return str(email)
