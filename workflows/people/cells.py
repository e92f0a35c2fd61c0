"""One cell becomes one value. Each function raises ValueError whose text tells the person with the file what to do."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from datetime import date
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from models.person import ROLES
from workflows.people.rows import KINDS, WEEK

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_SLASHES = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", re.ASCII)
_WORDS = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})", re.ASCII)
_EMAIL = re.compile(r"[^@\s<>\"(),;:\\\[\]]{1,64}@[^@\s<>\"(),;:\\\[\]/]+\.[^@\s<>\"(),;:\\\[\]/.]+")
_REWRITTEN = re.compile(r"\d([.,]\d+)?E\+\d+|#(N/A|REF!|NAME\?|VALUE!|NUM!)", re.IGNORECASE)
_SPAN = re.compile(r"([a-z]+)(?:\s*(?:-|\u2013|\bto\b)\s*([a-z]+))?")
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mon monday",
            "tue tues tuesday",
            "wed wednesday",
            "thu thur thurs thursday",
            "fri friday",
            "sat saturday",
            "sun sunday",
        )
    )
    for name in names.split()
}
# Codes that CLDR names but ISO 3166 does not assign to a country (XK, Kosovo, stays: payroll uses it).
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
_OTHER_NAMES = {
    "GB": "uk, great britain, england, scotland, wales, northern ireland",
    "US": "usa, united states of america, america",
    "AE": "uae",
    "BN": "brunei darussalam",
    "BO": "plurinational state of bolivia",
    "CD": "democratic republic of the congo, drc",
    "CG": "republic of the congo, congo",
    "CI": "ivory coast",
    "CV": "cabo verde",
    "CZ": "czech republic",
    "HK": "hong kong",
    "IE": "republic of ireland",
    "KR": "south korea, republic of korea, korea",
    "KP": "north korea",
    "LA": "lao pdr",
    "MD": "republic of moldova",
    "MK": "macedonia",
    "MM": "myanmar, burma",
    "MO": "macao, macau",
    "NL": "holland",
    "PS": "palestine",
    "RU": "russian federation",
    "SY": "syrian arab republic",
    "SZ": "swaziland",
    "TR": "turkey",
    "TZ": "united republic of tanzania",
    "VA": "holy see",
    "VN": "viet nam",
}
_KIND_WORDS = {
    "employee": "employee, regular, permanent, staff, internal, fte, full time, part time, intern, working student",
    "contractor": "contractor, contingent, contingent worker, external, freelancer, freelance, consultant, vendor",
    "shared-mailbox": "shared mailbox, shared, mailbox, group, group mailbox",
    "service": "service, service account, system, bot, robot, technical user",
}
_ROLE_WORDS = {
    "employee": "employee, staff, user",
    "owner": "owner, system owner, policy owner",
    "lead": "lead, compliance lead",
    "deputy": "deputy, deputy lead, deputy compliance lead",
    "auditor": "auditor",
    "admin": "admin, administrator",
}


def fold(text: str) -> str:
    """Return `text` as names are compared: no case, accents, punctuation or leading "the"."""
    plain = "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))
    plain = re.sub(r"\bst\.", "saint", plain.casefold().replace("&", " and "))
    return " ".join(re.findall(r"\w+", plain.replace("_", " "))).removeprefix("the ")


def quoted(text: str) -> str:
    """Return `text` in quotes and cut short, to be named in a sentence."""
    return f"“{text}”" if len(text) <= 60 else f"“{text[:60]}…”"


def employee_id(text: str) -> str:
    """Return an employee id as it stands; not one that a spreadsheet has rewritten or that holds hidden characters."""
    if _REWRITTEN.fullmatch(text):
        raise ValueError(f"{quoted(text)} was made by a spreadsheet: format the column as text and export it again.")
    if not text.isprintable():
        raise ValueError("The id holds invisible characters: type it again.")
    return text


def email(text: str) -> str:
    """Return one address in lower case."""
    address = text.removeprefix("mailto:").lower()
    if len(address) > 254 or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise ValueError(f"{quoted(text)} is not an e-mail address: write only the address, like ana@example.com.")
    return address


def aliases(text: str) -> tuple[str, ...]:
    """Return the addresses of a cell, in order, each once; Exchange writes "smtp:" before them."""
    parts = (part for part in re.split(r"[;,\s]+", text) if part)
    return tuple(dict.fromkeys(email(re.sub("(?i)^smtp:", "", part)) for part in parts))


@lru_cache(4096)
def day(text: str) -> date:
    """Return a date: 2026-04-03, 03.04.2026, 3 Apr 2026, or with slashes where only one reading is possible."""
    year, month, number = _date_parts(text)
    try:
        found = date(year, month, number)
    except ValueError:
        raise ValueError(
            f"There is no such day as {quoted(text)}: write it as year-month-day, like 2026-04-30."
        ) from None
    if not 1900 <= found.year < 2200:
        raise ValueError(f"The year of {quoted(text)} cannot be right: check it, and write the day like 2026-04-30.")
    return found


def last_day(text: str) -> date | None:
    """Return a date that ends something; HR systems write 31 December 9999 for "no end"."""
    return None if text in ("9999-12-31", "31.12.9999", "12/31/9999", "31/12/9999") else day(text)


def _date_parts(text: str) -> tuple[int, int, int]:
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _DOTS.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if (found := _WORDS.fullmatch(text)) and found[2][:3].lower() in _MONTHS:
        return int(found[3]), _MONTHS.index(found[2][:3].lower()) + 1, int(found[1])
    if found := _SLASHES.fullmatch(text):
        return _slashes(text, int(found[1]), int(found[2]), int(found[3]))
    raise ValueError(f"{quoted(text)} is not a date: write it as year-month-day, like 2026-04-30.")


def _slashes(text: str, first: int, second: int, year: int) -> tuple[int, int, int]:
    if first <= 12 and second <= 12 and first != second:
        ways = f"{year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}"
        raise ValueError(f"{quoted(text)} can be read in two ways: write {ways}.")
    return (year, first, second) if second > 12 else (year, second, first)


@cache
def _countries() -> dict[str, str]:
    names = {
        code: name
        for code, name in Locale("en").territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY
    }
    known = {fold(code): code for code in names} | {fold(name): code for code, name in names.items()}
    return known | {fold(name): code for code, others in _OTHER_NAMES.items() for name in others.split(", ")}


@lru_cache(1024)
def country(text: str) -> str:
    """Return the ISO 3166 alpha-2 code of a code or an English name."""
    if found := _countries().get(fold(text)):
        return found
    raise ValueError(f"We know no country {quoted(text)}: write its two-letter code (DE, GB, US) or its English name.")


@cache
def _zones() -> dict[str, str]:
    windows = {name.casefold(): zone for name, zone in get_global("windows_zone_mapping").items()}
    iana = zoneinfo.available_timezones() - {"Factory", "localtime", "posixrules"}
    return windows | {zone.casefold(): zone for zone in iana}


@lru_cache(1024)
def zone(text: str) -> str:
    """Return the IANA name of a time zone, from that name or the one Windows uses."""
    if found := _zones().get(text.casefold()) or _zones().get(text.casefold().replace(" ", "_")):
        return found
    raise ValueError(f"We know no time zone {quoted(text)}: write an IANA name such as Europe/Berlin.")


@lru_cache(1024)
def work_days(text: str) -> str:
    """Return a span (sun-thu) or, where days lie apart, a list (mon;wed), from either, in short or full names."""
    plain = text.lower().replace(" and ", " ")
    found: set[int] = set()
    for first, last in _SPAN.findall(plain):
        start, stop = _WEEKDAYS.get(first, -1), _WEEKDAYS.get(last or first, -1)
        if start < 0 or stop < 0:
            break
        found |= {number % 7 for number in range(start, (stop if stop >= start else stop + 7) + 1)}
    else:
        if found and not _SPAN.sub("", plain).strip(" ,;|/"):
            return _span(found)
    raise ValueError(f"We cannot read the work days {quoted(text)}: write them like Mon-Fri or Mon, Tue, Thu.")


def _span(days: set[int]) -> str:
    """Return days of the week as a span where they follow each other, over the weekend too."""
    if len(days) == len(WEEK):
        return f"{WEEK[0]}-{WEEK[-1]}"
    starts = [day for day in days if (day - 1) % 7 not in days]
    if len(starts) > 1 or len(days) == 1:
        return ";".join(WEEK[day] for day in sorted(days))
    return f"{WEEK[starts[0]]}-{WEEK[(starts[0] + len(days) - 1) % 7]}"


def _meanings(words: dict[str, str]) -> dict[str, str]:
    return {fold(word): meaning for meaning, each in words.items() for word in each.split(", ")}


_KIND_OF = _meanings(_KIND_WORDS)
_ROLE_OF = _meanings(_ROLE_WORDS)


@lru_cache(1024)
def kind(text: str) -> str:
    """Return which of `KINDS` is meant."""
    if found := _KIND_OF.get(fold(text)):
        return found
    raise ValueError(f"We know no kind {quoted(text)}: write one of {', '.join(KINDS)}.")


@lru_cache(1024)
def roles(text: str) -> frozenset[str]:
    """Return which of `ROLES` are meant; several have a semicolon or a comma between."""
    parts = [fold(part) for part in re.split("[;,|]", text) if part.strip()]
    if all(part in _ROLE_OF for part in parts):
        return frozenset(_ROLE_OF[part] for part in parts)
    raise ValueError(f"We know no role {quoted(text)}: write some of {', '.join(ROLES)}, with a semicolon between.")
