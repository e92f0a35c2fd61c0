"""Ana installs Countersign for her company and is led to the first campaign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.campaign import Campaign
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from tests.support.company import publish
from tests.support.stage import Stage
from tests.support.surfaces import SURFACES
from workflows.first_steps import install

ROSTER = """employee_id,preferred_name,email,manager,department,start,role
E1,Margit Halden,margit@firm.example,,Leadership,2024-01-01,employee
E2,Farah Haddad,farah@firm.example,E1,Security,2024-01-01,employee;owner
E3,Ana Duarte,ana.duarte@firm.example,E1,Security,2024-01-01,employee;lead;admin
"""


@pytest.fixture(params=sorted(SURFACES))
def empty(request: pytest.FixtureRequest, database_url: str) -> Iterator[Stage]:
    """A real deployment in which only Ana stands, who installed it."""
    settings = {"admin_email": "ana.duarte@firm.example", "smtp_url": "smtp://127.0.0.1:1", "domains": "firm.example"}
    with SURFACES[request.param](database_url, company="Firm", **settings) as stage:
        stage.write(lambda session: install(stage.context(session), "ana.duarte@firm.example"))
        yield stage


def test_ana_is_led_from_an_empty_database_to_the_first_campaign(empty: Stage) -> None:
    """Each step is ticked by what stands in the database, and the card goes once everything is done."""
    ana = empty.person("Ana Duarte")
    ana.opens().sees("First steps", "○ 1. Import your roster", "python -m bot people import").misses("is installed")
    ana.says("inbox").sees("Comply is installed", "Nobody else has heard of it yet")

    form = ana.opens().presses("Import the roster", on="First steps")
    empty.later(minutes=1)
    form.fills(file=("roster.csv", ROSTER.encode()), full=True).sees("New").presses("Apply").presses("Apply")
    empty.works()
    empty.later(minutes=1)
    ana.opens().sees("✓ 1. Import your roster", "○ 2. Import your policies")
    publish(empty, "Acceptable Use", "Use things well.")
    ana.says("setup").sees("✓ 2.", "✓ 3.", "○ 4. Launch the first campaign")
    empty.person("Farah").opens().misses("First steps")

    def launch(session: Session) -> None:
        parts = {"subject": "POL-1v1", "title": "Acceptable Use", "due_on": date(2026, 12, 7)}
        campaign = Campaign(workflow="policy", created_at=empty.now, launched_at=empty.now, **parts)
        session.add(campaign)

    empty.write(launch)
    ana.opens().misses("First steps")
    ana.says("setup").sees("All done")


def test_installing_is_on_record_without_names_and_nobody_else_hears_of_it(empty: Stage) -> None:
    (record,) = empty.records()
    assert record["type"] == "deployment.installed"
    assert record["facts"]["roles"] == ["admin", "employee", "lead"]
    assert "duarte" not in str(record).lower()
    said = select(Person.name, Delivery.channel).join_from(Person, OutboxMessage).join(Delivery)
    assert [tuple(row) for row in empty.read(lambda session: session.execute(said).all())] == [("Ana Duarte", "mail")]
