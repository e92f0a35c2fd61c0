"""How often a bot may write. Source: "Rate limiting for bots" of Microsoft Teams."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from tests.support.slack.limits import Bucket


@dataclass
class Limits:
    """Messages a second in one conversation, and of the app in one tenant; 0: no limit."""

    per_conversation: float = 0.0
    per_tenant: float = 0.0
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    @classmethod
    def documented(cls) -> Limits:
        """Return the limits that Teams has."""
        return cls(7.0, 30.0)

    def refusal(self, conversation: str, tenant: str) -> int:
        """Take one drop from every bucket and return 0, or return the seconds to wait and take none."""
        now = time.monotonic()
        wanted = [(f"conversation {conversation}", self.per_conversation), (f"tenant {tenant}", self.per_tenant)]
        buckets = [self._buckets.setdefault(name, Bucket(rate, rate)) for name, rate in wanted if rate]
        wait = max((one.wait(now) for one in buckets), default=0.0)
        if wait > 0:
            return max(1, math.ceil(wait))
        for one in buckets:
            one.level -= 1
        return 0
