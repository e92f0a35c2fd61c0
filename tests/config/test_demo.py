"""The demo company stays plausible on any day, and holds every situation that its README promises."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from jinja2 import TemplateNotFound

from config import demo

COLUMNS = (
    "employee_id preferred_name email aliases manager department title country region time_zone work_days "
    "start end leave_from leave_to kind role"
)
# A Sunday, a Monday, a leap day and an ordinary Friday of some later year.
DAYS = [date(2026, 3, 1), date(2026, 11, 23), date(2028, 2, 29), date(2031, 7, 4)]
TODAY = DAYS[1]
Row = dict[str, str]


def _rows(name: str, today: date = TODAY) -> list[Row]:
    return list(csv.DictReader(io.StringIO(demo.render(name, today))))


def _people(name: str = "roster.csv", today: date = TODAY) -> dict[str, Row]:
    return {row["employee_id"]: row for row in _rows(name, today)}


def _chain(people: dict[str, Row], person: str) -> list[str]:
    """Return the managers above `person`, nearest first, and stop at somebody seen before."""
    above: list[str] = []
    while (person := people[person]["manager"]) and person not in above:
        above.append(person)
    return above


@pytest.mark.parametrize(("name", "count"), [("roster.csv", 60), ("roster-last-year.csv", 26)])
def test_a_roster_has_its_rows_and_exactly_the_columns(name: str, count: int) -> None:
    rows = _rows(name)
    assert len(rows) == len(_people(name)) == count
    assert all(" ".join(row) == COLUMNS for row in rows)
    assert all(value == value.strip() for row in rows for value in row.values())


@pytest.mark.parametrize("name", ["roster.csv", "roster-last-year.csv"])
def test_everyone_but_one_has_a_manager_and_the_tree_ends_at_her(name: str) -> None:
    people = _people(name)
    assert [row["preferred_name"] for row in people.values() if not row["manager"]] == ["Margit Halden"]
    assert all(_chain(people, person)[-1:] == ["HI-001"] for person in people if person != "HI-001")
    assert all(people[row["manager"]]["kind"] == "employee" for row in people.values() if row["manager"])


@pytest.mark.parametrize("name", ["roster.csv", "roster-last-year.csv"])
def test_addresses_are_unique_ascii_and_on_the_example_domain(name: str) -> None:
    rows = _rows(name)
    addresses = [row["email"] for row in rows] + [a for row in rows for a in row["aliases"].split(";") if a]
    assert len(set(addresses)) == len(addresses)
    assert all(address.isascii() and address.endswith("@halden.example") for address in addresses)


@pytest.mark.parametrize("name", ["roster.csv", "roster-last-year.csv"])
def test_places_and_clocks_are_real(name: str) -> None:
    known = holidays.list_supported_countries(include_aliases=False)
    for row in _rows(name):
        assert ZoneInfo(row["time_zone"]).key == row["time_zone"]
        assert row["country"] in known, row
        assert not row["region"] or row["region"] in known[row["country"]], row
        assert row["work_days"] in {"mon-fri", "mon-thu", "sun-thu"}
        assert row["kind"] in {"employee", "contractor", "shared-mailbox", "service"}
        assert set(row["role"].split(";")) <= {"employee", "owner", "lead", "deputy", "auditor", "admin"}


def test_the_company_is_spread_over_the_world_and_eight_departments() -> None:
    rows = _rows("roster.csv")
    assert len({row["department"] for row in rows}) == 8
    assert len({row["country"] for row in rows}) >= 25
    assert {"Australia/Adelaide", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Honolulu"} <= {
        row["time_zone"] for row in rows
    }
    assert sum(not row["preferred_name"].isascii() for row in rows) >= 10


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("name", ["roster.csv", "roster-last-year.csv"])
def test_dates_are_in_order_on_any_day(name: str, today: date) -> None:
    for row in _rows(name, today):
        start = date.fromisoformat(row["start"])
        assert not row["end"] or start < date.fromisoformat(row["end"]), row
        assert bool(row["leave_from"]) == bool(row["leave_to"]), row
        if row["leave_from"]:
            assert start < date.fromisoformat(row["leave_from"]) <= date.fromisoformat(row["leave_to"]), row


@pytest.mark.parametrize("today", DAYS)
def test_every_situation_is_there_on_any_day(today: date) -> None:
    people, iso = _people(today=today), today.isoformat()
    rows = people.values()
    away = {person: row for person, row in people.items() if row["leave_from"]}
    assert [person for person, row in away.items() if row["leave_from"] <= iso <= row["leave_to"]] == [
        "HI-014",
        "HI-036",
    ]
    assert [person for person, row in away.items() if row["leave_from"] > iso] == ["HI-016", "HI-020"]
    left = [person for person, row in people.items() if row["end"] and row["end"] < iso]
    assert left == ["HI-008", "HI-028", "HI-043"]
    monday = today + timedelta(days=7 - today.weekday())
    assert [row["preferred_name"] for row in rows if row["start"] > iso] == ["Freya Lindholm"]
    assert people["HI-059"]["start"] == monday.isoformat()
    assert [row["kind"] for row in rows].count("shared-mailbox") == 1
    assert [row["kind"] for row in rows].count("service") == 1
    assert [row["kind"] for row in rows].count("contractor") == 4
    assert [row["work_days"] for row in rows].count("sun-thu") == 3


def test_the_people_of_the_readme_hold_their_parts() -> None:
    people = _people()
    roles = {row["preferred_name"]: row["role"] for row in people.values()}
    assert roles["Ana Duarte"] == "employee;lead;owner"
    assert roles["Tomasz Zieliński"] == "employee;deputy;admin"
    assert [name for name, role in roles.items() if "auditor" in role] == ["Greta Lindqvist"]
    assert people[people["HI-012"]["manager"]]["preferred_name"] == "Bruno Keller"
    assert people["HI-012"]["preferred_name"] == "Chidi Okafor"


@pytest.mark.parametrize("today", DAYS)
def test_last_years_roster_holds_the_history(today: date) -> None:
    then, now = _people("roster-last-year.csv", today), _people(today=today)
    year_ago = (today - timedelta(days=365)).isoformat()
    assert set(then) < set(now)
    assert all(row["start"] < year_ago for row in then.values())
    started_again = [person for person in then if then[person]["start"] != now[person]["start"]]
    assert started_again == ["HI-051"]
    assert then["HI-051"]["end"] < year_ago < now["HI-051"]["start"] < today.isoformat()
    assert [person for person in then if then[person]["email"] != now[person]["email"]] == ["HI-032"]
    assert then["HI-032"]["email"] in now["HI-032"]["aliases"].split(";")
    assert then["HI-006"]["department"] != now["HI-006"]["department"]
    # One leaver between the two, so that the second import stays below five percent and asks nobody to confirm.
    assert [person for person in then if now[person]["end"] and not then[person]["end"]] == ["HI-008"]


@pytest.mark.parametrize("today", DAYS)
def test_acknowledgements_made_elsewhere_belong_to_people_who_worked_here(today: date) -> None:
    people, rows = _people(today=today), _rows("acknowledgements.csv", today)
    assert list(rows[0]) == ["employee", "policy", "version", "date", "source"]
    for row in rows:
        assert people[row["employee"]]["start"] < row["date"] < today.isoformat(), row
        assert row["version"].isdigit(), row
        assert row["source"], row
    assert len({(row["employee"], row["policy"]) for row in rows}) == len(rows)


def test_the_companys_variables_name_people_who_work_there() -> None:
    working = {row["email"] for row in _rows("roster.csv") if not row["end"]}
    assert set(demo.company()["people"].values()) <= working


def test_a_file_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TemplateNotFound):
        demo.render("../settings", TODAY)
