"""What is held about somebody: the directory, the chats, the browsers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from models import message as m
from models.chat import Workspace
from models.desk import WebSession
from models.person import EmailAlias, Identity, Person
from workflows.context import Context, say_date
from workflows.reach import CHANNELS


def held(ctx: Context, person: Person) -> m.Message:
    """Return every field of the directory, the addresses, the chats and the signed-in browsers."""
    session = ctx.session
    aliases = session.scalars(select(EmailAlias.email).where(EmailAlias.person_id == person.id)).all()
    chats = session.scalars(select(Identity).where(Identity.person_id == person.id)).all()
    browsers = session.scalar(
        select(func.count()).where(WebSession.person_id == person.id, WebSession.ended_at.is_(None))
    )
    said: dict[str, Any] = {
        "Employee ID": person.employee_id,
        "E-mail": person.email,
        "Other addresses": ", ".join(aliases),
        "Country": " ".join(part for part in (person.country, person.region) if part),
        "Kind": person.kind.replace("-", " "),
        "Roles": person.roles.replace(";", ", "),
        "First day": say_date(person.start_on) if person.start_on else "",
        "Last day": say_date(person.end_on) if person.end_on else "",
        "Leave from": say_date(person.leave_from) if person.leave_from else "",
        "Leave to": say_date(person.leave_to) if person.leave_to else "",
        "Chats": ", ".join(_chat(ctx, one) for one in chats),
        "Signed-in browsers": str(browsers or 0),
    }
    return m.Message("In the directory", facts=tuple(m.Fact(label, value) for label, value in said.items() if value))


def _chat(ctx: Context, one: Identity) -> str:
    """Return the chat of an account by the name that people know it by."""
    where = (Workspace.platform == one.platform, Workspace.ref == one.workspace)
    name = ctx.session.scalar(select(Workspace.name).where(*where))
    chat = CHANNELS.get(one.platform, one.platform)
    return f"{chat} ({name})" if name else chat
