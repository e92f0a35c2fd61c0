"""A person's Teams: what one can do in it, carried to the bot as Teams carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.teams import activities
from tests.support.teams.deliver import Delivered
from tests.support.teams.rules.activities import WORDS, wrong_dialog, wrong_press
from tests.support.teams.server import Teams
from tests.support.teams.world import CARD, Conversation, Dialog, Said, User

Action = Mapping[str, Any]
LONGEST = 28_000  # bytes of what one may type
TOO_LONG = "This message is too long. Shorten it to send it."


class Client:
    """One person's Teams. Every gesture waits for the bot's answer and shows it, as the real client does.

    `old` is a client from before universal actions: it presses the fallback, and what is submitted becomes a message.
    """

    def __init__(self, teams: Teams, user: User, *, old: bool = False) -> None:
        self.teams = teams
        self.user = user
        self.world = teams.world
        self.old = old
        self.dialog: Dialog | None = None
        self.told = ""  # the words beside the card pressed last

    @property
    def chat(self) -> Conversation:
        """One's own chat with the bot."""
        return self.world.personal(self.user)

    def writes(
        self, words: str, where: Conversation | None = None, files: Sequence[tuple[str, bytes]] = ()
    ) -> Delivered:
        """Write to the bot, with files as (name, content); among others by mentioning it."""
        self.told = ""
        if len(words.encode()) > LONGEST:
            self.told = TOO_LONG
            return Delivered(status=200)
        given = []
        for name, body in files:
            file_id = f"file-{self.world.fresh()}"
            self.world.files[file_id] = (name, body)
            given.append(activities.handed(name, self.teams.address, file_id))
        place = where or self.chat
        said = activities.message(self.common("message", place), words, given)
        place.messages.append(Said(said["id"], self.user.id, said))
        return self.carries(said)

    def presses(
        self, action: Action, on: Said, inputs: Mapping[str, str] | None = None, copy_of: Delivered | None = None
    ) -> Delivered:
        """Press an action of a message's card, with what is filled in; with `copy_of` an earlier press comes again."""
        self.told = ""
        if copy_of is not None:
            return self._shown(self.carries(copy_of.activity), on)
        where = self._where(on)
        common = self.common("invoke", where)
        if action["type"] == "Action.Execute" and not self.old:
            return self._shown(self.carries(activities.executed(common, action, merged(action, inputs), on.id)), on)
        pressed = action.get("fallback", action) if action["type"] == "Action.Execute" else action
        data = merged(pressed, inputs)
        if data.get("msteams", {}).get("type") == "task/fetch":
            return self._shown(self.carries(activities.asked(common, "task/fetch", data, on.id)), on)
        return self._shown(self.carries(activities.submitted(common, data, on.id)), on)

    def submits(
        self, action: Action, inputs: Mapping[str, str] | None = None, copy_of: Delivered | None = None
    ) -> Delivered:
        """Press an action of the dialog in front of one."""
        assert self.dialog is not None, "there is no dialog"
        if copy_of is not None:
            return self._shown(self.carries(copy_of.activity), None)
        on = self.dialog.opened_on
        sent = activities.asked(self.common("invoke", self.chat), "task/submit", merged(action, inputs), on)
        return self._shown(self.carries(sent), None)

    def installs(self, where: Conversation | None = None) -> list[Delivered]:
        """Get the app, for oneself or in a conversation."""
        place = where or self.chat
        place.installed, place.blocked = True, False
        return [self.carries(one) for one in activities.came(self.common("", place), added=True)]

    def removes(self, where: Conversation | None = None) -> list[Delivered]:
        """Remove the app."""
        place = where or self.chat
        place.installed = False
        return [self.carries(one) for one in activities.came(self.common("", place), added=False)]

    def common(self, kind: str, where: Conversation | None = None) -> dict[str, Any]:
        """Return what every activity of this person has."""
        return activities.activity(self.world, self.user, where or self.chat, kind, self.teams.service_url)

    def carries(self, activity: Mapping[str, Any]) -> Delivered:
        """Deliver an activity; an error is one that the person sees."""
        got = self.teams.run(self.teams.courier.carry(activity))
        if not got.ok:
            name = activity.get("name", activity.get("type"))
            self.teams.log.violations.append(f"{name}: the person sees an error: {got.error or got.status}")
        return got

    def again(self, activity: Mapping[str, Any], *, new_id: bool = False) -> Delivered:
        """Let an activity come once more as Teams re-sends it: as it was, or the same under a new id."""
        copied = {**activity, "id": f"{activity['id']}9"} if new_id else activity
        return self.carries(copied)

    def _shown(self, got: Delivered, on: Said | None) -> Delivered:
        """Show what answers a press, as far as it is what Teams understands."""
        name = str(got.activity.get("name", ""))
        try:
            answer = got.json()
        except ValueError:
            self._notes(name, ["the answer is no JSON"])
            return got
        if not got.ok:
            return got
        if name == "adaptiveCard/action":
            if self._notes(name, wrong_press(answer)) and on is not None:
                self._replaced(answer, on)
        elif name.startswith("task/"):
            if self._notes(name, wrong_dialog(answer)):
                self._continued(answer, on.id if on else "")
        elif answer is not None:
            self._notes(name or "message", ["nobody reads this answer"])
        return got

    def _replaced(self, answer: dict[str, Any], on: Said) -> None:
        if answer["type"] == CARD:
            card = {"contentType": CARD, "content": answer["value"]}
            on.body, on.edits = {**on.body, "attachments": [card]}, on.edits + 1
        elif answer["type"] == WORDS:
            self.told = answer["value"]

    def _continued(self, answer: dict[str, Any] | None, opened_on: str) -> None:
        task = (answer or {}).get("task")
        if task is None:
            self.dialog = None
        elif task["type"] == "message":
            self.dialog, self.told = None, task["value"]
        else:
            info = task["value"]
            before = self.dialog.opened_on if self.dialog else ""
            self.dialog = Dialog(info["title"], info["card"]["content"], opened_on or before)

    def _notes(self, name: str, problems: list[str]) -> bool:
        self.teams.log.violations += [f"{name}: {one}" for one in problems]
        return not problems

    def _where(self, said: Said) -> Conversation:
        return next(one for one in self.world.conversations.values() if one.said(said.id) is not None)


def merged(action: Action, inputs: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the data of an action with what was filled in, unless it asks to leave that out."""
    own = dict(action.get("data") or {})
    return own if action.get("associatedInputs") == "none" else {**own, **(inputs or {})}
