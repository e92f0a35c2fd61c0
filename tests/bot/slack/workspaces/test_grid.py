"""An app that is installed for a whole organisation (Enterprise Grid): one token, people in each of its workspaces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.slack.edge import EDGE
from models.person import Identity
from tests.bot.slack.workspaces.house import House, opened
from tests.support.slack.client import Client
from tests.support.slack.seen import read

GROUP = "E0HALDEN"


@pytest.fixture
def group(database_url: str) -> Iterator[House]:
    """Halden is an organisation."""
    with opened(database_url, organisation=GROUP) as house:
        yield house


def in_the_lab(group: House) -> Client:
    """Return Keisha, who is in another workspace of the organisation."""
    lab = group.slack.world.team("Lab", enterprise_id=GROUP)
    return Client(group.slack, group.slack.world.user(lab, name="Keisha Robinson", email="keisha@halden.example"))


def linked(group: House) -> set[tuple[str, str]]:
    """Return everybody's (workspace, id)."""
    asked = group.stage.read(lambda session: session.query(Identity.workspace, Identity.platform_id).all())
    return {(workspace, id_) for workspace, id_ in asked}


def settle(group: House) -> None:
    """Wait until the bot has done what it does after its answers."""
    group.stage.loop.run(group.stage.app[EDGE].listening.idle())


def test_everybody_is_read_and_written_to_wherever_they_are(group: House) -> None:
    keisha = in_the_lab(group)
    group.stage.later(days=1)
    group.stage.works()
    assert linked(group) == {(GROUP, user.id) for user in (*group.users.values(), keisha.user)}
    group.says("Keisha", "The report is ready")
    group.stage.works()
    assert ["The report is ready" in one.text for one in keisha.direct.messages] == [True]


def test_who_is_taken_out_of_one_workspace_is_still_in_the_others(group: House) -> None:
    before = linked(group)
    lab = group.slack.world.team("Lab", enterprise_id=GROUP)
    group.users["Chidi"].former = (lab.id,)
    group.stage.later(days=1)
    group.stage.works()
    assert linked(group) == before
    assert not group.stage.records("identity.unlinked")


def test_whoever_speaks_first_has_forms_and_a_home_in_their_own_workspace(group: House) -> None:
    keisha = in_the_lab(group)
    assert b"Nothing is waiting for you" in keisha.commands("todo").body
    assert (GROUP, keisha.user.id) in linked(group)
    keisha.commands("prefer")
    keisha.opens_home()
    settle(group)
    assert keisha.home is not None
    assert "Nothing is waiting for you" in read(keisha.home.body["blocks"]).text
    ana = Client(group.slack, group.users["Ana"])
    ana.commands("people change @chidi")
    settle(group)
    assert ana.modal is not None
    assert group.slack.log.violations == []


def test_the_organisation_lets_go_of_us_as_a_whole(group: House) -> None:
    event = {"type": "app_uninstalled"}
    assert group.slack.run(group.slack.tell(group.team, event)).ok
    assert [one["facts"] for one in group.stage.records("workspace.paused")] == [{"cause": "uninstalled"}]


def test_another_organisations_people_are_nobody(group: House) -> None:
    """Their workspace names another organisation, whatever address they have."""
    other = group.slack.world.team("Other", enterprise_id="E0OTHER")
    thief = Client(group.slack, group.slack.world.user(other, name="Keisha", email="keisha@halden.example"))
    assert b"not connected" in thief.commands("todo").body
    assert linked(group) == {(GROUP, user.id) for user in group.users.values()}


def test_colleagues_of_a_workspace_may_be_at_home_in_another(database_url: str) -> None:
    """The app is in one workspace of the organisation; Slack names another one, or the organisation, in profiles."""
    with opened(database_url, organisation=GROUP, whole=False) as house:
        lab = house.slack.world.team("Lab", enterprise_id=GROUP)
        keisha = house.slack.world.user(house.team, name="Keisha Robinson", email="keisha@halden.example", home=lab.id)
        callum = house.slack.world.user(house.team, name="Callum Whitford", email="callum@halden.example", home=GROUP)
        house.slack.world.user(lab, name="Farah Haddad", email="farah@halden.example")
        house.stage.later(days=1)
        house.stage.works()
        team = house.team.id
        assert linked(house) == {(team, user.id) for user in (*house.users.values(), keisha, callum)}
        assert b"Nothing is waiting for you" in Client(house.slack, keisha).commands("todo").body
