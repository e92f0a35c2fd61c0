"""What this process has seen lately: enough where forgetting costs little, and nothing may be written down."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable


class Lately:
    """The last `most` things that were seen."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[Hashable, None] = OrderedDict()

    def __contains__(self, thing: Hashable) -> bool:
        return thing in self._seen

    def add(self, thing: Hashable) -> bool:
        """Remember something; return whether it is new."""
        new = thing not in self._seen
        self._seen[thing] = None
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return new
