"""Days and periods as people type them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dates import DATE_FORMS, PERIOD_FORMS, parse_date, parse_period

MONDAY = date(2026, 11, 23)
TODAYS = st.dates(date(2000, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        (" 2026\u201103\u201131 ", date(2026, 3, 31)),
        ("today", MONDAY),
        ("Tomorrow", date(2026, 11, 24)),
        ("fri", date(2026, 11, 27)),
        ("FRIDAY", date(2026, 11, 27)),
        ("sun", date(2026, 11, 29)),
        ("mon", date(2026, 11, 30)),
        ("thurs", date(2026, 11, 26)),
        ("+5d", date(2026, 11, 28)),
        ("5d", date(2026, 11, 28)),
        ("0d", MONDAY),
        ("2w", date(2026, 12, 7)),
        ("+2W", date(2026, 12, 7)),
        ("3m", date(2027, 2, 23)),
        ("1m", date(2026, 12, 23)),
        ("13m", date(2027, 12, 23)),
    ],
)
def test_every_form_of_a_date_means_one_day(typed: str, day: date) -> None:
    assert parse_date(typed, MONDAY) == day


def test_months_ahead_end_with_a_shorter_month() -> None:
    assert parse_date("1m", date(2027, 1, 31)) == date(2027, 2, 28)
    assert parse_date("1m", date(2028, 1, 31)) == date(2028, 2, 29)
    assert parse_date("12m", date(2028, 2, 29)) == date(2029, 2, 28)


@pytest.mark.parametrize(
    "typed",
    ["", "freitag", "2026-02-30", "2026-3-1", "20260331", "2026-W01-1", "0226-03-31", "9999-12-31", "+5", "-5d", "5 d",
     "9999w", "9999m", "99999d", "31.03.2026", "\u0665d", "x" * 100_000, "\ud800"],
)  # fmt: skip
def test_anything_else_is_answered_with_the_forms(typed: str) -> None:
    with pytest.raises(ValueError, match="Write a date like") as refused:
        parse_date(typed, MONDAY)
    assert str(refused.value).endswith(DATE_FORMS)
    assert len(str(refused.value)) < 200


@given(TODAYS, st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
def test_a_weekday_is_within_the_coming_seven_days_and_never_today(today: date, name: str) -> None:
    day = parse_date(name, today)
    assert timedelta(days=1) <= day - today <= timedelta(days=7)
    assert day.strftime("%a").lower() == name


@given(st.text(), TODAYS)
def test_no_text_brings_anything_but_a_day_or_a_value_error(text: str, today: date) -> None:
    for read in (lambda: parse_date(text, today), lambda: parse_period(text)):
        try:
            said = str(read())
        except ValueError as refused:
            said = str(refused)
        assert said[0] == "(" or said[:4].isdigit() or said.endswith((DATE_FORMS, PERIOD_FORMS))


@given(TODAYS, st.integers(0, 9999), st.sampled_from("dwm"))
def test_ahead_is_never_before_today(today: date, count: int, unit: str) -> None:
    try:
        assert parse_date(f"+{count}{unit}", today) >= today
    except ValueError:
        assert count > 900


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026\u201303", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-01-01..2026-03-31", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-01-01 .. 2026-01-01", date(2026, 1, 1), date(2026, 1, 1)),
    ],
)
def test_every_form_of_a_period_means_its_first_and_last_day(typed: str, first: date, last: date) -> None:
    assert parse_period(typed) == (first, last)


@pytest.mark.parametrize(
    "typed",
    ["", "0000", "2026Q5", "2026Q0", "2026-13", "2026-00", "26Q1", "2026-01-01", "2026-01-01..", "..2026-01-01",
     "2026-02-30..2026-03-01", "2026-03-31..2026-01-01", "last quarter", "\u0662\u0660\u0662\u0666"],
)  # fmt: skip
def test_any_other_period_is_answered_with_the_forms(typed: str) -> None:
    with pytest.raises(ValueError, match="period") as refused:
        parse_period(typed)
    assert str(refused.value).endswith(PERIOD_FORMS)
