"""What was asked of the stand-in, call by call, with times of one monotonic clock."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

TOO_EARLY = 0.02  # seconds in which a call may cross a 429 that is on its way


@dataclass
class Call:
    """One call. `error` is what it was answered; "" for taken, "dropped" where the connection broke."""

    method: str
    begun: float
    team_id: str = ""
    conversation_id: str = ""
    ended: float = 0.0
    status: int = 0
    error: str = ""
    taken: bool = False  # it had its effect, whether or not the caller heard so
    bucket: str = ""  # the limit that it met
    retry_after: int = 0
    fault: str = ""


@dataclass
class Log:
    """All calls, and everything that Slack would not have taken or that a person would have waited for in vain."""

    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def of(self, method: str) -> list[Call]:
        """Return the calls of one method, in the order they came in."""
        return [call for call in self.calls if call.method == method]

    def too_early(self) -> list[tuple[Call, Call]]:
        """Return (the 429, a call begun after it was answered and before its Retry-After was over)."""
        found = []
        for refused in self.calls:
            if refused.status != 429:
                continue
            since, until = refused.ended + TOO_EARLY, refused.ended + refused.retry_after - TOO_EARLY
            found += [(refused, call) for call in self.calls if since < call.begun < until and _meets(refused, call)]
        return found

    def as_json(self) -> list[dict[str, Any]]:
        """Return the calls for another process."""
        return [asdict(call) for call in self.calls]


def _meets(refused: Call, call: Call) -> bool:
    """Return whether a call draws from the limit that refused another one."""
    if call.team_id != refused.team_id:
        return False
    kind, _, name = refused.bucket.partition(" ")
    if kind == "method":
        return call.method == name
    if not call.method.startswith("chat."):
        return False
    return kind == "workspace" or call.conversation_id == name
