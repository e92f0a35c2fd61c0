"""Rich text: its texts are taken literally, so nothing in them needs escapes. Elements that ring people are refused.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from typing import Any

from tests.support.slack.rules.shape import Rule, flag, items, number, one_of, text, thing, typed

MOST = 1000  # elements; Slack publishes no number
_STYLE = thing({}, {"bold": flag, "italic": flag, "strike": flag, "code": flag, "underline": flag})


def _web(value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, str) or not value.lower().startswith(("http://", "https://", "mailto:")):
        found.append(f"{path}: must be an address")


_WORDS: dict[str, Rule] = {
    "text": thing({"type": one_of("text"), "text": text(3000)}, {"style": _STYLE}),
    "link": thing({"type": one_of("link"), "url": _web}, {"text": text(3000), "style": _STYLE, "unsafe": flag}),
    "emoji": thing({"type": one_of("emoji"), "name": text(100)}, {"style": _STYLE, "unicode": text(100)}),
}
_SAID = items(typed(_WORDS), MOST)
_SECTION = thing({"type": one_of("rich_text_section"), "elements": _SAID})
_LIST = thing(
    {
        "type": one_of("rich_text_list"),
        "style": one_of("bullet", "ordered"),
        "elements": items(typed({"rich_text_section": _SECTION}), MOST),
    },
    {"indent": number(0, 8), "offset": number(0, 10_000), "border": number(0, 1)},
)
_BORDER = {"border": number(0, 1)}
PARTS = items(
    typed(
        {
            "rich_text_section": _SECTION,
            "rich_text_list": _LIST,
            "rich_text_quote": thing({"type": one_of("rich_text_quote"), "elements": _SAID}, _BORDER),
            "rich_text_preformatted": thing({"type": one_of("rich_text_preformatted"), "elements": _SAID}, _BORDER),
        }
    ),
    MOST,
)
