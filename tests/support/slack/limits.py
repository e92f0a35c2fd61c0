"""How often something may be asked: buckets that fill again with time. https://docs.slack.dev/apis/web-api/rate-limits"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

TIERS = {1: 1 / 60, 2: 20 / 60, 3: 50 / 60, 4: 100 / 60}  # calls a second of one method in one workspace


@dataclass
class Bucket:
    """Holds up to `burst` drops and gains `per_second`."""

    per_second: float
    burst: float
    level: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.burst

    def wait(self, now: float) -> float:
        """Return the seconds until there is a drop; 0 where there is one."""
        self.level = min(self.burst, self.level + max(0.0, now - self.at) * self.per_second)
        self.at = max(now, self.at)
        return 0.0 if self.level >= 1 - 1e-9 else (1 - self.level) / self.per_second


@dataclass
class Limits:
    """`per_second` messages in a workspace and `per_conversation` in a conversation; 0: no limit."""

    per_second: float = 0.0
    burst: float = 8.0
    per_conversation: float = 0.0
    conversation_burst: float = 4.0
    tiers: bool = False
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def refusal(self, method: str, tier: int, team_id: str, conversation_id: str) -> tuple[str, int]:
        """Take one drop from every bucket, or return (the bucket that is empty, seconds to wait) and take none."""
        now = time.monotonic()
        wanted = self._wanted(method, tier, team_id, conversation_id)
        for name, bucket in wanted.items():
            wait = bucket.wait(now)
            if wait > 0:
                return name, max(1, math.ceil(wait))
        for bucket in wanted.values():
            bucket.level -= 1
        return "", 0

    def _wanted(self, method: str, tier: int, team_id: str, conversation_id: str) -> dict[str, Bucket]:
        found = {}
        if method == "chat.postMessage":
            if self.per_second:
                found["workspace"] = self._bucket(f"workspace {team_id}", self.per_second, self.burst)
            if self.per_conversation and conversation_id:
                name = f"conversation {conversation_id}"
                found[name] = self._bucket(name, self.per_conversation, self.conversation_burst)
        elif self.tiers and tier:
            rate = TIERS[tier]
            found[f"method {method}"] = self._bucket(f"{method} {team_id}", rate, rate * 60)
        return found

    def _bucket(self, name: str, per_second: float, burst: float) -> Bucket:
        return self._buckets.setdefault(name, Bucket(per_second, burst))
