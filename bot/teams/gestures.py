"""Reads what Teams sent: who made which gesture where. Pure functions; nothing here asks who may.

Whatever has not the shape that the Bot Connector documents raises `Malformed`, and nothing else is raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from bot.payload import part, parts, plausible, text
from bot.teams.connector import Conversation
from bot.teams.draw.place import OPEN, SEND, TURN, Place, place_in, values_in
from models.message import clean

Activity = Mapping[str, Any]
Kind = Literal["command", "button", "form", "look"]
Where = Literal["chat", "card", "dialog"]
FILE = "application/vnd.microsoft.teams.file.download.info"
REFERENCE = "reference"  # a file that was shared where bots get none
LONGEST_LINK = 2000
NO_PLACE = Place()


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that somebody handed in, still where Teams keeps it."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody else who is mentioned in typed words: how that stands there, and who it is by id and by name."""

    said: str
    member: str
    name: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent an activity, and from where: all by the ids of Teams. `account` is the Entra object id."""

    tenant: str
    account: str
    member: str
    bot: str
    at: Conversation
    personal: bool
    zone: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """One gesture, read. `card` is the activity whose card was pressed; `place` what our own card carried."""

    kind: Kind
    where: Where
    sender: Sender
    key: str
    at: datetime
    words: str = ""
    mentions: tuple[Mention, ...] = ()
    place: Place = NO_PLACE
    values: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Handed, ...] = ()
    linked: bool = False  # a file was shared among others: only its address came, and stands behind the words
    card: str = ""
    twin: str = ""  # what it shares with a copy that Teams sends under a new id
    invoked: bool = False  # the answer goes back in the response


def sender_of(activity: Activity) -> Sender:
    """Return who sent an activity. Raises Malformed."""
    conversation, who = part(activity, "conversation"), part(activity, "from")
    tenant = text(part(part(activity, "channelData"), "tenant"), "id") or text(conversation, "tenantId")
    about = next((one for one in parts(activity, "entities") if one.get("type") == "clientInfo"), {})
    return Sender(
        tenant,
        text(who, "aadObjectId") or text(who, "id"),
        text(who, "id"),
        text(part(activity, "recipient"), "id"),
        Conversation(text(activity, "serviceUrl"), text(conversation, "id")),
        text(conversation, "conversationType") in ("", "personal") and conversation.get("isGroup") is not True,
        text(about, "timezone") or text(activity, "localTimezone"),
        text(about, "locale") or text(activity, "locale"),
    )


def message(activity: Activity, now: datetime) -> Came:
    """Return a message: typed words, or what an older client sends when something is pressed. Raises Malformed."""
    data = activity.get("value")
    if isinstance(data, dict):
        return _pressed(activity, data, now, "card", invoked=False)
    sender, (words, mentions) = sender_of(activity), _typed(activity)
    found = [one for one in parts(activity, "attachments") if one.get("contentType") in (FILE, REFERENCE)]
    mine = sender.personal
    files = tuple(_handed(one) for one in found if mine and one.get("contentType") == FILE)
    links = [] if mine else [link for one in found if _is_link(link := text(one, "contentUrl"))]
    return Came(
        "command", "chat", sender, key_of(activity), _at(activity, now), " ".join((words, *links)).strip(), mentions,
        files=files, linked=bool(links), twin=twin_of(activity, sender, words),
    )  # fmt: skip


def invoke(activity: Activity, now: datetime) -> Came | None:
    """Return what was pressed on a card or in a dialog; None for what we take no part in. Raises Malformed."""
    value = part(activity, "value")
    match text(activity, "name"):
        case "adaptiveCard/action":
            return _pressed(activity, part(part(value, "action"), "data"), now, "card")
        case "task/fetch" | "task/submit":
            return _pressed(activity, part(value, "data"), now, "dialog")
    return None


def _pressed(activity: Activity, data: Mapping[str, Any], now: datetime, where: Where, *, invoked: bool = True) -> Came:
    sender = sender_of(activity)
    place = place_in(data)
    kind: Kind = "form" if place.way == SEND else "look" if place.way in (OPEN, TURN) else "button"
    values = {clean(name): clean(one) if isinstance(one, str) else "" for name, one in values_in(data).items()}
    return Came(
        kind, where, sender, _step(sender, place) or key_of(activity), _at(activity, now),
        place=place, values=values, card=text(activity, "replyToId"), invoked=invoked,
    )  # fmt: skip


def _typed(activity: Activity) -> tuple[str, tuple[Mention, ...]]:
    """Return what was typed, without the mention that called us, and who else is mentioned in it."""
    said, me = text(activity, "text").replace("&nbsp;", " "), text(part(activity, "recipient"), "id")
    others = []
    for one in parts(activity, "entities"):
        if one.get("type") != "mention":
            continue
        who = part(one, "mentioned")
        name = text(who, "name")
        mention = Mention(text(one, "text") or f"<at>{name}</at>", text(who, "id"), name)  # some clients leave it out
        if mention.member == me:
            said = said.replace(mention.said, " ")
        else:
            others.append(mention)
    return said.strip(), tuple(others)


def _handed(attachment: Mapping[str, Any]) -> Handed:
    return Handed(text(attachment, "name")[:200], text(part(attachment, "content"), "downloadUrl"))


def _is_link(address: str) -> bool:
    return address.startswith("https://") and len(address) <= LONGEST_LINK and not any(map(str.isspace, address))


def key_of(activity: Activity) -> str:
    """Return what a second copy of a gesture shares with the first; nothing where it has no id."""
    id_ = text(activity, "id")
    return f"{text(part(activity, 'conversation'), 'id')}\n{id_}" if id_ else ""


def twin_of(activity: Activity, sender: Sender, words: str) -> str:
    """Return what typed words share with a copy under a new id; nothing without a time, or they were said only once."""
    time = text(activity, "timestamp")
    return "\n".join((sender.at.id, sender.account, time, words)) if time else ""


def _step(sender: Sender, place: Place) -> str:
    """Return what a press shares with one that Teams sends again under a new id; nothing where there is no step."""
    return "\n".join((sender.account, place.step, place.act, place.target)) if place.step else ""


def _at(activity: Activity, now: datetime) -> datetime:
    """Return the platform's own time of an activity; ours where it makes no sense."""
    try:
        found = datetime.fromisoformat(text(activity, "timestamp"))
    except ValueError:
        return now
    if found.tzinfo is None:
        return now
    return plausible(found.astimezone(UTC), now)
