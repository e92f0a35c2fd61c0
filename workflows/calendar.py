"""When may a person be reminded? Only on their own work days and in their own hours, wherever they are.

Days are the person's own calendar days, instants are aware and in UTC. Public holidays come from `holidays`.
Nothing here raises because of what a roster says: `problems` tells what was taken instead, so that a lead can mend it.
Somebody's leave may change at any time, so whoever stores a result computes it again when the person changes.
"""

from __future__ import annotations

import hashlib
import re
from calendar import day_name
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mon monday",
            "tue tues tuesday",
            "wed weds wednesday",
            "thu thur thurs thursday",
            "fri friday",
            "sat saturday",
            "sun sunday",
        )
    )
    for name in names.split()
}
# What phones and word processors make of a hyphen.
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_SPAN = re.compile(r"([a-z]+)(?:\s*(?:-|\bto\b)\s*([a-z]+))?")
# Leave that lasts longer than this counts as leave without an end: nobody plans a reminder beyond it.
_LOOKAHEAD = timedelta(days=3653)
_NINE, _FIVE = time(9), time(17)
_MON_TO_FRI = frozenset(range(5))
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Working:
    """One person's working time.

    `zone` is an IANA name, `country` ISO 3166 alpha-2, `region` the second half of ISO 3166-2 ("BY") or empty,
    `work_days` as `parse_work_days` reads it. A leave includes its first and last day (`date.max`: no end).
    From `start` up to, not including, `end` on the person's own clock; both lie in one day.
    """

    zone: str
    country: str
    region: str
    work_days: str
    leaves: tuple[tuple[date, date], ...] = ()
    start: time = _NINE
    end: time = _FIVE


@lru_cache(1024)
def parse_work_days(text: str) -> frozenset[int]:
    """Return the days of "mon-fri" or "mon,wed,fri" as numbers, Monday 0. Raises ValueError in plain words."""
    plain = text.lower().translate(DASHES).replace(" and ", " ")
    spans = [(WEEKDAYS.get(first, -1), WEEKDAYS.get(last or first, -1)) for first, last in _SPAN.findall(plain)]
    if not spans or any(-1 in span for span in spans) or _SPAN.sub("", plain).strip(" ,;/"):
        raise ValueError(f"“{text[:40]}” are no work days. Write them like mon-fri, sun-thu or mon,wed,fri.")
    return frozenset((first + step) % 7 for first, last in spans for step in range((last - first) % 7 + 1))


def say_days(text: str) -> str:
    """Return work days as people read them: "Monday to Friday"; as they stand where they cannot be read."""
    try:
        days = parse_work_days(text)
    except ValueError:
        return text
    for first in days:
        if len(days) > 1 and days == {(first + step) % 7 for step in range(len(days))}:
            return f"{day_name[first]} to {day_name[(first + len(days) - 1) % 7]}"
    return ", ".join(day_name[day] for day in sorted(days))


def problems(working: Working) -> list[str]:
    """Return what cannot be used of a person's working time and what is taken instead, as sentences; none is best."""
    found: list[str] = []
    if _zone(working.zone) is None:
        found.append(f"The time zone “{working.zone[:40]}” is unknown; UTC is used.")
    country, region = _place(working)
    if not country:
        found.append("No country is given; public holidays are not left out.")
    elif _regions(country) is None:
        found.append(f"No public holidays are known for the country “{working.country[:40]}”; none are left out.")
    elif region and region not in (_regions(country) or ()):
        found.append(
            f"No holidays of the region “{working.region[:40]}” are known; those of {country} as a whole are used."
        )
    try:
        parse_work_days(working.work_days)
    except ValueError as wrong:
        found.append(f"{wrong} Monday to Friday is used.")
    if working.start >= working.end:
        found.append("The working hours end before they begin; 9:00 to 17:00 is used.")
    if any(last < first for first, last in working.leaves):
        found.append("A leave ends before it begins; it is not counted.")
    return found


def is_workday(day: date, working: Working) -> bool:
    """Return whether somebody works on `day`: one of their week days, no public holiday, no leave."""
    if day.weekday() not in _week(working.work_days) or any(first <= day <= last for first, last in working.leaves):
        return False
    return day not in _holidays(*_place(working), day.year)


def next_workday(day: date, working: Working) -> date:
    """Return the first work day on or after `day`.

    For somebody whose leave has no end it is ten years from `day`: far away, but the duty does not stop.
    """
    return _seek(day, 1, working) or day + _LOOKAHEAD


def shift_workdays(day: date, n: int, working: Working) -> date:
    """Return the n-th work day after `day`, or before it where `n` is negative; `day` itself where `n` is 0.

    Where leave has no end, ten years from the last work day found.
    """
    step = 1 if n > 0 else -1
    for _ in range(abs(n)):
        found = _seek(day + timedelta(days=step), step, working)
        if found is None:
            return day + step * _LOOKAHEAD
        day = found
    return day


