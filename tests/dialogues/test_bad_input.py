"""Stale cards, unknown words, ids of nobody and of others, hostile texts: a clear message, and nothing half done."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from models.policy import PolicyVersion
from tests.dialogues.policies import approve, bring, in_force, policy_file
from tests.support.campaigns import prepare, run
from tests.support.company import ask, publish
from tests.support.stage import Screen, Stage

HOSTILE = "</title><script>alert(1)</script> <!channel> @here =1+1 {{7*7}} \u202egnp.exe \" ' &lt; *_~` 😀"
A_LOT = "wörter " * 60_000


def held(stage: Stage) -> tuple[Screen, Screen, Screen]:
    """Chidi opens the three forms of his card and leaves them lying."""
    chidi = stage.person("Chidi")
    return tuple(  # type: ignore[return-value]
        chidi.opens().presses(label) for label in ("Acknowledge", "Ask a question", "I can't agree")
    )


def sends(
    forms: tuple[Screen, Screen, Screen],
    *seen: str,
    asks: tuple[str, ...] = ("This one is no longer open", "Farah Haddad"),
) -> None:
    """Send all three, and see that each says how it stands."""
    acknowledge, question, reason = forms
    acknowledge.fills(agree=True).sees(seen[0])
    question.fills(question="May I?").sees(*asks)
    reason.fills(reason="It forbids my work").sees(seen[0])


def of_answers(stage: Stage) -> list[str]:
    """Return the types of the records that answers leave."""
    answers = ("policy.acknowledged", "policy.question", "policy.objected")
    return [record["type"] for record in stage.records() if record["type"] in answers]


def test_a_card_of_a_campaign_that_was_withdrawn(stage: Stage) -> None:
    code = prepare(stage)
    run(stage, code)
    forms = held(stage)
    stage.person("Ana").says(f"campaign withdraw {code} The wrong text").sees("is withdrawn")
    stage.works()
    sends(forms, "This was withdrawn. Nothing to do.")
    stage.person("Chidi").says("policy acknowledge A-1").sees("nothing like that for you")
    assert of_answers(stage) == []


def test_a_card_that_is_answered(stage: Stage) -> None:
    """The first answer stands; the buttons of an old copy change nothing."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)
    forms = held(stage)
    chidi.says("ack").fills(agree=True).sees("You acknowledged this")
    changed = ("This has changed since you opened it",)  # a question can still be asked, after a second look
    sends(forms, "You acknowledged this on Mon 23 Nov 2026. Thank you.", asks=changed)
    chidi.says(f"policy object {policy} I was too quick").sees("You acknowledged this")
    assert of_answers(stage) == ["policy.acknowledged"]


def test_a_card_of_a_text_that_was_retired(stage: Stage) -> None:
    policy = in_force(stage, "acceptable-use", "Use things well.")
    ask(stage, stage.person("Chidi"), policy)
    forms = held(stage)
    stage.person("Ana").says(f"policy retire {policy} Nobody needs it").sees("is retired")
    forms[0].fills(agree=True).sees("no longer in force")
    stage.works()
    sends(forms, "This was withdrawn. Nothing to do.")
    assert of_answers(stage) == []


def test_decisions_about_a_draft_that_a_newer_one_replaced(stage: Stage) -> None:
    """Margit kept the form open while Farah's text changed under it."""
    bring(stage, policy_file("acceptable-use", "Use things well."))
    ana, margit = stage.person("Ana"), stage.person("Margit")
    ana.says("policy submit POL-1").fills(changes="")
    approves, sends_back = margit.says("policy approve POL-1"), margit.says("policy changes POL-1")
    bring(stage, policy_file("acceptable-use", "Use things better."))
    approves.presses("Approve").sees("it is superseded by now")
    sends_back.fills(reason="Too short").sees("it is superseded by now")
    approve(stage, "POL-1")
    publishes = ana.says("policy publish POL-1")
    publishes.presses("Publish").sees("is in force")
    publishes.presses("Publish").sees("POL-1v2 is in force already")
    assert [record["subject"]["version"] for record in stage.records("policy.approved")] == [2]


NOWHERE = (
    "policy acknowledge A-999", "policy acknowledge A-1", "policy ask A-1 May I?", "policy object A-1 No",
    "policy settle A-1 Yes", "ack POL-99", "policy show POL-99", "policy show POL-1v99", "policy diff A-999",
    "status POL-99", "status @nobody", "people show @nobody", "status control CC99.9",
    "frobnicate", "polcy lst", "policy frobnicate", "campaign", "POL-99", "A-1", "@Keisha", "???", "-- --",
    "policy acknowledge A-99999999999999999999", "status POL-0", "policy show POL-1v0", "due:yesterday", "until until",
    "people list state:nowhere", "policy ask", "ack A-0", "ack -1", "\N{SNOWMAN}", "'; DROP TABLE people; --",
)  # fmt: skip


