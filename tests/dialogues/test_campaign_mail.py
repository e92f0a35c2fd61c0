"""What leaves the house while a campaign waits, runs, is paused and is withdrawn; with a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.person import Person
from tests.support.campaigns import change, prepare
from tests.support.company import ask, found, publish
from tests.support.stage import Player, Stage, on_stage_with_mail
from tests.support.web import WebSurface
from workflows import duty
from workflows.workflow import REGISTRY


@pytest.fixture
def post(migrated_url: str) -> Iterator[Stage]:
    """A stage on which people get letters."""
    with on_stage_with_mail(migrated_url, company="Halden Instruments") as stage:
        stage.surface = WebSurface(stage)
        found(stage)
        yield stage


def subjects(stage: Stage, name: str) -> list[str]:
    """Return the subjects of somebody's letters."""
    return [letter.subject for letter in stage.mailbox(stage.person(name))]


def test_one_letter_each_after_the_wait(post: Stage) -> None:
    """Nothing within ten minutes, one letter each after; the lead alone is told before."""
    code = prepare(post)
    post.person("Ana").says(f"campaign launch {code}").presses("Launch")
    post.later(minutes=9)
    post.works()
    assert subjects(post, "Chidi") == []
    assert [subject for subject in subjects(post, "Ana") if "is ready" in subject] == ["C-1 is ready: 8 people"]
    post.later(minutes=2)
    post.works()
    assert subjects(post, "Chidi") == ["Acceptable Use"]
    post.later(minutes=10)
    post.works()
    assert subjects(post, "Chidi") == ["Acceptable Use"]


def test_paused_and_withdrawn(post: Stage) -> None:
    """Keisha's letter waits for her return; paused by then, it stays; resumed, it goes; Farah's is dropped."""
    change(post, "Keisha", leave_from=date(2026, 11, 16), leave_to=date(2026, 11, 24))
    change(post, "Farah", leave_from=date(2026, 11, 16), leave_to=date(2026, 12, 1))
    code = prepare(post)
    ana = post.person("Ana")
    ana.says(f"campaign launch {code}").presses("Launch")
    post.later(minutes=11)
    post.works()
    assert (subjects(post, "Keisha"), subjects(post, "Farah")) == ([], [])

    ana.says(f"campaign pause {code}")
    post.later(days=3)
    post.works()
    assert subjects(post, "Keisha") == []
    post.person("Ana").says(f"campaign resume {code}").sees("goes on")
    post.works()
    assert subjects(post, "Keisha") == ["Acceptable Use"]

    post.person("Ana").says(f"campaign withdraw {code} The wrong text").sees("is withdrawn")
    post.works()
    post.later(days=10)
    post.works()
    assert subjects(post, "Farah") == []


def tell(stage: Stage, player: Player, policy: str) -> None:
    """Ask one person about a policy, and write down the message that says so."""
    ask(stage, player, policy)

    def work(session: Session) -> None:
        ctx, person = stage.context(session), session.get_one(Person, player.row.id)
        one = duty.owed(session, person)[-1]
        said = REGISTRY.workflow("policy").card(ctx, one, person)
        ctx.say(person, said, kind="assigned", dedupe=one.code, topic=one.code)

    stage.write(work)


def test_only_whom_a_letter_did_not_reach_is_called_so(post: Stage) -> None:
    """A letter that was dropped because Chidi had answered already says nothing about his address."""
    done, open_ = (publish(post, title, "Be careful.") for title in ("Acceptable Use", "Access Control"))
    chidi, ana = post.person("Chidi"), post.person("Ana")
    for policy in (done, open_):
        tell(post, chidi, policy)
    chidi.says(f"ack {done}").fills(agree=True)
    post.works()
    assert subjects(post, "Chidi") == ["Access Control"]
    ana.says("status").sees("Everybody who owes something can be reached.")

    assert post.mail is not None
    post.mail.at_rcpt["chidi@halden.example"] = "550 5.7.1 not from you"
    tell(post, chidi, publish(post, "Code of Conduct", "Be kind."))
    post.works()
    ana.says("status").sees("Not reached: 1", "Chidi Okafor")
