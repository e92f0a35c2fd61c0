"""Joiners, leavers and people on leave, in a campaign."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from models.person import Person
from tests.support.campaigns import change, prepare, run, said
from tests.support.stage import Stage


def test_a_joiner_is_a_dated_addition(stage: Stage) -> None:
    """Asked later, with a record of their own and their own days; the population on record stays what it was."""
    code = prepare(stage)
    run(stage, code)
    (population,) = stage.records("campaign.population")
    stage.later(days=4)

    def hire(session: Session) -> None:
        session.add(Person(name="Noor Aziz", department="Sales", start_on=date(2026, 11, 27), recorded_at=stage.now))

    stage.write(hire)
    ana = stage.person("Ana")
    ana.says(f"campaign add {code}").fills(person="Noor Aziz", reason="Joined today").sees("Fri 11 Dec 2026")
    ana.says(f"campaign add {code}").fills(person="Noor Aziz", reason="Twice").sees("They are asked already")
    ana.says(f"campaign add {code}").fills(person="Greta Lindqvist", reason="Why not").sees("only to audit")
    assert len(said(stage, "Noor")) == 1
    (added,) = stage.records("campaign.added")
    assert [entry[0] for entry in added["facts"]["entries"]] == [stage.person("Noor").ref]
    ana.says(f"campaign show {code}").sees(
        "Fingerprint of the list of people", population["facts"]["sha256"], "0 of 9 done"
    )


def test_leavers_stay_and_are_listed(stage: Stage) -> None:
    """Who has left is listed as excluded; who leaves after the launch stays in the population and hears nothing."""
    change(stage, "Callum", end_on=date(2026, 11, 20))
    code = prepare(stage)
    ana = stage.person("Ana")
    ana.says(f"campaign preview {code}").sees("7 people will be asked", "Callum Whitford", "left", "only to audit")
    ana.says(f"campaign launch {code}").presses("Launch").sees("is launched")
    stage.later(seconds=1)
    stage.works()
    change(stage, "Keisha", end_on=date(2026, 11, 22))
    stage.later(minutes=11)
    stage.works()
    assert said(stage, "Keisha") == []
    (assigned,) = stage.records("campaign.assigned")
    excluded = {entry[0]: entry[2] for entry in assigned["facts"]["excluded"]}
    assert excluded[stage.person("Callum").ref] == "left"
    assert stage.person("Keisha").ref in {entry[0] for entry in assigned["facts"]["entries"]}
    ana.says(f"campaign show {code}").sees("Not asked: 2", "Callum Whitford")
    ana.says(f"campaign preview {code}").sees("C-1 is running", f"campaign show {code}")


def test_on_leave_is_in_the_population_and_paused(stage: Stage) -> None:
    """Their message waits for the hours of the day they are back; they have as many days as the others had."""
    change(stage, "Keisha", leave_from=date(2026, 11, 16), leave_to=date(2026, 12, 4))
    change(stage, "Farah", leave_from=date(2026, 11, 16))
    code = prepare(stage)
    ana = stage.person("Ana")
    ana.says(f"campaign preview {code}").sees("8 people will be asked", "Fri 4 Dec", "Sat 19 Dec", "not known")
    run(stage, code)
    (keisha,), (farah,) = said(stage, "Keisha"), said(stage, "Farah")
    assert keisha.not_before.isoformat() == "2026-12-07T14:00:00+00:00"  # Monday, 09:00 in New York
    assert farah.not_before.year == 2036  # nobody knows when she is back
    ana.says(f"campaign show {code}").sees("On leave: 2", "Keisha Robinson", "not known")
    (population,) = stage.records("campaign.population")
    assert population["facts"]["people"] == 8

    change(stage, "Keisha", leave_to=date(2026, 11, 24))
    change(stage, "Farah", leave_to=date(2026, 11, 22))
    stage.later(minutes=15)
    stage.works()
    assert said(stage, "Keisha")[0].not_before.isoformat() == "2026-11-25T14:00:00+00:00"
    assert said(stage, "Farah")[0].not_before == stage.now


def test_the_first_letter_keeps_to_the_hours_of_each(stage: Stage) -> None:
    """Launched on a Monday at 9:00 in London: Bruno hears of it now, Keisha when New York works, Callum on Tuesday."""
    run(stage, prepare(stage))
    moments = {name: said(stage, name)[0].not_before.isoformat() for name in ("Bruno", "Keisha", "Callum")}
    assert moments == {
        "Bruno": stage.now.isoformat(),
        "Keisha": "2026-11-23T14:00:00+00:00",
        "Callum": "2026-11-23T22:30:00+00:00",
    }
    stage.person("Keisha").opens().sees("Acceptable Use")  # whoever looks finds it at any hour
