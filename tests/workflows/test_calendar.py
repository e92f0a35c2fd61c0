"""Nobody is reminded at night, on a day off, on a holiday or on leave, wherever they live; and nobody is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from workflows.calendar import (
    Working,
    end_of_day,
    is_workday,
    ladder,
    local,
    next_moment,
    next_reminder,
    next_workday,
    parse_work_days,
    problems,
    say_days,
    shift_workdays,
    spread,
)

CALLUM = Working("Australia/Adelaide", "AU", "SA", "mon-fri")
YAEL = Working("Asia/Jerusalem", "IL", "", "sun-thu")
THIAGO = Working("America/Sao_Paulo", "BR", "SP", "mon-fri")
GRACE = Working("America/New_York", "US", "NY", "mon-fri")
BRUNO = Working("Europe/Berlin", "DE", "BY", "mon-fri")
JONAS = Working("Europe/Berlin", "DE", "BE", "mon-fri")
MAYA = Working("Asia/Kathmandu", "NP", "", "sun-fri")
IAN = Working("Australia/Lord_Howe", "AU", "NSW", "mon,wed,fri")
RANA = Working("Asia/Beirut", "LB", "", "mon-fri")
EVERYONE = [CALLUM, YAEL, THIAGO, GRACE, BRUNO, JONAS, MAYA, IAN, RANA]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def on_leave(who: Working, first: date, last: date) -> Working:
    return replace(who, leaves=((first, last),))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("Sun-Thu", {6, 0, 1, 2, 3}),
        ("fri-mon", {4, 5, 6, 0}),
        ("mon,wed,fri", {0, 2, 4}),
        ("Mon Tue Wed", {0, 1, 2}),
        ("Monday to Thursday and Saturday", {0, 1, 2, 3, 5}),
        ("mon\u2013wed; sun", {0, 1, 2, 6}),
        ("tue-tue", {1}),
        ("mon-sun", set(range(7))),
    ],
)
def test_work_days_are_read(text: str, days: set[int]) -> None:
    assert parse_work_days(text) == days


def test_work_days_are_said_in_words() -> None:
    said = [say_days(text) for text in ("sun-thu", "mon,wed,fri", "tue", "whenever")]
    assert said == ["Sunday to Thursday", "Monday, Wednesday, Friday", "Tuesday", "whenever"]


@pytest.mark.parametrize("text", ["", "  ", "weekdays", "mon-", "mon-fry", "1-5", "mon..fri", "lundi", "x" * 10_000])
def test_other_work_days_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="Write them like mon-fri, sun-thu or mon,wed,fri") as refused:
        parse_work_days(text)
    assert len(str(refused.value)) < 130


@pytest.mark.parametrize(
    ("who", "day", "works"),
    [
        (YAEL, date(2026, 11, 22), True),  # a Sunday
        (YAEL, date(2026, 11, 27), False),  # a Friday
        (YAEL, date(2026, 9, 21), False),  # Yom Kippur, a Monday
        (GRACE, date(2026, 11, 22), False),
        (GRACE, date(2026, 11, 26), False),  # Thanksgiving
        (GRACE, date(2026, 7, 3), False),  # Independence Day, kept on the Friday before
        (GRACE, date(2027, 12, 31), False),  # New Year's Day of the year after, kept on the Friday before
        (THIAGO, date(2026, 7, 9), False),  # only in the state of São Paulo
        (replace(THIAGO, region="RJ"), date(2026, 7, 9), True),
        (BRUNO, date(2026, 1, 6), False),  # Epiphany, in Bavaria
        (JONAS, date(2026, 1, 6), True),
        (BRUNO, date(2027, 3, 8), True),
        (JONAS, date(2027, 3, 8), False),  # Women's Day, in Berlin
        (replace(BRUNO, country=" de ", region="DE-BY"), date(2026, 1, 6), False),
        (CALLUM, date(2026, 10, 5), False),  # Labour Day in South Australia
        (IAN, date(2026, 11, 24), False),  # a Tuesday
        (MAYA, date(2026, 11, 22), True),
        (MAYA, date(2026, 11, 21), False),
    ],
)
def test_holidays_and_weekends_are_those_of_the_place(who: Working, day: date, works: bool) -> None:
    assert is_workday(day, who) is works


def test_leave_includes_its_first_and_last_day() -> None:
    bruno = on_leave(BRUNO, date(2026, 11, 24), date(2026, 11, 26))
    assert [day for day in range(23, 28) if is_workday(date(2026, 11, day), bruno)] == [23, 27]
    assert next_workday(date(2026, 11, 24), bruno) == date(2026, 11, 27)
    assert shift_workdays(date(2026, 11, 23), 1, bruno) == date(2026, 11, 27)
    assert shift_workdays(date(2026, 11, 27), -1, bruno) == date(2026, 11, 23)


def test_work_days_are_counted_over_weekends_and_holidays() -> None:
    wednesday = date(2026, 11, 25)
    assert shift_workdays(wednesday, 0, GRACE) == wednesday
    assert shift_workdays(wednesday, 1, GRACE) == date(2026, 11, 27)
    assert shift_workdays(wednesday, 2, GRACE) == date(2026, 11, 30)
    assert shift_workdays(date(2026, 11, 30), -2, GRACE) == wednesday
    assert next_workday(wednesday, GRACE) == wednesday
    assert next_workday(date(2026, 11, 26), GRACE) == date(2026, 11, 27)


def test_leave_without_end_ends_no_search_and_no_duty() -> None:
    grace = on_leave(GRACE, date(2026, 11, 24), date.max)
    far = date(2036, 11, 23)
    assert next_workday(date(2026, 11, 24), grace) >= far
    assert shift_workdays(date(2026, 11, 23), 1000, grace) >= far
    assert shift_workdays(date(2026, 11, 30), -1, on_leave(GRACE, date.min, date(2026, 12, 31))) < date(2017, 1, 1)
    assert next_moment(utc("2026-11-24T12:00"), grace).date() >= far
    assert next_reminder(utc("2026-12-24T12:00"), date(2026, 11, 1), date(2026, 11, 20), grace).date() >= far


def test_leave_of_years_is_waited_for() -> None:
    back = date(2031, 3, 3)
    grace = on_leave(GRACE, date(2026, 11, 24), back - timedelta(days=1))
    assert next_moment(utc("2026-11-25T15:00"), grace) == utc("2031-03-03T14:00")


@pytest.mark.parametrize(
    ("who", "day", "nine"),
    [
        (CALLUM, date(2026, 7, 1), "2026-06-30T23:30"),
        (CALLUM, date(2026, 11, 23), "2026-11-22T22:30"),
        (YAEL, date(2026, 11, 22), "2026-11-22T07:00"),
        (THIAGO, date(2026, 11, 23), "2026-11-23T12:00"),
        (MAYA, date(2026, 11, 23), "2026-11-23T03:15"),
        (IAN, date(2026, 7, 1), "2026-06-30T22:30"),
        (IAN, date(2026, 11, 23), "2026-11-22T22:00"),
        (GRACE, date(2026, 3, 6), "2026-03-06T14:00"),
        (GRACE, date(2026, 3, 9), "2026-03-09T13:00"),
        (GRACE, date(2026, 10, 30), "2026-10-30T13:00"),
        (GRACE, date(2026, 11, 2), "2026-11-02T14:00"),
    ],
)
def test_nine_is_nine_on_their_own_clock(who: Working, day: date, nine: str) -> None:
    assert local(day, time(9), who) == utc(nine)
    assert next_moment(local(day, time(0), who), who) == utc(nine)


def test_a_time_that_is_skipped_moves_forward_and_one_that_comes_twice_is_the_first() -> None:
    spring, autumn = date(2026, 3, 8), date(2026, 11, 1)
    assert local(spring, time(2, 30), GRACE) == utc("2026-03-08T07:30")  # 3:30 by the new time
    assert local(autumn, time(1, 30), GRACE) == local(autumn, time(1, 30, fold=1), GRACE) == utc("2026-11-01T05:30")
    assert local(date(2026, 10, 4), time(2, 15), IAN) == utc("2026-10-03T15:45")  # clocks skip half an hour to 2:30
    assert local(date(2026, 4, 5), time(1, 45), IAN) == utc("2026-04-04T14:45")


def test_a_due_day_ends_with_the_night_that_follows_it() -> None:
    assert end_of_day(date(2026, 3, 8), "America/New_York") == utc("2026-03-09T04:00")
    assert end_of_day(date(2026, 11, 1), "America/New_York") == utc("2026-11-02T05:00")
    assert end_of_day(date(2026, 3, 28), "Asia/Beirut") == utc("2026-03-28T22:00")  # midnight itself is skipped
    assert end_of_day(date(2026, 10, 24), "Asia/Beirut") == utc("2026-10-24T22:00")  # 23:00 comes twice
    assert end_of_day(date(2026, 11, 23), "Asia/Kathmandu") == utc("2026-11-23T18:15")
    assert end_of_day(date(2026, 11, 23), "Mars/Olympus") == utc("2026-11-24T00:00")


def test_hours_begin_at_the_first_and_end_before_the_last_minute() -> None:
    assert next_moment(utc("2026-11-23T13:59:59"), GRACE) == utc("2026-11-23T14:00")
    assert next_moment(utc("2026-11-23T17:12:34"), GRACE) == utc("2026-11-23T17:12:34")
    assert next_moment(utc("2026-11-23T22:00"), GRACE) == utc("2026-11-24T14:00")
    assert next_moment(utc("2026-11-25T22:00"), GRACE) == utc("2026-11-27T14:00")
    early = replace(GRACE, start=time(6), end=time(7, 30))
    assert next_moment(utc("2026-11-23T12:30"), early) == utc("2026-11-24T11:00")


def test_hours_that_a_clock_change_swallows_leave_a_minute() -> None:
    grace = replace(GRACE, work_days="mon-sun", start=time(2), end=time(3))
    assert next_moment(utc("2026-03-08T05:00"), grace) == utc("2026-03-08T07:00")
    assert next_moment(utc("2026-03-08T07:01"), grace) == utc("2026-03-09T06:00")


def test_an_instant_without_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 12)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        next_moment(naive, GRACE)
    with pytest.raises(ValueError, match="time zone"):
        next_reminder(naive, date(2026, 11, 2), date(2026, 11, 30), GRACE)


def test_the_ladder_moves_to_the_work_day_before_a_day_off() -> None:
    assigned = date(2026, 11, 2)
    assert ladder(assigned, date(2026, 12, 3), GRACE) == [date(2026, 11, 25), date(2026, 11, 30), date(2026, 12, 2)]
    assert ladder(assigned, date(2026, 11, 30), GRACE) == [date(2026, 11, 23), date(2026, 11, 27)]
    assert ladder(date(2026, 11, 25), date(2026, 12, 3), GRACE) == [date(2026, 11, 30), date(2026, 12, 2)]
    assert ladder(assigned, date(2026, 11, 3), GRACE) == []
    assert ladder(assigned, date(2026, 12, 3), GRACE, before=(2, 0, -5)) == [date(2026, 12, 1)]


def test_somebody_on_leave_until_the_due_day_is_reminded_before_it_and_after() -> None:
    assigned, due = date(2026, 11, 9), date(2026, 11, 27)
    bruno = on_leave(BRUNO, date(2026, 11, 18), date(2026, 11, 29))
    assert ladder(assigned, due, bruno) == [date(2026, 11, 17)]
    assert next_reminder(utc("2026-11-17T20:00"), assigned, due, bruno).date() == date(2026, 11, 30)


def test_reminders_of_one_duty_go_on_until_it_ends() -> None:
    now, days = utc("2026-11-02T12:00"), []
    for _ in range(8):
        now = next_reminder(now, date(2026, 11, 2), date(2026, 11, 24), GRACE, ref="grace")
        assert now == local(now.date(), time(9), GRACE) + spread("grace")
        days.append((now.month, now.day))
    assert days == [(11, 17), (11, 20), (11, 23), (11, 24), (11, 25), (11, 27), (11, 30), (12, 1)]


def test_a_due_day_off_is_announced_on_the_work_day_before() -> None:
    moment = next_reminder(utc("2026-11-25T01:00"), date(2026, 11, 2), date(2026, 11, 26), GRACE, before=())
    assert moment.date() == date(2026, 11, 25)


def test_a_duty_assigned_after_its_due_day_is_reminded_from_the_next_work_day() -> None:
    moment = next_reminder(utc("2026-11-20T12:00"), date(2026, 11, 20), date(2026, 11, 2), GRACE)
    assert moment.date() == date(2026, 11, 23)


def test_reminders_are_spread_over_an_hour_and_stay_the_same() -> None:
    refs = [f"{number:032x}" for number in range(2000)]
    spreads = [spread(ref) for ref in refs]
    assert spreads == [spread(ref) for ref in refs]
    assert all(timedelta(0) <= each < timedelta(hours=1) for each in spreads)
    assert max(spreads.count(each) for each in set(spreads)) < 10
    quarters = [sum(each // timedelta(minutes=15) == quarter for each in spreads) for quarter in range(4)]
    assert all(400 < quarter < 600 for quarter in quarters)


def test_reminders_stay_inside_hours_shorter_than_the_spread() -> None:
    short = replace(GRACE, start=time(9), end=time(9, 10))
    for number in range(50):
        moment = next_reminder(utc("2026-11-24T18:00"), date(2026, 11, 2), date(2026, 11, 20), short, ref=str(number))
        assert utc("2026-11-25T14:00") <= moment < utc("2026-11-25T14:10")


@pytest.mark.parametrize("who", EVERYONE)
def test_there_is_nothing_to_say_about_a_good_roster(who: Working) -> None:
    assert problems(who) == []


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "a\0b", "x" * 5000, "\ud800"]
)
def test_an_unknown_zone_is_said_and_utc_is_used(zone: str) -> None:
    who = replace(GRACE, zone=zone)
    assert problems(who) == [f"The time zone “{zone[:40]}” is unknown; UTC is used."]
    assert local(date(2026, 11, 23), time(9), who) == utc("2026-11-23T09:00")


def test_an_unknown_place_is_said_and_what_is_known_is_used() -> None:
    bavaria = replace(BRUNO, region="XX")
    assert problems(bavaria) == ["No holidays of the region “XX” are known; those of DE as a whole are used."]
    assert not is_workday(date(2026, 5, 1), bavaria)
    assert is_workday(date(2026, 1, 6), bavaria)
    nowhere = replace(BRUNO, country="ZZ")
    assert problems(nowhere) == ["No public holidays are known for the country “ZZ”; none are left out."]
    assert is_workday(date(2026, 5, 1), nowhere)
    assert problems(replace(BRUNO, country="", region="")) == ["No country is given; public holidays are not left out."]


def test_working_time_that_cannot_be_is_said_and_the_usual_is_used() -> None:
    odd = replace(
        GRACE, work_days="never", start=time(18), end=time(2), leaves=((date(2026, 12, 2), date(2026, 12, 1)),)
    )
    said = problems(odd)
    assert len(said) == 3
    assert "Monday to Friday is used" in said[0]
    assert "9:00 to 17:00 is used" in said[1]
    assert "A leave ends before it begins" in said[2]
    assert next_moment(utc("2026-11-27T23:00"), odd) == utc("2026-11-30T14:00")
    assert is_workday(date(2026, 12, 2), odd)
