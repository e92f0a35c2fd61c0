"""Every dialogue plays on every surface and on both databases.

In `make test` a chat plays on one database each, so that it stays quick; `make storm` plays the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.company import found
from tests.support.stage import Stage
from tests.support.surfaces import SURFACES
from workflows.workflow import REGISTRY

LATER = {("slack", "postgresql"), ("teams", "sqlite")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what is in `LATER` to the storms."""
    for item in items:
        played = getattr(item, "callspec", None)
        if played and (played.params.get("stage"), played.params.get("migrated_url")) in LATER:
            item.add_marker(pytest.mark.storm)


@pytest.fixture(params=sorted(SURFACES))
def stage(request: pytest.FixtureRequest, migrated_url: str) -> Iterator[Stage]:
    """A stage with the people of `tests.support.company`, on one surface and one database."""
    with SURFACES[request.param](migrated_url, company="Halden Instruments") as stage:
        found(stage)
        stage.surface.meets()
        yield stage
        explained = {name for flow in REGISTRY.all() for name in flow.records}
        assert {record["type"] for record in stage.records()} <= explained, "add it to `records=` of the workflow"
