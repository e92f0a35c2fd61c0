"""kill -9 in the middle of a mail campaign: nothing is lost, and nobody is written to twice."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import utc_now
from bot.outside.mail import Mail
from models.message import Message
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from tests.storms.deployment import address, hire, process, real
from tests.support.mail import MailServer
from tests.support.stage import Stage, on_stage
from workflows.context import Context


def hire_and_write(stage: Stage, people: int) -> None:
    """Put people on the roster, and write each of them a message."""

    def work(session: Session) -> None:
        ctx = Context(session, stage.settings, utc_now())
        for number in range(people):
            person = hire(ctx, number, employee_id=f"E{number:04}", email=address(number))
            ctx.say(person, Message(f"Letter {number}"), kind="notice", dedupe=f"letter:{number}")

    stage.write(work)


def wait_for(mail: MailServer, letters: int, running: subprocess.Popen[bytes]) -> None:
    """Wait until the server has taken so many letters."""
    end = time.monotonic() + 60
    while len(mail.letters) < letters:
        assert running.poll() is None, "the worker ended by itself"
        assert time.monotonic() < end, f"only {len(mail.letters)} of {letters} letters came"
        time.sleep(0.002)


def storm(url: str, people: int, kills: int, seed: int) -> tuple[int, int]:
    """Let workers write to everybody and kill them; return (letters taken, copies unconfirmed)."""
    chance = random.Random(seed)  # noqa: S311 - the same storm again
    with MailServer(after_data={"*": 0.01}).running() as mail:
        settings = real(url, smtp_url=mail.url)
        with on_stage(**settings) as stage:
            hire_and_write(stage, people)
        for number in range(kills):
            with process(settings) as running:
                wait_for(mail, people * number // (kills + 1) + chance.randrange(1, people // (kills + 1)), running)
                time.sleep(chance.random() * 0.05)
        with on_stage(**settings) as stage:
            stage.now = utc_now()
            stage.works()  # what nobody had claimed
            stage.now = utc_now() + Mail(stage.settings).timeout + timedelta(minutes=1)
            stage.works()  # what the dead had claimed
            check_letters(stage, mail, people)
            states = Counter(stage.read(lambda session: session.scalars(select(Delivery.state)).all()))
    assert set(states) <= {"sent", "unconfirmed"}
    assert states["unconfirmed"] <= kills * Mail.pace.at_once
    return len(mail.letters), states["unconfirmed"]


def check_letters(stage: Stage, mail: MailServer, people: int) -> None:
    """Nobody has two letters; who has none is unconfirmed, and it is said so."""
    got = Counter(letter.to for letter in mail.letters)
    assert not [who for who, letters in got.items() if letters > 1]

    def stands(session: Session) -> dict[str | None, str]:
        rows = select(Person.email, Delivery.state).join(OutboxMessage, OutboxMessage.person_id == Person.id)
        found = session.execute(rows.join(Delivery, Delivery.message_id == OutboxMessage.id))
        return {email: state for email, state in found}  # noqa: C416 - rows are no pairs to the type checker

    states = stage.read(stands)
    assert len(states) == people
    assert all(got[who or ""] == 1 for who, state in states.items() if state == "sent")
    assert all(state == "unconfirmed" for who, state in states.items() if got[who or ""] == 0)


def test_killed_in_the_middle_of_two_hundred_letters(migrated_url: str) -> None:
    letters, unconfirmed = storm(migrated_url, people=200, kills=2, seed=1)
    assert letters >= 200 - unconfirmed


def test_told_to_stop_it_finishes_what_it_began(migrated_url: str) -> None:
    """SIGTERM leaves no claim behind, so no doubt."""
    with MailServer(after_data={"*": 0.05}).running() as mail:
        settings = real(migrated_url, smtp_url=mail.url)
        with on_stage(**settings) as stage:
            hire_and_write(stage, 200)
        with process(settings) as running:
            wait_for(mail, 20, running)
            running.terminate()
            assert running.wait(30) == 0
        with on_stage(**settings) as stage:
            states = Counter(stage.read(lambda session: session.scalars(select(Delivery.state)).all()))
        assert set(states) == {"sent", "queued"}
        assert states["sent"] == len(mail.letters) < 200


@pytest.mark.storm
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(5))
def test_killed_again_and_again(migrated_url: str, seed: int) -> None:
    letters, unconfirmed = storm(migrated_url, people=2000, kills=25, seed=seed)
    assert letters >= 2000 - unconfirmed
