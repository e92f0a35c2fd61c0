"""Whatever is said: Teams takes it, nothing is lost, and nothing is markup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.teams.draw.card import Look, home_cards, message_cards
from bot.teams.draw.form import form_card
from bot.teams.draw.limits import ACTIONS, CARD_BYTES
from bot.teams.draw.place import Place, place_in
from bot.text.words import readable
from models import message as m
from tests.bot.slack import said
from tests.bot.slack.test_draw_everything import squeezed, words_of

URL = "https://comply.example.com"
LOOK = Look(said.NAMES, URL, lambda act: act.endswith("show"))
many = settings(
    max_examples=settings().max_examples // 3,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
)


def things(data: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside a card."""
    if isinstance(data, dict):
        yield data
    for one in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from things(one)


def check(card: dict[str, Any]) -> None:
    """Assert that Teams takes a card and that no text in it is read as markup."""
    assert len(json.dumps(card)) <= CARD_BYTES
    found = list(things(card))
    assert not [one for one in found if one.get("type") == "TextBlock"], "its text would be markup"
    for one in found:
        if one.get("type") == "ActionSet":
            assert 1 <= len(one["actions"]) <= ACTIONS
        if one.get("type") == "TextRun":
            assert one["text"]
        if one.get("type") == "RichTextBlock":
            assert one["inlines"]
    ids = [one["id"] for one in found if "id" in one]
    assert len(ids) == len(set(ids))


def all_words(cards: Iterable[Any]) -> str:
    """Return all that can be read on some cards."""
    found = [one for card in cards for one in things(card)]
    runs = "".join(one["text"] for one in found if one.get("type") == "TextRun" and not one.get("isSubtle"))
    rest = "\0".join(str(one[name]) for one in found for name in ("title", "url", "value") if name in one)
    return squeezed(f"{runs}\0{rest}")


def nothing_lost(wanted: Iterable[str], cards: Iterable[Any]) -> None:
    """Assert that every text can be found, with the names that stand for mentions."""
    there = all_words(cards).replace("\u00a0", "")
    for text in wanted:
        if text == "0":
            continue  # a series of a chart that counts nobody is left out
        known = squeezed(readable(text, said.NAMES)).replace("\u00a0", "")
        assert known in there, f"lost: {known[:200]!r}"


def pressed(cards: Iterable[Any]) -> list[tuple[str, str]]:
    """Return (act, target) of every button that is not one of ours, in order."""
    rows = [
        one for card in cards for thing in things(card) if thing.get("type") == "ActionSet" for one in thing["actions"]
    ]
    places = [place_in(one["data"]) for one in rows if "data" in one]
    return [(one.act, one.target) for one in places if one.way != "page"]


@many
@given(said.messages)
def test_every_message_can_be_sent_whole(message: m.Message) -> None:
    cards = message_cards(message, LOOK, Place("status", "POL-3"))
    for card in cards:
        check(card)
    nothing_lost(words_of(message), cards)
    ours = [(one.act, one.target) for one in message.buttons]
    assert [one for one in pressed(cards) if one in ours][: len(ours)] == ours
    assert cards == message_cards(message, LOOK, Place("status", "POL-3"))


@many
@given(said.homes)
def test_every_list_of_cards_can_be_sent(home: m.Home) -> None:
    cards = home_cards(home, LOOK, Place(words="todo"))
    for card in cards:
        check(card)
    wanted = [home.title, *home.lines, *(word for card in home.cards for word in words_of(card))]
    nothing_lost(wanted + ([] if home.cards else [home.empty]), cards)


@many
@given(st.lists(said.field_kinds, max_size=6), said.texts, said.lines, st.booleans())
def test_every_form_can_be_filled_in(kinds: list[m.AnyField], title: str, lines: tuple[str, ...], dialog: bool) -> None:
    fields = tuple(replace(one, name=f"field_{number}") for number, one in enumerate(kinds))
    form = m.Form("policy.do", "POL-3", title, fields, lines, submit="Send")
    card = form_card(form, replace(LOOK, dialog=dialog), "digest")
    check(card)
    asked = [one["id"] for one in things(card) if str(one.get("type", "")).startswith("Input.")]
    answerable = [f"f.{one.name}" for one in fields if not isinstance(one, m.File)]
    whole = any(one.get("data", {}).get("shown") == "digest" for one in things(card))
    leads = any(one.get("url", "").startswith(f"{URL}/go/policy.do") for one in things(card))
    assert whole or leads
    assert not whole or asked == answerable
