"""A message in Teams, answered with a card by two servers: ours with all its handlers, and the stock adapter.

Each runs as its own process, `python -m scripts.bench.turn ours|stock`, beside a stand-in for Teams that checks every
call, and tells on /cpu how much processor time it has used. Ours has no database: who it is and what the command
returns are given. The stock adapter is spared the token that it would fetch in every turn; everything else is real.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

from aiohttp import web
from botbuilder.core import ActivityHandler, CardFactory, CloudAdapterBase, MessageFactory, TurnContext
from botbuilder.schema import Activity
from botframework.connector.auth import BotFrameworkAuthenticationFactory, ServiceClientCredentialsFactory
from msrest.authentication import BasicTokenAuthentication

from bot.app import make_connector, serving
from bot.database import Database
from bot.inbound import Inbound
from bot.logs import configure
from bot.teams import edge
from bot.teams.auth import Verifier
from bot.teams.conversation import Talk
from bot.teams.draw.card import Look, message_cards
from bot.teams.gestures import Sender
from bot.teams.keys import Keys
from bot.teams.turns import Adapter, Turns
from bot.teams.who import Directory, Known
from config.settings import Settings
from handlers.dispatch import opens
from models.gesture import Reply
from scripts.bench.press import CARD, used, utc_now
from tests.support.teams.issuer import APP, ISSUER, TENANT

GIVEN = "ours-1"  # the first token of the stand-in's login service


class _Acquainted(Directory):
    """Knows everybody, without asking a database."""

    async def known(self, sender: Sender) -> Known:
        return Known(1, 1, home=sender.at)


class _NoDatabase:
    """Returns one card, whatever is asked of it."""

    async def read(self, work: object) -> Reply:
        return Reply(CARD)

    write = read


def settings_of(teams: str) -> Settings:
    """Return the settings of a bot that belongs to the stand-in at an address."""
    return Settings(
        teams_app_id=APP,
        teams_app_password="secret",  # noqa: S106 - the stand-in's
        teams_tenant_id=TENANT,
        teams_login_url=teams,
        teams_keys_url=f"{teams}/v1/.well-known/openidconfiguration",
        teams_service_urls=f"{teams}/",
    )


def ours(teams: str) -> web.Application:
    """Return our door with everything behind it but the database."""
    settings, database = settings_of(teams), cast(Database, _NoDatabase())
    connector = make_connector(settings)
    directory = _Acquainted(database, settings, connector, utc_now)
    talk = Talk(database, Inbound(database, settings, utc_now), settings, connector, directory, utc_now)
    verifier = Verifier(Keys(settings.teams_keys_url, utc_now), APP, ISSUER)
    app = web.Application()
    app[edge.EDGE] = edge.Edge(settings, verifier, connector, Turns(talk, Adapter(connector)), talk)
    app.add_routes(edge.routes())
    return app


class _Given(ServiceClientCredentialsFactory):  # type: ignore[misc] # the library brings no types
    """Has a token already."""

    async def is_valid_app_id(self, app_id: str) -> bool:
        return app_id == APP

    async def is_authentication_disabled(self) -> bool:
        return False

    async def create_credentials(
        self, app_id: str, oauth_scope: str, login_endpoint: str, validate_authority: bool
    ) -> BasicTokenAuthentication:
        return BasicTokenAuthentication({"access_token": GIVEN})


class _Answering(ActivityHandler):  # type: ignore[misc] # the library brings no types
    """Answers every message with the card that ours draws, drawn beforehand."""

    def __init__(self) -> None:
        self._card = message_cards(CARD, Look({}, "http://127.0.0.1:8000", opens), None)[0]

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        said = MessageFactory.attachment(CardFactory.adaptive_card(self._card))
        said.summary = CARD.title
        await turn_context.send_activity(said)


def stock(teams: str) -> web.Application:
    """Return the stock adapter. Its part for aiohttp, a package of its own, does no more than `answer` does here."""
    verifying = BotFrameworkAuthenticationFactory.create(
        channel_service="",
        validate_authority=True,
        to_channel_from_bot_login_url=teams,
        to_channel_from_bot_oauth_scope=ISSUER,
        to_bot_from_channel_token_issuer=ISSUER,
        oauth_url=teams,
        to_bot_from_channel_open_id_metadata_url=f"{teams}/v1/.well-known/openidconfiguration",
        to_bot_from_emulator_open_id_metadata_url=f"{teams}/v1/.well-known/openidconfiguration",
        caller_id=None,
        credential_factory=_Given(),
    )
    adapter, bot = CloudAdapterBase(verifying), _Answering()

    async def answer(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        await adapter.process_activity(request.headers["Authorization"], activity, bot.on_turn)
        return web.Response()

    app = web.Application()
    app.add_routes([web.post(edge.PATH, answer)])
    return app


async def main(kind: str, port: int, teams: str) -> None:
    """Serve until killed, and say where."""
    configure()
    app = {"ours": ours, "stock": stock}[kind](teams)
    app.add_routes([web.get("/cpu", used)])
    async for address in serving(app, "127.0.0.1", port):
        print(f"Serving on {address},", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
