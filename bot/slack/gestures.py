"""Reads what Slack sent: who made which gesture where. Pure functions; nothing here asks who may.

Whatever has not the shape that Slack documents raises `Malformed`, and nothing else is raised.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from bot.payload import Malformed, Payload, part, parts, text
from bot.slack.draw.fields import TICKED
from bot.slack.draw.place import Place, opened
from bot.slack.payload import Origin, moment
from models.gesture import NOTHING
from models.message import clean

Kind = Literal["command", "message", "button", "form", "options", "shortcut", "emoji", "event", "nothing"]
Where = Literal["command", "dm", "card", "ephemeral", "modal", "home", "nowhere"]


class Spot(NamedTuple):
    """Where a gesture was made, which decides where its answer goes."""

    where: Where = "nowhere"
    trigger: str = ""
    respond: str = ""  # the response_url
    channel: str = ""
    ts: str = ""  # of the message in which something was pressed
    thread: str = ""  # the message under which somebody wrote, if they did
    view: str = ""
    stacked: int = 0  # how many modals lie on each other, this one included


WRITTEN = ("", "file_share", "thread_broadcast")  # subtypes of what a person writes
NEXT = "Next"  # on the button of a form's page that is not the last
NO_SPOT, NO_PLACE = Spot(), Place()


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that somebody handed in, still at Slack."""

    name: str
    media_type: str
    size: int
    url: str


class Came(NamedTuple):
    """One payload, read. `team`, `org` and `user` are Slack's ids; `place` is what our own view remembers."""

    kind: Kind
    origin: Origin
    at: datetime
    key: str
    team: str = ""
    org: str = ""
    user: str = ""
    spot: Spot = NO_SPOT
    user_team: str = ""
    name: str = ""  # of the command, the event, the shortcut's callback, the emoji, or the block of what was pressed
    act: str = ""
    target: str = ""
    words: str = ""
    values: Mapping[str, Any] = NOTHING
    files: tuple[Handed, ...] = ()  # that came with a message
    handed: Mapping[str, Handed] = NOTHING  # that fill fields of a form
    goes_on: bool = False  # the form says that another page follows
    place: Place = NO_PLACE
    body: Payload = NOTHING  # of an event that is handed on

    @property
    def by_person(self) -> bool:
        """Whether somebody did something; what merely happens to an account is no reason to ask who it is."""
        return self.kind != "event" or self.name == "app_home_opened"

    @property
    def spaces(self) -> tuple[str, ...]:
        """The refs under which the workspace may be connected: itself, or its organisation."""
        return tuple(dict.fromkeys(ref for ref in (self.team, self.org) if ref))


def read(payload: Payload, origin: Origin) -> Came:
    """Return what a payload says. Raises Malformed."""
    if "command" in payload:
        return _command(payload, origin)
    kind = text(payload, "type")
    if not kind and "ssl_check" not in payload:
        raise Malformed
    reader = _READERS.get(kind)
    return reader(payload, origin) if reader else Came("nothing", origin, origin.at, origin.key)


def _command(payload: Payload, origin: Origin) -> Came:
    return Came(
        "command",
        origin,
        origin.at,
        text(payload, "trigger_id") or origin.key,
        text(payload, "team_id"),
        text(payload, "enterprise_id"),
        text(payload, "user_id"),
        Spot("command", text(payload, "trigger_id"), text(payload, "response_url"), text(payload, "channel_id")),
        name=text(payload, "command"),
        words=text(payload, "text"),
    )


def _interactive(
    kind: Kind, payload: Payload, origin: Origin, spot: Spot = NO_SPOT, at: datetime | None = None, **more: Any
) -> Came:
    """Return what every gesture on a message or a view has in common."""
    user, team = part(payload, "user"), part(payload, "team")
    view, enterprise = part(payload, "view"), part(payload, "enterprise")
    user_team = text(user, "team_id")
    return Came(
        kind,
        origin,
        at or origin.at,
        spot.trigger or origin.key,
        (text(view, "app_installed_team_id") if view else "") or text(team, "id") or user_team,
        (text(enterprise, "id") if enterprise else "") or text(team, "enterprise_id"),
        text(user, "id"),
        spot,
        user_team,
        **more,
    )


def _button(payload: Payload, origin: Origin) -> Came:
    pressed = parts(payload, "actions")
    if not pressed:
        raise Malformed
    button, view = pressed[0], part(payload, "view")
    return _interactive(
        "button",
        payload,
        origin,
        _spot(payload, view),
        moment(text(button, "action_ts"), origin.at),
        act=text(button, "action_id").partition(":")[0],
        target=text(button, "value"),
        name=text(button, "block_id"),
        place=_place(view) if view else NO_PLACE,
    )


def _spot(payload: Payload, view: Payload) -> Spot:
    container = part(payload, "container")
    trigger, respond = text(payload, "trigger_id"), text(payload, "response_url")
    if view:
        where: Where = "home" if text(view, "type") == "home" else "modal"
        return Spot(where, trigger, respond, view=text(view, "id"), stacked=_stacked(view))
    where = "ephemeral" if container.get("is_ephemeral") is True else "card"
    return Spot(where, trigger, respond, text(part(payload, "channel"), "id"), text(container, "message_ts"))


