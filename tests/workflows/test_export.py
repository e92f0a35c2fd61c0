"""The spreadsheet of everything asked: nobody missing who left, nothing that runs, and a demo says that it is one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from models.campaign import Assignment
from models.person import Person
from tests.support.campaigns import change
from tests.support.company import ask, found, publish
from tests.support.stage import Player, Stage, on_stage
from tests.support.web import WebSurface
from workflows.export import HEAD, as_csv, inert
from workflows.workflow import REGISTRY


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A demo with the people of `tests.support.company`."""
    with on_stage(database_url) as stage:
        stage.surface = WebSurface(stage)
        found(stage)
        yield stage


def exported(stage: Stage, viewer: Player) -> list[dict[str, str]]:
    """Return what somebody gets, row by row, without the line that says that it is a demo."""

    def work(session: Any) -> str:
        ctx = stage.context(session, session.get_one(Person, viewer.row.id))
        return as_csv(ctx, REGISTRY.workflow("policy"))

    text = stage.read(work)
    lines = list(csv.reader(io.StringIO(text, newline="")))
    if stage.settings.demo:
        assert lines.pop(0) == ["DEMO: invented people, not evidence"]
    assert tuple(lines[0]) == HEAD
    return [dict(zip(HEAD, line, strict=True)) for line in lines[1:]]


def test_who_left_stays_in_the_list(stage: Stage) -> None:
    """Gone from the company, open as it was, and closed as left afterwards: the row is always there."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi, ana = stage.person("Chidi"), stage.person("Ana")
    ask(stage, chidi, policy)
    change(stage, "Chidi", end_on=date(2026, 11, 20))
    (before,) = exported(stage, ana)
    stage.works()
    (after,) = exported(stage, ana)
    assert (before["employee id"], before["state"]) == ("E006", "open")
    assert (after["employee id"], after["state"]) == ("E006", "left")
    assert after["record"] in {one["id"] for one in stage.records()}


def test_each_answer_names_its_record(stage: Stage) -> None:
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)
    chidi.says("ack").fills(agree=True).sees("You acknowledged this")
    (row,) = exported(stage, stage.person("Ana"))
    assert row["record"] == stage.records("policy.acknowledged")[0]["id"]
    assert (row["due"], row["closed"][:10]) == ("2026-12-07", "2026-11-23")


def test_a_manager_gets_the_team_and_no_more(stage: Stage) -> None:
    policy = publish(stage, "Acceptable Use", "Use things well.")
    for name in ("Chidi", "Callum"):
        ask(stage, stage.person(name), policy)
    assert [row["name"] for row in exported(stage, stage.person("Bruno"))] == ["Chidi Okafor"]
    assert len(exported(stage, stage.person("Ana"))) == 2


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_runs(stage: Stage, cell: str) -> None:
    """A name, a department and a title that a spreadsheet would take for a formula."""
    assert inert(cell) == f"'{cell}"
    policy = publish(stage, cell, "Use things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)
    hostile = {"name": f"{cell} Okafor", "department": cell}
    stage.write(lambda session: session.execute(update(Person).where(Person.id == chidi.row.id).values(hostile)))
    stage.write(lambda session: session.execute(update(Assignment).values(department=cell)))
    (row,) = exported(stage, stage.person("Ana"))
    assert [row[column] for column in ("name", "department", "title")] == [f"'{cell} Okafor", f"'{cell}", f"'{cell}"]


def test_a_real_one_has_no_line_too_many(database_url: str) -> None:
    key = "a test key that is long enough to sign cookies with"
    with on_stage(database_url, admin_email="ana@halden.example", secret_key=key) as stage:
        found(stage)
        assert exported(stage, stage.person("Ana")) == []
