"""Fresh databases for tests: `database_url` runs a test on both kinds, `postgres_url` on PostgreSQL only."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
