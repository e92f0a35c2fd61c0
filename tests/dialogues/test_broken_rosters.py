"""Files that cannot be taken: every mistake is named with its line, and nothing is changed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from models.person import Person, RosterLine
from models.policy import Original
from tests.support.stage import Stage

HEAD = "employee_id,preferred_name,email,manager,start,end"
FREYA = "E100,Freya Lindholm,freya@halden.example,E005,2026-11-23,"
BROKEN = {
    "a circle of managers": (
        (FREYA.replace("E005", "E101"), "E101,Søren Kjær,soren@halden.example,E100,2026-11-23,"),
        ("in a circle",),
    ),
    "an unknown manager": ((FREYA.replace("E005", "E999"),), ("nobody called “E999”",)),
    "an id twice": ((FREYA, FREYA.replace("freya@", "f@")), ("stands on line 2 too",)),
    "an address twice": ((FREYA, FREYA.replace("E100", "E101")), ("is on line 2 too",)),
    "an end before the start": ((f"{FREYA}2026-01-01",), ("is before the start",)),
    "a day that is none": ((FREYA.replace("2026-11-23", "2026-11-31"),), ("no such day",)),
    "a line cut off": ((FREYA, "E101,Søren"), ("cut off",)),
    "every mistake at once": (
        (FREYA.replace("freya@halden.example", "freya"), "E101,Søren Kjær,soren@halden.example,E999,,"),
        ("is not an e-mail address", "nobody called “E999”"),
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_nothing_is_changed_and_each_line_is_named(stage: Stage, what: str) -> None:
    """The lead reads what is wrong and where; no person, no staged line and no copy of the file remains."""
    lines, said = BROKEN[what]
    before = stage.read(lambda session: session.scalar(select(func.count()).select_from(Person)))
    body = "\n".join((HEAD, *lines)).encode()
    seen = stage.person("Ana").says("people import").fills(file=("people.csv", body), full=True)
    seen.sees("cannot be imported yet", "Nothing was changed", *said).misses("Apply")
    assert stage.read(lambda session: session.scalar(select(func.count()).select_from(Person))) == before
    for kept in (RosterLine, Original):
        assert stage.read(lambda session, kept=kept: session.scalars(select(kept)).all()) == []  # type: ignore[misc]
    (refused,) = stage.records("roster.refused")
    assert refused["facts"]["errors"] >= len(said)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_names_survive_other_encodings(stage: Stage, encoding: str) -> None:
    """What a spreadsheet saved comes in with its letters."""
    body = "\n".join((HEAD.replace(",", ";"), FREYA.replace("Freya Lindholm", "Zoë Lefèvre").replace(",", ";"))).encode(
        encoding
    )
    seen = stage.person("Ana").says("people import").fills(file=("people.csv", body), full=False)
    seen.sees("Zoë Lefèvre").presses("Apply").presses("Apply")
    stage.works()
    assert stage.person("Zoë").row.name == "Zoë Lefèvre"


def test_what_is_no_roster_is_said_to_be_none(stage: Stage) -> None:
    """A workbook, an empty file."""
    ana = stage.person("Ana")
    ana.says("people import").fills(file=("people.xlsx", b"PK\x03\x04 and so on"), full=False).sees("Excel workbook")
    ana.says("people import").fills(file=("people.csv", b""), full=False).sees("empty")


def test_hostile_names_stay_text(stage: Stage) -> None:
    """Markup, a call to everybody, a formula and letters that turn text round are only ever a name."""
    name = '<b>Eve</b> <!channel> =HYPERLINK("x") \u202etxt'
    body = "\n".join((HEAD, 'E100,"' + name.replace('"', '""') + '",eve@halden.example,,2026-11-23,')).encode()
    seen = stage.person("Ana").says("people import").fills(file=("people.csv", body), full=False)
    seen.sees('<b>Eve</b> <!channel> =HYPERLINK("x") txt').presses("Apply").presses("Apply")
    stage.works()
    stage.person("Ana").says("people list Eve").sees('<b>Eve</b> <!channel> =HYPERLINK("x") txt')
    assert "Eve" not in str(stage.records())
