"""What people do in Slack, from the request to what they see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.database import NotSaved
from bot.slack.manifest import ALIASES
from models import message as m
from models.desk import SeenGesture
from models.person import Identity, Person
from tests.attacks.slack import type_command
from tests.support.company import publish
from tests.support.slack.client import Client
from tests.support.slack.faults import Fault
from tests.support.slack.office import Office
from tests.support.slack.seen import read
from tests.support.slack.shots import of_home, of_view
from tests.support.slack.world import View
from workflows.context import Context
from workflows.workflow import REGISTRY

ROSTER = b"employee_id,name,email\nE900,Ines Moreau,ines@halden.example\n"


def shown(view: View | None) -> str:
    """Return what a view shows, with its title."""
    assert view is not None
    return of_view([view]).text


def said(client: Client) -> list[str]:
    """Return what the bot said in somebody's conversation, as they read it."""
    mine = client.user.id
    return [read(one.blocks).text for one in client.direct.messages if one.by != mine]


def test_a_command_is_answered_where_only_the_person_sees_it(office: Office) -> None:
    """In the response itself: lists of people must not be public."""
    chidi = office.client("Chidi")
    chidi.commands("")
    (one,) = chidi.direct.messages
    assert one.only_for == chidi.user.id
    assert "Acceptable Use" in read(one.blocks).text


def test_a_form_opens_and_is_sent(office: Office) -> None:
    """From the command to the record, which says how the answer came."""
    form = office.hand("Chidi").types("ack A-1")
    form.fills(agree=False, typed_name="Chidi Okafor").sees("Tick this box to go on.")
    form.fills(agree=True, typed_name="Chidi Okafor").sees("You acknowledged this")
    (record,) = office.stage.records("policy.acknowledged")
    assert {name: record["auth"][name] for name in ("platform", "workspace", "scheme", "assurance")} == {
        "platform": "slack", "workspace": "T0HALDEN", "scheme": "slack-v0", "assurance": "demo",
    }  # fmt: skip
    assert record["occurred_at"].startswith("2026-11-23T09:00:0")
    assert [call.method for call in office.slack.log.calls] == ["views.open"], "Slack is asked nothing about anybody"


def test_a_direct_message_is_a_command(office: Office) -> None:
    """The answer stands below it. A form cannot open by itself there, so there is a button."""
    chidi = office.client("Chidi")
    chidi.writes("todo")
    office.surface.settle()
    assert "Acceptable Use" in said(chidi)[0]
    chidi.writes("ack A-1")
    office.surface.settle()
    message = chidi.direct.messages[-1]
    (way,) = [one for one in read(message.blocks).ways if one.action["action_id"].startswith(".form")]
    chidi.presses(way.action, message)
    office.surface.settle()
    assert chidi.modal is not None
    assert "typed_name" in read(chidi.modal.body["blocks"]).questions


def test_what_is_wrong_with_a_message_is_said_beneath_it(office: Office) -> None:
    """The words are understood and cannot be taken: the form opens from a button, and why is not kept back."""
    office.hand("Ana").writes("people change @nobody").sees("Nobody called “nobody” is on the roster").offers("Save")


def test_a_message_is_answered_once_though_slack_repeats_it(office: Office) -> None:
    """A look leaves nothing but that it was answered."""
    chidi = office.client("Chidi")
    told = chidi.writes("todo")
    for _ in range(2):
        office.slack.run(office.slack.courier.post(told.request, told.headers))
    office.surface.settle()
    assert len(said(chidi)) == 1
    assert office.stage.read(lambda session: session.query(SeenGesture).count()) == 1


def test_the_home_shows_what_is_owed_and_to_leads_the_numbers(office: Office) -> None:
    """And is drawn anew when something is done."""
    chidi, ana = office.hand("Chidi"), office.hand("Ana")
    chidi.goes_home().sees("Acceptable Use").misses("By topic")
    ana.goes_home().sees("Nothing is waiting for you", "By topic")
    chidi.types("ack A-1").fills(agree=True, typed_name="Chidi Okafor")
    office.surface.settle()
    assert chidi.client.home is not None
    assert "Acceptable Use" not in of_home(chidi.client.home).text


