"""What this process has seen lately: enough where forgetting costs little, and nothing may be written down."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Lately(Generic[V]):
    """The last `most` things that were seen, each with what is to be remembered of it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[Hashable, V] = OrderedDict()

    def __contains__(self, thing: Hashable) -> bool:
        return thing in self._seen

    def put(self, thing: Hashable, value: V) -> bool:
        """Remember something; return whether it is new."""
        new = thing not in self._seen
        self._seen[thing] = value
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return new

    def take(self, thing: Hashable) -> V | None:
        """Return what is remembered of something, and forget it."""
        return self._seen.pop(thing, None)
