"""Faults on demand: what goes wrong between the app and Slack, and on which side of it the message is by then."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["drop before", "drop after", "slow before", "slow after", "status", "error", "rate", "page", "garbled"]


@dataclass
class Fault:
    """What happens to the next `times` calls of `method` ("*": any), or to a `share` of them.

    `before` and `after` mean before and after the call had its effect. "status" answers `status` without an effect,
    "error" answers `error`, "rate" a 429 with `seconds` as Retry-After, "page" an HTML page with status 200,
    "garbled" what should be JSON and is not even text.
    """

    kind: Kind
    method: str = "*"
    times: int | None = 1
    share: float = 1.0
    seconds: float = 5.0
    status: int = 503
    error: str = "fatal_error"


@dataclass
class Faults:
    """The faults in force, and the lag of every call in seconds (least, most)."""

    waiting: list[Fault] = field(default_factory=list)
    lag: tuple[float, float] = (0.0, 0.0)
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - repeatable, no secret

    def add(self, fault: Fault) -> None:
        """Let something go wrong."""
        self.waiting.append(fault)

    def pick(self, method: str) -> Fault | None:
        """Return the fault that a call of `method` meets, and count it."""
        for fault in self.waiting:
            if fault.method in ("*", method) and self.chance.random() < fault.share:
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                return fault
        return None

    def delay(self) -> float:
        """Return the seconds by which a call is late."""
        return self.chance.uniform(*self.lag)
