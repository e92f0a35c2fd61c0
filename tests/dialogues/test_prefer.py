"""By which channel people want to be written to; and that one person on two platforms is one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.chat import Workspace
from models.person import Identity, Person
from tests.dialogues.test_campaign_mail import tell
from tests.support.company import found, publish
from tests.support.slack_surface import SlackSurface, workspace
from tests.support.stage import Screen, Stage, on_stage_with_mail
from tests.support.teams.client import Client
from tests.support.teams.surface import TeamsSurface, tenant


def test_only_ways_that_lead_to_one_can_be_chosen(stage: Stage) -> None:
    """Everybody on this stage can be reached in one way, or on the web page alone."""
    chidi = stage.person("Chidi")
    chidi.says("prefer").sees("There is one way to you: ")
    chidi.says("prefer pigeon").sees("“pigeon” is none of the ways", "prefer slack", "prefer teams", "prefer email")
    chidi.says("prefer email").sees("You can't be reached by e-mail yet.")
    assert stage.records() == []


@dataclass
class Both:
    """A stage on which everybody is in Slack and in Teams, and has mail."""

    stage: Stage
    slack: SlackSurface
    teams: TeamsSurface

    def says(self, where: str, name: str, words: str) -> Screen:
        """Let somebody say something on one of the platforms."""
        surface = self.slack if where == "slack" else self.teams
        return surface.says(self.stage.person(name).row, words)

    def in_slack(self, name: str) -> list[str]:
        """Return what stands in somebody's Slack: what each message of the bot says first."""
        hand = self.slack.hand(self.stage.person(name).row)
        return [one.text.split(":")[0] for one in hand.client.direct.messages if not one.only_for]

    def in_teams(self, name: str) -> list[str]:
        """Return what stands in somebody's Teams."""
        hand = self.teams.hand(self.stage.person(name).row)
        return [str(one.body.get("summary", "")).split(":")[0] for one in hand.client.chat.by_bot()]

    def letters(self, name: str) -> list[str]:
        """Return the subjects of somebody's letters."""
        return [letter.subject for letter in self.stage.mailbox(self.stage.person(name))]

    def asks(self, name: str, policy: str) -> None:
        """Ask somebody about a policy, and let it leave the house."""
        tell(self.stage, self.stage.person(name), policy)
        self.stage.works()


@pytest.fixture
def both(migrated_url: str) -> Iterator[Both]:
    """Everybody on both platforms, which are in no hurry."""
    quick = {"slack_per_conversation": 1000.0, "teams_per_conversation": 1000.0}
    with (
        workspace() as (slack, in_slack),
        tenant() as (teams, in_teams),
        on_stage_with_mail(
            migrated_url, company="Halden Instruments", domains="halden.example", **in_slack, **in_teams, **quick
        ) as stage,
    ):
        found(stage)
        surfaces = SlackSurface(stage, slack), TeamsSurface(stage, teams)
        for surface in surfaces:
            surface.meets()
        stage.surface = surfaces[0]
        yield Both(stage, *surfaces)


def test_asked_once_on_the_platform_of_choice(both: Both) -> None:
    """Slack where nothing was chosen; from then on where they want it, and nowhere else."""
    first, second, third = (publish(both.stage, title, "Be kind.") for title in ("One", "Two", "Three"))
    both.asks("Chidi", first)
    assert (both.in_slack("Chidi"), both.in_teams("Chidi"), both.letters("Chidi")) == (["One"], [], [])

    choice = both.says("slack", "Chidi", "prefer")
    choice.sees("Where shall I write to you?").offers("Slack", "Microsoft Teams", "E-mail")
    choice.presses("Microsoft Teams").sees("From now on I write to you by Microsoft Teams.")
    both.says("slack", "Chidi", "prefer").sees("You chose Microsoft Teams.")
    both.asks("Chidi", second)
    assert (both.in_slack("Chidi"), both.in_teams("Chidi"), both.letters("Chidi")) == (["One"], ["Two"], [])

    both.stage.later(seconds=1)
    both.says("teams", "Chidi", "prefer email").sees("From now on I write to you by e-mail.")
    before = len(both.in_teams("Chidi"))
    both.asks("Chidi", third)
    assert (both.in_slack("Chidi"), both.letters("Chidi")) == (["One"], ["Three"])
    assert len(both.in_teams("Chidi")) == before

    chosen = [record["outcome"] for record in both.stage.records("person.prefers")]
    assert chosen == ["teams", "mail"]
    both.says("teams", "Chidi", "prefer E-Mail").sees("by e-mail")
    assert len(both.stage.records("person.prefers")) == 2  # to choose the same again is no news


def test_the_choice_of_one_changes_nothing_for_another(both: Both) -> None:
    both.says("teams", "Chidi", "prefer teams")
    both.asks("Keisha", publish(both.stage, "One", "Be kind."))
    assert (both.in_slack("Keisha"), both.in_teams("Keisha")) == (["One"], [])


