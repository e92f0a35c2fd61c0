"""kill -9 in the middle of a campaign in Teams: nobody is written to twice, and who may not be is unconfirmed."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import utc_now
from bot.teams.channel import MOST, TeamsChannel
from models.chat import Conversation as Where
from models.chat import Workspace
from models.message import Message
from models.outbox import Delivery
from models.person import Identity
from tests.storms.deployment import hire, process, real
from tests.support.stage import Stage, on_stage
from tests.support.teams.issuer import APP, TENANT
from tests.support.teams.server import Teams
from workflows.context import Context


def hire_and_write(stage: Stage, teams: Teams, people: int) -> None:
    """Put people on the roster and into the tenant, and write each of them a message."""

    def work(session: Session) -> None:
        ctx = Context(session, stage.settings, utc_now())
        times = {"created_at": ctx.now, "connected_at": ctx.now}
        session.add(Workspace(platform="teams", ref=TENANT, name="Microsoft Teams", state="connected", **times))
        for number in range(people):
            person = hire(ctx, number, employee_id=f"E{number:04}")
            user = teams.world.user(person.name)
            identity = Identity(
                person_id=person.id, platform="teams", workspace=TENANT, platform_id=user.account, recorded_at=ctx.now
            )
            session.add(identity)
            session.flush()
            where = {"service_url": teams.service_url, "ref": teams.world.personal(user).id, "seen_at": ctx.now}
            session.add(Where(identity_id=identity.id, **where))
            ctx.say(person, Message(f"Message {number}"), kind="notice", dedupe=f"message:{number}")

    stage.write(work)


def storm(url: str, people: int, kills: int, seed: int) -> Counter[str]:
    """Let workers write to everybody and kill them; return how many copies are in which state."""
    chance = random.Random(seed)  # noqa: S311 - the same storm again
    sure = people - kills * MOST  # what the dead had claimed is never sent
    told = {"teams_app_id": APP, "teams_app_password": "secret", "teams_tenant_id": TENANT, "teams_per_second": "1000"}
    with Teams().running() as teams:
        settings = real(url, **told, **teams.settings)
        with on_stage(**settings) as stage:
            hire_and_write(stage, teams, people)
        for number in range(kills):
            enough = sure * number // (kills + 1) + chance.randrange(1, sure // (kills + 1))
            with process(settings) as running:
                assert teams.wait(lambda enough=enough: arrived(teams) >= enough, 60), running.poll()  # type: ignore[misc]
                time.sleep(chance.random() * 0.02)
        with on_stage(**settings) as stage:
            stage.now = utc_now()
            stage.works()  # what nobody had claimed
            stage.now = utc_now() + TeamsChannel.timeout + timedelta(minutes=1)
            stage.works()  # what the dead had claimed
            states = Counter(stage.read(lambda session: session.scalars(select(Delivery.state)).all()))
        got = [len(one.messages) for one in teams.world.conversations.values()]
        assert teams.log.violations == []
    assert max(got) == 1, "somebody was written to twice"
    assert states["sent"] <= sum(got) <= states["sent"] + states["unconfirmed"]
    assert states["unconfirmed"] <= kills * MOST
    assert set(states) <= {"sent", "unconfirmed"}
    assert states.total() == people
    return states


def arrived(teams: Teams) -> int:
    """Return how many messages stand in conversations."""
    return sum(len(one.messages) for one in teams.world.conversations.values())


def test_killed_in_the_middle_of_two_hundred_messages(migrated_url: str) -> None:
    states = storm(migrated_url, people=200, kills=2, seed=1)
    assert states["sent"] >= 200 - 2 * MOST


@pytest.mark.storm
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(5))
def test_killed_again_and_again(migrated_url: str, seed: int) -> None:
    states = storm(migrated_url, people=2000, kills=25, seed=seed)
    assert states["sent"] >= 2000 - 25 * MOST