def advises(seen: Screen) -> bool:
    """Return whether a refusal says what to do."""
    return any(
        advice in seen.text for advice in ("`", "Type “", "Did you mean", "Use the name as listed", "Use one of")
    )


def test_words_that_lead_nowhere(stage: Stage) -> None:
    """Keisha's duty is not Chidi's; what does not exist is named, and something to type stands beside it."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    keisha, chidi = stage.person("Keisha"), stage.person("Chidi")
    ask(stage, keisha, policy)
    mute = []
    for words in NOWHERE:
        seen = chidi.says(words)
        assert seen.status < 500, words
        assert "Keisha Robinson" not in seen.text, words
        if not advises(seen):
            mute.append((words, seen.text))
    assert not mute, [(one, text.partition("You typed")[2][:150]) for one, text in mute]
    assert stage.records() == []
    keisha.opens().offers("Acknowledge")


LEADS = (
    "campaign show C-99", "campaign launch C-99", "campaign stop C-0", "campaign move C-99 due:2w", "campaign kit C-1",
    "campaign withdraw C-99 Why", "campaign add C-99 @chidi Late", "campaign new POL-99", "people preview IMP-99",
    "people apply IMP-99", "people reverse IMP-99 Why", "people drop IMP-0", "policy approve POL-99",
    "policy publish POL-99v2", "policy retire POL-99 Why", "policy exempt POL-99", "campaign try C-99999999999",
    "campaign pilot C-1 team:Nowhere", "campaign combine C-1", "people change @nobody", "policy upload POL-99",
)  # fmt: skip


def test_ids_that_a_lead_mistypes(stage: Stage) -> None:
    ana = stage.person("Ana")
    for words in LEADS:
        seen = ana.says(words)
        assert seen.status < 500, words
        assert advises(seen), f"{words}: {seen.text}"
    assert stage.records() == []


def test_refusals_name_the_next_step_that_there_is(stage: Stage) -> None:
    """What can be done in this state, by this person; nothing that leads to the next refusal."""
    code = prepare(stage)
    ana = stage.person("Ana")
    ana.says(f"campaign launch {code}").presses("Launch")
    ana.says(f"campaign pilot {code}").sees(f"`campaign stop {code}`").misses("campaign new")
    stage.works()
    ana.says(f"campaign combine {code}").sees(f"`campaign stop {code}`").misses("campaign new")
    ana.says(f"campaign stop {code}")
    ana.says(f"campaign withdraw {code} Why").sees("Nothing to take back")
    ana.says("policy submit POL-1").sees("There is no draft. `policy upload POL-1` brings one in.")
    nobody = ana.says(f"campaign preview {prepare(stage, 'Access Control', audience='department:Nowhere')}")
    nobody.sees("0 people will be asked").offers("Send to myself")
    with pytest.raises(AssertionError):
        nobody.offers("Launch")
    stage.person("Greta").says("schedule").sees("Nothing comes round").misses("campaign new")


@pytest.mark.parametrize(
    "words", ["policy ask POL-1 ", "policy object POL-1 ", "ack POL-1 ", "status ", "people show "]
)
def test_far_too_much_that_somebody_types(stage: Stage, words: str) -> None:
    """It is too long for its place and said to be; nothing of it is kept, and the next line is understood."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi = stage.person("Chidi")
    ask(stage, chidi, policy)
    seen = chidi.says(words + A_LOT)
    assert seen.status < 500
    assert stage.records() == []
    chidi.says("todo").sees("Acceptable Use")


def test_hostile_words_come_back_as_words(stage: Stage) -> None:
    """A question, its answer, a reason and a policy's own title: everybody reads what was typed, and no more."""
    policy = publish(stage, "Acceptable Use", f"## Purpose\n\n{HOSTILE}\n")
    stage.write(lambda session: session.execute(update(PolicyVersion).values(title=HOSTILE[:80])))
    chidi, farah = stage.person("Chidi"), stage.person("Farah")
    ask(stage, chidi, policy)
    chidi.opens().sees("</title><script>alert(1)</script>").misses("\u202e")
    chidi.says(f"policy ask {policy} {HOSTILE}").sees("on its way")
    seen = farah.says("policy questions").presses("Answer").sees("<!channel> @here =1+1 {{7*7}}", "gnp.exe")
    seen.misses("\u202e").fills(reply=HOSTILE).sees("on its way")
    stage.works()
    chidi.says("messages").misses("\u202e")
    assert "alert(1)" not in str(stage.records())
