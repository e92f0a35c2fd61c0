"""One cell at a time: what people write, and what it means."""

from collections.abc import Callable
from datetime import date

import pytest

from workflows.people import cells


@pytest.mark.parametrize(
    "text", ["2026-04-30", "2026/4/30", "2026-04-30T00:00:00", "2026-04-30 00:00:00.0", "30.04.2026", "30.4.2026"]
)
def test_a_day_written_in_figures(text: str) -> None:
    assert cells.day(text) == date(2026, 4, 30)


@pytest.mark.parametrize(
    "text", ["30/04/2026", "04/30/2026", "30-04-2026", "30 Apr 2026", "30-Apr-2026", "30 April 2026"]
)
def test_a_day_that_can_be_read_in_one_way_only(text: str) -> None:
    assert cells.day(text) == date(2026, 4, 30)
    assert cells.day("04/04/2026") == date(2026, 4, 4)


def test_a_day_that_can_be_read_in_two_ways_is_refused_with_both() -> None:
    with pytest.raises(ValueError, match="write 2026-04-03 or 2026-03-04"):
        cells.day("03/04/2026")


@pytest.mark.parametrize(
    "text",
    [
        "46142",
        "30.02.2026",
        "2026-13-01",
        "13/13/2026",
        "0206-04-30",
        "30.04.26",
        "soon",
        "2026-04-30 09:30",
        "٣٠.٠٤.٢٠٢٦",
    ],
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"2026-04-30\.$"):
        cells.day(text)


def test_no_end_is_written_as_the_last_day_of_all() -> None:
    assert cells.last_day("31.12.9999") is None
    assert cells.last_day("2026-12-31") == date(2026, 12, 31)
    with pytest.raises(ValueError, match="year"):
        cells.day("9999-12-31")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "DE"),
        ("Germany", "DE"),
        ("UK", "GB"),
        ("Scotland", "GB"),
        ("The Netherlands", "NL"),
        ("CÔTE D'IVOIRE", "CI"),
        ("Ivory Coast", "CI"),
        ("Bosnia and Herzegovina", "BA"),
        ("Saint Lucia", "LC"),
        ("Turkey", "TR"),
        ("Czech Republic", "CZ"),
        ("United States of America", "US"),
        ("Hong Kong", "HK"),
    ],
)
def test_a_country_by_code_or_name(text: str, code: str) -> None:
    assert cells.country(text) == code


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("UTC", "UTC"),
        ("W. Europe Standard Time", "Europe/Berlin"),
    ],
)
def test_a_time_zone_by_its_iana_or_windows_name(text: str, zone: str) -> None:
    assert cells.zone(text) == zone


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", "mon-fri"),
        ("Monday to Thursday", "mon-thu"),
        ("Sun - Thu", "sun-thu"),
        ("Wed; Mon, Tue", "mon-wed"),
        ("Mon Wed and Fri", "mon;wed;fri"),
        ("Mon-Tue, Thurs \u2013 Fri", "mon;tue;thu;fri"),
        ("Sat", "sat"),
        ("thu-wed", "mon-sun"),
        ("sun;mon;sat", "sat-mon"),
    ],
)
def test_work_days_as_a_list_or_a_span(text: str, days: str) -> None:
    assert cells.work_days(text) == days


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (cells.country, "Atlantis"),
        (cells.country, "EU"),
        (cells.country, "ZZ"),
        (cells.zone, "Berlin"),
        (cells.zone, "../../etc/passwd"),
        (cells.work_days, "Mon-"),
        (cells.work_days, "Montag"),
        (cells.work_days, "5 days"),
        (cells.kind, "robot overlord"),
        (cells.roles, "lead;king"),
        (cells.email, "ana@halden"),
        (cells.email, "Ana <ana@halden.example>"),
        (cells.email, "ana@halden.example\u200b"),
        (cells.email, "ana@" + "a" * 250 + ".example"),
        (cells.aliases, "ana@halden.example;nobody"),
        (cells.employee_id, "1.23E+05"),
        (cells.employee_id, "#N/A"),
        (cells.employee_id, "12\u200b34"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r": .*\.$"):
        parse(text)


def test_kinds_and_roles_have_many_names() -> None:
    assert cells.kind("Contingent Worker") == "contractor"
    assert cells.kind("shared_mailbox") == "shared-mailbox"
    assert cells.roles("Compliance Lead; Policy-Owner,employee") == {"lead", "owner", "employee"}


def test_addresses_lose_case_and_what_exchange_puts_before_them() -> None:
    assert cells.email("mailto:Ana@Halden.Example") == "ana@halden.example"
    both = ("ana@halden.example", "a.duarte@halden.example")
    assert cells.aliases("SMTP:Ana@halden.example; smtp:a.duarte@halden.example;ana@halden.example") == both
