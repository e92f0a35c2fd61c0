"""What the storms over Slack share: the stand-in as a process, a campaign that writes to many, and what is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from bot.app import utc_now
from bot.slack.keys import Keys
from models.campaign import Campaign
from models.chat import Workspace
from models.message import Button, Message
from models.outbox import Delivery, OutboxMessage
from models.person import Identity
from tests.storms.deployment import address, hire, real
from tests.support.company import found, publish
from tests.support.process import ROOT, start
from tests.support.stage import KEYS, Stage, on_stage
from tests.support.truth import contradictions
from workflows import duty
from workflows.context import Context
from workflows.workflow import REGISTRY

JSON = {"Content-Type": "application/json"}
FINAL = {"sent", "failed", "unconfirmed", "dropped"}


@dataclass
class Remote:
    """The stand-in in a process of its own."""

    address: str
    team: str = ""
    token: str = ""
    users: list[str] = field(default_factory=list)

    def ask(self, path: str, body: Any = None) -> Any:
        """Return what it answers at /_control/..."""
        talk = HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            body_ = None if body is None else json.dumps(body)
            talk.request("GET" if body is None else "POST", f"/_control/{path}", body_, JSON)
            return json.load(talk.getresponse())
        finally:
            talk.close()

    def taken(self) -> int:
        """Return how many messages it has taken."""
        return int(self.ask("count")["taken"])


@contextmanager
def standing_in(people: int, *options: str) -> Iterator[Remote]:
    """Run the stand-in, with so many people in a workspace, while the block runs."""
    command = [sys.executable, "-m", "tests.support.slack", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert process.stdout is not None
        remote = Remote(process.stdout.readline().strip())
        users = [{"name": f"Person {number}", "email": address(number)} for number in range(people)]
        made = remote.ask("team", {"name": "Halden", "users": users})
        remote.team, remote.token, remote.users = made["team"], made["token"], made["users"]
        yield remote
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def told(url: str, remote: Remote, **more: Any) -> dict[str, str]:
    """Return the settings of a deployment whose only channel is Slack."""
    settings = real(
        url,
        slack_bot_token=remote.token,
        slack_signing_secret="a signing secret of the storm",
        slack_api_url=f"{remote.address}/api/",
        slack_per_second="200",
    )
    return {**settings, **{name: str(value) for name, value in more.items()}}


def ask_everybody(settings: dict[str, str], remote: Remote) -> None:
    """Begin a campaign that asks every user of the workspace for something."""
    with on_stage(**settings) as stage:
        found(stage)
        subject = f"{publish(stage, 'Acceptable Use', 'Use things well.')}v1"
        stage.now = utc_now()
        stage.write(lambda session: _ask(Context(session, stage.settings, stage.now), subject, remote))


def _ask(ctx: Context, subject: str, remote: Remote) -> None:
    due, session = date(2036, 12, 5), ctx.session
    kept = Keys(KEYS).close(remote.token)
    session.add(
        Workspace(platform="slack", ref=remote.team, name="Halden", state="connected", token=kept, created_at=ctx.now)
    )
    campaign = Campaign(
        workflow="policy", subject=subject, title="All", due_on=due, created_at=ctx.now, state="running",
        announced_at=ctx.now,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    for number, user in enumerate(remote.users):
        person = hire(ctx, number, email=address(number))
        session.add(
            Identity(
                person_id=person.id, platform="slack", workspace=remote.team, platform_id=user, recorded_at=ctx.now
            )
        )
        policy = REGISTRY.workflow("policy")
        one = duty.assign(ctx, policy, person, subject, reason="campaign", due_on=due, campaign_id=campaign.id)
        message = Message(f"Please read, {number}", buttons=(Button("Read", "policy.acknowledge", one.code),))
        ctx.say(person, message, kind="assigned", dedupe=one.code, topic=one.code, campaign_id=campaign.id)


def start_sender(settings: dict[str, str], *how: str) -> subprocess.Popen[bytes]:
    """Start a process that delivers; the caller ends it."""
    return start(*how, module="tests.storms.slack_sender", **settings)


def await_end(settings: dict[str, str], running: Sequence[subprocess.Popen[bytes]], seconds: float) -> None:
    """Wait until every copy has come to an end."""
    with on_stage(**settings) as stage:
        at_most = time.monotonic() + seconds
        while left := _unsettled(stage):
            assert all(process.poll() is None for process in running), "a sender ended by itself"
            assert time.monotonic() < at_most, f"{left} copies are still on their way"
            time.sleep(0.2)


def _unsettled(stage: Stage) -> int:
    """Return how many copies are still on their way."""
    asked = select(Delivery.id).where(Delivery.state.not_in(FINAL))
    return len(stage.read(lambda session: session.scalars(asked).all()))


@dataclass
class Left:
    """What a storm has left: who has nothing, who has it twice, what records and rows say differently."""

    lost: list[str]
    twice: list[str]
    contradictions: list[str]
    states: Counter[str]


def what_is_left(settings: dict[str, str], remote: Remote) -> Left:
    """Compare what people have in Slack with what is said of it here."""
    got = remote.ask("messages")
    with on_stage(**settings) as stage:
        rows = select(Identity.platform_id, Delivery).join(OutboxMessage, OutboxMessage.person_id == Identity.person_id)
        found = stage.read(
            lambda session: session.execute(rows.join(Delivery, Delivery.message_id == OutboxMessage.id)).all()
        )
        against = contradictions(stage.database.engine)
    times = {user: len(got.get(user, [])) for user in remote.users}
    for user, copy in found:
        against += _compared(got.get(user, []), copy, remote.team)
    return Left(
        [user for user, number in times.items() if number == 0],
        [user for user, number in times.items() if number > 1],
        against,
        Counter(copy.state for _, copy in found),
    )


def _compared(got: list[dict[str, Any]], copy: Delivery, team: str) -> Iterator[str]:
    """Yield how a copy's row differs from what its reader has."""
    refs = {one["ts"] for one in got if one["metadata"]["event_payload"]["copy"] == copy.id}
    if copy.state == "sent" and copy.platform_ref.rpartition("/")[2] not in refs:
        yield f"copy {copy.id} is said to be sent, and is not there"
    if copy.state != "sent" and got:
        yield f"copy {copy.id} is {copy.state}, and is there"
    if copy.state == "sent" and not copy.platform_ref.startswith(f"{team}/"):
        yield f"copy {copy.id} is said to be somewhere else"
