"""The way from a letter into the web inbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from models.message import Button, Message
from models.person import Person
from tests.support.company import found
from tests.support.stage import Player, Stage, on_stage_with_mail
from tests.support.web import Browser


@pytest.fixture
def stage(sqlite_url: str) -> Iterator[Stage]:
    """A real company without chats, whose people are reached by mail."""
    with on_stage_with_mail(sqlite_url, admin_email="ana@halden.example", domains="halden.example") as stage:
        found(stage)
        yield stage


def write_to(stage: Stage, player: Player) -> None:
    """Write somebody a letter with two buttons."""

    def work(session: Session) -> None:
        message = Message("Look", buttons=(Button("Policies", "policy.list"), Button("Help", "help")))
        stage.context(session).say(session.get_one(Person, player.row.id), message, kind="notice", dedupe="look")

    stage.write(work)
    stage.works()


def path(stage: Stage, address: str) -> str:
    """Return the path of an address in a letter, which leads to the deployment's own name."""
    assert address.startswith(stage.settings.base_url)
    return address.removeprefix(stage.settings.base_url)


def test_only_the_button_on_the_page_spends_the_link(stage: Stage) -> None:
    chidi = stage.person("Chidi")
    write_to(stage, chidi)
    (letter,) = stage.mailbox(chidi)
    scanner, browser = Browser(stage, None), Browser(stage, None)
    for _ in range(3):
        scanner.get(path(stage, letter.way("Policies")))
    page = browser.get(path(stage, letter.way("Policies")))
    page.presses(page.page.forms[0].label).sees("No policy is in force yet.")
    browser.get(path(stage, letter.way("Help"))).sees("What you can do")
    page = scanner.get(path(stage, letter.way("Help")))
    assert page.status == 410


def test_an_old_letter_offers_a_fresh_link_to_the_same_place(stage: Stage) -> None:
    chidi = stage.person("Chidi")
    write_to(stage, chidi)
    stage.later(days=3)
    browser = Browser(stage, None)
    page = browser.get(path(stage, stage.mailbox(chidi)[0].way("Help")))
    assert page.status == 410
    page.presses(page.page.forms[0].label)
    stage.works()
    page = browser.get(path(stage, stage.mailbox(chidi)[1].way("Sign in")))
    page.presses(page.page.forms[0].label).sees("What you can do")
