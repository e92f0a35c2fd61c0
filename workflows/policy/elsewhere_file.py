"""A file of acknowledgements made elsewhere, read: which person, which version, which day; the rest with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from sqlalchemy import func, select

from models.message import clean
from models.person import EmailAlias, Person
from models.policy import Policy, PolicyVersion
from workflows.context import Context
from workflows.policy.base import policy_by_code, version_by_code

COLUMNS = ("employee", "policy", "version", "date", "source")
MOST_LINES = 20_000
CHUNK = 500  # names in one question to the database


@dataclass(frozen=True, slots=True)
class Line:
    """One acknowledgement: the line of the file, who, which version, on which day, and where it comes from."""

    number: int
    person: Person
    version: PolicyVersion
    on: date
    source: str


@dataclass(slots=True)
class Reading:
    """A file, read up to line `last`: what can be kept, and (line, what is wrong) for everything else."""

    last: int = 0
    lines: list[Line] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def rows(body: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, cells by column). Raises ValueError, saying what to do, for what is no such file at all."""
    try:
        text = clean(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ValueError(f"Line {line} is not UTF-8: save the file as “CSV UTF-8”.") from error
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    names = [name.strip().lower() for name in next(reader, [])]
    if sorted(set(names) & set(COLUMNS)) != sorted(COLUMNS) or len(names) != len(set(names)):
        raise ValueError(f"The first line names the columns: {', '.join(COLUMNS)}.")
    begins = reader.line_num + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
            begins = reader.line_num + 1
            if begins > MOST_LINES:
                raise ValueError(f"The file has more than {MOST_LINES:,} lines: hand it in as parts.")
    except csv.Error as error:
        raise ValueError(f"Line {begins}: the quotes do not match ({error}).") from error


def read(ctx: Context, body: bytes, after: int = 0, limit: int = MOST_LINES) -> Reading:
    """Return the next `limit` lines after line `after`, matched to people and versions.

    Raises ValueError for what is no such file.
    """
    wanted = list(islice((row for row in rows(body) if row[0] > after), limit))
    matcher = _Matcher(ctx, {cells.get("employee", "") for _, cells in wanted})
    found = Reading(last=wanted[-1][0] if wanted else after)
    for number, cells in wanted:
        try:
            found.lines.append(matcher.line(number, cells))
        except ValueError as wrong:
            found.problems.append((number, str(wrong)))
    return found


class _Matcher:
    """Finds people and versions by what a file calls them, each looked up once."""

    def __init__(self, ctx: Context, names: set[str]) -> None:
        self._ctx = ctx
        self._people = _people(ctx, names)
        self._versions: dict[tuple[str, str], PolicyVersion | str] = {}

    def line(self, number: int, cells: dict[str, str]) -> Line:
        """Return one line, matched. Raises ValueError, saying what is wrong with it."""
        missing = [name for name in COLUMNS if not cells.get(name)]
        if missing:
            raise ValueError(f"{missing[0]} is empty.")
        try:
            on = date.fromisoformat(cells["date"])
        except ValueError as error:
            raise ValueError(f"“{cells['date'][:40]}” is no date: write it like 2026-04-30.") from error
        if on > self._ctx.now.date():
            raise ValueError(f"{on} is still to come.")
        return Line(number, self._person(cells["employee"]), self._version(cells), on, cells["source"][:500])

    def _person(self, name: str) -> Person:
        person = self._people.get(name) or self._people.get(name.lower())
        if person is None:
            raise ValueError(f"Nobody on the roster has the id or address “{name[:60]}”.")
        if not person.answers():
            raise ValueError(f"“{name[:60]}” is nobody who can acknowledge.")
        return person

    def _version(self, cells: dict[str, str]) -> PolicyVersion:
        key = cells["policy"], cells["version"]
        if key not in self._versions:
            self._versions[key] = _find_version(self._ctx, *key)
        found = self._versions[key]
        if isinstance(found, PolicyVersion):
            return found
        raise ValueError(found)


def _people(ctx: Context, names: set[str]) -> dict[str, Person]:
    """Return {employee id or lower-case address: person} for those of `names` that are on the roster."""
    found: dict[str, Person] = {}
    ordered = sorted(names)
    for begin in range(0, len(ordered), CHUNK):
        chunk = ordered[begin : begin + CHUNK]
        lower = [name.lower() for name in chunk]
        present = select(Person).where(Person.merged_into_id.is_(None))
        for person in ctx.session.scalars(present.where(Person.email.in_(lower))):
            found[person.email or ""] = person
        aliases = select(EmailAlias.email, Person).join(Person, Person.id == EmailAlias.person_id)
        for email, person in ctx.session.execute(aliases.where(EmailAlias.email.in_(lower))):
            found.setdefault(email, person)
        for person in ctx.session.scalars(present.where(Person.employee_id.in_(chunk))):
            found[person.employee_id or ""] = person
    return found


def _find_version(ctx: Context, named: str, number: str) -> PolicyVersion | str:
    """Return a version that was ever in force, or what is wrong with its name."""
    policy = policy_by_code(ctx.session, named)
    policy = policy or ctx.session.scalar(select(Policy).where(func.lower(Policy.slug) == named.lower()))
    if policy is None:
        return f"There is no policy “{named[:60]}”: write its id, such as POL-3 or acceptable-use."
    digits = number.lower().removeprefix("v")
    known = digits.isascii() and digits.isdigit() and len(digits) < 9
    version = version_by_code(ctx.session, f"{policy.code}v{int(digits)}") if known else None
    if version is None or version.published_at is None:
        return f"{policy.code} has no version “{number[:20]}” that was ever in force."
    return version
