"""What is long is read and answered to its end, whatever a page of the surface holds."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.campaign import Assignment
from models.person import Person
from tests.support.company import publish
from tests.support.stage import Stage
from workflows import duty
from workflows.workflow import REGISTRY

MANY = 70  # policies, each with a box and a name: more questions than a modal of Slack takes


def test_a_long_policy_is_read_to_its_end(stage: Stage) -> None:
    """A text of many pages is all there, and what can be done with it as well."""
    text = "\n\n".join(f"## Chapter {number}\n\n{'Keep <it> & *mind* it. ' * 20}" for number in range(1, 101))
    policy = publish(stage, "Handbook", text)
    seen = stage.person("Chidi").says(f"policy show {policy}").sees("Chapter 1", "Chapter 50", "Chapter 100")
    assert seen.text.count("Keep <it> &") >= 100 * 20


def test_a_long_list_is_read_to_its_end(stage: Stage) -> None:
    """Nobody is missing from what the lead sees."""
    names = [f"Person {number:03}" for number in range(90)]

    def hire(session: Session) -> None:
        session.add_all(Person(name=name, department="Sales", recorded_at=stage.now) for name in names)

    stage.write(hire)
    seen = stage.person("Ana").says("people list team:Sales").text
    assert [name for name in names if name not in seen] == []


def test_a_long_form_is_answered_to_its_end(stage: Stage) -> None:
    """Keisha acknowledges more policies at once than fit one page, and each with her name."""
    codes = [publish(stage, f"Rule {number:02}", "Keep it.", typed_name=True) for number in range(MANY)]
    keisha = stage.person("Keisha")

    def ask(session: Session) -> None:
        person = session.get_one(Person, keisha.row.id)
        for code in codes:
            ctx, flow = stage.context(session), REGISTRY.workflow("policy")
            duty.assign(ctx, flow, person, f"{code}v1", reason="hire", due_on=date(2026, 12, 7))

    stage.write(ask)
    owed = stage.read(lambda session: session.scalars(select(Assignment.id).order_by(Assignment.id)).all())
    form = keisha.says("policy bundle").sees("Rule 00")
    names = {f"name_{one}": "K. Robinson" for one in owed[:-1]}
    boxes = {f"agree_{one}": True for one in owed}
    form.fills(**boxes, **names).sees("Type your name here too")
    assert stage.records("policy.acknowledged") == []
    form.fills(**boxes, **names, **{f"name_{owed[-1]}": "K. Robinson"}).sees("All of this is done")
    assert len(stage.records("policy.acknowledged")) == MANY
