"""What leaves the house while a campaign waits, runs, is paused and is withdrawn; with a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.dialogues.conftest import SURFACES
from tests.support.campaigns import change, prepare
from tests.support.company import found
from tests.support.stage import Stage, on_stage_with_mail


@pytest.fixture
def post(migrated_url: str) -> Iterator[Stage]:
    """A stage on which people get letters."""
    with on_stage_with_mail(migrated_url, company="Halden Instruments") as stage:
        stage.surface = SURFACES["web"](stage)
        found(stage)
        yield stage


def subjects(stage: Stage, name: str) -> list[str]:
    """Return the subjects of somebody's letters."""
    return [letter.subject for letter in stage.mailbox(stage.person(name))]


def test_one_letter_each_after_the_wait(post: Stage) -> None:
    """Nothing within ten minutes, one letter each after; the lead alone is told before."""
    code = prepare(post)
    post.person("Ana").says(f"campaign launch {code}")
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
    ana.says(f"campaign launch {code}")
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