def test_what_looks_opens_on_what_lies_there(office: Office) -> None:
    """From the home a modal, from a modal another on top, until three lie there; then in its place."""
    publish(office.stage, "Remote Work", "Lock your screen.")
    hand = office.hand("Chidi")
    hand.goes_home().presses("Read").sees("Use things well.")
    client = hand.client
    for depth in (2, 3, 3):
        top = client.modal
        assert top is not None
        client.presses({"type": "button", "action_id": "policy.list:1", "block_id": "b"}, top)
        office.surface.settle()
        assert len(office.slack.world.stack(client.user.id)) == depth
    assert "Remote Work" in shown(client.modal)


def test_what_is_refused_opens_over_the_answer_where_it_was_pressed(office: Office) -> None:
    """What opens, opens over it; the answer stays as it is."""
    ana = office.client("Ana")
    press = {"type": "button", "action_id": "policy.approve:1", "block_id": "b", "value": "POL-99v1"}
    ana.commands("policy list")
    answer = ana.direct.messages[-1]
    ana.presses(press, answer)
    office.surface.settle()
    assert answer.edits == 0
    assert "There is no policy POL-99v1" in shown(ana.modal)


def test_what_is_done_by_a_button_is_said_where_it_was_pressed(office: Office) -> None:
    """In place of the answer that only one sees; below a card, which stays; over the home, which is drawn anew."""
    office.client("Chidi").commands("policy ask A-1 May I?")
    farah = office.client("Farah")
    got_it = {"type": "button", "action_id": "inbox.seen:1", "block_id": "b", "value": "M-1"}
    farah.commands("todo")
    answer = farah.direct.messages[-1]
    assert "May I?" in read(answer.blocks).text

    farah.writes("todo")
    office.surface.settle()
    card = farah.direct.messages[-1]
    farah.presses(got_it, card)
    office.surface.settle()
    below = farah.direct.messages[-1]
    assert (card.edits, below.only_for) == (0, farah.user.id)
    assert "Put away" in read(below.blocks).text

    farah.presses(got_it, answer)
    office.surface.settle()
    assert (answer.edits, read(answer.blocks).text) == (1, read(below.blocks).text)
    assert len(office.stage.records("message.seen")) == 1

    farah.opens_home()
    office.surface.settle()
    assert farah.home is not None
    farah.presses(got_it, farah.home)
    office.surface.settle()
    assert "Put away" in shown(farah.modal)


