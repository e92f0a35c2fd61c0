"""Two web and two worker processes on one PostgreSQL, killed at random while people acknowledge over HTTP."""

from __future__ import annotations

import asyncio
import random
import subprocess
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import utc_now
from bot.outside.mail import Mail
from bot.web.session import Cookies, open_session
from models.outbox import Delivery
from models.person import Person
from tests.storms.deployment import real
from tests.storms.test_killed_worker import check_letters, hire_and_write
from tests.support.company import found, publish
from tests.support.mail import MailServer
from tests.support.page import read
from tests.support.process import free_port, kill, start
from tests.support.stage import KEYS, Stage, on_stage
from tests.support.truth import contradictions
from workflows import duty
from workflows.workflow import REGISTRY

PATIENCE = timedelta(minutes=3)


@dataclass
class Storm:
    """Who is asked, which processes stand, and what people were told."""

    settings: dict[str, str]
    chance: random.Random
    asked: dict[str, dict[str, str]] = field(default_factory=dict)  # assignment -> cookies
    told: set[str] = field(default_factory=set)  # assignments whose people saw that it was saved
    tries: int = 0
    ports: list[str] = field(default_factory=lambda: [free_port(), free_port()])
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def launch(self, number: int) -> subprocess.Popen[bytes]:
        """Start the process with this number: the first two serve pages, the others work."""
        if number < len(self.ports):
            return start("serve", **self.settings, port=self.ports[number])
        return start("work", **self.settings)

    async def answer(self, code: str, after: float) -> None:
        """Acknowledge as somebody would: open the form, send it, and start again whenever that fails."""
        await asyncio.sleep(after)
        jar = aiohttp.CookieJar(unsafe=True)  # browsers take cookies of an address, too
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(cookies=self.asked[code], cookie_jar=jar, timeout=timeout) as browser:
            while code not in self.told:
                self.tries += 1
                try:
                    if "You acknowledged this" in await self._once(browser, code):
                        self.told.add(code)
                except (aiohttp.ClientError, OSError, TimeoutError):
                    await asyncio.sleep(self.chance.uniform(0.1, 0.5))

    async def _once(self, browser: aiohttp.ClientSession, code: str) -> str:
        base = f"http://127.0.0.1:{self.chance.choice(self.ports)}"
        async with browser.get(f"{base}/go/policy.acknowledge/{code}") as response:
            page = read(await response.text(), response.status, str(response.url))
        form = next((one for one in page.forms if "agree" in one.fields), None)
        if form is None:
            return page.text
        async with browser.post(base + form.action, data={**form.values, "agree": "on"}) as response:
            return read(await response.text(), response.status, str(response.url)).text

    async def kill_one_by_one(self, kills: int) -> None:
        """Kill one process after the other, whatever it is doing, and start it again."""
        for _ in range(kills):
            await asyncio.sleep(self.chance.uniform(0.5, 2))
            number = self.chance.randrange(len(self.running))
            kill(self.running[number])
            self.running[number] = self.launch(number)

    async def rage(self, kills: int, seconds: float) -> None:
        """Let everybody answer while processes are killed."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            people = [self.answer(code, self.chance.uniform(0, seconds)) for code in self.asked]
            await asyncio.gather(self.kill_one_by_one(kills), *people)


def ask(stage: Stage, storm: Storm, people: int) -> None:
    """Ask people to acknowledge a policy, write to them, and sign them in."""
    found(stage)
    subject = f"{publish(stage, 'Acceptable Use', 'Use things well.')}v1"
    hire_and_write(stage, people)
    cookies = Cookies(KEYS)

    def work(session: Session) -> None:
        ctx = stage.context(session)
        for person in session.scalars(select(Person).where(Person.name.like("Person %"))):
            due = (stage.now + timedelta(days=30)).date()
            policy = REGISTRY.workflow("policy")
            one = duty.assign(ctx, policy, person, subject, reason="new version", due_on=due)
            secret = open_session(session, person, "Storm", "web-link", stage.now)
            storm.asked[one.code] = {cookies.name: cookies.sign(secret)}

    stage.now = utc_now()
    stage.write(work)


def play(url: str, people: int, kills: int, seed: int) -> Storm:
    """Play a storm and look at what is left."""
    with ExitStack() as ending:
        mail = ending.enter_context(MailServer(after_data={"*": 0.01}).running())
        storm = Storm(real(url, smtp_url=mail.url), random.Random(seed))  # noqa: S311 - the same again
        with on_stage(**storm.settings) as stage:
            ask(stage, storm, people)
        storm.running = [storm.launch(number) for number in range(4)]
        try:
            asyncio.run(storm.rage(kills, kills * 1.5))
        finally:
            kill(*storm.running)
        with on_stage(**storm.settings) as stage:
            stage.now = utc_now() + Mail(stage.settings).timeout + timedelta(minutes=1)
            stage.works()
            check_what_is_left(stage, storm, mail)
    return storm


def check_what_is_left(stage: Stage, storm: Storm, mail: MailServer) -> None:
    """Everybody who saw "acknowledged" is on record once; nobody was written to twice."""
    assert contradictions(stage.database.engine) == []
    told = Counter(record["facts"]["assignment"] for record in stage.records("policy.acknowledged"))
    assert storm.told <= set(told)
    assert set(told.values()) == {1}
    states = Counter(stage.read(lambda session: session.scalars(select(Delivery.state)).all()))
    assert set(states) <= {"sent", "unconfirmed"}
    check_letters(stage, mail, len(storm.asked))


def test_forty_people_and_three_kills(postgres_url: str) -> None:
    storm = play(postgres_url, people=40, kills=3, seed=1)
    assert len(storm.told) == 40


@pytest.mark.storm
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
def test_four_hundred_people_and_forty_kills(postgres_url: str, seed: int) -> None:
    storm = play(postgres_url, people=400, kills=40, seed=seed)
    assert len(storm.told) == 400
    assert storm.tries > 400, "no kill was felt"
