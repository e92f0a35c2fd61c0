"""The demo company on PostgreSQL: founded by the same acts, and by one process only."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import demo
from bot.app import utc_now
from bot.deployment import opened, read_settings
from models.campaign import Assignment
from tests.bot.test_demo import Counted


@pytest.mark.storm
def test_the_demo_is_founded_on_postgres_as_well(postgres_url: str) -> None:
    with opened(read_settings({"database_url": postgres_url})) as deployment:
        demo.found(deployment, utc_now(), Counted())
        assert demo.founded(deployment)
        with Session(deployment.database.engine) as session:
            done = select(func.count()).select_from(Assignment).where(Assignment.state == "done")
            assert session.scalar(done)
