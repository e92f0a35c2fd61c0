"""Finding the person somebody means: by ref, @name, e-mail, employee id or name."""

from __future__ import annotations

from sqlalchemy import func, or_, select

from models.person import EmailAlias, Person
from workflows.context import Context
from workflows.workflow import Invalid

QUOTES = "\"'“”„«»"  # as keyboards write them; phones make them of straight ones


def find_person(ctx: Context, typed: str) -> Person:
    """Return the one person `typed` can mean. Raises Invalid(text=...) where there is none or more than one."""
    word = typed.strip().strip(QUOTES).removeprefix("@").strip(QUOTES).strip()
    alias = select(EmailAlias.person_id).where(EmailAlias.email == word.lower())
    exact = or_(Person.ref == word, Person.employee_id == word, Person.email == word.lower(), Person.id.in_(alias))
    present = select(Person).where(Person.merged_into_id.is_(None))
    found = ctx.session.scalars(present.where(exact).limit(2)).all()
    if not found:
        found = ctx.session.scalars(present.where(func.lower(Person.name) == word.lower()).limit(3)).all()
    if not found and word:
        pattern = word.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found = ctx.session.scalars(present.where(func.lower(Person.name).like(pattern, escape="\\")).limit(3)).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(text=f"More than one person fits “{word}”. Use the e-mail address.")
    raise Invalid(text=f"Nobody called “{word}” is on the roster. Use the name as listed, or the e-mail address.")