def test_the_database_is_down(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the person is: not saved, try again. What was typed into a form is still there.

    Of what can't be answered Slack is told to send it again, and it has its effect when the database is back.
    """
    hand = office.hand("Chidi")
    form = hand.types("policy ask A-1")

    async def down(work: object) -> None:
        raise NotSaved("not saved, try again")

    with monkeypatch.context() as broken:
        broken.setattr(office.stage.database, "write", down)
        form.fills(question="May I?").sees("Not saved, try again.")
        assert hand.client.modal is not None
        assert "question" in hand.client.modal.errors
        broken.setattr(office.stage.database, "read", down)
        hand.types("todo").sees("Not saved, try again.")
        office.slack.retries = (0.0, 0.5, 1.0)
        assert hand.client.opens_home().status == 503
        assert hand.client.writes("policy list").status == 503
        office.surface.settle()
    form.fills(question="May I?").misses("Not saved")
    assert len(office.stage.records("policy.question")) == 1
    assert office.slack.wait(lambda: "Acceptable Use" in "".join(said(hand.client)), 10)


def test_a_slow_slack_delays_no_answer(office: Office) -> None:
    """What follows an answer is nobody's wait, and may get lost."""
    chidi = office.client("Chidi")
    office.slack.faults.waiting = [Fault("slow before", "views.open", seconds=2.0)]
    assert chidi.commands("ack A-1").seconds < 1.0
    office.slack.faults.waiting = [Fault("status", "chat.postMessage", status=500)]
    assert chidi.writes("todo").status == 200
    office.surface.settle()
    office.slack.log.violations.clear()


def test_people_are_picked_by_a_part_of_their_name(office: Office) -> None:
    """Only those who work here now, and only for those who do."""
    hand = office.hand("Ana")
    hand.types("people merge")
    view = hand.client.modal
    if view is None:
        pytest.skip("no form asks for a person")
    questions = [
        one for one in read(view.body["blocks"]).questions.values() if one["element"]["type"] == "external_select"
    ]
    others = [Person(name=name, recorded_at=office.stage.now) for name in ("Élodie Martin", "Øyvind Ås")]
    office.stage.write(lambda session: session.add_all(others))
    for typed, name in (("BRUN", "Bruno Keller"), ("él", "Élodie Martin"), ("ÅS", "Øyvind Ås"), ("ØY", "Øyvind Ås")):
        found = hand.client.suggestions(view, questions[0]["block_id"], "v", typed)
        assert [one["text"]["text"] for one in found] == [name]
    assert hand.client.suggestions(view, questions[0]["block_id"], "v", "%") == []


def test_another_command_stands_for_its_first_word(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """/incident is `incident`: also where nobody has taught us incidents yet."""
    chidi = office.client("Chidi")
    chidi.commands("new A laptop is gone", name="/incident")
    chidi.commands("", name="/incident")
    assert all("I don't know “incident”" in text for text in said(chidi))
    monkeypatch.setitem(ALIASES, "/policy", "policy")
    chidi.commands("show POL-1", name="/policy")
    assert "Use things well." in said(chidi)[2]


def test_the_home_of_whoever_is_nobody_here_shows_nothing_of_anybodys(office: Office) -> None:
    """Nor what stood there while the account was somebody's."""
    chidi = office.hand("Chidi")
    chidi.goes_home().sees("Acceptable Use")
    office.stage.write(lambda session: session.query(Identity).filter_by(platform_id=chidi.client.user.id).delete())
    chidi.client.user.email = ""
    home = chidi.goes_home().sees("I don't know you yet", "try again in a few minutes").misses("Acceptable Use")
    assert home.text.count("I don't know you yet") == 1


def test_a_file_comes_with_the_words_that_say_what_for(office: Office) -> None:
    """The file answers the form's question; alone it is asked about."""
    ana = office.client("Ana")
    ana.writes("", [("roster.csv", ROSTER)])
    ana.writes("people import", [("roster.csv", ROSTER)])
    office.surface.settle()
    alone, whole = said(ana)[0], said(ana)[1]
    assert "What is this file for?" in alone
    assert "IMP-1" in whole
    for words, why in (("people import", "One file fits there."), ("todo", "No file is asked for there.")):
        ana.writes(words, [("roster.csv", ROSTER), ("more.csv", ROSTER)])
        office.surface.settle()
        assert why in said(ana)[-1], "no file is dropped without a word"
    office.slack.faults.waiting = [Fault("status", "files", status=503)]
    ana.writes("people import", [("roster.csv", ROSTER)])
    office.surface.settle()
    assert "could not get the file" in said(ana)[-1]
    for token in office.slack.world.tokens.values():
        token.scopes = tuple(scope for scope in token.scopes if scope != "files:read")
    with capture_logs() as logs:
        ana.writes("people import", [("roster.csv", ROSTER)])
    office.surface.settle()
    assert "could not get the file" in said(ana)[-1]
    assert {"event": "file not fetched", "status": 302, "log_level": "warning"} in logs


def test_a_mention_is_a_person(office: Office) -> None:
    """Slack names people by their ids there, and the parser of commands by their names."""
    ana, bruno = office.client("Ana"), office.client("Bruno").user
    got = type_command(office, ana.user, f"status <@{bruno.id}|bruno>")
    assert "Bruno Keller" in got.body.decode()
    ours = office.surface.team.bot_user_id
    assert "What you can do" in type_command(office, ana.user, f"<@{ours}> help").body.decode(), "and we are the bot"


def test_a_long_form_is_sent_page_by_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered before is kept, what is wrong leads back to its page, and only the last page does anything."""
    asked = REGISTRY.acts()["policy.ask"]
    filler = tuple(m.Text(f"more{number}", f"More {number}", required=False) for number in range(120))

    def long(ctx: Context, thing: Any) -> m.Form:
        assert asked.form is not None
        form = asked.form(ctx, thing)
        return replace(form, fields=(*form.fields, *filler))

    monkeypatch.setitem(REGISTRY.workflow("policy").acts, "policy.ask", replace(asked, form=long))
    hand = office.hand("Chidi")
    first = hand.types("policy ask A-1")
    _, second = hand.sends(first.shots[0], {})
    assert office.stage.records() == []
    while second.shots[0].submit == "Next":
        _, second = hand.sends(second.shots[0], {})
    _, back = hand.sends(second.shots[0], {})
    back.sees("This is needed.")
    assert "question" in back.shots[0].seen.questions
    assert office.stage.records() == []
    back.fills(question="May I?").sees("Your question is on its way")
    assert len(office.stage.records("policy.question")) == 1
