"""The roster as recorded at the instant of a launch: what was written down later does not count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.database import open_database
from config.settings import Settings
from evidence.record import Subject
from models.fact import Change, midnight
from models.person import Person
from workflows.campaign.population import hindrance
from workflows.campaign.roster import Standing, standings
from workflows.context import Context

INSTANT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BEFORE, AFTER = INSTANT - timedelta(days=30), INSTANT + timedelta(seconds=5)
TODAY = INSTANT.date()


@pytest.fixture
def session(migrated_url: str) -> Iterator[Session]:
    """A session on an empty database."""
    database = open_database(migrated_url)
    with Session(database.engine) as session:
        yield session
    database.close()


def hire(session: Session, name: str, recorded_at: datetime, **columns: object) -> Person:
    """Put somebody on the roster."""
    person = Person(name=name, recorded_at=recorded_at, **columns)
    session.add(person)
    session.flush()
    return person


def learn(session: Session, person: Person, at: datetime, name: str, value: object, key: str = "") -> None:
    """Record a fact about somebody, true for as long as anybody cares."""
    change = Change(person.ref, name, value, midnight(date(2020, 1, 1)), key=key)
    Context(session, Settings(), at).record("person.changed", Subject("person", person.ref), changes=[change])


def then(session: Session) -> dict[str, Standing]:
    """Return everybody's standing at the instant, by ref."""
    found, _ = standings(session, 0, 100, INSTANT)
    return {one.ref: one for one in found}


def test_rows_speak_where_there_are_no_facts(session: Session) -> None:
    """Ana's row was there; Noor's came later, so she is not on the roster of the instant."""
    ana = hire(session, "Ana", BEFORE, department="Security", leave_from=TODAY)
    hire(session, "Noor", AFTER)
    assert set(then(session)) == {ana.ref}
    assert then(session)[ana.ref].away(TODAY)


def test_facts_recorded_later_do_not_count(session: Session) -> None:
    """Bruno's move, leave and end were entered after the launch: at the instant he was in Engineering, at work."""
    bruno = hire(session, "Bruno", BEFORE, department="Sales", leave_from=TODAY, end_on=date(2026, 11, 1))
    employed = {"kind": "employee", "start": "2024-01-01", "end": None}
    learn(session, bruno, BEFORE, "employment", employed)
    learn(session, bruno, BEFORE, "department", "Engineering")
    learn(session, bruno, BEFORE, "leave", None)
    learn(session, bruno, AFTER, "employment", {**employed, "end": "2026-11-01"})
    learn(session, bruno, AFTER, "department", "Sales")
    learn(session, bruno, AFTER, "leave", {"from": "2026-11-23", "to": None})
    one = then(session)[bruno.ref]
    assert (one.department, one.end, one.away(TODAY), hindrance(one, TODAY)) == ("Engineering", None, False, "")
    now, _ = standings(session, 0, 100)
    assert hindrance(now[0], TODAY) == "left"


def test_whose_manager_at_the_instant(session: Session) -> None:
    """Chidi reported to Ana and was moved to Bruno after the launch: Ana managed, Bruno did not."""
    ana, bruno = hire(session, "Ana", BEFORE), hire(session, "Bruno", BEFORE)
    chidi = hire(session, "Chidi", BEFORE, manager_id=bruno.id)
    learn(session, chidi, BEFORE, "manager", ana.ref)
    learn(session, chidi, AFTER, "manager", bruno.ref)
    found = then(session)
    assert found[chidi.ref].manager == ana.ref
    assert "manager" in found[ana.ref].roles
    assert "manager" not in found[bruno.ref].roles


def test_roles_at_the_instant(session: Session) -> None:
    """Tomasz became a deputy after the launch; Greta was there only to audit."""
    tomasz, greta = hire(session, "Tomasz", BEFORE, roles="employee;deputy"), hire(session, "Greta", BEFORE)
    learn(session, tomasz, BEFORE, "role", value=True, key="employee")
    learn(session, tomasz, AFTER, "role", value=True, key="deputy")
    learn(session, greta, BEFORE, "role", value=True, key="auditor")
    found = then(session)
    assert found[tomasz.ref].roles == {"employee"}
    assert hindrance(found[greta.ref], TODAY) == "on the roster only to audit"


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"kind": "shared mailbox"}, "cannot answer: shared mailbox"),
        ({"end_on": date(2026, 11, 22)}, "left"),
        ({"kind": "contractor", "end_on": date(2026, 11, 22)}, "contract ended"),
        ({"end_on": date(2026, 11, 23)}, ""),
        ({"start_on": date(2026, 11, 24)}, "not started"),
        ({"start_on": date(2026, 11, 24), "zone": "Pacific/Auckland"}, "not started"),
    ],
)
def test_why_somebody_is_not_asked(session: Session, columns: dict[str, object], reason: str) -> None:
    """Every reason has its words; the first and the last day belong to the employment."""
    keisha = hire(session, "Keisha", BEFORE, **columns)
    one = then(session)[keisha.ref]
    assert hindrance(one, TODAY) == reason
