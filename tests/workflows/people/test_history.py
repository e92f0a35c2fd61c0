"""The demo company through two years, a reversal and changes by hand: records, facts and rows say the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.plans import Plans
from config import demo
from evidence.tree import tree_hash
from models.fact import facts_of, midnight
from models.gesture import Upload
from models.person import Person, RosterImport
from models.record import VaultItem
from tests.support.stage import Stage, on_stage
from tests.support.truth import replayed
from workflows.first_steps import install
from workflows.people import directory, values
from workflows.workflow import REGISTRY


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """An empty company with whoever installed it."""
    with on_stage(database_url, company="Halden Instruments") as stage:
        stage.write(lambda session: install(stage.context(session), "vera@halden.example"))
        yield stage


def act(stage: Stage, name: str, target: str, **answers: Any) -> None:
    """Do something as Vera, and let the jobs run."""

    def work(session: Session) -> None:
        vera = session.scalars(select(Person).where(Person.email == "vera@halden.example")).one()
        ctx, found = stage.context(session, vera), REGISTRY.acts()[name]
        here = {
            name: session.get_one(Person, one.id) if isinstance(one, Person) else one for name, one in answers.items()
        }
        found.run(ctx, found.find(ctx, target), here)

    stage.write(work)
    stage.works()
    stage.later(minutes=1)


def imports(stage: Stage, name: str, *, full: bool) -> str:
    """Import a demo file and return the id of the import."""
    upload = Upload(name, "text/csv", demo.render(name, stage.now.date()).encode())
    act(stage, "people.import", "", file=upload, full=full)
    imported = stage.read(
        lambda session: session.scalars(select(RosterImport).order_by(RosterImport.id.desc())).first()
    )
    assert imported is not None
    number = str(imported.summary.get("number") or "")
    act(stage, "people.apply", imported.code, number=number, unmatched="no", returning="no")
    return imported.code


def test_what_records_replay_is_what_tables_hold(stage: Stage) -> None:
    """Every effective-dated row comes again from the records alone, and the directory is its projection."""
    imports(stage, "roster-last-year.csv", full=True)
    stage.later(days=300)
    code = imports(stage, "roster.csv", full=True)
    act(stage, "people.reverse", code, reason="The wrong day")
    imports(stage, "roster.csv", full=True)
    act(stage, "people.leave", "bruno.keller@halden.example", **{"from": date(2027, 9, 20), "to": None})
    act(stage, "people.role", "bruno.keller@halden.example", role="owner", how="give")
    act(stage, "people.left", "yael.shapira@halden.example", day=date(2027, 9, 18))
    act(
        stage, "people.merge", "deploy@halden.example", other=_person(stage, "support@halden.example"), reason="One box"
    )

    rows, told = stage.read(replayed)
    assert sorted(told, key=repr) == sorted(rows, key=repr)
    assert len(rows) > 500
    for ref, row in stage.read(directory.read).items():
        _projected(stage, ref, row)


def _person(stage: Stage, email: str) -> Person:
    return stage.read(lambda session: session.scalars(select(Person).where(Person.email == email)).one())


def _projected(stage: Stage, ref: str, row: values.Values) -> None:
    """Assert that a row is what its facts say."""
    start = values.parsed(row["start_on"])
    at = max(stage.now, midnight(start + timedelta(days=1)) if start else stage.now)
    facts = stage.read(lambda session: facts_of(session, [ref], at))[ref]
    assert sorted(key for (name, key), value in facts.items() if name == "role" and value) == sorted(row["roles"])
    for name in ("manager", "department", "country", "merged_into"):
        assert (facts.get((name, "")) or "") == (row[name] or ""), (ref, name)
    leave = {"from": row["leave_from"], "to": row["leave_to"]} if row["leave_from"] else None
    assert facts.get(("leave", "")) == leave
    if row["employee_id"]:
        spell = {"kind": row["kind"], "start": row["start_on"], "end": row["end_on"]}
        assert facts["employment", ""] == (None if values.never_began(row) else spell)


def test_a_correction_does_not_change_what_was_known(stage: Stage) -> None:
    """After a reversal the same day has another truth; what was known before stays to be asked for."""
    imports(stage, "roster-last-year.csv", full=True)
    stage.later(days=30)
    code = imports(stage, "roster.csv", full=False)
    then, day = stage.now, stage.now
    stage.later(days=1)
    act(stage, "people.reverse", code, reason="The wrong file")
    wanjiru = _person(stage, "wanjiru.kamau@halden.example").ref

    def department(known_at: datetime | None) -> Any:
        return stage.read(lambda session: facts_of(session, [wanjiru], day, known_at))[wanjiru]["department", ""]

    assert department(then) == "Security"
    assert department(None) == "Engineering"


def test_one_person_can_be_erased_and_the_file_still_holds(stage: Stage) -> None:
    """The root over all rows comes again from the records, whichever payloads the vault still has."""
    imports(stage, "roster-last-year.csv", full=True)

    def erase(session: Session) -> None:
        zoe = session.scalars(select(Person.ref).where(Person.name == "Zoë Lefèvre")).one()
        for item in session.scalars(select(VaultItem).where(VaultItem.person_ref == zoe)).all():
            session.delete(item)

    stage.write(erase)
    approved = stage.records("roster.imported")[0]["facts"]
    leaves = sorted(
        (one["name"], one["sha256"]) for batch in stage.records("roster.batch") for one in batch["commitments"]
    )
    assert len(leaves) == approved["rows"] == 26
    assert tree_hash([bytes.fromhex(leaf) for _, leaf in leaves]) == approved["root"]


def test_a_large_file_is_read_in_the_background_and_by_one_reader_only(stage: Stage) -> None:
    """Of two processes that think about the same file, one keeps what it thought; the other notices and stops."""
    head = "employee_id,preferred_name,email,department"
    lines = "\n".join(f"L{one},Person {one} {'x' * 80},p{one}@halden.example,Team" for one in range(1500))
    upload = Upload("large.csv", "text/csv", f"{head}\n{lines}".encode())

    def receive(session: Session) -> None:
        vera = session.scalars(select(Person)).one()
        REGISTRY.acts()["people.import"].run(stage.context(session, vera), "", {"file": upload, "full": False})

    stage.write(receive)
    plan = REGISTRY.plans()["people: read rosters"]
    late = stage.read(lambda session: list(plan.think(stage.context(session))))
    first = stage.read(lambda session: list(plan.think(stage.context(session))))
    assert [stage.write(lambda session, job=job: job(stage.context(session))) for job in first[:3]] == [1, 1, 1]  # type: ignore[misc]
    assert stage.write(lambda session: late[0](stage.context(session))) == 0
    stage.later(minutes=6)  # the first reader was killed; what it left behind is cleared away
    plans = Plans(stage.database, stage.settings, stage.clock)
    while stage.loop.run(plans.carry_out("people: read rosters")):
        pass
    act(stage, "people.apply", "IMP-1")
    assert stage.read(lambda session: session.scalar(select(RosterImport.state))) == "applied"
    assert len(stage.read(lambda session: session.scalars(select(Person.id)).all())) == 1501
    assert len(stage.records("roster.batch")) == 30
