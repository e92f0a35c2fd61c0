"""Installing from an admin's browser: bound to the session, once, within ten minutes, and then it waits."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from sqlalchemy import select

from bot.slack.keys import Keys
from models.chat import Workspace
from tests.support.company import found
from tests.support.slack.faults import Fault
from tests.support.slack.server import Slack
from tests.support.slack.world import Team, User
from tests.support.stage import KEYS, Stage, on_stage
from tests.support.web import WebScreen, WebSurface


class Journey:
    """A stage with OAuth beside a Slack with one workspace, and its admin there."""

    def __init__(self, stage: Stage, slack: Slack) -> None:
        self.stage, self.slack = stage, slack
        self.web = WebSurface(stage)
        stage.surface = self.web
        self.team: Team = slack.world.team("Halden", id_="T0HALDEN")
        self.admin: User = slack.world.user(self.team, name="Tomasz")

    def leaves(self, name: str = "Tomasz") -> str:
        """Return the address of Slack's page to which somebody is sent."""
        browser = self.web.browser(self.stage.person(name).row)

        async def fetch() -> str:
            cookies = browser._cookies
            url = f"{self.stage.address}/slack/install"
            async with (
                aiohttp.ClientSession(cookies=cookies) as client,
                client.get(url, allow_redirects=False) as response,
            ):
                assert response.status == 302
                return response.headers["Location"]

        location = self.stage.loop.run(fetch())
        assert location.startswith(f"{self.slack.address}/oauth/v2/authorize?")
        return location

    def agrees(self, address: str, *, whole_company: bool = False) -> str:
        """Agree there, and return where Slack sends the browser, without our own address."""
        back = self.slack.oauth.agree(address, self.team, self.admin, whole_company=whole_company)
        return back.removeprefix(self.stage.settings.base_url)

    def rows(self) -> list[Workspace]:
        """Return every workspace."""
        return list(self.stage.read(lambda session: session.scalars(select(Workspace)).all()))


def check_turned_away(screen: WebScreen, *texts: str) -> None:
    """Assert that a page turns somebody away."""
    assert screen.status == 403
    screen.sees(*texts)


@pytest.fixture
def journey(database_url: str) -> Iterator[Journey]:
    """Tomasz at his browser."""
    with Slack().running() as slack:
        settings = {
            "slack_oauth_client_id": slack.oauth.client_id,
            "slack_oauth_client_secret": slack.oauth.client_secret,
            "slack_signing_secret": slack.signing_secret,
            "slack_api_url": slack.api_url,
        }
        with on_stage(database_url, company="Halden Instruments", **settings) as stage:
            found(stage)
            slack.world.clock = stage.clock
            yield Journey(stage, slack)


def test_tomasz_installs_and_ana_confirms(journey: Journey) -> None:
    address = journey.leaves()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["scope"].split(",") == sorted(
        ["commands", "chat:write", "im:write", "im:history", "users:read", "users:read.email"]
    )
    tomasz = journey.stage.person("Tomasz")
    journey.web.browser(tomasz.row).get(journey.agrees(address)).sees("Halden", "waits for an admin's confirmation")
    (row,) = journey.rows()
    assert (row.ref, row.state, row.by_id) == ("T0HALDEN", "pending", tomasz.row.id)
    assert row.token is not None
    assert b"xoxb" not in row.token
    assert Keys(KEYS).open(row.token) in journey.slack.world.tokens
    assert journey.stage.records("workspace.installed")[0]["actor"]["ref"] == tomasz.ref
    journey.stage.works()
    assert not [call for call in journey.slack.log.calls if call.method != "oauth.v2.access"], "nothing before that"
    journey.stage.person("Ana").says("workspace confirm W-1").sees("is connected")
    journey.stage.works()
    assert [call.method for call in journey.slack.log.calls][-1] == "users.list"


def test_the_way_back_is_for_who_left_and_for_once(journey: Journey) -> None:
    browser = journey.web.browser(journey.stage.person("Tomasz").row)
    back = journey.agrees(journey.leaves())
    check_turned_away(journey.web.browser(journey.stage.person("Ana").row).get(back), "does not belong to you")
    check_turned_away(browser.get(f"{back}x"), "does not belong to you")
    check_turned_away(browser.get("/slack/oauth?code=T0HALDEN.1"), "does not belong to you")
    assert journey.rows() == []
    browser.get(back).sees("waits for an admin's confirmation")
    check_turned_away(browser.get(back), "does not belong to you or is over")
    assert len(journey.stage.records("workspace.installed")) == 1


def test_an_employee_installs_nothing(journey: Journey) -> None:
    check_turned_away(journey.web.browser(journey.stage.person("Chidi").row).get("/slack/install"), "not yours")


def test_slack_may_say_no(journey: Journey) -> None:
    browser = journey.web.browser(journey.stage.person("Tomasz").row)
    state = parse_qs(urlsplit(journey.leaves()).query)["state"][0]
    browser.get(f"/slack/oauth?error=access_denied&state={state}").sees("Nothing was installed")
    back = journey.agrees(journey.leaves())
    journey.slack.faults.add(Fault("error", "oauth.v2.access", error="invalid_code"))
    browser.get(back).sees("Slack did not let us in")
    assert journey.rows() == []


def test_an_organisation_is_one_row(journey: Journey) -> None:
    journey.team.enterprise_id = "E0HALDEN"
    browser = journey.web.browser(journey.stage.person("Tomasz").row)
    browser.get(journey.agrees(journey.leaves(), whole_company=True)).sees("waits for")
    assert [row.ref for row in journey.rows()] == ["E0HALDEN"]


def test_installing_again_brings_a_paused_workspace_back(journey: Journey) -> None:
    browser = journey.web.browser(journey.stage.person("Tomasz").row)
    journey.slack.oauth.rotation = True
    browser.get(journey.agrees(journey.leaves()))
    journey.stage.person("Ana").says("workspace confirm W-1")
    (before,) = journey.rows()
    assert before.refresh_token is not None
    assert before.expires_at is not None
    journey.slack.app_url = journey.stage.address
    journey.slack.run(journey.slack.uninstall(journey.team))
    assert journey.rows()[0].state == "paused"
    browser.get(journey.agrees(journey.leaves())).sees("connected")
    (after,) = journey.rows()
    assert (after.state, after.problem) == ("connected", "")
    assert after.token != before.token
    assert len(journey.stage.records("workspace.paused")) == 1, "tokens_revoked and app_uninstalled are one pause"
