"""Two workers on one PostgreSQL, killed while they ask who is due and keep imported acknowledgements: each once."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.app import utc_now
from models.campaign import Assignment
from models.gesture import Upload
from models.person import Person
from models.policy import AcknowledgementImport, Original
from tests.dialogues.test_policy_due import asked_everybody
from tests.storms.deployment import real
from tests.storms.test_killed_worker import hire_and_write
from tests.support.company import found, publish
from tests.support.mail import MailServer
from tests.support.process import kill, start
from tests.support.stage import Stage, on_stage
from tests.support.truth import contradictions
from workflows import duty
from workflows.workflow import REGISTRY

PATIENCE = 90  # seconds in which two workers must be done, however often they are killed


def hand_in(stage: Stage, policy: str, people: int) -> None:
    """Let Ana declare that the first half of the people acknowledged a policy on paper."""
    day = (utc_now() - timedelta(days=30)).date()
    rows = "".join(f"E{number:04},{policy},1,{day},Signed on paper\n" for number in range(people // 2))
    upload = Upload("paper.csv", "text/csv", f"employee,policy,version,date,source\n{rows}".encode())

    def work(session: Session) -> None:
        ana = session.scalars(select(Person).where(Person.name == "Ana Duarte")).one()
        ctx, acts = stage.context(session, ana), REGISTRY.acts()
        acts["policy.import-acknowledgements"].run(ctx, "", {"file": upload})
        original = session.scalars(select(Original)).one()
        acts["policy.confirm-acknowledgements"].run(ctx, original, {"identical": True})

    stage.write(work)


def progress(stage: Stage) -> tuple[int, bool]:
    """Return how much was asked and kept so far, and whether the file is through."""

    def look(session: Session) -> tuple[int, bool]:
        asked = session.scalar(select(func.count()).select_from(Assignment)) or 0
        return asked, session.scalar(select(AcknowledgementImport.finished_at)) is not None

    return stage.read(look)


def rage(stage: Stage, settings: dict[str, str], kills: int, chance: random.Random) -> None:
    """Let two workers work, and kill one of them each time something more was done."""
    workers = [start("work", **settings), start("work", **settings)]
    try:
        end, killed, last = time.monotonic() + PATIENCE, 0, 0
        while killed < kills and time.monotonic() < end:
            asked, _ = progress(stage)
            if asked > last:
                time.sleep(chance.random() * 0.2)
                number = chance.randrange(2)
                kill(workers[number])
                workers[number] = start("work", **settings)
                killed, last = killed + 1, asked
            time.sleep(0.01)
        assert killed == kills, f"the work was done after {killed} kills: more people are needed"
    finally:
        kill(*workers)


def check_storm(url: str, people: int, kills: int, seed: int) -> None:
    """Play a storm and look at what is left."""
    with MailServer().running() as mail:
        settings = real(url, smtp_url=mail.url)
        with on_stage(**settings) as stage:
            stage.now = utc_now()
            found(stage)
            policies = [
                publish(stage, title, f"{title}: do it well.") for title in ("Acceptable Use", "Access Control")
            ]
            hire_and_write(stage, people)
            asked_everybody(stage, *policies)
            hand_in(stage, policies[0], people)
            rage(stage, settings, kills, random.Random(seed))  # noqa: S311 - the same storm again
            stage.now = utc_now() + timedelta(hours=2)  # what the dead had claimed of the mail, and a round more
            stage.works()
            check_what_is_left(stage, policies, people)


def check_what_is_left(stage: Stage, policies: list[str], people: int) -> None:
    """Everybody was asked about each policy once, or has it on record from paper once; nobody twice."""
    assert contradictions(stage.database.engine) == []
    assert progress(stage)[1], "the file is not through"
    kept = [one for one in stage.records("policy.acknowledged") if one["auth"]["scheme"] == "import"]
    assert Counter(one["facts"]["line"] for one in kept) == Counter(range(2, people // 2 + 2))

    def duties(session: Session) -> Counter[tuple[int, str]]:
        rows = select(Assignment.owed_by_id, Assignment.subject).join(Person, Person.id == Assignment.owed_by_id)
        found = session.execute(rows.where(Person.name.like("Person %")))
        return Counter((person, subject) for person, subject in found)

    each = stage.read(duties)
    assert len(each) == people * len(policies)
    assert set(each.values()) == {1}
    entries = [entry for one in stage.records("policy.asked") for entry in one["facts"]["entries"]]
    assert max(Counter((ref, subject) for ref, _, subject, *_ in entries).values()) == 1
    from_paper = (
        select(func.count())
        .select_from(Assignment)
        .join(Person, Person.id == Assignment.owed_by_id)
        .where(Assignment.state.in_(duty.OPEN), Assignment.subject == f"{policies[0]}v1")
        .where(Person.name.like("Person %"), Person.employee_id < f"E{people // 2:04}")
    )
    assert stage.read(lambda session: session.scalar(from_paper)) == 0


def test_two_kills(postgres_url: str) -> None:
    check_storm(postgres_url, people=200, kills=2, seed=1)


@pytest.mark.storm
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(5))
def test_eight_kills(postgres_url: str, seed: int) -> None:
    check_storm(postgres_url, people=600, kills=8, seed=seed)
