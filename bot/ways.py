"""Ways into the web inbox: the addresses of its places, and what an address of ours opens where it is drawn."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlencode

_GO = re.compile(r"/go/([a-z-]+(?:\.[a-z-]+)?)(?:/([^/?#]+))?")


def door(way: str, act: str, target: str = "") -> str:
    """Return "/go/ACT/TARGET", where an act opens something, or "/do/ACT/TARGET", where it is done."""
    return "/".join(["", way, *(quote(part, safe="") for part in (act, target) if part)])


def behind(path: str) -> tuple[str, str] | None:
    """Return the act and the target that "/go/ACT/TARGET" opens, or None for another path."""
    found = _GO.fullmatch(path)
    return (found[1], unquote(found[2] or "")) if found else None


def inside(path: str) -> str:
    """Return `path` if it leads to a place in the inbox, otherwise the inbox itself: no link of ours leads out.

    Browsers read a backslash as a slash and skip tabs and line ends, so that "/\\t/host" would lead to another host.
    """
    leads_in = path.startswith("/") and path[1:2] != "/" and path.isprintable() and not {" ", "\\"} & set(path)
    return path if leads_in else "/"


def address(base_url: str, path: str) -> str:
    """Return the full address of a place in the inbox; what leads elsewhere leads to the inbox itself."""
    return base_url.rstrip("/") + inside(path)


def with_to(path: str, to: str) -> str:
    """Return `path` with the place to go on to afterwards; nothing is added where that is the inbox itself."""
    return path if inside(to) == "/" else f"{path}?{urlencode({'to': to})}"
