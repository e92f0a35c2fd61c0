"""What holds for reminders on any day, for anybody's week, hours and leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.test_calendar import EVERYONE
from workflows.calendar import Working, end_of_day, is_workday, ladder, next_moment, next_reminder, shift_workdays

SOME = st.sampled_from(EVERYONE)
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
LEAVES = st.lists(st.builds(lambda day, days: (day, day + timedelta(days=days)), DAYS, st.integers(0, 400)), max_size=3)
WEEKS = st.sampled_from(["mon-fri", "sun-thu", "mon,wed,fri", "sat", "mon-sun"])
PEOPLE = st.builds(
    lambda who, week, leaves, start, hours: replace(
        who, work_days=week, leaves=tuple(leaves), start=time(start), end=time(start + hours)
    ),
    SOME, WEEKS, LEAVES, st.integers(4, 12), st.integers(1, 10),
)  # fmt: skip


def inside_hours(moment: datetime, who: Working) -> bool:
    wall = moment.astimezone(ZoneInfo(who.zone))
    return who.start <= wall.time() < who.end and is_workday(wall.date(), who)


@given(MOMENTS, PEOPLE)
def test_the_next_moment_is_the_first_inside_their_hours(after: datetime, who: Working) -> None:
    moment = next_moment(after, who)
    assert moment.tzinfo is UTC
    assert moment >= after
    assert inside_hours(moment, who)
    assert next_moment(moment, who) == moment
    if moment > after:
        assert not inside_hours(after, who)
        assert not inside_hours(moment - timedelta(minutes=1), who)


@given(MOMENTS, DAYS, st.integers(0, 60), PEOPLE, st.text(max_size=4))
def test_there_is_always_a_next_reminder_inside_their_hours(
    now: datetime, assigned: date, days: int, who: Working, ref: str
) -> None:
    moment = next_reminder(now, assigned, assigned + timedelta(days=days), who, ref=ref)
    assert moment > now
    assert inside_hours(moment, who)
    assert moment.astimezone(ZoneInfo(who.zone)).date() > assigned


@given(DAYS, st.integers(0, 60), PEOPLE, st.lists(st.integers(-2, 40), max_size=5))
def test_the_ladder_climbs_from_assigned_to_due(assigned: date, days: int, who: Working, before: list[int]) -> None:
    due = assigned + timedelta(days=days)
    steps = ladder(assigned, due, who, before)
    assert all(first < second for first, second in pairwise(steps))
    assert all(assigned < day < due and is_workday(day, who) for day in steps)
    assert len(steps) <= len(set(before))


@given(DAYS, st.integers(-30, 30), PEOPLE)
def test_shifting_passes_exactly_that_many_work_days(day: date, n: int, who: Working) -> None:
    shifted = shift_workdays(day, n, who)
    low, high = sorted((day, shifted))
    between = [low + timedelta(days=step) for step in range((high - low).days + 1)]
    assert sum(is_workday(each, who) for each in between if each != day) == abs(n)
    assert n == 0 or is_workday(shifted, who)


@given(DAYS, SOME)
def test_a_day_ends_when_the_next_begins(day: date, who: Working) -> None:
    over = end_of_day(day, who.zone)
    zone = ZoneInfo(who.zone)
    assert over.astimezone(zone).date() == day + timedelta(days=1)
    assert (over - timedelta(seconds=1)).astimezone(zone).date() == day
