"""What was said to somebody can be read where they are, once and again."""

from __future__ import annotations

from tests.dialogues.test_acknowledge import ask
from tests.support.company import publish
from tests.support.stage import Stage


def test_farah_reads_a_question_and_puts_it_away(stage: Stage) -> None:
    """The owner of a policy finds Chidi's question at home; put away, it stays under Messages."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi, farah = stage.person("Chidi"), stage.person("Farah")
    ask(stage, chidi, policy)
    chidi.says(f"policy ask {policy} May I use my own phone?").sees("on its way")

    home = farah.opens().sees("May I use my own phone?", "Chidi Okafor").offers("Got it")
    home.presses("Got it").sees("It stays under Messages")
    assert [record["outcome"] for record in stage.records("message.seen")] == ["seen"]
    farah.opens().misses("Got it")
    farah.says("inbox").sees("May I use my own phone?", "Mon 23 Nov 2026")


def test_nobody_reads_what_was_said_to_farah(stage: Stage) -> None:
    """A message is for one person only."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi, bruno = stage.person("Chidi"), stage.person("Bruno")
    ask(stage, chidi, policy)
    chidi.says(f"policy ask {policy} May I use my own phone?")

    bruno.says("inbox").sees("Nothing has been said to you yet").misses("phone")
    bruno.says("inbox seen M-1").sees("There is no such message for you")
    assert stage.records("message.seen") == []
