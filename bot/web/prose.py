"""Long text in Markdown (a policy) as HTML that can do no harm, and its table of contents."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import chain, count

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from bot.text.markdown import MARKDOWN
from models.message import with_names

# Text comes from policy authors, not from us: what the parser makes of it is checked again against this list.
_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s",
    "a", "table", "thead", "tbody", "tr", "th", "td", "div",
}  # fmt: skip
_ATTRIBUTES = {
    "*": set[str](),  # otherwise the library lets some pass everywhere
    "a": {"href"}, "ol": {"start"}, "th": {"scope", "class"}, "td": {"class"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the table of contents: the id it leads to, its words, and 2 for a chapter or 3 for a section."""

    ident: str
    words: str
    level: int


def prose(markdown: str, table_label: str = "Table") -> tuple[Markup, list[Heading]]:
    """Return `markdown` as safe HTML and its headings. The highest heading used becomes h2, under the page's title."""
    tokens = MARKDOWN.parse(markdown)
    headings = _number(tokens)
    for token in tokens:
        _align(token)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    html = html.replace("<table>", f'<div class="scroll" role="region" tabindex="0" aria-label="{table_label}"><table>')
    html = html.replace("</table>", "</table></div>")
    safe = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer")
    return Markup(safe), [heading for heading in headings if heading.level <= 3]  # noqa: S704  (nh3 made it safe)


def _number(tokens: list[Token]) -> list[Heading]:
    """Shift the headings under the page's own and give each an id of its own."""
    shift = 2 - min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=2)
    found: list[Heading] = []
    for number, token in enumerate(tokens):
        if token.type not in {"heading_open", "heading_close"}:
            continue
        level = min(6, int(token.tag[1]) + shift)
        token.tag = f"h{level}"
        if token.type == "heading_open":
            words = "".join(child.content for child in tokens[number + 1].children or [])
            ident = _slug(words, {heading.ident for heading in found})
            token.attrSet("id", ident)
            found.append(Heading(ident, words, level))
    return found


def _slug(words: str, taken: set[str]) -> str:
    """Return an id of ASCII letters and digits, not among `taken`; "s-" keeps it apart from the ids of the page."""
    plain = unicodedata.normalize("NFKD", with_names(words, {})).encode("ascii", "ignore").decode().lower()
    ident = f"s-{re.sub(r'[^a-z0-9]+', '-', plain).strip('-') or 'section'}"
    return next(name for name in chain([ident], (f"{ident}-{n}" for n in count(2))) if name not in taken)


def _align(token: Token) -> None:
    """Turn a column's inline alignment, which our content policy forbids, into a class; say what a head is head of."""
    style = str(token.attrs.pop("style", ""))
    if style.endswith(("right", "center")):
        token.attrSet("class", style.rpartition(":")[2].strip())
    if token.type == "th_open":
        token.attrSet("scope", "col")