def test_acting_on_one_redraws_the_card_on_the_other(both: Both) -> None:
    """Asked in Slack and reminded in Teams, Chidi answers there: both cards say so, and the duty is one."""
    policy = publish(both.stage, "Acceptable Use", "Use things well.")
    both.asks("Chidi", policy)
    both.says("slack", "Chidi", "prefer teams")
    both.stage.later(days=7)
    both.stage.works()
    both.stage.later(hours=12)
    both.stage.works()
    assert (both.in_slack("Chidi"), both.in_teams("Chidi")) == (["Acceptable Use"], ["Due in 7 days"])

    both.says("teams", "Chidi", f"ack {policy}").fills(agree=True).sees("You acknowledged this")
    both.stage.works()
    slack = both.slack.hand(both.stage.person("Chidi").row).client.direct.messages[0]
    teams = both.teams.hand(both.stage.person("Chidi").row).client.chat.by_bot()[0]
    assert (slack.edits, teams.edits) == (1, 1)
    assert "You acknowledged this" in str(slack.blocks)
    assert "You acknowledged this" in str(teams.card)
    assert "policy.acknowledge" not in str(slack.blocks) + str(teams.card)
    assert len(both.stage.records("policy.acknowledged")) == 1
    both.says("slack", "Chidi", f"ack {policy}").sees("You acknowledged this")
    assert len(both.stage.records("policy.acknowledged")) == 1


@pytest.mark.parametrize("how", ["removed", "gone", "blocked"])
def test_a_choice_that_leads_nowhere_any_more_falls_back(both: Both, how: str) -> None:
    """The app is removed, the tenant is let go of, or Teams refuses: Slack is next, and Teams again when it works."""
    chidi = both.stage.person("Chidi")
    both.says("teams", "Chidi", "prefer teams")
    client = both.teams.hand(chidi.row).client
    before = len(both.in_teams("Chidi"))
    match how:
        case "removed":
            client.removes()
        case "gone":
            both.stage.write(partial(stands, state="gone"))
        case "blocked":
            client.chat.blocked = True
    both.asks("Chidi", publish(both.stage, "One", "Be kind."))
    assert (both.in_slack("Chidi"), both.letters("Chidi")) == (["One"], [])
    assert len(both.in_teams("Chidi")) == before
    both.says("slack", "Chidi", "prefer").misses("You chose").sees("Where shall I write to you?")

    both.stage.write(partial(stands, state="connected"))
    client.installs()
    both.teams.settle()
    both.asks("Chidi", publish(both.stage, "Two", "Be kind."))
    assert both.in_slack("Chidi") == ["One"]
    assert both.in_teams("Chidi")[-1] == "Two"


def stands(session: Session, state: str) -> None:
    """Put the tenant into a state."""
    session.execute(update(Workspace).where(Workspace.platform == "teams").values(state=state))


def test_an_account_with_a_known_address_is_who_has_it(both: Both) -> None:
    """Nadia is in Slack; the first time she writes in Teams she is asked about there, and known."""

    def hire(session: Session) -> None:
        address = "nadia@halden.example"
        session.add(Person(employee_id="E100", name="Nadia Ali", email=address, recorded_at=both.stage.now))

    both.stage.write(hire)
    both.slack.meets()
    user = both.teams.teams.world.user("Nadia Ali", "Nadia@Halden.example")
    Client(both.teams.teams, user).writes("todo")
    both.teams.settle()
    nadia = both.stage.person("Nadia").row
    rows = select(Identity.platform).where(Identity.person_id == nadia.id).order_by(Identity.platform)
    assert both.stage.read(lambda session: session.scalars(rows).all()) == ["slack", "teams"]

    stranger = both.teams.teams.world.user("Nadia Ali", "nadia@elsewhere.example")
    client = Client(both.teams.teams, stranger)
    client.writes("todo")
    both.teams.settle()
    assert "I don't know you yet." in str(client.chat.by_bot()[-1].card)


def test_status_names_whom_a_chat_lost_and_by_what_they_are_reached(both: Both) -> None:
    """Keisha removes the app in Teams, and Slack refuses her: she gets letters, and those who may see her see that."""
    keisha, policy = both.stage.person("Keisha"), publish(both.stage, "One", "Be kind.")
    in_teams, in_slack = both.teams.hand(keisha.row).client, both.slack.hand(keisha.row).client
    both.says("slack", "Ana", "status").sees("Everybody who owes something can be reached.").misses("Lost in a chat")
    in_teams.removes()
    row = "Keisha Robinson Teams Mon 23 Nov 2026 Slack"
    both.says("teams", "Ana", "status").sees("Lost in a chat: 1", row, "can be reached.")

    in_slack.user.refuses = "user_disabled"
    both.stage.later(days=1)
    both.asks("Keisha", policy)
    assert both.letters("Keisha") == ["One"]
    mailed = tuple(
        f"Keisha Robinson · Chat {chat} · Since {day} Nov 2026 · Reached by E-mail"
        for chat, day in (("Slack", "Tue 24"), ("Teams", "Mon 23"))
    )
    for name in ("Ana", "Bruno"):  # the lead, and her manager
        both.says("slack", name, "status").sees("Lost in a chat: 2", *mailed)
    for name in ("Chidi", "Callum"):
        both.says("slack", name, "status").misses("Lost in a chat", "Keisha")

    in_teams.installs()
    both.teams.settle()
    both.says("slack", "Bruno", "status").sees("Lost in a chat: 1", mailed[0].replace("E-mail", "Teams"))
