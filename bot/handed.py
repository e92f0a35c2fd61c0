"""Files that people hand in beside typed words, in any chat: how much is taken, and what is said where that fails."""

from __future__ import annotations

import aiohttp

from bot.inbound import refusal
from bot.ways import door
from models import message as m
from models.gesture import Reply

LIMIT = 50 * 1024 * 1024  # bytes, as on the web


class NotFetched(Exception):
    """A file did not come in time, or is too big, or stands where the chat keeps no files."""


async def at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Return a body of at most `limit` bytes. Raises NotFetched for more."""
    if (response.content_length or 0) > limit:
        raise NotFetched
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > limit:
            raise NotFetched
    return bytes(body)


WHAT_FOR = refusal("What is this file for?", "Send it again with the words that go with it, such as `people import`.")


def not_fetched(why: str) -> Reply:
    """Return what is said where a file could not be had."""
    return refusal("I could not get the file.", why)


def more_than_a_file(form: m.Form) -> Reply:
    """Return what is said where a form asks for more than the file that came with the words."""
    said = m.Message(
        form.title,
        lines=("The file and the words do not say everything that is asked. Nothing was kept of them.",),
        links=(m.Link("Open the web page", door("go", form.act, form.target)),),
        tone="warn",
    )
    return Reply(said, status="refused")
