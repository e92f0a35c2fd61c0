"""What a person has in front of them in Slack: read, looked through and pressed."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.support.seen import Reading
from tests.support.slack.deliver import Delivered
from tests.support.slack.shots import Shot
from tests.support.stage import Screen

if TYPE_CHECKING:
    from tests.support.slack_surface import Hand

NEXT = "Next"
WARNINGS = ("⚠️", "🔴")


class SlackScreen(Reading):
    """What a person has in front of them in Slack, on all its pages."""

    def __init__(self, hand: Hand, shots: list[Shot]) -> None:
        self.hand = hand
        self.shots = shots
        self.title = shots[0].title
        self.text = " ".join(" ".join(shot.text for shot in shots).split())
        # Slack knows no status; a refusal, and what is wrong with an answer, begin with a sign.
        begin = (text for shot in shots for text in (shot.title, shot.seen.text.removeprefix(shot.title).strip()))
        refused = any(text.startswith(WARNINGS) for text in begin)
        self.status = 422 if any(shot.errors for shot in shots) else 409 if refused else 200
        self._done: dict[str, Delivered] = {}  # the gestures made here; the same one again is a second copy

    def offers(self, *labels: str) -> SlackScreen:
        """See Screen.offers."""
        for label in labels:
            there = [way.label for shot in self.shots for way in shot.seen.ways] + [shot.submit for shot in self.shots]
            assert any(shot.submit == label or shot.way(label, "") for shot in self.shots) or label in there, (
                f"{label!r} not among {there}"
            )
        return self

    def presses(self, label: str, on: str = "") -> Screen:
        """See Screen.presses."""
        for shot in self.shots:
            way = shot.way(label, on)
            if way is not None and way.url:
                return self.hand.surface.follows(self.hand, shot, way)
            if way is not None:
                return self._once(f"{label} {way.action}", partial(self.hand.presses, shot, way))
            if shot.submit == label and on in shot.text:
                return self._once(label, partial(self.hand.sends, shot, {}))
        raise AssertionError(f"nothing is labelled {label!r} in: {self.text}")

    def fills(self, **answers: Any) -> SlackScreen:
        """See Screen.fills."""
        shot = next((one for one in self.shots if one.submit), None)
        assert shot is not None, f"no form asks for {sorted(answers)} in: {self.text}"
        missing = {name for name in answers if name not in shot.seen.questions}
        assert not missing or shot.submit == NEXT, f"nothing asks for {sorted(missing)} in: {self.text}"
        key = json.dumps(answers, sort_keys=True, default=repr)
        screen = self._once(key, partial(self.hand.sends, shot, answers))
        goes_on = shot.submit == NEXT and not screen.shots[0].errors
        return screen.fills(**{name: answers[name] for name in missing}) if goes_on else screen

    def _once(self, key: str, do: Callable[[Delivered | None], tuple[Delivered, SlackScreen]]) -> SlackScreen:
        """Make a gesture; made here before, and not spent on opening something, it comes in as a second copy."""
        before = self._done.get(key)
        if before is not None and self.hand.world.triggers[before.payload["trigger_id"]].spent:
            before = None
        self._done[key], screen = do(before)
        return screen
