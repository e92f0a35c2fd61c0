"""What people really type: the bot's name first, a copied command, an id alone, a name in a phone's quotes."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize("typed", ["“Chidi Okafor”", "„Chidi Okafor“", "@“Chidi Okafor”", '"Chidi Okafor"'])
def test_a_name_in_the_quotes_of_a_phone(stage: Stage, typed: str) -> None:
    stage.person("Ana").says(f"people show {typed}").sees("Chidi Okafor", "How they stand")
