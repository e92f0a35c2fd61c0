"""What was said to somebody can be read where they are, once and again."""

from __future__ import annotations

from tests.dialogues.policies import bring, policy_file
from tests.support.company import ask, publish
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


def test_what_has_moved_on_leaves_the_home_page(stage: Stage) -> None:
    """Approved, published, begun: nobody is offered a button that comes too late; under Messages it still stands."""
    bring(stage, policy_file("acceptable-use", "Use things well."))
    ana, margit, tomasz = (stage.person(name) for name in ("Ana", "Margit", "Tomasz"))
    ana.says("policy submit POL-1").fills(changes="")
    home = margit.opens().sees("Farah Haddad").offers("Read", "Approve").misses("Got it", "Nothing is waiting")
    assert home.text.count("Please approve") == 1, "what waits for her stands there once"
    margit.says("policy approve POL-1").presses("Approve").sees("Thank you")
    margit.opens().misses("Please approve", "Got it")
    margit.says("inbox").sees("Please approve", "You approved it.").offers("Read")

    for lead in (ana, tomasz):
        lead.opens().sees("is approved").offers("Publish")
    ana.says("policy publish POL-1").presses("Publish").sees("C-1")
    for lead in (ana, tomasz):
        lead.opens().misses("is approved", "Publish")
    ana.says("inbox").sees("You published it. It can be published now.")
    tomasz.says("inbox").sees("Ana Duarte published it. It can be published now.")

    ana.says("campaign try C-1").presses("Messages").sees("Test: Acceptable Use", "Only you got this.")
    ana.opens().misses("Test: Acceptable Use")
    ana.says("campaign launch C-1").presses("Launch").sees("is launched")
    stage.later(seconds=1)
    stage.works()
    ana.opens().sees("C-1 is ready").offers("Stop", "Got it")
    stage.later(minutes=11)
    stage.works()
    ana.opens().misses("C-1 is ready", "Stop")
    ana.says("inbox").sees("C-1 is ready", "Sending has begun.")
    assert stage.records("message.seen") == []  # nobody said that they read anything


def test_an_answered_question_leaves_the_home_page(stage: Stage) -> None:
    """The owner and whoever answered see the next question, not the last one."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi, farah = stage.person("Chidi"), stage.person("Farah")
    ask(stage, chidi, policy)
    chidi.says(f"policy ask {policy} May I use my own phone?")
    stage.person("Ana").says("policy settle A-1 Yes, encrypted.").sees("on its way")
    farah.opens().misses("May I use my own phone?")
    farah.says("inbox").sees("Ana Duarte answered.", "May I use my own phone?")
    home = chidi.opens().sees("1 waiting for you.").text
    assert home.index("What Acceptable Use asks of you.") < home.index("Ana Duarte answers"), "what was said comes last"
