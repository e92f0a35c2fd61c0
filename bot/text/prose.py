"""Long text in Markdown (a policy) as rich text: nothing of it can be a mention, and links lead to pages or mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from bot.text.markdown import MARKDOWN
from bot.text.runs import Flow, Run, link, run
from bot.text.tables import draw_table
from bot.text.words import Names, readable
from models.message import Table

_STYLES = {"strong_open": "bold", "em_open": "italic", "s_open": "strike"}
_ENDS = {"strong_close": "bold", "em_close": "italic", "s_close": "strike"}


def draw_prose(flow: Flow, markdown: str, names: Names) -> None:
    """Add a text to `flow`: headings bold, lists with their numbers, tables as they fit."""
    _Prose(flow, names).read(MARKDOWN.parse(markdown))


class _Prose:
    """One text being drawn, and where in it we are."""

    def __init__(self, flow: Flow, names: Names) -> None:
        self._flow = flow
        self._names = names
        self._lists: list[int | None] = []  # the number of the item in each open list; None where it has bullets
        self._fresh = False  # a list item of which nothing was said yet
        self._quotes = 0
        self._headed = False  # whether the line above is a heading

    def read(self, tokens: list[Token]) -> None:
        """Draw every token in turn."""
        rest = iter(tokens)
        for token in rest:
            if token.nesting and not token.type.startswith(("heading", "table")):
                self._enter(token)
            else:
                self._draw(token, rest)

    def _enter(self, token: Token) -> None:
        """Note which list, item or quotation begins or ends."""
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrGet("start") or 1) - 1)
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._begin_item()
            case "blockquote_open" | "blockquote_close":
                self._quotes += token.nesting

    def _draw(self, token: Token, rest: Iterator[Token]) -> None:
        """Add what a token says, and read on where it is the beginning of more."""
        match token.type:
            case "heading_open":
                self._headed = False
                self._say(self._runs(next(rest).children or (), "bold"))
                self._headed = True
            case "inline":
                self._say(self._runs(token.children or ()))
            case "fence" | "code_block":
                self._flow.code(self._known(token.content.rstrip("\n")).split("\n"))
            case "hr":
                self._flow.rule()
            case "table_open":
                draw_table(self._flow, self._table(rest), self._names)

    def _begin_item(self) -> None:
        number = self._lists[-1]
        self._lists[-1] = None if number is None else number + 1
        self._fresh = True

    def _say(self, said: Iterator[Run]) -> None:
        """Put a paragraph where it belongs: into a quotation, an item of a list, or the text."""
        headed, self._headed = self._headed, False
        if self._quotes:
            self._flow.quote(said)
        elif self._lists and self._fresh:
            self._fresh = False
            self._flow.item(said, len(self._lists) - 1, self._lists[-1] or 0)
        elif self._lists:
            self._flow.more(said)
        elif headed:
            self._flow.say(said)
        else:
            self._flow.paragraph(said)

    def _runs(self, tokens: Iterable[Token], *outer: str) -> Iterator[Run]:
        styles, url = list(outer), ""
        for token in tokens:
            if token.type in _STYLES:
                styles.append(_STYLES[token.type])
            elif token.type in _ENDS:
                styles.remove(_ENDS[token.type])
            elif token.type == "link_open":
                url = str(token.attrGet("href") or "")
            elif token.type == "link_close":
                url = ""
            elif text := self._known(_words(token)):
                code = ("code",) if token.type == "code_inline" else ()
                yield link(text, url, *styles, *code) if url else run(text, *dict.fromkeys((*styles, *code)))

    def _table(self, rest: Iterator[Token]) -> Table:
        """Return a table whose opening has just been read, and read on to its end."""
        rows: list[list[str]] = []
        for token in rest:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append("".join(_with_address(token.children or ())))
            elif token.type == "table_close":
                break
        head, *body = rows
        return Table("", tuple(head), tuple(tuple(row) for row in body))

    def _known(self, text: str) -> str:
        return readable(text, self._names)


def _words(token: Token) -> str:
    return {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)


def _with_address(tokens: Iterable[Token]) -> Iterator[str]:
    """Yield the words of a cell; a link's address stands behind them, because a cell of text cannot be pressed."""
    address = ""
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
        elif token.type == "link_close":
            yield f" ({address})" if address else ""
        elif token.type == "code_inline":
            yield f"`{token.content}`"
        else:
            yield _words(token)
