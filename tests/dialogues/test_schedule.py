"""What comes round by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.company import publish
from tests.support.stage import Stage
from workflows.schedule import next_time
from workflows.workflow import REGISTRY

LISBON = ZoneInfo("Europe/Lisbon")  # where Ana is, who leads


def test_ana_is_told_when_it_is_that_time_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafted once, however often the clock ticks; launched by a person only."""
    monkeypatch.setattr(REGISTRY.workflow("policy"), "cadence", "0 9 1 12 *")
    publish(stage, "Acceptable Use", "Use things well.")
    ana = stage.person("Ana")
    ana.says("schedule").sees("Nothing comes round by itself yet")
    stage.works()
    ana.says("schedule").sees("Policies", "Tue 1 Dec 2026")
    assert stage.records("campaign.drafted") == []

    stage.now = datetime(2026, 12, 1, 8, 59, tzinfo=UTC)
    stage.works()
    assert stage.records("campaign.drafted") == []
    stage.later(minutes=1)
    stage.works()
    stage.later(minutes=1)
    stage.works()
    assert len(stage.records("campaign.drafted")) == 1
    assert stage.records("campaign.launched") == []
    ana.says("schedule").sees("Wed 1 Dec 2027")
    ana.says("campaign preview C-1").sees("Acceptable Use")
    stage.person("Chidi").says("schedule").sees("not yours")


def test_a_year_without_the_clock_is_made_up_for_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(REGISTRY.workflow("policy"), "cadence", "0 9 1 * *")
    publish(stage, "Acceptable Use", "Use things well.")
    stage.works()
    stage.later(days=200)
    stage.works()
    assert len(stage.records("campaign.drafted")) == 1


def test_an_hour_that_comes_twice_is_one_run(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Lisbon it is 01:30 twice on 31 October 2027."""
    monkeypatch.setattr(REGISTRY.workflow("policy"), "cadence", "30 1 * * *")
    publish(stage, "Acceptable Use", "Use things well.")
    stage.now = datetime(2027, 10, 30, 23, 0, tzinfo=UTC)
    stage.works()
    first, second = (datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert next_time("30 1 * * *", LISBON, stage.now) == first
    assert next_time("30 1 * * *", LISBON, first) == second
    for _ in range(14):
        stage.later(minutes=20)
        stage.works()
    assert len(stage.records("campaign.drafted")) == 1


def test_days_of_the_week_are_named() -> None:
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert next_time("0 9 * * mon", LISBON, now) == now + timedelta(days=6, hours=21)
    with pytest.raises(ValueError, match="by name"):
        next_time("0 9 * * 1", LISBON, now)
    with pytest.raises(ValueError, match="never"):
        next_time("0 9 31 2 *", LISBON, now)
