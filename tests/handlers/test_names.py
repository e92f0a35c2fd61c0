"""The names that stand for refs when something is drawn."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.database import open_database
from bot.migrate import migrate
from handlers.names import names_in
from models import message as m
from models.person import Person
from tests.support.stage import MONDAY


def test_whoever_is_filled_into_a_question_is_shown_by_name(database_url: str) -> None:
    """A form that names Margit beforehand shows her name; a ref of nobody, or a word like one, is nobody's name."""
    database = open_database(database_url)
    migrate(database.engine)
    with Session(database.engine) as session, session.begin():
        margit = Person(name="Margit Halden", email="margit@halden.example", recorded_at=MONDAY)
        session.add(margit)
        session.flush()
        form = m.Form("policy.submit", "POL-1v2", "Send", (m.Person("approver", "Who?", value=margit.ref),))
        found = names_in(session, m.encode(form))
        nobody = names_in(session, m.encode(m.Message("f" * 32)))
        expected = {margit.ref: "Margit Halden"}
    database.close()
    assert found == expected
    assert nobody == {}
