"""Days and periods as people type them. Days are calendar days of the person who types; `today` is theirs too."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from workflows.calendar import DASHES, WEEKDAYS

DATE_FORMS = "Write a date like 2026-03-31, today, tomorrow, fri, +5d, 2w or 3m."
PERIOD_FORMS = "Write a period like 2026, 2026Q1, 2026-03 or 2026-01-01..2026-03-31."
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AHEAD = re.compile(r"\+?([0-9]{1,4})([dwm])")
_PERIOD = re.compile(r"([0-9]{4})(?:-?q([1-4])|-(0[1-9]|1[0-2]))?")
_YEARS = 100


def parse_date(text: str, today: date) -> date:
    """Return the day that `text` means on `today`. Raises ValueError, whose text lists the forms.

    ISO, today, tomorrow, a weekday (the next such day, never today), and days, weeks or months ahead (+5d, 2w, 3m; the
    last day of a shorter month). More than 100 years away is taken for a slip of the fingers.
    """
    word = text.strip().lower().translate(DASHES)
    day = _near(word, today) or _ahead(word, today) or _iso(word)
    if day is None or abs(day.year - today.year) > _YEARS:
        raise ValueError(f"“{short(text)}” is no date I can read. {DATE_FORMS}" if word else DATE_FORMS)
    return day


def parse_period(text: str) -> tuple[date, date]:
    """Return the first and the last day of "2026", "2026Q1", "2026-03" or "2026-01-01..2026-03-31".

    Raises ValueError, whose text lists the forms.
    """
    word = text.strip().lower().translate(DASHES)
    first, dots, last = word.partition("..")
    days = (_iso(first), _iso(last)) if dots else _named(word)
    if days[0] is None or days[1] is None:
        raise ValueError(f"“{short(text)}” is no period I can read. {PERIOD_FORMS}")
    if days[1] < days[0]:
        raise ValueError(f"The period “{short(text)}” ends before it begins. {PERIOD_FORMS}")
    return days[0], days[1]


def _near(word: str, today: date) -> date | None:
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    if word in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS[word] - today.weekday() - 1) % 7 + 1)
    return None


def _ahead(word: str, today: date) -> date | None:
    found = _AHEAD.fullmatch(word)
    if not found:
        return None
    count = int(found[1])
    if found[2] != "m":
        return today + timedelta(days=count * (7 if found[2] == "w" else 1))
    years, month = divmod(today.month - 1 + count, 12)
    year = today.year + years
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _iso(word: str) -> date | None:
    found = _ISO.fullmatch(word.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:  # 2026-02-30
        return None


def _named(word: str) -> tuple[date | None, date | None]:
    found = _PERIOD.fullmatch(word)
    if not found or found[1] == "0000":
        return None, None
    year, quarter, month = int(found[1]), found[2], found[3]
    if quarter:
        begin, end = int(quarter) * 3 - 2, int(quarter) * 3
    else:
        begin, end = (int(month), int(month)) if month else (1, 12)
    return date(year, begin, 1), date(year, end, monthrange(year, end)[1])


def short(text: str) -> str:
    """Return typed text cut to what fits into a sentence about it."""
    return text if len(text) <= 40 else text[:40] + "…"
