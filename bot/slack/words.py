"""What people type, as they typed it: Slack puts links, mentions and escapes in its place."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from models.message import clean

_LINK = re.compile(r"<(?:mailto:|tel:)?([^@#!<>|\s][^<>|\n]*)(?:\|([^<>\n]*))?>")
_SPECIAL = re.compile(r"<([#!])([^<>|\n]*)(?:\|([^<>\n]*))?>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|([^<>\n]*))?>")


def typed(words: str, people: Mapping[str, str]) -> str:
    """Return what somebody typed as they typed it: Slack's links, mentions and escapes become plain words again.

    `people` says for a Slack user's id how the parser of commands is told about them; others keep their Slack name.
    """

    def named(found: re.Match[str]) -> str:
        return people.get(found[1]) or f'@"{found[2] or found[1]}"'

    words = _MENTION.sub(named, words)
    words = _SPECIAL.sub(lambda found: found[1].replace("!", "@") + (found[3] or found[2]), words)
    words = _LINK.sub(lambda found: found[2] or found[1], words)
    return clean(html.unescape(words)).strip()


def mentioned(words: str) -> set[str]:
    """Return the ids of the Slack users who are mentioned in typed words."""
    return {user for user, _ in _MENTION.findall(words)}
