"""What looks alike in every chat."""

from __future__ import annotations

import pytest

from bot.text.parts import above, fact_runs, first_line
from bot.text.runs import link, run
from models.message import Home, Message


def test_a_fact_is_its_label_in_bold_and_its_value() -> None:
    bold = {"type": "text", "text": "Due", "style": {"bold": True}}
    assert fact_runs("Due", "30 November") == [bold, {"type": "text", "text": " 30 November"}]
    assert fact_runs("Due", "") == [bold]
    assert "".join(one["text"] for one in fact_runs("Next", "type `todo` now")) == "Next type todo now"


def test_what_is_for_comparing_stands_as_code() -> None:
    label, between, value = fact_runs("SHA-256", "0f" * 32)
    assert (label["text"], between["text"], value["text"]) == ("SHA-256", " ", "0f" * 32)
    assert value["style"] == {"code": True}


def test_an_empty_list_says_so_above() -> None:
    empty = Home("Your list", lines=("  ", "Monday"), empty="Nothing waits for you.")
    assert above(empty) == ("  ", "Monday", "Nothing waits for you.")
    assert above(Home("Your list", lines=("Monday",), cards=(Message("Read it"),), empty="Nothing.")) == ("Monday",)
    assert first_line(above(empty)) == "Monday"
    assert first_line(()) == ""


@pytest.mark.parametrize(
    "url", ["http://", "https:///x", "http://?q", "HTTPS://#x", "mailto:", "javascript:x", "/x", ""]
)
def test_a_link_to_nowhere_is_only_text(url: str) -> None:
    """A chat may refuse the whole message for one link without a host."""
    assert link("x", url) == run("x")
    for good in ("https://a.example", "http://localhost:80/x", "HTTPS://A.example/", "mailto:ana@halden.example"):
        assert link("x", good)["url"] == good