def local(day: date, at: time, working: Working) -> datetime:
    """Return the instant at which the person's clock shows `at` on `day`.

    Where clocks go forward over `at`, as much later as they skip; where they go back over it, the first of the two.
    """
    return _instant(day, at, working.zone)


def end_of_day(due: date, zone: str) -> datetime:
    """Return the instant at which `due` is over in `zone`: the first one that is late."""
    return _instant(due + timedelta(days=1), time(0), zone)


def next_moment(after: datetime, working: Working) -> datetime:
    """Return the first instant at or after `after` in the person's hours on a work day. Raises ValueError if naive."""
    day = next_workday(_today(after, working), working)
    if after >= _hours(day, working)[1]:
        day = next_workday(day + timedelta(days=1), working)
    return max(after.astimezone(UTC), _hours(day, working)[0])


def spread(ref: str) -> timedelta:
    """Return 0 to 59 minutes and 59 seconds, always the same for `ref`: people are not all reminded in one second."""
    return timedelta(seconds=int.from_bytes(hashlib.sha256(ref.encode()).digest()[:4]) % 3600)


def ladder(assigned: date, due: date, working: Working, before: Iterable[int] = (7, 3, 1)) -> list[date]:
    """Return the days of reminders before `due`, in order, each `before` days ahead and each once.

    One that is no work day moves to the work day before it; none is on or before the day of assignment, which speaks
    for itself.
    """
    wanted = (_seek(due - timedelta(days=ahead), -1, working) for ahead in before if ahead > 0)
    return sorted({day for day in wanted if day is not None and day > assigned})


def next_reminder(
    now: datetime, assigned: date, due: date, working: Working, before: Iterable[int] = (7, 3, 1), ref: str = ""
) -> datetime:
    """Return the next instant, strictly after `now`, at which a reminder is due: there always is one.

    The ladder, the due day (or the work day before it), then every work day until the duty ends. `ref` (of the person)
    spreads reminders over the first hour of work. Raises ValueError for a naive `now`.
    """
    today = _today(now, working)
    last = _seek(due, -1, working)
    days = ladder(assigned, due, working, before)
    if last is not None and last > assigned and last not in days:
        days.append(last)
    for day in days:
        if (moment := _moment(day, working, ref)) > now:
            return moment
    day = next_workday(max(max(due, assigned) + timedelta(days=1), today), working)
    if (moment := _moment(day, working, ref)) > now:
        return moment
    return _moment(next_workday(day + timedelta(days=1), working), working, ref)


def _moment(day: date, working: Working, ref: str) -> datetime:
    """Return when on a work day a reminder goes out; hours shorter than the spread wrap it around."""
    opening, closing = _hours(day, working)
    return opening + spread(ref) % min(closing - opening, _HOUR)


def _hours(day: date, working: Working) -> tuple[datetime, datetime]:
    """Return the instants between which somebody works on `day`, at least a minute apart."""
    start, end = (working.start, working.end) if working.start < working.end else (_NINE, _FIVE)
    opening = local(day, start, working)
    # A clock change may swallow very short hours at night; a minute then remains.
    return opening, max(local(day, end, working), opening + timedelta(minutes=1))


def _seek(day: date, step: int, working: Working) -> date | None:
    """Return the first work day from `day` on, forwards (`step` 1) or backwards (-1); None beyond the lookahead."""
    begin = day
    while abs(day - begin) <= _LOOKAHEAD:
        if is_workday(day, working):
            return day
        ends = [leave[step > 0] for leave in working.leaves if leave[0] <= day <= leave[1]]
        if any(abs(end - begin) > _LOOKAHEAD for end in ends):
            return None
        day = (ends[0] if ends else day) + timedelta(days=step)
    return None


def _today(now: datetime, working: Working) -> date:
    if now.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return now.astimezone(_zone(working.zone) or UTC).date()


def _instant(day: date, at: time, zone: str) -> datetime:
    # fold=0 is both rules of `local` at once: in a gap it counts with the offset before, in an overlap it is the first.
    return datetime.combine(day, at.replace(fold=0), _zone(zone) or UTC).astimezone(UTC)


def _place(working: Working) -> tuple[str, str]:
    """Return country and region as the library spells them; a region may be written "DE-BY"."""
    country = working.country.strip().upper()
    return country, working.region.strip().upper().removeprefix(f"{country}-")


def _week(text: str) -> frozenset[int]:
    try:
        return parse_work_days(text)
    except ValueError:
        return _MON_TO_FRI


@lru_cache(1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown, not a name at all, a folder of zones
        return None


@lru_cache(512)
def _regions(country: str) -> frozenset[str] | None:
    """Return the regions with holidays of their own, or None for an unknown country."""
    regions = holidays.list_supported_countries().get(country)
    return None if regions is None else frozenset(regions)


@lru_cache(4096)
def _holidays(country: str, region: str, year: int) -> frozenset[date]:
    regions = _regions(country)
    if regions is None:
        return frozenset()
    return frozenset(holidays.country_holidays(country, region if region in regions else None, years=year))
