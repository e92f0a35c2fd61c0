"""Reads a page of the web inbox as a person would: what it says, what can be pressed, what can be filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Form:
    """A form of a page: where it goes, what it holds, and the label of its button."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    label: str = ""
    card: int = 0


@dataclass
class Page:
    """A page, read."""

    status: int
    url: str
    title: str = ""
    text: str = ""
    links: list[tuple[str, str, int]] = field(default_factory=list)  # label, address, card
    forms: list[Form] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)  # the text of each card
    errors: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Fills a Page from HTML; a tag that is never closed, or closed twice, is an AssertionError."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.open: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.form: Form | None = None
        self.choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        given = {name: value or "" for name, value in attrs}
        assert "style" not in given, "the content security policy forbids inline styles"
        assert not any(name.startswith("on") for name in given), "the content security policy forbids inline scripts"
        if tag not in VOID:
            self.open.append((tag, given))
        if tag == "code":
            self.handle_data("`")  # what can be typed is marked on every surface
        elif tag == "article":
            self.page.cards.append("")
        elif tag == "form":
            self.form = Form(given.get("action", ""), given.get("method", "get"), card=len(self.page.cards) - 1)
            self.page.forms.append(self.form)
        elif tag in ("input", "textarea", "select", "button") and self.form is not None and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self.form is not None and self.choice and "selected" in given:
            self.form.values[self.choice] = given.get("value", "")
        elif tag == "a":
            self.page.links.append(("", given.get("href", ""), len(self.page.cards) - 1))

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self.form is not None
        name, kind = given["name"], given.get("type", "text")
        if kind == "hidden":
            self.form.values[name] = given.get("value", "")
            return
        if name not in self.form.fields:
            self.form.fields.append(name)
        self.choice = name if tag == "select" else ""
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        if tag in ("input", "button"):
            self.form.values[name] = given.get("value", "on")

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
        if tag == "code":
            self.handle_data("`")
        self.open.pop()
        if tag == "form":
            self.form = None

    def handle_data(self, data: str) -> None:
        """Take text to where it stands."""
        inside = [tag for tag, _ in self.open]
        if {"style", "script", "title"} & set(inside):
            return
        self.words.append(data)
        if "article" in inside and self.page.cards:
            self.page.cards[-1] += data
        if "a" in inside:
            label, href, card = self.page.links[-1]
            self.page.links[-1] = (label + data, href, card)
        if "button" in inside and self.form is not None:
            self.form.label += data
        if "h1" in inside:
            self.page.title += data
        if "textarea" in inside and self.form is not None:
            name = next(given["name"] for tag, given in reversed(self.open) if tag == "textarea")
            self.form.values[name] = self.form.values.get(name, "") + data


def read(html: str, status: int, url: str) -> Page:
    """Return the page that `html` shows."""
    page = Page(status, url)
    reader = Reader(page)
    reader.feed(html)
    reader.close()
    assert not reader.open, f"never closed: {reader.open}"
    page.text = " ".join("".join(reader.words).split())
    page.title = " ".join(page.title.split())
    page.links = [(" ".join(label.split()), href, card) for label, href, card in page.links]
    page.cards = [" ".join(card.split()) for card in page.cards]
    for form in page.forms:
        form.label = " ".join(form.label.split())
    return page
