"""Activities as Teams sends them to a bot. Source: "Bot activity handlers", "Universal Actions", "Invoke dialogs"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from tests.support.teams.world import BOT, BOT_NAME, Conversation, User, World

MENTION = f"<at>{BOT_NAME}</at>"


def activity(world: World, user: User, where: Conversation, kind: str, service_url: str) -> dict[str, Any]:
    """Return what every activity of somebody has."""
    id_ = world.stamp()
    now = datetime.fromtimestamp(int(id_) / 1000, UTC)
    conversation: dict[str, Any] = {"conversationType": where.kind, "tenantId": user.tenant, "id": where.id}
    if where.kind != "personal":
        conversation["isGroup"] = True
    data: dict[str, Any] = {"tenant": {"id": user.tenant}}
    if where.kind == "channel":
        data |= {"teamsTeamId": where.id, "teamsChannelId": where.id, "team": {"id": where.id}}
        data["channel"] = {"id": where.id}
    return {
        "type": kind,
        "id": id_,
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "localTimestamp": now.isoformat(timespec="milliseconds"),
        "localTimezone": user.zone,
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": user.id, "name": user.name, "aadObjectId": user.account},
        "conversation": conversation,
        "recipient": {"id": BOT, "name": BOT_NAME},
        "entities": [
            {"locale": user.locale, "country": "NO", "platform": "Web", "timezone": user.zone, "type": "clientInfo"}
        ],
        "channelData": data,
        "locale": user.locale,
    }


def message(common: dict[str, Any], words: str, files: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return typed words; among others the bot is called by its name, which Teams puts between tags."""
    said = {**common, "text": words, "textFormat": "plain"}
    shown = escape(words, quote=False)
    if common["conversation"]["conversationType"] != "personal":
        said["text"] = f"{MENTION} {words}"
        shown = f'<span itemtype="http://schema.skype.com/Mention">{BOT_NAME}</span>&nbsp;{shown}'
        mention = {"mentioned": {"id": BOT, "name": BOT_NAME}, "text": MENTION, "type": "mention"}
        said["entities"] = [*common["entities"], mention]
    said["attachments"] = [{"contentType": "text/html", "content": f"<p>{shown}</p>"}, *files]
    return said


def handed(name: str, address: str, file_id: str) -> dict[str, Any]:
    """Return a file as it comes beside words."""
    content = {
        "downloadUrl": f"{address}/files/{file_id}",
        "uniqueId": file_id,
        "fileType": name.rpartition(".")[2].lower(),
    }
    return {
        "contentType": "application/vnd.microsoft.teams.file.download.info",
        "contentUrl": f"{address}/personal/{name}",
        "name": name,
        "content": content,
    }


def invoke(common: dict[str, Any], name: str, value: Mapping[str, Any], on: str = "") -> dict[str, Any]:
    """Return a press: its answer comes back in the response. `on` is the message whose card was pressed."""
    source = {"source": {"name": "message"}, "legacy": {"replyToId": on}} if on else {}
    return {
        **common,
        "type": "invoke",
        "name": name,
        "id": f"f:{common['id']}",
        "value": dict(value),
        "channelData": {**common["channelData"], **source},
        **({"replyToId": on} if on else {}),
    }


def executed(common: dict[str, Any], action: Mapping[str, Any], data: Mapping[str, Any], on: str) -> dict[str, Any]:
    """Return the press of a universal action."""
    sent = {name: action[name] for name in ("type", "title", "verb", "id") if name in action}
    return invoke(common, "adaptiveCard/action", {"action": {**sent, "data": data}, "trigger": "manual"}, on)


def submitted(common: dict[str, Any], data: Mapping[str, Any], on: str) -> dict[str, Any]:
    """Return what an older client sends for a press: a message without words."""
    legacy = {"postback": True, "legacy": {"replyToId": on}}
    data_of = {**common["channelData"], **legacy}
    return {**common, "type": "message", "value": dict(data), "replyToId": on, "channelData": data_of}


def asked(common: dict[str, Any], step: str, data: Mapping[str, Any], on: str) -> dict[str, Any]:
    """Return what opens a dialog (`task/fetch`) or sends it (`task/submit`)."""
    return invoke(common, step, {"data": dict(data), "context": {"theme": "default"}}, on)


def came(common: dict[str, Any], *, added: bool) -> list[dict[str, Any]]:
    """Return what tells that the app was installed for somebody, or taken away."""
    members = "membersAdded" if added else "membersRemoved"
    return [
        {**common, "type": "conversationUpdate", members: [{"id": BOT}]},
        {**common, "type": "installationUpdate", "action": "add" if added else "remove"},
    ]
