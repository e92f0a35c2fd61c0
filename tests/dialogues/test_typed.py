"""What people really type: the bot's name first, a copied command, an id alone, a name in a phone's quotes."""

from __future__ import annotations

import unicodedata

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.person import Person
from tests.support.company import ask, publish
from tests.support.stage import Stage


@pytest.mark.parametrize("typed", ["todo", "Comply todo", "@Comply: Todo", "/comply todo", "`todo`", "comply"])
def test_what_is_waiting(stage: Stage, typed: str) -> None:
    chidi = stage.person("Chidi")
    ask(stage, chidi, publish(stage, "Acceptable Use", "Use things well."))
    chidi.says(typed).sees("1 waiting for you", "Acceptable Use")


def test_an_id_alone_is_to_be_seen_and_a_noun_alone_lists(stage: Stage) -> None:
    publish(stage, "Acceptable Use", "Use things well.")
    chidi, ana = stage.person("Chidi"), stage.person("Ana")
    chidi.says("pol-1").sees("Use things well.")
    chidi.says("POL-9").sees("There is no policy POL-9")
    chidi.says("policy").sees("Policies", "Acceptable Use")
    ana.says("campaign").sees("Campaigns")
    chidi.says("INC-1").sees("I don't know “INC-1”")


def test_help_says_what_works_for_whoever_asks(stage: Stage) -> None:
    """No more, and no less."""
    chidi = stage.person("Chidi")
    chidi.says("help").sees("see how far things have come", "“my data”", "choose where").misses("prefer teams")
    chidi.says("help campaign").sees("Nothing here for you", "`help`").presses("Help").sees("Policies")
    stage.person("Ana").says("help campaign").sees("campaign launch C-3")


def test_words_that_are_not_understood_lead_on(stage: Stage) -> None:
    """What is suggested is what they may do; two buttons stand below."""
    chidi, ana = stage.person("Chidi"), stage.person("Ana")
    chidi.says("thanks").sees("I don't know “thanks”").offers("See what is waiting", "Help")
    chidi.says("hi").presses("See what is waiting").sees("Nothing is waiting for you")
    chidi.says("review").sees("I don't know").misses("preview")
    chidi.says("people improt").sees("do not go together").misses("Did you mean")
    ana.says("people improt").sees("Did you mean “people import”")
    ana.says("review").sees("preview")


def test_what_names_nothing_is_asked_which(stage: Stage) -> None:
    """All it can be stands there to be pressed; several to acknowledge stand in one form."""
    first = publish(stage, "Acceptable Use", "Use things well.")
    second = publish(stage, "Access Control", "Ask first.")
    chidi, ana = stage.person("Chidi"), stage.person("Ana")
    chidi.says("policy show").sees("Which policy?", "`policy show POL-1`").presses("Access Control").sees("Ask first.")
    chidi.says(f"policy diff {first}").sees("This is the first version").misses("Before")
    ana.says("policy exempt").sees("Which policy?").presses("Acceptable Use").sees("Exempt somebody")
    ana.says("policy submit").sees("There is nothing now for `policy submit`")
    chidi.says("policy exempt").sees("not yours to do").misses("Which policy?")
    ana.says("campaign preview").sees("There is nothing now for `campaign preview`")
    ana.says(f"campaign new {first} due:2w")
    ana.says("campaign preview").sees("Which campaign?").presses("C-1 Acceptable Use").sees("Preview of C-1")
    chidi.says("campaign preview").sees("not yours to do").misses("C-1")
    ask(stage, chidi, first)
    chidi.says("ack").sees("Acknowledge “Acceptable Use”")
    ask(stage, chidi, second)
    chidi.says("policy ask").sees("Which policy?").presses("Access Control").sees("Ask about “Access Control”")
    chidi.says("ack").sees("Read each, tick each", "“Acceptable Use”", "“Access Control”")


@pytest.mark.parametrize("typed", ["“Chidi Okafor”", "„Chidi Okafor“", "@“Chidi Okafor”", '"Chidi Okafor"'])
def test_a_name_in_the_quotes_of_a_phone(stage: Stage, typed: str) -> None:
    stage.person("Ana").says(f"people show {typed}").sees("Chidi Okafor", "How they stand")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Élodie Martin", ["Élodie Martin", "élodie", "ÉLODIE MARTIN", "e\u0301lod"]),
        ("Øyvind Ås", ["@Øyvind Ås", "øyvind ås", "ØYV", "Øyvind A\u030as"]),
        ("İpek Kaya", ["İpek Kaya", "ipek", "I\u0307PEK"]),
        ("ДИМИТЪР ЖЕЛЕВ", ["Димитър", "димитър желев"]),
    ],
)
def test_a_name_is_found_whatever_its_letters(stage: Stage, name: str, typed: list[str]) -> None:
    """Capitals beyond ASCII are no capitals to SQLite, nor to a PostgreSQL in the locale C."""
    with_accents_apart = unicodedata.normalize("NFD", name)
    ana = stage.person("Ana")
    ana.says("people add").fills(name=with_accents_apart, email="new@halden.example", department=f"{name} Équipe")
    ana.says("people add").fills(name="Elodie Martin", email="elodie@halden.example", department="Sales")
    for word in typed:
        ana.says(f'people show "{word}"').sees(name, "new@halden.example")
        part = word.strip("@").split()[0]
        ana.says(f"people list {part}").sees(name).misses("Elodie", "Chidi")
        ana.says(f'people list team:"{part}"').sees(name).misses("Elodie", "Chidi")

    def kept(session: Session) -> str:
        return session.scalars(select(Person.name).where(Person.email == "new@halden.example")).one()

    assert stage.read(kept) == name, "as an import keeps it"
