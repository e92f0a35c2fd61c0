"""What `doctor` and a preview say about Teams: what is wrong, who is not there, and what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy.orm import Session

from bot.app import serving
from bot.finding import Finding
from bot.teams import checkup
from config.chats import TEAMS_GUIDE
from models.chat import Conversation, Stranger, Workspace
from models.person import Identity
from tests.support.campaigns import prepare
from tests.support.company import found
from tests.support.stage import Stage, on_stage_with_mail
from tests.support.surfaces import on_the_web
from tests.support.teams.issuer import APP, TENANT, Issuer

BASE = "https://comply.halden.example"
TOLD = {"teams_app_id": APP, "teams_tenant_id": TENANT, "teams_app_password": "secret"}


@asynccontextmanager
async def published(issuer: Issuer) -> AsyncIterator[str]:
    """Serve the login service and the keys."""
    app = web.Application()
    app.add_routes(issuer.routes())
    pages = serving(app, "127.0.0.1", 0)
    yield await anext(pages)
    await pages.aclose()


@dataclass
class Office:
    """A stage with the people of Halden, and Microsoft beside it."""

    stage: Stage
    issuer: Issuer
    address: str

    def outside(self, **more: Any) -> dict[str, Finding]:
        """Return what is found by asking Microsoft."""
        keys = f"{self.address}/v1/.well-known/openidconfiguration"
        told = {"teams_login_url": self.address, "teams_keys_url": keys, "base_url": self.stage.address}
        settings = self.stage.settings.model_copy(update={**told, **more})

        async def every() -> list[Finding]:
            return [finding async for finding in checkup.outside(settings)]

        return {finding.what: finding for finding in self.stage.loop.run(every())}

    def inside(self, **more: Any) -> dict[str, Finding]:
        """Return what the database knows."""
        settings = self.stage.settings.model_copy(update=more)
        return {one.what: one for one in self.stage.read(lambda session: list(checkup.inside(session, settings)))}


def join(stage: Stage, *names: str) -> None:
    """Let people have spoken to the bot in Teams."""

    def work(session: Session) -> None:
        for name in names:
            identity = Identity(
                person_id=stage.person(name).row.id,
                platform="teams",
                workspace=TENANT,
                platform_id=f"aad-{name}",
                recorded_at=stage.now,
            )
            session.add(identity)
            session.flush()
            session.add(Conversation(identity_id=identity.id, service_url="x", ref="a:1", seen_at=stage.now))

    stage.write(work)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """Halden, whose tenant is connected and where nobody has the app yet."""
    with on_stage_with_mail(
        database_url, company="Halden Instruments", admin_email="ana@halden.example", **TOLD
    ) as stage:
        found(stage)
        row = Workspace(platform="teams", ref=TENANT, name="Microsoft Teams", state="connected", created_at=stage.now)
        stage.write(lambda session: session.add(row))
        issuer = Issuer()
        microsoft = published(issuer)
        yield Office(stage, issuer, stage.loop.run(microsoft.__aenter__()))
        stage.loop.run(microsoft.__aexit__(None, None, None))


def test_what_is_well_is_told(office: Office) -> None:
    seen = office.outside()
    assert seen["Teams token"].state == "ok"
    assert seen["Teams keys"] == Finding("Teams keys", "ok", "1 that speak for Teams")
    assert seen["Teams messages"].state == "ok"
    assert f"Messaging endpoint, {office.stage.address}/api/messages" in seen["Teams messages"].todo
    assert office.outside(base_url=BASE)["Teams package"].how == "comply-teams.zip can be uploaded as it is written"


def test_a_wrong_secret_is_told_apart_from_a_dead_network(office: Office) -> None:
    wrong = office.outside(teams_app_password="another")["Teams token"]
    assert (wrong.state, wrong.how) == ("bad", "the login service refuses us")
    assert "COUNTERSIGN_TEAMS_APP_PASSWORD" in wrong.todo
    dead = office.outside(teams_login_url="http://127.0.0.1:9/", teams_keys_url="http://127.0.0.1:9/")
    assert "does not answer" in dead["Teams token"].how
    assert (dead["Teams keys"].state, dead["Teams token"].state) == ("bad", "bad")


def test_keys_that_speak_for_another_channel_are_none(office: Office) -> None:
    office.issuer.rotate(("webchat",))
    assert office.outside()["Teams keys"].how == "none is for Teams"


def test_a_door_that_is_not_ours_is_found(office: Office) -> None:
    assert office.outside(base_url=office.address)["Teams messages"].how.endswith("to what has no token")
    assert office.outside(base_url="http://127.0.0.1:9")["Teams messages"].state == "warn"
    alone = office.outside(teams_login_url="http://login.invalid/")["Teams messages"]
    assert (alone.state, alone.how) == ("bad", "Teams cannot reach an address of this machine alone")


def test_a_package_that_would_be_refused_is_found(office: Office) -> None:
    assert "COUNTERSIGN_BASE_URL" in office.outside()["Teams package"].how
    assert office.outside(base_url=BASE, teams_app_id="comply")["Teams package"].how.startswith("id is no id")


def test_who_is_not_there_is_counted_with_the_steps_to_install(office: Office) -> None:
    people = office.inside()["Teams people"]
    assert people.state == "warn"
    assert people.how.startswith("reachable: 0 of 9 on the roster, without the app: 9 (0 had it")
    for step in ("Manage apps", "Upload", "Setup policies", "Global", "Installed apps", TEAMS_GUIDE):
        assert step in people.todo
    join(office.stage, "Ana", "Bruno", "Chidi")

    def removed(session: Session) -> None:
        session.query(Identity).filter_by(platform_id="aad-Chidi").one().unreachable_since = office.stage.now
        visitor = {
            "platform_id": "aad-v",
            "name": "Visitor",
            "email": "v@elsewhere.example",
            "why": "not on the roster",
        }
        session.add(Stranger(workspace_id=1, seen_at=office.stage.now, **visitor))

    office.stage.write(removed)
    how = office.inside()["Teams people"].how
    assert how.startswith("reachable: 2 of 9 on the roster, without the app: 7 (1 had it")
    assert how.endswith("on no roster: 1")
    everybody = ("Chidi", "Margit", "Tomasz", "Farah", "Keisha", "Callum", "Greta")
    office.stage.write(lambda session: session.query(Identity).filter_by(platform_id="aad-Chidi").delete())
    join(office.stage, *everybody)
    assert office.inside()["Teams people"].state == "ok"


def test_a_tenant_that_is_not_connected_is_told(office: Office) -> None:
    def gone(session: Session) -> None:
        session.get_one(Workspace, 1).state = "gone"

    office.stage.write(gone)
    assert office.inside()["Teams tenant"].how == "W-1 “Microsoft Teams” is disconnected"


def test_local_mode_is_said_loudly(office: Office) -> None:
    seen = office.outside(teams_local=True)
    assert "LOCAL MODE" in seen["Teams"].how
    assert f"{office.stage.address}/api/messages" in seen["Teams"].todo
    assert set(seen) == {"Teams", "Teams messages"}, "there is nobody to ask for a token"
    assert "said who they are" in office.inside(teams_local=True)["Teams people"].todo


def test_without_teams_it_says_how_to_connect(office: Office) -> None:
    nothing = {"teams_app_id": "", "teams_app_password": ""}
    assert office.outside(**nothing)["Teams"] == Finding(
        "Teams", "ok", "not used", f"To connect it, in ten minutes: {TEAMS_GUIDE}"
    )
    assert office.inside(**nothing) == {}


def test_a_preview_counts_who_has_not_the_app_and_how_they_are_asked(database_url: str) -> None:
    with on_the_web(database_url, company="Halden Instruments", **TOLD) as stage:
        found(stage)
        code, ana = prepare(stage), stage.person("Ana")
        preview = ana.says(f"campaign preview {code}")
        preview.sees("8 people will be asked", "Without the app in Teams: 8", "Setup policies", TEAMS_GUIDE)
        row = Workspace(platform="teams", ref=TENANT, name="Teams", state="connected", created_at=stage.now)
        stage.write(lambda session: session.add(row))
        join(stage, "Ana", "Bruno", "Chidi")
        ana.says(f"campaign preview {code}").sees("Without the app in Teams: 5")
        join(stage, "Margit", "Tomasz", "Farah", "Keisha", "Callum")
        ana.says(f"campaign preview {code}").misses("Without the app")
