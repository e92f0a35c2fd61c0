"""What was asked of a stand-in, call by call, with times of one monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar


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


C = TypeVar("C", bound=Call)


@dataclass
class Log(Generic[C]):
    """All calls, and everything that the chat would not have taken or a person would have waited for in vain."""

    calls: list[C] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def of(self, method: str) -> list[C]:
        """Return the calls of one method, in the order they came in."""
        return [call for call in self.calls if call.method == method]
