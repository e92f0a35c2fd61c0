"""Text objects: lengths as sent, and nothing in them that Slack would read as more than text.

https://docs.slack.dev/reference/block-kit/composition-objects/text-object and .../messaging/formatting-message-text
"""

from __future__ import annotations

import re
from typing import Any

from tests.support.slack.rules.shape import Rule, flag, one_of, text, thing, typed

# What may stand between angle brackets: an address with or without words for it, or a moment in time.
_LINK = re.compile(r"<(?:https?://|mailto:)[^<>|\s]+(?:\|[^<>|\n]+)?>|<!date\^\d+\^[^<>|]+\|[^<>]+>")
_ENTITY = re.compile("&(?:amp|lt|gt);")


def escaped(value: Any, path: str, found: list[str]) -> None:
    """Refuse text in which something was not escaped; `<!channel>` and `<@U1>` ring people, and we never write them."""
    if not isinstance(value, str):
        return
    rest = _ENTITY.sub("", _LINK.sub("", value))
    loose = next((one for one in "&<>" if one in rest), "")
    if loose:
        place = rest.index(loose)
        found.append(f"{path}: {loose} is not escaped in {rest[max(0, place - 20) : place + 20]!r}")


def _said(most: int) -> Rule:
    length = text(most)

    def rule(value: Any, path: str, found: list[str]) -> None:
        length(value, path, found)
        escaped(value, path, found)

    return rule


def plain(most: int) -> Rule:
    """Take a plain text object of up to `most` characters."""
    return typed({"plain_text": thing({"type": one_of("plain_text"), "text": _said(most)}, {"emoji": flag})})


def either(most: int) -> Rule:
    """Take a plain text or a mrkdwn object of up to `most` characters."""
    marked = thing({"type": one_of("mrkdwn"), "text": _said(most)}, {"verbatim": flag})
    simple = thing({"type": one_of("plain_text"), "text": _said(most)}, {"emoji": flag})
    return typed({"plain_text": simple, "mrkdwn": marked})
