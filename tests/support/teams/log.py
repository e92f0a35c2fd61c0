"""What was asked of the stand-in, call by call, with times of one monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Call:
    """One call. `error` is what it was answered; "" for taken, "dropped" where the connection broke."""

    method: str
    begun: float
    conversation_id: str = ""
    ended: float = 0.0
    status: int = 0
    error: str = ""
    taken: bool = False  # it had its effect, whether or not the caller heard so
    fault: str = ""


@dataclass
class Log:
    """All calls, and everything that Teams would not have taken or that a person would have waited for in vain."""

    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def of(self, method: str) -> list[Call]:
        """Return the calls of one method, in the order they came in."""
        return [call for call in self.calls if call.method == method]
