"""Every dialogue plays on every surface and on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.company import found
from tests.support.stage import Stage, on_stage
from tests.support.web import WebSurface
from workflows.workflow import REGISTRY

SURFACES = {"web": WebSurface}


@pytest.fixture(params=sorted(SURFACES))
def stage(request: pytest.FixtureRequest, migrated_url: str) -> Iterator[Stage]:
    """A stage with the people of `tests.support.company`, on one surface and one database."""
    with on_stage(migrated_url, company="Halden Instruments") as stage:
        stage.surface = SURFACES[request.param](stage)
        found(stage)
        yield stage
        explained = {name for flow in REGISTRY.all() for name in flow.records}
        assert {record["type"] for record in stage.records()} <= explained, "add it to `records=` of the workflow"
