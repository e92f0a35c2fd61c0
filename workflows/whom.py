"""Finding the person somebody means: by ref, @name, e-mail, employee id or name."""

from __future__ import annotations

import unicodedata

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from models.person import EmailAlias, Person
from workflows.context import Context
from workflows.workflow import Invalid

QUOTES = "\"'“”„«»"  # as keyboards write them; phones make them of straight ones


def lowered(typed: str) -> str:
    """Return a typed name as names are compared: in lower case, each letter with its accent as one character."""
    return unicodedata.normalize("NFC", typed).strip().replace("İ", "i").lower()


def in_lower(names: InstrumentedAttribute[str], word: str) -> ColumnElement[str]:
    """Return the SQL for `names` in lower case, as far as the letters of `word` (as `lowered` gives it) ask for it.

    A database does not: SQLite knows no capitals but those of ASCII, and PostgreSQL those of its locale.
    """
    # The one capital that becomes two characters, or another one, depending on who makes it small.
    small = func.lower(func.replace(names, "İ", "i"))
    for letter in sorted({one for one in word if not one.isascii() and one != one.upper()}):
        small = func.replace(small, letter.upper(), letter)
    return small


def find_person(ctx: Context, typed: str) -> Person:
    """Return the one person `typed` can mean. Raises Invalid(text=...) where there is none or more than one."""
    word = unicodedata.normalize("NFC", typed).strip().strip(QUOTES).removeprefix("@").strip(QUOTES).strip()
    alias = select(EmailAlias.person_id).where(EmailAlias.email == word.lower())
    exact = or_(Person.ref == word, Person.employee_id == word, Person.email == word.lower(), Person.id.in_(alias))
    present = select(Person).where(Person.merged_into_id.is_(None))
    found = ctx.session.scalars(present.where(exact).limit(2)).all()
    if not found and word:
        small = lowered(word)
        named = in_lower(Person.name, small)
        found = ctx.session.scalars(present.where(named == small).limit(3)).all()
        begun = named.startswith(small, autoescape=True)
        found = found or ctx.session.scalars(present.where(begun).limit(3)).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(text=f"More than one person fits “{word}”. Use the e-mail address.")
    raise Invalid(text=f"Nobody called “{word}” is on the roster. Use the name as listed, or the e-mail address.")
