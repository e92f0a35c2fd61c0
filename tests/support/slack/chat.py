"""chat.*: messages come, change and go."""

from __future__ import annotations

from typing import Any

from tests.support.slack.methods import Asked, Wrong, method
from tests.support.slack.rules.surfaces import wrong_message
from tests.support.slack.world import APP_ID, Conversation, Message, World

_SAID = "text blocks:list attachments:list markdown_text link_names:flag parse as_user:flag"
_LOOKS = "unfurl_links:flag unfurl_media:flag mrkdwn:flag thread_ts reply_broadcast:flag metadata:object client_msg_id"
UPDATE_TEXT = 4_000  # characters; chat.postMessage cuts at 40,000, chat.update refuses


def place(asked: Asked, name: str) -> Conversation:
    """Return the conversation that `channel` names: one of its own, or the direct message of a user. Raises Wrong."""
    world = asked.world
    if name.startswith("U"):
        user = asked.user(name, "channel_not_found")
        if user.deleted or user.is_stranger:
            raise Wrong("channel_not_found")
        if user.is_bot:
            raise Wrong("cannot_dm_bot")
        return world.direct(user)
    found = world.conversations.get(name)
    if found is None or not asked.opens(found.team_id):
        raise Wrong("channel_not_found")
    if not found.user_id:
        raise Wrong("not_in_channel")
    return found


def _take(asked: Asked, most: int = 40_000) -> None:
    """Refuse what Slack refuses, and what would be read as more than it is."""
    args = asked.args
    for barred in ("attachments", "markdown_text"):
        if barred in args:
            raise Wrong("invalid_arguments", [f"{barred}: blocks say it"])
    if args.get("parse", "none") != "none" or args.get("link_names"):
        raise Wrong("invalid_arguments", ["parse and link_names: names and addresses would be read out of the text"])
    error, found = wrong_message(args, most)
    if error:
        raise Wrong(error, found)


@method("chat.postMessage", "channel", f"{_SAID} {_LOOKS}", scope="chat:write", tier=0)
def post_message(asked: Asked) -> dict[str, Any]:
    """A message comes; one with a known client_msg_id comes a second time."""
    where = place(asked, asked.args["channel"])
    refused = asked.world.users[where.user_id].refuses
    if refused:
        raise Wrong(refused)
    _take(asked)
    message = Message(
        asked.world.stamp(),
        asked.team.bot_user_id,
        asked.args["text"],
        named(asked.world, asked.args.get("blocks", [])),
        asked.args.get("metadata"),
        client_msg_id=asked.args.get("client_msg_id", ""),
        thread_ts=asked.args.get("thread_ts", ""),
    )
    where.messages.append(message)
    asked.slack.changed(where.user_id)
    asked.slack.echo(where, message)
    return {"channel": where.id, "ts": message.ts, "message": shown(asked.world, where, message)}


@method("chat.update", "channel ts", f"{_SAID} reply_broadcast:flag metadata:object file_ids", scope="chat:write")
def update(asked: Asked) -> dict[str, Any]:
    """A message changes. What is left out goes: blocks where only text is given."""
    where = place(asked, asked.args["channel"])
    message = next((one for one in where.messages if one.ts == asked.args["ts"]), None)
    if message is None:
        raise Wrong("message_not_found")
    if message.by != asked.team.bot_user_id:
        raise Wrong("cant_update_message")
    _take(asked, UPDATE_TEXT)
    message.text, message.blocks = asked.args["text"], named(asked.world, asked.args.get("blocks", []))
    message.metadata = asked.args.get("metadata", message.metadata)
    message.edits += 1
    asked.slack.changed(where.user_id)
    asked.slack.echo(where, message, changed=True)
    return {"channel": where.id, "ts": message.ts, "text": message.text}


@method("chat.postEphemeral", "channel user", f"{_SAID} thread_ts", scope="chat:write", tier=4)
def post_ephemeral(asked: Asked) -> dict[str, Any]:
    """A message that only one person sees, and only until they start their client anew."""
    where, user = place(asked, asked.args["channel"]), asked.user(asked.args["user"])
    if where.user_id != user.id:
        raise Wrong("user_not_in_channel")
    _take(asked)
    message = Message(
        asked.world.stamp(),
        asked.team.bot_user_id,
        asked.args["text"],
        named(asked.world, asked.args.get("blocks", [])),
    )
    message.only_for = user.id
    where.messages.append(message)
    asked.slack.changed(user.id)
    return {"message_ts": message.ts}


@method("chat.delete", "channel ts", "as_user:flag", scope="chat:write")
def delete(asked: Asked) -> dict[str, Any]:
    """A message goes."""
    where = place(asked, asked.args["channel"])
    if not any(one.ts == asked.args["ts"] for one in where.messages):
        raise Wrong("message_not_found")
    where.messages = [one for one in where.messages if one.ts != asked.args["ts"]]
    asked.slack.changed(where.user_id)
    return {"channel": where.id, "ts": asked.args["ts"]}


def named(world: World, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return blocks with the ids that Slack gives to those that have none."""
    return [block if "block_id" in block else {**block, "block_id": world.fresh("b")} for block in blocks]


def shown(world: World, where: Conversation, message: Message, *, metadata: bool = False) -> dict[str, Any]:
    """Return a message as Slack gives it to an app."""
    team = world.teams[where.team_id]
    body: dict[str, Any] = {"type": "message", "user": message.by, "text": message.text, "ts": message.ts}
    if message.by == team.bot_user_id:
        body |= {"bot_id": team.bot_id, "app_id": APP_ID, "team": team.id}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.files:
        body["files"] = message.files
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.edits:
        body["edited"] = {"user": message.by, "ts": message.ts}
    if metadata and message.metadata:
        body["metadata"] = message.metadata
    return body
