"""Response addresses: five answers within thirty minutes, to the one person who did something.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from aiohttp import web

from tests.support.slack.chat import named
from tests.support.slack.log import Log
from tests.support.slack.rules.shape import anything, flag, one_of, problems, text, thing
from tests.support.slack.rules.surfaces import wrong_message
from tests.support.slack.world import Message, User, Way, World

USES, SECONDS = 5, 1800
ANSWER = thing(
    {},
    {
        "text": text(40_000),
        "blocks": anything,
        "response_type": one_of("ephemeral", "in_channel"),
        "replace_original": flag,
        "delete_original": flag,
        "parse": one_of("none"),
        "link_names": flag,
        "unfurl_links": flag,
        "unfurl_media": flag,
        "mrkdwn": flag,
    },
)


def wrong_answer(said: Any) -> list[str]:
    """Return what is wrong with a message that is given as an answer. Whoever says something says it to one person."""
    found = problems(ANSWER, said, "answer")
    if found or said.get("delete_original"):
        return found
    if said.get("response_type") == "in_channel":
        return ["answer: in_channel tells everybody what only one person asked"]
    error, found = wrong_message(said)
    return [f"answer: {error}: {one}" for one in found]


def open_way(world: World, user: User, conversation_id: str, message: Message | None = None) -> str:
    """Return the secret of a new response address."""
    secret = secrets.token_hex(12)
    world.ways[secret] = Way(user.id, conversation_id, message)
    return secret


def say(world: World, way: Way, said: dict[str, Any]) -> None:
    """Let an answer, which is in order, be seen."""
    where = world.conversations[way.conversation_id]
    original = way.message
    if original is not None and said.get("delete_original"):
        where.messages.remove(original)
    elif original is not None and said.get("replace_original"):
        original.text, original.blocks = said["text"], named(world, said.get("blocks", []))
        original.edits += 1
    else:
        message = Message(world.stamp(), "", said["text"], named(world, said.get("blocks", [])), only_for=way.user_id)
        where.messages.append(message)


async def answer(request: web.Request, slack: Any) -> web.Response:
    """POST /response/{secret}: take what the app says on a response address."""
    log: Log = slack.log
    way = slack.world.ways.get(request.match_info["secret"])
    if way is None or time.monotonic() - way.born > SECONDS:
        return web.json_response({"ok": False, "error": "expired_url"}, status=404)
    if way.uses >= USES:
        log.violations.append("response_url: used more than five times")
        return web.json_response({"ok": False, "error": "used_url"}, status=404)
    fault = slack.faults.pick("response_url")
    if fault is not None:
        return web.Response(status=fault.status, text="upstream is in trouble")
    said = json.loads(await request.read())
    found = wrong_answer(said)
    if found:
        log.violations += [f"response_url: {one}" for one in found]
        return web.json_response({"ok": False, "error": "invalid_blocks"}, status=400)
    way.uses += 1
    say(slack.world, way, said)
    slack.changed(way.user_id)
    return web.Response(text="ok")
