"""Socket Mode: one worker holds it, another takes over, and what comes in is committed before it is acknowledged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.app import make_worker
from bot.worker import Errand, Worker
from tests.support.company import found
from tests.support.slack.client import Client
from tests.support.slack.faults import Fault
from tests.support.slack.server import Slack
from tests.support.slack.world import Team
from tests.support.stage import KEYS, Stage, on_stage


class Wired:
    """A stage whose workers call a Slack."""

    def __init__(self, stage: Stage, slack: Slack, team: Team) -> None:
        self.stage, self.slack, self.team = stage, slack, team

    def errand(self, worker: Worker, name: str) -> None:
        """Let a worker look after something once."""
        for one in worker._errands:
            if one.name == name:

                async def run(errand: Errand = one) -> int:
                    return await errand.run()

                self.stage.loop.run(run())

    def another(self, **more: str) -> Worker:
        """Return a second worker over the same database."""
        settings = self.stage.settings.model_copy(update=more)
        return make_worker(self.stage.database, settings, KEYS, self.stage.clock)

    def hangs_up(self) -> None:
        """Let Slack end every connection, as it does every few hours."""

        async def close() -> None:
            for socket in list(self.slack.courier.sockets):
                await socket.close()

        self.slack.run(close())

    def stand(self, number: int) -> bool:
        """Return whether so many connections stand, as soon as they do."""
        return self.slack.wait(lambda: len(self.slack.courier.sockets) == number)


@pytest.fixture
def wired(database_url: str) -> Iterator[Wired]:
    """A workspace that is connected, and Chidi in it."""
    with Slack().running() as slack:
        team = slack.world.team("Halden")
        settings = {
            "slack_bot_token": slack.world.token(team).value,
            "slack_app_token": slack.world.token(team, kind="app").value,
            "slack_api_url": slack.api_url,
        }
        with on_stage(database_url, company="Halden Instruments", **settings) as stage:
            found(stage)
            slack.world.clock = stage.clock
            yield Wired(stage, slack, team)


def test_what_comes_in_is_answered(wired: Wired) -> None:
    chidi = wired.slack.world.user(wired.team, name="Chidi Okafor", email="chidi@halden.example")
    wired.stage.works()
    assert wired.stand(1)
    client = Client(wired.slack, chidi)
    delivered = client.commands("todo")
    assert delivered.ok
    assert "Nothing is waiting for you" in str(delivered.body)


def test_one_worker_holds_it_and_another_takes_over(wired: Wired) -> None:
    other = wired.another()
    wired.stage.works()
    wired.errand(other, "Slack socket")
    assert wired.stand(1)
    wired.stage.later(seconds=21)  # the first is silent for longer than its right lasts
    wired.errand(other, "Slack socket")
    assert wired.stand(2), "for a moment both: a second copy has no second effect"
    wired.errand(wired.stage.worker, "Slack socket")
    assert wired.stand(1)
    wired.stage.loop.run(other.close())
    assert wired.stand(0)
    wired.errand(wired.stage.worker, "Slack socket")
    assert wired.stand(1), "who ends gives it back at once"


def test_a_refused_app_token_is_no_end(wired: Wired) -> None:
    token = wired.slack.world.tokens[wired.stage.settings.slack_app_token]
    token.error = "invalid_auth"
    wired.stage.works()
    assert wired.stand(0)
    token.error = ""
    wired.stage.later(minutes=1)
    wired.errand(wired.stage.worker, "Slack socket")
    assert wired.stand(1)


def test_a_spent_address_is_no_end(wired: Wired) -> None:
    """Slack hangs up, and is not well just when the library connects anew: that address never works again."""
    wired.stage.works()
    assert wired.stand(1)
    wired.slack.faults.add(Fault("status", "link"))
    wired.hangs_up()
    assert wired.slack.wait(lambda: not wired.slack.faults.waiting)
    wired.errand(wired.stage.worker, "Slack socket")
    assert wired.stand(0), "the library is given time"
    wired.stage.later(seconds=31)
    wired.errand(wired.stage.worker, "Slack socket")
    assert wired.stand(1)


def test_who_cannot_connect_leaves_it_to_another(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    """One host has no way out to Slack; the other has."""
    monkeypatch.setattr("bot.slack.socket.CONNECT_SECONDS", 0.5)
    cut_off = wired.another(slack_api_url="http://127.0.0.1:9/api/")
    for _ in range(2):
        wired.errand(cut_off, "Slack socket")
    assert wired.stand(0)
    wired.errand(wired.stage.worker, "Slack socket")
    assert wired.stand(1)
    wired.stage.loop.run(cut_off.close())
