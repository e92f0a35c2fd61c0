"""Forms that people send in Slack, page by page. What the view remembers says only what to look up and draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.compact import compact
from bot.handed import NotFetched
from bot.slack.desk import Desk
from bot.slack.draw.place import Place
from bot.slack.files import Files
from bot.slack.follow import Answer
from bot.slack.gestures import Came
from bot.slack.who import Known
from handlers.answers import in_front
from models import message as m
from models.gesture import Reply

NOT_FETCHED = "This file is too big for here, or Slack did not hand it over. Use the web page, or try again."


class Forms:
    """Takes forms."""

    def __init__(self, desk: Desk, files: Files) -> None:
        self._desk = desk
        self._files = files

    async def sent(self, came: Came, known: Known) -> Answer:
        """Answer a form: turn its page, show what is wrong, or do it. Who it is and whether they may is asked anew."""
        place = came.place
        values: dict[str, Any] = {**place.answers, **came.values}
        if came.goes_on and (turned := await self._turned(came, known, values)):
            return turned
        try:
            values |= {name: await self._files.fetch(known.workspace, file) for name, file in came.handed.items()}
        except NotFetched:
            return Answer({"response_action": "errors", "errors": dict.fromkeys(came.handed, NOT_FETCHED)})
        gesture = self._desk.gesture(
            "form", came, known, act=place.act, target=place.target, values=values, shown=place.shown, twin=_twin(came)
        )
        reply = await self._desk.inbound.receive(gesture)
        return await self._desk.shown(came, known, reply, _next(place, reply, values))

    async def _turned(self, came: Came, known: Known, values: Mapping[str, Any]) -> Answer | None:
        """Return the next page of the form, filled with what was answered so far; None where there is none."""
        place = came.place
        gesture = self._desk.gesture("button", came, known, act=place.act, target=place.target)
        reply = await self._desk.inbound.look(gesture)
        if not isinstance(reply.said, m.Form):
            return await self._desk.shown(came, known, reply, Place(root=place.root))
        form = in_front(reply.said, place.shown)
        if form is None or not self._desk.replies.more_to_ask(form, place):
            return None
        ahead = place._replace(page=place.page + 1, answers=_kept(values))
        return await self._desk.shown(came, known, replace(reply, said=form, values=values), ahead)


def _twin(came: Came) -> str:
    """Return what a form shares with its copy that somebody sends again because Slack gave up waiting.

    A corrected form comes from the same view with other answers, and is another.
    """
    answers = compact(dict(came.values)).decode()
    return "\n".join((came.spot.view, came.place.sealed(), answers, *(file.url for file in came.handed.values())))


def _next(place: Place, reply: Reply, values: Mapping[str, Any]) -> Place:
    """Return the place of what is seen next: the same form once more, or something else."""
    same = isinstance(reply.said, m.Form) and (reply.said.act, reply.said.target) == (place.act, place.target)
    return place._replace(answers=_kept(values) if place.page > 1 else {}) if same else Place(root=place.root)


def _kept(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answers that a view can remember: no files."""
    return {name: value for name, value in values.items() if isinstance(value, str | list)}
