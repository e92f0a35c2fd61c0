"""The stand-in's Bot Connector answers as Microsoft documents it, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from tests.support.slack.faults import Fault, Kind
from tests.support.teams.issuer import APP, TENANT
from tests.support.teams.limits import Limits
from tests.support.teams.server import Teams
from tests.support.teams.world import BOT, User

SECRET = "secret"
HELLO = {"type": "message", "text": "Hello"}


class Asker:
    """A bot that asks whatever a test wants."""

    def __init__(self, teams: Teams) -> None:
        self.teams = teams
        self.user = teams.world.user("Chidi Okafor", "chidi@halden.example")
        self.chat = teams.world.personal(self.user)
        self.token = self.sign_in()

    def sign_in(self, secret: str = SECRET) -> str:
        """Return a token of the login service; empty where it gives none."""
        form = {"grant_type": "client_credentials", "client_id": APP, "client_secret": secret}
        form["scope"] = "https://api.botframework.com/.default"

        async def ask() -> str:
            url = f"{self.teams.address}/{TENANT}/oauth2/v2.0/token"
            async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
                return str((await answer.json()).get("access_token", ""))

        return self.teams.run(ask())

    def asks(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any], str]:
        """Return (status, what came back, Retry-After)."""

        async def ask() -> tuple[int, dict[str, Any], str]:
            headers = {"Authorization": f"Bearer {self.token}"}
            url = f"{self.teams.service_url}v3/conversations{path}"
            async with (
                aiohttp.ClientSession() as session,
                session.request(method, url, json=body, headers=headers) as answer,
            ):
                return answer.status, await answer.json(), answer.headers.get("Retry-After", "")

        return self.teams.run(ask())

    def code(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Return (status, the word for what is wrong)."""
        status, told, _ = self.asks(method, path, body)
        return status, told.get("error", {}).get("code", "")

    @property
    def place(self) -> str:
        """Where Chidi is written to."""
        return f"/{self.chat.id}/activities"


@pytest.fixture
def asker() -> Iterator[Asker]:
    """A bot, signed in, and Chidi."""
    with Teams().running() as teams:
        yield Asker(teams)


def test_a_message_is_said_and_changed(asker: Asker) -> None:
    status, told, _ = asker.asks("POST", asker.place, HELLO)
    assert status == 201
    assert asker.asks("PUT", f"{asker.place}/{told['id']}", {**HELLO, "text": "Goodbye"})[0] == 200
    (said,) = asker.chat.by_bot()
    assert (said.text, said.edits) == ("Goodbye", 1)
    assert asker.code("PUT", f"{asker.place}/1", HELLO) == (404, "ActivityNotFoundInConversation")


def test_who_has_no_token_is_nobody(asker: Asker) -> None:
    assert asker.sign_in("wrong") == ""
    for token in ("", "ours-99", "ours-0", "secret"):
        asker.token = token
        assert asker.code("POST", asker.place, HELLO) == (401, "Unauthorized")
    asker.token = asker.sign_in()
    asker.teams.revoked.add(asker.token)
    assert asker.code("POST", asker.place, HELLO) == (401, "Unauthorized")
    assert asker.chat.messages == []


def test_who_is_there_and_who_is_not(asker: Asker) -> None:
    status, told, _ = asker.asks("GET", f"/{asker.chat.id}/members/{asker.user.id}")
    assert (status, told["aadObjectId"], told["email"]) == (200, asker.user.account, "chidi@halden.example")
    assert asker.code("GET", f"/{asker.chat.id}/members/29:nobody") == (404, "MemberNotFoundInConversation")
    assert asker.code("GET", "/a:nowhere/members/29:nobody") == (404, "ConversationNotFound")
    assert asker.code("POST", "/a:nowhere/activities", HELLO) == (404, "ConversationNotFound")


def test_a_conversation_is_made_once(asker: Asker) -> None:
    def asked(user: User, bot: str = BOT, tenant: str = TENANT) -> dict[str, Any]:
        return {"bot": {"id": bot}, "members": [{"id": user.id}], "isGroup": False, "tenantId": tenant}

    assert asker.asks("POST", "", asked(asker.user))[:2] == (201, {"id": asker.chat.id})
    assert asker.code("POST", "", asked(asker.user, tenant="another")) == (400, "BadArgument")
    assert asker.code("POST", "", asked(asker.user, bot="28:another")) == (403, "BotNotInConversationRoster")
    asker.chat.installed = False
    assert asker.code("POST", "", asked(asker.user)) == (403, "BotNotInConversationRoster")


def test_who_blocked_the_bot_is_not_reached(asker: Asker) -> None:
    asker.chat.blocked = True
    assert asker.code("POST", asker.place, HELLO) == (403, "MessageWritesBlocked")
    assert asker.chat.messages == []


def test_what_is_no_message_is_noted(asker: Asker) -> None:
    bodies: tuple[Any, ...] = ({"type": "message"}, [], {"type": "message", "text": "x", "blocks": []})
    for body in bodies:
        assert asker.code("POST", asker.place, body) == (400, "BadSyntax")
    assert len(asker.teams.log.violations) == 2
    assert asker.code("POST", asker.place, {**HELLO, "text": "x" * 30_000}) == (413, "MessageSizeTooBig")


def test_who_writes_too_fast_waits(asker: Asker) -> None:
    asker.teams.limits = Limits.documented()
    answers = [asker.asks("POST", asker.place, HELLO) for _ in range(40)]
    assert {status for status, _, _ in answers[:7]} == {201}
    refused = [wait for status, _, wait in answers if status == 429]
    assert refused
    assert set(refused) == {"1"}
    assert len(asker.chat.messages) == 40 - len(refused)


@pytest.mark.parametrize("status", [412, 429, 502, 504])
def test_what_goes_wrong_by_itself(asker: Asker, status: int) -> None:
    asker.teams.faults.add(Fault("status", "send", status=status))
    assert asker.asks("POST", asker.place, HELLO)[0] == status
    assert asker.chat.messages == []
    assert asker.asks("POST", asker.place, HELLO)[0] == 201


@pytest.mark.parametrize(("kind", "arrived"), [("drop before", 0), ("drop after", 1)])
def test_a_connection_breaks_on_either_side_of_the_message(asker: Asker, kind: Kind, arrived: int) -> None:
    asker.teams.faults.add(Fault(kind, "send"))
    with pytest.raises(aiohttp.ClientError):
        asker.asks("POST", asker.place, HELLO)
    assert len(asker.chat.messages) == arrived
    assert asker.teams.log.calls[-1].error == "dropped"
