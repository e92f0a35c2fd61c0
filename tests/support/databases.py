"""Fresh databases for tests: `database_url` runs a test on both kinds, `postgres_url` on PostgreSQL only."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.database import open_database
from bot.migrate import migrate
from tests.support import postgres
from tests.support.needs import lacking


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """The throwaway cluster of this test process; each worker of a parallel run has its own."""
    place = postgres.programs()
    if place is None:
        lacking("PostgreSQL", "apt-get install postgresql, dnf install postgresql-server or brew install postgresql")
    cluster = postgres.start(place)
    yield cluster
    cluster.stop()


@pytest.fixture
def postgres_url(postgres_cluster: postgres.Cluster) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database that only this test sees."""
    name = postgres_cluster.create()
    yield postgres_cluster.url(name)
    postgres_cluster.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The SQLAlchemy URL of a SQLite file that does not exist yet; never :memory:, which is one shared connection."""
    return f"sqlite:///{tmp_path / 'countersign.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The SQLAlchemy URL of an empty database, once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, made once and copied by each test that wants one."""
    place = tmp_path_factory.mktemp("migrated") / "countersign.db"
    _migrate(f"sqlite:///{place}")
    return place


@pytest.fixture(scope="session")
def migrated_postgres(postgres_cluster: postgres.Cluster) -> str:
    """The name of a PostgreSQL database with every table, the template of each test that wants one."""
    name = postgres_cluster.create()
    _migrate(postgres_cluster.url(name))
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The SQLAlchemy URL of a database with every table and no rows, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_sqlite'), tmp_path / 'countersign.db')}"
        return
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create(request.getfixturevalue("migrated_postgres"))
    yield cluster.url(name)
    cluster.drop(name)


def _migrate(url: str) -> None:
    database = open_database(url)
    migrate(database.engine)
    database.close()
