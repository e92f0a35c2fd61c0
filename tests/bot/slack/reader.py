"""Blocks and views as a person reads them: plain text, with buttons and questions in brackets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import unescape
from textwrap import dedent
from typing import Any

Thing = Mapping[str, Any]
ANA, BRUNO = "a" * 32, "b" * 32
NAMES = {ANA: "Ana Ferreira", BRUNO: "Bruno Keller"}


def read(blocks: Iterable[Thing]) -> str:
    """Return the text of blocks, one under another."""
    return "\n".join(_BLOCKS[block["type"]](block) for block in blocks)


def read_view(view: Thing) -> str:
    """Return the text of a modal or a home: its title, its blocks, its buttons."""
    title = f"=== {_plain(view['title'])} ===" if "title" in view else "=== Home ==="
    ends = [f"[{_plain(view[name])}]" for name in ("submit", "close") if name in view]
    return "\n".join([title, read(view["blocks"]), " ".join(ends)]).rstrip()


def texts(thing: Any) -> Iterable[str]:
    """Yield every text that stands anywhere in a payload, as a person reads it."""
    if isinstance(thing, Mapping):
        if thing.get("type") == "plain_text":
            yield _plain(thing)
        elif isinstance(thing.get("text"), str):
            yield thing["text"]
        for name, part in thing.items():
            if name in ("value", "url", "initial_value", "initial_date"):
                yield str(part)
            yield from texts(part)
    elif isinstance(thing, list):
        for part in thing:
            yield from texts(part)


def _plain(text: Thing) -> str:
    return unescape(str(text["text"]))


def _rich(block: Thing) -> str:
    return "\n".join(_part(part) for part in block["elements"])


def _part(part: Thing) -> str:
    if part["type"] == "rich_text_list":
        first, indent = part.get("offset", 0) + 1, "  " * part["indent"]
        marks = (f"{first + n}." if part["style"] == "ordered" else "•" for n in range(len(part["elements"])))
        return "\n".join(f"{indent}{mark} {_runs(one)}" for mark, one in zip(marks, part["elements"], strict=True))
    said = _runs(part)
    if part["type"] == "rich_text_quote":
        return "\n".join(f"| {line}" for line in said.split("\n"))
    if part["type"] == "rich_text_preformatted":
        return "\n".join(f"    {line}" for line in said.split("\n"))
    return said


def _runs(part: Thing) -> str:
    return "".join(_run(one) for one in part["elements"])


def _run(one: Thing) -> str:
    text = str(one["text"])
    style = one.get("style", {})
    if style.get("code"):
        text = f"`{text}`"
    if style.get("bold") and text.strip():
        text = f"*{text}*"
    return f"{text} <{one['url']}>" if one["type"] == "link" else text


def _button(element: Thing) -> str:
    mark = {"primary": "!", "danger": "!!"}.get(element.get("style", ""), "")
    arrow = " ->" if "url" in element else ""
    return f"[{mark}{_plain(element['text'])}{arrow}]"


def _input(block: Thing) -> str:
    element = block["element"]
    must = "" if block["optional"] else " (needed)"
    hint = f"\n  {_plain(block['hint'])}" if "hint" in block else ""
    return f"{_plain(block['label'])}{must}\n  {_answer(element)}{hint}"


def _answer(element: Thing) -> str:
    options = [*element.get("options", ()), *(o for g in element.get("option_groups", ()) for o in g["options"])]
    if not options:
        chosen = element.get("initial_value") or element.get("initial_date") or ""
        if "initial_option" in element:
            chosen = _plain(element["initial_option"]["text"])
        return f"<{element['type']}: {chosen}>"
    chosen = [element.get("initial_option"), *element.get("initial_options", ())]
    return f"<{element['type']}>\n  " + "\n  ".join(
        f"({'x' if one in chosen else ' '}) {_plain(one['text'])}"
        + (f" - {_plain(one['description'])}" if "description" in one else "")
        for one in options
    )


_BLOCKS = {
    "rich_text": _rich,
    "header": lambda block: f"# {_plain(block['text'])}",
    "divider": lambda block: "-" * 40,
    "context": lambda block: " ".join(f"({_plain(one)})" for one in block["elements"]),
    "actions": lambda block: " ".join(map(_button, block["elements"])),
    "input": _input,
}


def seen(text: str) -> str:
    """Return what should be read, without the indentation of the test."""
    return dedent(text).strip("\n")
