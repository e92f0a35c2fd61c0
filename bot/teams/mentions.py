"""People who are mentioned in typed words: Teams tells an id that is good for one bot, and who that is if asked."""

from __future__ import annotations

import asyncio
from functools import partial

import aiohttp

from bot.database import Database
from bot.teams.calls import NotSent, Refused
from bot.teams.connector import Connector
from bot.teams.gestures import Came, Mention
from bot.teams.who import PLATFORM, tenant_of
from handlers.names import spoken

MOST = 5  # who are asked about; commands name one or two
SECONDS = 5  # for all of them; somebody waits for an answer


async def named(came: Came, database: Database, connector: Connector) -> str:
    """Return typed words in which those who are mentioned stand as the parser of commands knows people.

    Who is on no roster, or cannot be asked about, stands there by the name that Teams shows.
    """
    asked = came.mentions[:MOST]
    accounts = await asyncio.gather(*(_account(came, one, connector) for one in asked))
    known = await database.read(
        partial(spoken, platform=PLATFORM, workspace=tenant_of(came.sender), accounts=set(accounts))
    )
    words = came.words
    for one, account in zip(asked, accounts, strict=True):
        name = one.name.replace('"', "")
        words = words.replace(one.said, known.get(account, f'@"{name}"'), 1)  # two may be called the same
    return words


async def _account(came: Came, mention: Mention, connector: Connector) -> str:
    """Return the account of a mentioned member; empty where Teams does not tell."""
    try:
        async with asyncio.timeout(SECONDS):
            said = await connector.member(came.sender.at, mention.member)
    except (Refused, NotSent, aiohttp.ClientError, TimeoutError, ValueError):
        return ""
    return str(said.get("aadObjectId") or said.get("objectId") or "")
