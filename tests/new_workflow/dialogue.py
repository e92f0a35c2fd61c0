"""Chidi checks his home office, and Bruno sends it back before he approves it."""

from __future__ import annotations

from sqlalchemy import select

from models.campaign import Assignment, Campaign
from models.outbox import OutboxMessage
from models.person import Person
from tests.support.campaigns import run
from tests.support.stage import Stage
from workflows.export import as_csv
from workflows.workflow import REGISTRY


def comes_round(stage: Stage) -> str:
    """Let time pass until the check comes round, and return the campaign that is then prepared."""
    stage.works()
    stage.person("Ana").says("schedule").sees("Home office check", "Mon 1 Feb 2027")
    stage.later(days=70, hours=1)
    stage.works()
    number = stage.read(
        lambda session: session.scalars(select(Campaign.id).where(Campaign.workflow == "homecheck")).one()
    )
    return f"C-{number}"


def test_the_check_comes_round_and_is_approved(stage: Stage) -> None:
    """Everything a promise has follows from its declaration: schedule, home, help, status, reminders, export."""
    chidi, bruno, ana = stage.person("Chidi"), stage.person("Bruno"), stage.person("Ana")
    chidi.says("help homecheck").sees("say how you keep your home office safe")
    run(stage, comes_round(stage))

    form = chidi.opens().sees("Home office check", "Mon 15 Feb 2027").presses("Answer", on="Home office check")
    form.fills(lock="", reason="Nobody").sees("This is needed")
    form.fills(lock="no", reason="Only my cat").sees("Your manager is looking at it")

    stage.later(minutes=1)
    back = bruno.opens().sees("Chidi Okafor has checked").presses("Send back", on="Chidi")
    back.fills(reason="Have the lock mended first").sees("They are asked again")
    stage.later(minutes=1)
    again = chidi.opens().presses("Answer", on="Home office check")
    again.fills(lock="yes", reason="Only my cat").sees("Your manager is looking at it")
    stage.later(minutes=1)
    bruno.opens().presses("Approve", on="Chidi").sees("Approved")
    chidi.opens().sees("Nothing is waiting for you")

    steps = ["homecheck.answered", "homecheck.returned", "homecheck.answered", "homecheck.approved"]
    written = [record for record in stage.records() if record["type"].startswith("homecheck.")]
    assert [record["type"] for record in written] == steps
    assert {record["actor"]["ref"] for record in written} == {chidi.ref, bruno.ref}
    assert "cat" not in str(written)

    ana.says("status").sees("Home office check")
    ana.says("status homecheck").sees("1 of")
    ana.says("status control CC6.4").sees("1 of")
    table = stage.read(lambda session: as_csv(stage.context(session, ana.row), REGISTRY.workflow("homecheck")))
    assert "Chidi Okafor" in table
    assert ",done," in table


def test_nobody_else_approves_and_those_who_wait_are_reminded(stage: Stage) -> None:
    """Approving is the manager's; who has not answered hears of it again."""
    chidi, keisha = stage.person("Chidi"), stage.person("Keisha")
    run(stage, comes_round(stage))
    chidi.opens().presses("Answer", on="Home office check").fills(lock="yes", reason="Nobody")
    mine = select(Assignment.id).where(Assignment.owed_by_id == chidi.row.id)
    code = f"A-{stage.read(lambda session: session.scalars(mine).one())}"
    for somebody in (chidi, keisha):
        somebody.says(f"homecheck approve {code}").misses("Approved")
    assert stage.records("homecheck.approved") == []
    for _ in range(14):
        stage.later(days=1)
        stage.works()
    reminded = select(Person.name).join(OutboxMessage).where(OutboxMessage.kind == "reminder")
    names = set(stage.read(lambda session: session.scalars(reminded).all()))
    assert {"Keisha Robinson", "Bruno Keller"} <= names
    assert "Chidi Okafor" not in names
