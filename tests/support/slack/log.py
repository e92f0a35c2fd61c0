"""What was asked of the stand-in, call by call, with times of one monotonic clock."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tests.support import calls

TOO_EARLY = 0.02  # seconds in which a call may cross a 429 that is on its way


@dataclass
class Call(calls.Call):
    """One call."""

    team_id: str = ""
    bucket: str = ""  # the limit that it met
    retry_after: int = 0


class Log(calls.Log[Call]):
    """All calls, and who did not wait for a Retry-After."""

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
