"""A person's Slack: what one can do in it, carried to the app as Slack carries it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from tests.support.slack import downloads, payloads, views
from tests.support.slack.chat import shown
from tests.support.slack.deliver import Delivered, Kind
from tests.support.slack.methods import Wrong
from tests.support.slack.rules.elements import GROUPS, OPTIONS
from tests.support.slack.rules.shape import problems, thing
from tests.support.slack.server import Slack
from tests.support.slack.ways import open_way, say, wrong_answer
from tests.support.slack.world import Conversation, Message, Team, User, View, Way

MENU = thing({}, {"options": OPTIONS, "option_groups": GROUPS})


class Client:
    """One person's Slack. Every gesture waits for the app's answer and shows it, as the real client does."""

    def __init__(self, slack: Slack, user: User) -> None:
        self.slack = slack
        self.user = user
        self.world = slack.world

    @property
    def team(self) -> Team:
        """The workspace one is in."""
        return self.world.teams[self.user.team_id]

    @property
    def direct(self) -> Conversation:
        """One's direct message with the bot."""
        return self.world.direct(self.user)

    @property
    def modal(self) -> View | None:
        """The modal in front of one."""
        stack = self.world.stack(self.user.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """One's App Home."""
        return self.world.homes.get(self.user.id)

    def commands(self, words: str, name: str = "/comply", where: Conversation | None = None) -> Delivered:
        """Type a slash command."""
        return self.slack.run(self._commands(escape(words, quote=False), name, where or self.direct))

    def writes(self, words: str, files: Sequence[tuple[str, bytes]] = (), under: Message | None = None) -> Delivered:
        """Write to the bot, with files as (name, content); in the thread `under` a message."""
        return self.slack.run(self._writes(escape(words, quote=False), files, under))

    def opens_home(self, tab: str = "home") -> Delivered:
        """Open the App Home, or another tab of the app."""
        event = {"type": "app_home_opened", "user": self.user.id, "channel": self.direct.id, "tab": tab}
        more = {"view": views.shown(self.world, self.home)} if self.home is not None and tab == "home" else {}
        return self.slack.run(self.slack.tell(self.team, {**event, **more}))

    def reacts(self, emoji: str, message: Message) -> Delivered:
        """Put an emoji under a message."""
        item = {"type": "message", "channel": self._where(message).id, "ts": message.ts}
        event = {"type": "reaction_added", "user": self.user.id, "reaction": emoji, "item": item}
        return self.slack.run(self.slack.tell(self.team, {**event, "item_user": message.by}))

    def takes(self, shortcut: str, message: Message) -> Delivered:
        """Choose a shortcut from the menu of a message."""
        return self.slack.run(self._takes(shortcut, message))

    def presses(self, action: dict[str, Any], on: View | Message, copy_of: Delivered | None = None) -> Delivered:
        """Press a button, given as {"action_id", "block_id", "value", ...}, of a view or of a message.

        With `copy_of` an earlier press comes in once more, as it was.
        """
        return self.slack.run(self._presses(action, on, copy_of))

    def sends(self, values: dict[str, Any], view: View | None = None, copy_of: Delivered | None = None) -> Delivered:
        """Send the modal in front of one (or another) with the state of its elements, or a copy of what was sent."""
        form = view or self.modal
        assert form is not None, "there is no modal to send"
        return self.slack.run(self._sends(form, values, copy_of))

    def hands(self, name: str, body: bytes) -> dict[str, Any]:
        """Hand a file to Slack, and return how it is described."""
        return downloads.described(downloads.given(self.world, self.user, name, body), self.slack.address)

    def closes(self) -> None:
        """Close every modal; the app hears of those for which it asked to."""
        stack = self.world.stack(self.user.id)
        told = [view for view in reversed(stack) if view.body.get("notify_on_close")]
        stack.clear()
        for view in told:
            payload = payloads.closed(self.world, self.user, view, cleared=len(told) > 1)
            self.slack.run(self._carry("interactive", payload))

    def suggestions(self, view: View, block_id: str, action_id: str, typed: str) -> list[dict[str, Any]]:
        """Type into a menu of people, and return the options that the app offers."""
        return self.slack.run(self._suggestions(view, block_id, action_id, typed))

    async def _commands(self, words: str, name: str, where: Conversation) -> Delivered:
        way = open_way(self.world, self.user, where.id)
        url = f"{self.slack.address}/response/{way}"
        got = await self._carry("slash_commands", payloads.command(self.world, self.user, name, words, where, url))
        if got.ok and got.body.strip():
            said = self._body(got) if got.content_type == "application/json" else {"text": got.body.decode()}
            found = wrong_answer(said)
            self.slack.log.violations += [f"{name}: {one}" for one in found]
            if not found:
                say(self.world, Way(self.user.id, where.id, None), said)
                self.slack.changed(self.user.id)
        return got

    async def _writes(self, words: str, files: Sequence[tuple[str, bytes]], under: Message | None) -> Delivered:
        given = [downloads.given(self.world, self.user, name, body) for name, body in files]
        message = Message(self.world.stamp(), self.user.id, words, thread_ts=under.ts if under else "")
        message.files = [downloads.described(one, self.slack.address) for one in given]
        self.direct.messages.append(message)
        body = shown(self.world, self.direct, message)
        if given:
            body["subtype"] = "file_share"
        more = {"channel": self.direct.id, "channel_type": "im", "team": self.team.id}
        return await self.slack.tell(self.team, {**body, **more, "client_msg_id": self.world.fresh("m")})

    async def _presses(self, action: dict[str, Any], on: View | Message, copy_of: Delivered | None) -> Delivered:
        payload = copy_of.payload if copy_of else self._pressed(action, on)
        return self._silent(await self._carry("interactive", payload))

    async def _takes(self, shortcut: str, message: Message) -> Delivered:
        where = self._where(message)
        payload = payloads.shortcut(self.world, self.user, shortcut, where, message)
        secret = open_way(self.world, self.user, where.id)
        payload["response_url"] = f"{self.slack.address}/response/{secret}"
        return self._silent(await self._carry("interactive", payload))

    def _pressed(self, action: dict[str, Any], on: View | Message) -> dict[str, Any]:
        if isinstance(on, View):
            return payloads.pressed(self.world, self.user, action, on, None, None)
        where = self._where(on)
        payload = payloads.pressed(self.world, self.user, action, None, where, on)
        secret = open_way(self.world, self.user, where.id, on)
        return {**payload, "response_url": f"{self.slack.address}/response/{secret}"}

    async def _sends(self, view: View, values: dict[str, Any], copy_of: Delivered | None) -> Delivered:
        payload = copy_of.payload if copy_of else payloads.submitted(self.world, self.user, view, values)
        got = await self._carry("interactive", payload)
        if got.ok:
            try:
                self._respond(view, self._body(got))
            except Wrong as wrong:
                messages = wrong.messages or [wrong.error]
                self.slack.log.violations += [f"view_submission: {one}" for one in messages]
            self.slack.changed(self.user.id)
        return got

    def _respond(self, view: View, body: dict[str, Any]) -> None:
        """Do with the modal what the app answered. Raises Wrong where Slack would show that something went wrong."""
        stack = self.world.stack(self.user.id)
        view = next((one for one in stack if one.id == view.id), view)  # it may be left over from before
        view.errors = {}
        match body:
            case {"response_action": "errors", "errors": dict(errors)} if errors and len(body) == 2:
                asked = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
                if not set(errors) <= asked or not all(isinstance(one, str) and one for one in errors.values()):
                    raise Wrong("invalid_arguments", [f"errors beside {sorted(errors)}, asked was {sorted(asked)}"])
                view.errors = errors
            case {"response_action": "update", "view": new} if len(body) == 2:
                views.draw(self.world, view, views.take(new, "modal"))
            case {"response_action": "push", "view": new} if len(body) == 2:
                views.stacked(self.world, self.team, self.user.id, views.take(new, "modal"))
            case {"response_action": "clear"} if len(body) == 1:
                stack.clear()
            case {}:
                if body:
                    raise Wrong("invalid_arguments", [f"{sorted(body)} answer no modal"])
                if view in stack:
                    stack.remove(view)

    async def _suggestions(self, view: View, block_id: str, action_id: str, typed: str) -> list[dict[str, Any]]:
        payload = payloads.suggestion(self.world, self.user, view, block_id, action_id, typed)
        got = await self._carry("interactive", payload)
        body = self._body(got)
        given = {name: part for name, part in body.items() if part}
        found = problems(MENU, given, "options") or ([] if body else ["options: are missing"])
        self.slack.log.violations += [f"block_suggestion: {one}" for one in found]
        groups = [one for group in body.get("option_groups", []) for one in group["options"]]
        return [*body.get("options", []), *groups]

    async def _carry(self, kind: Kind, payload: dict[str, Any]) -> Delivered:
        got = await self.slack.courier.carry(kind, payload)
        got.payload = payload
        if not got.ok:
            name = payload.get("type", payload.get("command"))
            self.slack.log.violations.append(f"{name}: the person sees an error: {got.error or got.status}")
        return got

    def _silent(self, got: Delivered) -> Delivered:
        """Nothing can be said in the answer to a pressed button."""
        if got.ok and got.body.strip() not in (b"", b"{}"):
            self.slack.log.violations.append("block_actions: the answer must be empty")
        return got

    def _body(self, got: Delivered) -> dict[str, Any]:
        try:
            return got.json()
        except ValueError as wrong:
            self.slack.log.violations.append(f"{got.kind}: the answer is no JSON: {wrong}")
            return {}

    def _where(self, message: Message) -> Conversation:
        return next(one for one in self.world.conversations.values() if any(message is two for two in one.messages))