def _stacked(view: Payload) -> int:
    """Return how many modals lie on each other: a modal knows the one below it and the lowest."""
    below = text(view, "previous_view_id")
    if not below:
        return 1
    return 2 if below == text(view, "root_view_id") else 3


def _place(view: Payload) -> Place:
    """Return what a view of ours remembers. Whoever holds it can change it: never ask it who, or whether they may."""
    kept = text(view, "private_metadata")
    if not kept:
        return NO_PLACE
    try:
        found = json.loads(kept)
    except (ValueError, RecursionError) as broken:
        raise Malformed from broken
    if not isinstance(found, dict):
        raise Malformed
    return opened(found)


def _form(payload: Payload, origin: Origin) -> Came:
    view = part(payload, "view")
    spot = Spot("modal", text(payload, "trigger_id"), view=text(view, "id"), stacked=_stacked(view))
    return _interactive("form", payload, origin, spot, place=_place(view), **_answers(view))


def _answers(view: Payload) -> dict[str, Any]:
    """Return the values of a sent view by the names of its fields, and the files that were handed in."""
    state = part(part(view, "state"), "values")
    values: dict[str, Any] = {}
    files: dict[str, Handed] = {}
    for name in state:
        for element in part(state, name):
            given = part(part(state, name), element)
            if given.get("type") == "file_input":
                files |= {clean(name): _handed(one) for one in parts(given, "files")[:1]}
            else:
                values[clean(name)] = _value(given)
    return {"values": values, "handed": files, "goes_on": text(part(view, "submit"), "text") == NEXT}


def _value(given: Payload) -> Any:
    """Return the answer that one input holds."""
    match given.get("type"):
        case "plain_text_input":
            return text(given, "value")
        case "datepicker":
            return text(given, "selected_date")
        case "checkboxes" | "multi_static_select" | "multi_external_select":
            chosen = [text(one, "value") for one in parts(given, "selected_options")]
            return TICKED if chosen == [TICKED] else chosen
        case "radio_buttons" | "static_select" | "external_select":
            return text(part(given, "selected_option"), "value")
    return ""


def _handed(file: Payload) -> Handed:
    """Return a file as Slack describes it. Raises Malformed."""
    size = file.get("size") or 0
    if not isinstance(size, int):
        raise Malformed
    url = text(file, "url_private_download") or text(file, "url_private")
    return Handed(text(file, "name")[:200], text(file, "mimetype"), size, url)


def _options(payload: Payload, origin: Origin) -> Came:
    return _interactive("options", payload, origin, words=text(payload, "value"), name=text(payload, "block_id"))


def _shortcut(payload: Payload, origin: Origin) -> Came:
    message = part(payload, "message")
    spot = Spot(
        "nowhere", text(payload, "trigger_id"), text(payload, "response_url"), text(part(payload, "channel"), "id")
    )
    return _interactive(
        "shortcut", payload, origin, spot, moment(text(payload, "action_ts"), origin.at),
        name=text(payload, "callback_id"), words=text(message, "text"),
    )  # fmt: skip


def _event(payload: Payload, origin: Origin) -> Came:
    event = part(payload, "event")
    if not text(event, "type"):
        raise Malformed
    user = event.get("user")
    came = Came(
        "event",
        origin,
        moment(text(event, "event_ts") or str(payload.get("event_time")), origin.at),  # news about us has only this
        text(payload, "event_id") or origin.key,
        text(payload, "team_id"),
        _organisation(payload),
        text(user, "id") if isinstance(user, dict) else text(event, "user"),
        name=text(event, "type"),
        body=event,
    )
    reader = {"message": _message, "reaction_added": _emoji}.get(came.name)
    return reader(event, came) if reader else came


def _organisation(payload: Payload) -> str:
    """Return the organisation of an event; Slack names it in one of three places."""
    named = text(payload, "enterprise_id") or text(payload, "context_enterprise_id")
    return named or next((text(one, "enterprise_id") for one in parts(payload, "authorizations")), "")


def _message(event: Payload, came: Came) -> Came:
    """Return a direct message that a person wrote; whatever a program wrote or somebody changed is nothing."""
    personal = text(event, "channel_type") == "im" and text(event, "subtype") in WRITTEN
    if not personal or event.get("bot_id") or event.get("app_id") or event.get("edited") or event.get("hidden"):
        return came._replace(kind="nothing")
    return came._replace(
        kind="message",
        user_team=text(event, "user_team"),
        spot=Spot("dm", channel=text(event, "channel"), thread=text(event, "thread_ts")),
        words=text(event, "text"),
        files=tuple(_handed(one) for one in parts(event, "files")),
    )


def _emoji(event: Payload, came: Came) -> Came:
    item = part(event, "item")
    target = f"{text(item, 'channel')}/{text(item, 'ts')}"
    return came._replace(kind="emoji", name=text(event, "reaction"), target=target)


_READERS = {
    "block_actions": _button,
    "view_submission": _form,
    "block_suggestion": _options,
    "shortcut": _shortcut,
    "message_action": _shortcut,
    "event_callback": _event,
}
