"""Whatever is said: Slack takes it, nothing is lost, and nobody is rung."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.slack.draw.blocks import home_pages, message_pages, opener_pages
from bot.slack.draw.modal import Look, beside, form_pages, form_view, home_view, list_view, message_view
from bot.slack.draw.place import Place
from bot.text.words import readable
from bot.ways import address
from models import message as m
from tests.bot.slack import said
from tests.bot.slack.reader import texts
from tests.bot.slack.valid import check_page, check_view
from tests.support.slack.rules.blocks import things

URL = "https://comply.example.com"
LOOK = Look(said.NAMES, URL)
PLACE = Place("status", "POL-3")
many = settings(
    max_examples=settings().max_examples // 3,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),  # to explain takes longer than to find
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
)


def squeezed(text: str) -> str:
    """Return text without white space and backticks: both change when a text is set as code or cut into pieces."""
    return "".join(text.split()).replace("`", "")


def everything(payloads: Iterable[Any]) -> str:
    """Return all that can be read in some payloads, rich text first, each in order."""
    found = [one for payload in payloads for one in things(payload)]
    rich = [one["text"] for one in found if one.get("type") in ("text", "link")]
    return squeezed("".join(rich) + "\0" + "\0".join(text for payload in payloads for text in texts(payload)))


def nothing_lost(wanted: Iterable[str], payloads: Iterable[Any]) -> None:
    """Assert that every text can be found, with the names that stand for mentions."""
    there = everything(payloads)
    for text in wanted:
        known = squeezed(readable(text, said.NAMES))
        assert known in there, f"lost: {known[:200]!r}"


def words_of(message: m.Message) -> Iterable[str]:
    yield from (message.title, *message.lines)
    for fact in message.facts:
        yield from (fact.label, fact.value)
    for chart in message.charts:
        yield chart.title
        for bar in chart.bars:
            yield bar.label
            yield from (str(many) for _, many in bar.parts)
    for table in message.tables:
        yield table.caption
        for row in table.rows:
            yield from row
    yield from (one.label for one in message.buttons)
    yield from (one.label for one in message.links)


def ways(payloads: Iterable[Any]) -> list[tuple[str, str]]:
    """Return (act, target) of every button, and ("", url) of every link, in order."""
    pressed = [one for payload in payloads for one in things(payload) if one.get("type") == "button"]
    return [
        ("", one["url"]) if "url" in one else (one["action_id"].partition(":")[0], one.get("value", ""))
        for one in pressed
        if not one["action_id"].startswith(".page")
    ]


def ways_of(buttons: Iterable[m.Button], links: Iterable[m.Link]) -> list[tuple[str, str]]:
    acts = [(one.act, one.target) for one in buttons]
    paths = [tuple(one.path.split("/")[2:]) if one.path.startswith("/go/") else ("", URL + one.path) for one in links]
    return acts + [(str(path[0]), str(path[1])) for path in paths]


@many
@given(said.messages, st.sampled_from(["", "status\nPOL-3", "words:" + "status " * 400]))
def test_every_message_can_be_sent_whole(message: m.Message, again: str) -> None:
    pages = message_pages(message, said.NAMES, URL, again)
    for page in pages:
        check_page(page)
    nothing_lost(words_of(message), pages)
    assert ways(pages) == ways_of(message.buttons, message.links)
    assert pages == message_pages(message, said.NAMES, URL, again)


@many
@given(said.messages)
def test_every_message_can_be_read_in_a_modal(message: m.Message) -> None:
    views = all_pages(lambda place: message_view(message, place, LOOK))
    nothing_lost(words_of(message), views)
    assert ways(views) == ways_of(message.buttons, message.links)


@many
@given(said.homes)
def test_every_list_of_cards_can_be_sent_opened_and_be_a_home(home: m.Home) -> None:
    pages = home_pages(home, said.NAMES, URL, "todo\n")
    for page in pages:
        check_page(page)
    wanted = [home.title, *home.lines, *(word for card in home.cards for word in words_of(card))]
    wanted += [] if home.cards else [home.empty]
    expected = [way for card in home.cards for way in ways_of(card.buttons, card.links)] + ways_of(home.buttons, ())
    modals = all_pages(lambda place: list_view(home, place, LOOK))
    homes = all_pages(lambda place: home_view(home, place, LOOK))
    for drawn in (pages, modals, homes):
        nothing_lost(wanted, drawn)
        assert ways(drawn) == expected


@many
@given(st.lists(said.field_kinds, max_size=6), said.texts, said.lines, said.facts, said.tables, st.booleans())
def test_every_form_can_be_filled_in(
    kinds: list[m.AnyField],
    title: str,
    lines: tuple[str, ...],
    facts: tuple[m.Fact, ...],
    tables: tuple[m.Table, ...],
    files: bool,
) -> None:
    there = [one if files or not isinstance(one, m.File) else replace(one, required=False) for one in kinds]
    fields = tuple(replace(one, name=f"field_{number}") for number, one in enumerate(there))
    form = m.Form("policy.do", "POL-3", title, fields, lines, facts, tables, submit="Send")
    look = Look(said.NAMES, URL, files)
    pages = form_pages(form, look)
    views = [form_view(form, Place("policy.do", "POL-3", page=number + 1), look) for number in range(len(pages))]
    for view in views:
        check_view(view)
    nothing_lost((*words_of(m.Message(title, lines, facts, tables=tables)), *asked(form)), views)
    blocks = [block["block_id"] for view in views for block in view["blocks"] if block["type"] == "input"]
    assert blocks == [one.name for one in fields if can_answer(one, files=files)]
    assert [view["submit"]["text"] for view in views] == ["Next"] * (len(views) - 1) + ["Send"]
    opened = opener_pages(form, said.NAMES, URL, "policy.do\nPOL-3")
    for page in opened:
        check_page(page)
    nothing_lost(words_of(m.Message(title, lines, facts, tables=tables)), opened)


@many
@given(st.lists(said.field_kinds, min_size=1, max_size=4), st.lists(said.texts, min_size=4, max_size=4))
def test_every_error_can_be_shown(kinds: list[m.AnyField], wrong: list[str]) -> None:
    fields = tuple(replace(one, name=f"field_{number}") for number, one in enumerate(kinds))
    form = m.Form("policy.do", "POL-3", "Publish", fields)
    errors = {one.name: f"Wrong: {text}" for one, text in zip(fields, wrong, strict=False)}
    view = form_view(form, Place("policy.do", "POL-3"), LOOK, {}, errors)
    check_view(view)
    nothing_lost(errors.values(), [view])
    shown = beside(form, Place("policy.do", "POL-3"), LOOK, errors)
    there = {block.get("block_id") for block in view["blocks"]}
    assert (shown is not None) == (errors.keys() <= there)


def asked(form: m.Form) -> Iterable[str]:
    for one in form.fields:
        yield from (one.label, one.hint)
        if isinstance(one, m.Choice):
            yield from (text for option in one.options for text in (option.label, option.hint))
        if isinstance(one, m.Text):
            yield readable(one.value, {})  # what one types into holds no names that could be answered back


def can_answer(one: m.AnyField, *, files: bool) -> bool:
    return files if isinstance(one, m.File) else not isinstance(one, m.Choice) or bool(one.options)


def all_pages(draw: Any) -> list[Mapping[str, Any]]:
    """Return the views of all pages, found as a person finds them: by the button that leads on."""
    views: list[Mapping[str, Any]] = []
    while True:
        view = draw(PLACE._replace(page=len(views) + 1))
        check_view(view)
        views.append(view)
        on = [one for one in things(view) if one.get("action_id") == f".page:{len(views) + 1}"]
        if not on:
            return views
        assert on[0]["value"] == f"{len(views) + 1}\nstatus\nPOL-3"


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "https://evil.example", "/\\evil.example", "/a b", "javascript:x"]
)
def test_no_link_leads_out(path: str) -> None:
    assert address(URL, path) == f"{URL}/"
